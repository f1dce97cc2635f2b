use super::{Particles, Path, Start, count};
use crate::log_z::base::Base;
use crate::log_z::error::LogZError;
use gwg_chains::{ChainSpec, Chains, Init, Stepper, Stop, Threads, generator};
use gwg_core::{Real, SplitMix64};

/// Particles whose values one thread computes at a time.
const TOGETHER: usize = 16;

/// A function that is called with a sampler of one level.
pub type With<'w, R> = dyn FnMut(&dyn Stepper<R, u8>) -> Result<(), LogZError> + 'w;

/// A log-probability.
type Value<'p> = dyn Fn(&[u8]) -> f64 + Sync + 'p;

type Bind<'p, R> = dyn Fn(f64, &mut With<'_, R>) -> Result<(), LogZError> + Sync + 'p;

/// The geometric path `f_t = (1 - t) f_0 + t f_1` from a distribution of independent sites to any model, moved by any sampler
/// (Neal 2001).
///
/// `bind(t, with)` calls `with` with a sampler of [`Bridge`](gwg_core::Bridge)`::new(base, model, t)`, or of an equal target. For
/// forward and reverse runs that are combined by [`bar`](crate::log_z::bar()), the sampler must be reversible; either direction alone
/// requires invariance only. A sampler of a Boltzmann machine with scaled parameters does not leave this path invariant: its path is
/// [`RbmPath`](super::RbmPath).
///
/// Every state that the base can draw must be possible in the model (`f_1` above `-inf`): a sampler cannot start from others, and a run
/// with one ends in an error.
///
/// # Cost
/// Per particle and level, those of the sampler's steps, of its `reevaluate`, and of one evaluation of each of both log-probabilities.
///
/// ```
/// use gwg_chains::{Bound, Threads};
/// use gwg_core::{Bridge, Exact, LocallyBalanced, Sqrt, Target};
/// use gwg_learn::log_z::{Annealing, GeometricPath, Schedule};
/// use gwg_models::{Factorized, LatticeIsing};
///
/// let base = Factorized::<f64>::bernoulli(vec![0.0; 16])?;
/// let model = LatticeIsing::<f64>::new(2, 4, 0.1, 0.0)?;
/// let kernel = LocallyBalanced::local(Sqrt);
/// let value = |x: &[u8]| model.log_prob(x);
/// let path = GeometricPath::new(&base, value, |t, with| {
///     let target = Exact(Bridge::new(&base, &model, t)?);
///     with(&Bound { target: &target, kernel: &kernel })
/// }, Threads::one());
/// let schedule = Schedule::linear(30)?;
/// let annealing = Annealing { steps: 10, seed: 1, ..Annealing::new(&path, &schedule) };
/// let found = annealing.forward(200)?.estimate()?;
/// let exact = gwg_models::exact::lattice_ising(&model, 1.0)?.log_z;
/// assert!((found.value - exact).abs() < 4.0 * found.standard_error);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GeometricPath<'p, R> {
    base: &'p dyn Base,
    model: Box<Value<'p>>,
    bind: Box<Bind<'p, R>>,
    threads: Threads,
}

impl<R> std::fmt::Debug for GeometricPath<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sites = self.base.sites();
        f.debug_struct("GeometricPath")
            .field("sites", &sites)
            .finish_non_exhaustive()
    }
}

impl<'p, R: Real> GeometricPath<'p, R> {
    /// The path from `base` to the model with log-probability `model`, with the samplers of `bind`.
    #[must_use]
    pub fn new(
        base: &'p dyn Base,
        model: impl Fn(&[u8]) -> f64 + Sync + 'p,
        bind: impl Fn(f64, &mut With<'_, R>) -> Result<(), LogZError> + Sync + 'p,
        threads: Threads,
    ) -> Self {
        Self {
            base,
            model: Box::new(model),
            bind: Box::new(bind),
            threads,
        }
    }

    /// The start of every particle.
    fn rows(&self, start: Start<'_>, particles: usize, seed: u64) -> Vec<u16> {
        let mut rows = match start {
            Start::States(states) => return states.iter().map(|&s| u16::from(s)).collect(),
            Start::Base(_) => Vec::with_capacity(particles * self.base.sites()),
        };
        // Not the generators of the chains, which would repeat the bits of the draws.
        let seed = SplitMix64::mix(seed ^ 0x510e_527f_ade6_82d1);
        let mut x = vec![0; self.base.sites()];
        for particle in 0..particles {
            self.base
                .draw(&mut x, &mut generator(seed, particle as u64));
            rows.extend(x.iter().map(|&s| u16::from(s)));
        }
        rows
    }
}

impl<R: Real> Path for GeometricPath<'_, R> {
    fn sites(&self) -> usize {
        self.base.sites()
    }

