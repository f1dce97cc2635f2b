use super::RelaxationsError;
use super::method::{LEAPFROG, RelaxedMethod};
use gwg_chains::{Generator, Threads, generator};
use gwg_core::StepCounts;
use gwg_relax::{
    Adjusted, BinaryRelaxation, Chain, DualAveraging, Hmc, Langevin, Mala, RelaxError, Relaxed,
    Sampler, Schedule, logistic,
};

/// The temperature at which a warm-up begins, where that of the draws is lower.
const WARM: f64 = 1.0;
/// Temperatures of a warm-up, from [`WARM`] on, in its first half.
const STAGES: u64 = 10;
/// Relative width of the step sizes of HMC.
const JITTER: f64 = 0.2;
/// Gradients of a chain between two looks at whether to stop, in the warm-up.
const PIECE: u64 = 16;

/// Chains of a Langevin or Hamiltonian method on the relaxed density of a binary model.
///
/// Each chain has a generator of its own, and tunes its own step size: results have the same bits on any number of threads.
///
/// # Warm-up
/// The first half anneals the temperature from 1 to that of the draws in ten equal ratios ([`Schedule::Geometric`]); dual averaging tunes the step
/// size all along, anew at each temperature. Draws are at a constant temperature and a constant step size.
///
/// # Memory
/// Six vectors of one number per site and chain, and the states and weights of one call of [`draw`](Self::draw).
#[derive(Debug)]
pub struct RelaxedChains<'m, M: Relaxed + ?Sized> {
    method: RelaxedMethod,
    temperature: f64,
    chains: Vec<One<'m, M>>,
    threads: Threads,
}

/// Draws of all chains, (chain, draw) and (chain, draw, site).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RelaxedDraws {
    /// Draws of each chain.
    pub draws: usize,
    /// The rounded states.
    pub x: Vec<u8>,
    /// Log-weights that make means of draws of the relaxed density means of the target.
    pub log_weights: Vec<f64>,
}

#[derive(Debug)]
struct One<'m, M: Relaxed + ?Sized> {
    density: BinaryRelaxation<&'m M>,
    chain: Chain<M::Real>,
    bits: Generator,
    step: f64,
    adaptation: Option<DualAveraging>,
    scratch: Vec<M::Real>,
    x: Vec<u8>,
    log_weights: Vec<f64>,
}

impl<'m, M: Relaxed + Sync + ?Sized> RelaxedChains<'m, M> {
    /// Starts `chains` chains at independent draws of the base density, whose rounded states are uniform.
    ///
    /// # Errors
    /// [`RelaxationsError::Particles`] for a method of particles; those of [`BinaryRelaxation::new`] and [`Chain::new`].
    pub fn new(
        model: &'m M,
        method: RelaxedMethod,
        temperature: f64,
        (chains, seed): (usize, u64),
        threads: Threads,
    ) -> Result<Self, RelaxationsError> {
        if method.has_particles() {
            return Err(RelaxationsError::Particles { method });
        }
        BinaryRelaxation::new(model, temperature)?;
        let start = |chain: u64| -> Result<_, RelaxError> {
            let density = BinaryRelaxation::new(model, temperature.max(WARM))?;
            let mut bits = generator(seed, chain);
            let u = (0..model.weights()).map(|_| logistic(&mut bits));
            let chain = Chain::new(&density, u.collect())?;
            Ok(One {
                scratch: vec![Default::default(); density.weight_scratch_len()],
                density,
                chain,
                bits,
                step: 0.1 * temperature.max(WARM),
                adaptation: None,
                x: Vec::new(),
                log_weights: Vec::new(),
            })
        };
        Ok(Self {
            method,
            temperature,
            chains: (0..chains as u64).map(start).collect::<Result<_, _>>()?,
            threads,
        })
    }

    /// Anneals and tunes for `steps` steps of each chain. Returns false, in the middle, where `stop`, which is called
    /// every few steps with the number of those done, returns true.
    ///
    /// # Errors
    /// None but those of numbers that a step size cannot be.
    pub fn warm_up(
        &mut self,
        steps: u64,
        mut stop: impl FnMut(u64) -> bool,
    ) -> Result<bool, RelaxError> {
        let schedule = Schedule::Geometric {
            from: self.temperature.max(WARM),
            to: self.temperature,
        };
        let (method, stage, mut done) = (self.method, steps / (2 * STAGES), 0);
        let piece = (PIECE / method.gradients_per_step()).max(1);
        for k in 0..STAGES {
            let last = k + 1 == STAGES;
            // The last stage, at the temperature of the draws, is the second half.
            let end = if last { steps } else { done + stage };
            if done == end && !last {
                continue;
            }
            self.cool(schedule.at(k, STAGES))?;
            while done < end {
                let here = piece.min(end - done);
                self.threads
                    .each(&mut self.chains, |one| one.tune(method, here));
                done += here;
                if stop(done) {
                    return Ok(false);
                }
            }
            self.threads.each(&mut self.chains, One::keep_step);
        }
        Ok(true)
    }

