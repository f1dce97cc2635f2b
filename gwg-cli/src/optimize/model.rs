//! The largest `f` of a model: a sampler at temperatures that fall.

use crate::failure::Failure;
use crate::flags::ModelFlags;
use crate::load;
use gwg_chains::{ChainSpec, Chains, Init, Threads};
use gwg_core::{Bits, SplitMix64};
use gwg_optimize::{MOVES_PER_CALL, Search, Sense};
use gwg_registry::{DynStepper, Model, ModelSpec, SamplerSpec};

/// Samplers of which the first that the model supports is taken.
const SAMPLERS: [&str; 3] = ["pas", "lb", "gibbs"];
/// Temperatures, the hottest and the coldest in units of the mean change of `f` by one site.
const LEVELS: u32 = 100;
const HOT: f64 = 0.5;
const COLD: f64 = 0.01;
/// Sweeps of the first annealing: steps in which as many sites are updated as there are.
const SWEEPS: f64 = 100.0;
/// Steps between two calls of `stop` at most: those of a network are slow.
const STEPS: u64 = 200;

pub(super) struct ModelSearch {
    model: Model<f64>,
    stepper: Box<DynStepper<f64>>,
    /// Sites that a step updates, about.
    updated: f64,
    /// The mean change of `f` by one site.
    scale: f64,
}

impl ModelSearch {
    pub(super) fn new(spec: &ModelSpec, flags: &ModelFlags, method: &str) -> Result<Self, Failure> {
        if spec.is_wide() {
            return Err(Failure::usage(format!(
                "PROBLEM: {spec} has sites of more than 256 states, which are not searched"
            )));
        }
        let model: Model<f64> = load::model(spec, flags)?;
        let (stepper, updated) = bind(&model, method)?;
        let scale = scale(&model, &*stepper);
        Ok(Self {
            model,
            stepper,
            updated,
            scale,
        })
    }
}

/// The sampler on the model, and the number of sites that a step updates.
type Bound = (Box<DynStepper<f64>>, f64);

fn bind(model: &Model<f64>, method: &str) -> Result<Bound, Failure> {
    let of = |name: &str| {
        let spec = SamplerSpec::parse(name);
        let spec = spec.map_err(|error| Failure::usage(format!("--method: {error}")))?;
        let stepper = spec.bind(model);
        let stepper = stepper.map_err(|error| Failure::usage(format!("--method: {error}")))?;
        let updated = spec.sites_updated(stepper.sites(), stepper.states());
        Ok((stepper, updated))
    };
    if method != "auto" {
        return of(method);
    }
    let found = SAMPLERS.iter().map(|name| of(name)).find(Result::is_ok);
    found.unwrap_or_else(|| of(SAMPLERS[0]))
}

/// The root of the mean square of the change of `f` by one site, from random states; 1 where there is none.
fn scale(model: &Model<f64>, stepper: &DynStepper<f64>) -> f64 {
    let (sites, states) = (stepper.sites(), stepper.states());
    let mut random = SplitMix64::new(1);
    let (mut squares, mut count) = (0.0, 0.0);
    for _ in 0..64 {
        let mut x: Vec<u8> = (0..sites).map(|_| random.below(states) as u8).collect();
        let before = model.log_prob(&x);
        let site = random.below(sites);
        x[site] = random.below(states) as u8;
        let change = model.log_prob(&x) - before;
        if change.is_finite() && change != 0.0 {
            squares += change * change;
            count += 1.0;
        }
    }
    if count > 0.0 {
        (squares / count).sqrt()
    } else {
        1.0
    }
}

impl Search for ModelSearch {
    fn sites(&self) -> usize {
        self.stepper.sites()
    }

    fn states(&self) -> usize {
        self.stepper.states()
    }

    fn sense(&self) -> Sense {
        Sense::Max
    }

    fn value(&self, x: &[u8]) -> (f64, bool) {
        let f = self.model.log_prob(x);
        (f, f.is_finite())
    }

    fn restart(
        &self,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    ) {
        let spec = ChainSpec {
            chains: 1,
            seed,
            beta: self.beta(0),
            init: Init::Random,
            threads: Threads::one(),
            ..ChainSpec::default()
        };
        // An evaluation that fails ends the restart.
        let Ok(mut chains) = Chains::with(&*self.stepper, &spec) else {
            return;
        };
        if let Some(x) = start
            && (chains.set_state(0, x).is_err()
                || chains.advance_with(&*self.stepper, 0, false).is_err())
        {
            return;
        }
        let mut best = f64::NEG_INFINITY;
        let mut offer = |x: &[u8]| {
            let (f, feasible) = self.value(x);
            if feasible && f > best {
                best = f;
                found(f, x);
            }
        };
        offer(start.unwrap_or_else(|| chains.state(0)));
        let steps = ((MOVES_PER_CALL as f64 / self.updated) as u64).clamp(1, STEPS);
        let mut length = (SWEEPS * self.sites() as f64 / self.updated) as u64;
        loop {
            for level in 0..LEVELS {
                let mut left = length.div_ceil(u64::from(LEVELS));
                if chains.set_beta(self.beta(level)).is_err() {
                    return;
                }
                while left > 0 {
                    let now = left.min(steps);
                    if chains.advance_with(&*self.stepper, now, true).is_err() {
                        return;
                    }
                    left -= now;
                    if stop() {
                        offer(chains.state(0));
                        return;
                    }
                }
                offer(chains.state(0));
            }
            length += length / 2;
        }
    }
}

impl ModelSearch {
    /// Temperatures fall in equal steps.
    fn beta(&self, level: u32) -> f64 {
        let done = f64::from(level) / f64::from(LEVELS - 1);
        1.0 / (self.scale * (HOT + (COLD - HOT) * done))
    }
}