    fn log_z0(&self) -> f64 {
        self.base.log_z()
    }

    fn threads(&self) -> &Threads {
        &self.threads
    }

    /// One block: [`Chains`] use the threads themselves, with one binding of the sampler per level.
    fn particles<'p>(
        &'p self,
        start: Start<'_>,
        t: f64,
        seed: u64,
    ) -> Result<Vec<Box<dyn Particles + Send + 'p>>, LogZError> {
        let particles = count(start, self.base.sites(), |site| self.base.states_at(site))?;
        let spec = ChainSpec {
            chains: particles,
            seed,
            init: Init::States(self.rows(start, particles, seed)),
            threads: self.threads.clone(),
            ..ChainSpec::default()
        };
        let mut chains = None;
        (self.bind)(t, &mut |stepper| {
            chains = Some(Chains::with(stepper, &spec)?);
            Ok(())
        })?;
        let chains = chains.ok_or(LogZError::Bind {
            t,
            reason: "found no call of the function given, needed one with a sampler".to_owned(),
        })?;
        Ok(vec![Box::new(Block {
            path: self,
            chains,
            t,
            values: Vec::new(),
        })])
    }
}

struct Block<'p, R> {
    path: &'p GeometricPath<'p, R>,
    chains: Chains<R>,
    /// The level of the chains.
    t: f64,
    /// `f_0` and `f_1` of each chain; empty where a step was made since.
    values: Vec<[f64; 2]>,
}

impl<R: Real> Block<'_, R> {
    /// `f_0` and `f_1` of each particle.
    fn ends(&mut self) -> Result<&[[f64; 2]], LogZError> {
        let Self { path, chains, .. } = self;
        if self.values.is_empty() {
            let mut values = vec![[0.0; 2]; chains.len()];
            let mut parts: Vec<_> = values.chunks_mut(TOGETHER).enumerate().collect();
            path.threads.each(&mut parts, |(part, values)| {
                for (k, value) in values.iter_mut().enumerate() {
                    let x = chains.state(*part * TOGETHER + k);
                    *value = [path.base.log_prob(x), (path.model)(x)];
                }
            });
            let wrong = |v: &f64| v.is_nan() || *v == f64::INFINITY;
            if let Some(index) = values.iter().position(|v| v.iter().any(wrong)) {
                let found = values.get(index).map_or(f64::NAN, |v| v[0] + v[1]);
                let what = "log-probabilities of particles";
                return Err(LogZError::NotFinite { what, index, found });
            }
            self.values = values;
        }
        Ok(&self.values)
    }

    fn add(&mut self, sums: &mut [f64], term: impl Fn([f64; 2]) -> f64) -> Result<(), LogZError> {
        for (sum, &ends) in sums.iter_mut().zip(self.ends()?) {
            *sum += term(ends);
        }
        Ok(())
    }
}

impl<R: Real> Particles for Block<'_, R> {
    fn count(&self) -> usize {
        self.chains.len()
    }

    fn advance(&mut self, t: f64, steps: u64, stop: Stop<'_>) -> Result<(), LogZError> {
        let Self { path, chains, .. } = self;
        let changed = t != self.t;
        (path.bind)(t, &mut |stepper| {
            if changed {
                chains.reevaluate_with(stepper)?;
            }
            Ok(chains.advance_until(stepper, steps, false, stop)?)
        })?;
        self.t = t;
        self.values.clear();
        Ok(())
    }

    fn add_log_ratios(&mut self, from: f64, to: f64, sums: &mut [f64]) -> Result<(), LogZError> {
        self.add(sums, |[base, model]| (to - from) * (model - base))
    }

    fn add_slopes(&mut self, _: f64, sums: &mut [f64]) -> Result<(), LogZError> {
        self.add(sums, |[base, model]| model - base)
    }

    fn values(&mut self, t: f64, values: &mut [f64]) -> Result<(), LogZError> {
        values.fill(0.0);
        // A weight of 0 makes minus infinity 0.
        let term = |weight: f64, f: f64| if weight == 0.0 { 0.0 } else { weight * f };
        self.add(values, |[base, model]| term(1.0 - t, base) + term(t, model))
    }

    fn states(&self, all: &mut Vec<u8>) {
        self.chains.states().for_each(|x| all.extend(x));
    }
}