    /// Sets the temperature of all chains, and their step sizes in proportion.
    fn cool(&mut self, temperature: f64) -> Result<(), RelaxError> {
        for one in &mut self.chains {
            let before = gwg_core::Real::to_f64(one.density.temperature());
            if before != temperature {
                one.density.set_temperature(temperature)?;
                one.step *= temperature / before;
            }
        }
        self.threads.each(&mut self.chains, |one| {
            one.chain.reevaluate(&one.density);
        });
        Ok(())
    }

    /// Makes `draws` draws of each chain, one every `thin` steps, into `to`.
    ///
    /// Cost: [`gradients_per_step`](RelaxedMethod::gradients_per_step) per step, and one evaluation per draw for its weight.
    pub fn draw(&mut self, draws: usize, thin: u64, to: &mut RelaxedDraws) {
        let method = self.method;
        self.threads
            .each(&mut self.chains, |one| one.draw(method, draws, thin));
        to.draws = draws;
        to.x.clear();
        to.log_weights.clear();
        for one in &self.chains {
            to.x.extend_from_slice(&one.x);
            to.log_weights.extend_from_slice(&one.log_weights);
        }
    }

    /// Steps, accepted steps and gradients of all chains since their start; the evaluations of weights are not counted.
    #[must_use]
    pub fn counts(&self) -> StepCounts {
        let mut total = StepCounts::default();
        for one in &self.chains {
            total += one.chain.counts();
        }
        total
    }

    /// The mean step size.
    #[must_use]
    pub fn step_size(&self) -> f64 {
        let factor = self.method.step_factor();
        factor * self.chains.iter().map(|one| one.step).sum::<f64>() / self.chains.len() as f64
    }
}

impl RelaxedMethod {
    /// The step size over the one that is tuned.
    const fn step_factor(self) -> f64 {
        if matches!(self, Self::Ula) { 0.5 } else { 1.0 }
    }
}

impl<M: Relaxed + ?Sized> One<'_, M> {
    /// Makes steps that adapt the step size.
    fn tune(&mut self, method: RelaxedMethod, steps: u64) {
        if method == RelaxedMethod::Hmc {
            self.tune_by(hmc(self.step).ok(), steps);
        } else {
            self.tune_by(Mala::new(self.step).ok(), steps);
        }
    }

    fn tune_by<S>(&mut self, sampler: Option<S>, steps: u64)
    where
        S: for<'a> Sampler<BinaryRelaxation<&'a M>> + Adjusted,
    {
        let Some(sampler) = sampler else { return };
        let begun = || DualAveraging::new(sampler.step_size(), S::TARGET);
        let adaptation = self.adaptation.get_or_insert_with(begun);
        for _ in 0..steps {
            let sampler = sampler.with_step_size(self.step);
            let probability = sampler.step(&self.density, &mut self.chain, &mut self.bits);
            let step = adaptation.update(probability);
            if step > 0.0 && step.is_finite() {
                self.step = step;
            }
        }
    }

    /// Ends an adaptation: the averaged step size is that of what follows.
    fn keep_step(&mut self) {
        if let Some(adaptation) = self.adaptation.take() {
            self.step = adaptation.average();
        }
    }

    fn draw(&mut self, method: RelaxedMethod, draws: usize, thin: u64) {
        self.x.clear();
        self.log_weights.clear();
        let step = self.step * method.step_factor();
        match method {
            RelaxedMethod::Ula => self.draw_by(Langevin::unadjusted(step).ok(), draws, thin),
            RelaxedMethod::Hmc => self.draw_by(hmc(step).ok(), draws, thin),
            _ => self.draw_by(Mala::new(step).ok(), draws, thin),
        }
    }

    /// Without a sampler, because dual averaging went to a step size of 0, the chain stays where it is.
    fn draw_by<S>(&mut self, sampler: Option<S>, draws: usize, thin: u64)
    where
        S: for<'a> Sampler<BinaryRelaxation<&'a M>>,
    {
        let sites = self.density.model().weights();
        for _ in 0..draws {
            if let Some(sampler) = &sampler {
                for _ in 0..thin {
                    sampler.step(&self.density, &mut self.chain, &mut self.bits);
                }
            }
            let before = self.x.len();
            self.x.resize(before + sites, 0);
            let (_, new) = self.x.split_at_mut(before);
            self.density.round(self.chain.u(), new);
            let log_density = self.chain.log_density();
            let log_weight =
                self.density
                    .log_weight(self.chain.u(), log_density, &mut self.scratch);
            self.log_weights.push(log_weight);
        }
    }
}

fn hmc(step: f64) -> Result<Hmc, RelaxError> {
    Hmc::new(step, LEAPFROG)?.with_jitter(JITTER)
}
