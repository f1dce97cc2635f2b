//! Persistent contrastive divergence of any model with parameters, moved by any sampler.

mod error;
mod options;
mod save;
pub(crate) mod sums;

pub use error::PcdError;
pub use options::PcdOptions;

use crate::optimizer::{move_average, norm};
use crate::{Data, Optimizer, draw};
use gwg_chains::{ChainSpec, Chains, Generator, Init, Stepper, Stop, Threads, distinct, generator};
use gwg_core::target::tensors;
use gwg_core::{Bits, Parametric, Space, StepCounts};
use sums::Sums;

/// Calls a function with a sampler of a model.
pub type BindModel<'b, M> = dyn Fn(&M, &mut dyn FnMut(&dyn Stepper<f32, u8>) -> Result<(), PcdError>) -> Result<(), PcdError>
    + 'b;

/// A model that is learned by persistent contrastive divergence (Tieleman 2008): the gradient of the log-likelihood is the mean of `df/dtheta` over
/// data, less that over states of the model, which go on from update to update.
///
/// The states are a buffer of [`PcdOptions::buffer`] rows. An update moves [`PcdOptions::chains`] of them, drawn at random, by a sampler. What the
/// sampler tunes, such as a step size, it goes on tuning all the time, since the model changes.
///
/// # A base distribution
/// The model may be a sum `base + model`, a [`Bridge`](gwg_core::Bridge) of a base that is not trained and a model that is: the parameters of a bridge are those
/// of its second target. [`categorical_base`](crate::log_z::categorical_base) and [`bernoulli_base`](crate::log_z::bernoulli_base) are independent sites with the
/// frequencies of data and a pseudocount. The model then has to express only what independent sites do not, and one that is 0 at the start begins at the
/// frequencies of the data. The built-in models of pairs and Boltzmann machines need none, as their fields are the base.
///
/// ```
/// use gwg_chains::{Bound, Threads};
/// use gwg_core::{Bridge, Gibbs};
/// use gwg_learn::{Data, Pcd, PcdOptions, log_z::categorical_base};
/// use gwg_models::DensePotts;
///
/// let data = Data::new(vec![2, 2, 0, 1, 2, 2, 0, 1], 2, 3)?;
/// let base = categorical_base::<f32>(&data, 1.0)?;
/// let model = DensePotts::new(2, 3, &[0.0_f32; 36], vec![0.0; 6])?; // or a model of your own
/// let mut pcd = Pcd::new(Bridge::sum(base, model)?, &data, PcdOptions::default(), &Threads::one())?;
/// let kernel = Gibbs::default();
/// for _ in 0..100 {
///     pcd.update(&|target, with| with(&Bound { target, kernel: &kernel }))?;
/// }
/// assert!(pcd.model().second().coupling_at(0, 1, 2, 2) > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Reproducibility
/// The same bits for any number of threads.
///
/// ```
/// use gwg_chains::{Bound, Threads};
/// use gwg_core::Gibbs;
/// use gwg_learn::{Data, Pcd, PcdOptions};
/// use gwg_models::DenseIsing;
///
/// let data = Data::new(vec![1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0], 3, 2)?;
/// let model = DenseIsing::new(vec![0.0_f32; 9], vec![0.0; 3])?;
/// let mut pcd = Pcd::new(model, &data, PcdOptions::default(), &Threads::one())?;
/// let kernel = Gibbs::default();
/// for _ in 0..100 {
///     pcd.update(&|model, with| with(&Bound { target: model, kernel: &kernel }))?;
/// }
/// assert!(pcd.model().coupling()[1] > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pcd<M: Parametric<Real = f32, Space: Space<Symbol = u8>>> {
    model: M,
    options: PcdOptions,
    data: Data,
    /// The states of the model, row-major.
    buffer: Vec<u8>,
    /// Where rows of the buffer that are drawn anew come from.
    start: Vec<f64>,
    /// Made at the first update.
    chains: Option<Chains<f32, u8>>,
    bits: Generator,
    parameters: Vec<f32>,
    average: Vec<f32>,
    memory: Vec<f32>,
    update: u64,
    threads: Threads,
}

/// Figures of one update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PcdUpdate {
    /// Updates so far.
    pub update: u64,
    /// The learning rate.
    pub rate: f64,
    /// The Euclidean norm of the gradient, before it is clipped.
    pub gradient: f64,
    /// The mean of `f` over the batch of data, before the update.
    pub data: f64,
    /// The mean of `f` over the states that were moved.
    pub model: f64,
    /// The share of the sampler's steps that were accepted, over all chains.
    pub acceptance: f64,
    /// Sites that changed their symbol in this update, in the mean over chains; a site that changes twice counts twice.
    pub changes: f64,
}

impl<M> Pcd<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    /// A trainer before its first update. The buffer begins at independent sites with the frequencies of the data.
    ///
    /// # Errors
    /// [`PcdError::Shape`] unless model and data have the same sites, and the data no more states; [`PcdError::Options`].
    pub fn new(
        model: M,
        data: &Data,
        options: PcdOptions,
        threads: &Threads,
    ) -> Result<Self, PcdError> {
        options.check()?;
        let space = model.space();
        if space.sites() != data.sites() || space.states() < data.states() {
            return Err(PcdError::Shape {
                sites: space.sites(),
                states: space.states(),
                found: (data.sites(), data.states()),
            });
        }
        let count = model.parameter_count();
        let mut parameters = vec![0.0; count];
        model.read_parameters(&mut parameters)?;
        let mut bits = generator(options.seed, u64::MAX);
        let start = data.frequencies();
        let mut buffer = vec![0; options.buffer * data.sites()];
        for row in buffer.chunks_exact_mut(data.sites()) {
            draw::sites(row, &start, data.states(), &mut bits);
        }
        Ok(Self {
            average: parameters.clone(),
            memory: vec![0.0; options.optimizer.memory() * count],
            data: data.clone(),
            chains: None,
            update: 0,
            threads: threads.clone(),
            model,
            options,
            buffer,
            start,
            bits,
            parameters,
        })
    }

    /// The buffer begins at rows of the data, drawn at random, in place of draws of independent sites: where the model is one that is trained already, whose
    /// states are far from those. Nothing after the first update.
    pub fn start_at_data(&mut self) {
        if self.update > 0 {
            return;
        }
        for state in self.buffer.chunks_exact_mut(self.data.sites()) {
            let row = self.bits.below(self.data.rows());
            state.copy_from_slice(self.data.row(row));
        }
    }

    /// Moves states of the buffer, and the parameters once.
    ///
    /// # Errors
    /// [`PcdError::Run`] if the sampler refuses the model or `f` is not a number; [`PcdError::Parameters`] if a parameter became infinite.
    pub fn update(&mut self, bind: &BindModel<'_, M>) -> Result<PcdUpdate, PcdError> {
        let before = self.counts();
        let moved = self.choose();
        self.advance(&moved, bind, Stop::never())?;
        self.learn(&moved, before)
    }

    /// [`update`](Self::update), unless `stop` is due before its end: `None`, and nothing has changed.
    ///
    /// # Cost
    /// That of an update and of a copy of the chains and the buffer.
    ///
    /// # Errors
    /// Those of [`update`](Self::update).
    pub fn update_until(
        &mut self,
        bind: &BindModel<'_, M>,
        stop: Stop<'_>,
    ) -> Result<Option<PcdUpdate>, PcdError> {
        let counts = self.counts();
        let before = (self.chains.clone(), self.bits.clone(), self.buffer.clone());
        let moved = self.choose();
        self.advance(&moved, bind, stop)?;
        if stop.is_due() {
            (self.chains, self.bits, self.buffer) = before;
            return Ok(None);
        }
        self.learn(&moved, counts).map(Some)
    }

    /// Moves the parameters by rows of the data and the states of the chains, which are those of the buffer that were moved.
    fn learn(&mut self, moved: &[usize], before: StepCounts) -> Result<PcdUpdate, PcdError> {
        self.update += 1;
        let after = self.counts();
        let sites = self.data.sites();
        let states = self.chains.iter().flat_map(Chains::states);
        let states: Vec<u8> = states.flatten().copied().collect();
        for (&row, state) in moved.iter().zip(states.chunks_exact(sites)) {
            self.buffer[row * sites..(row + 1) * sites].copy_from_slice(state);
        }
        let (batch, weights) = self.batch();
        let Sums {
            gradient,
            data,
            model,
        } = sums::of(
            &self.model,
            (&batch, &weights),
            &states,
            self.options.value_l2,
            &self.threads,
        )?;
        let (rate, norm) = self.ascend(gradient)?;
        Ok(PcdUpdate {
            update: self.update,
            rate,
            gradient: norm,
            data,
            model,
            acceptance: part(after.accepted - before.accepted, after.steps - before.steps),
            changes: part(
                after.sites_changed - before.sites_changed,
                moved.len() as u64,
            ),
        })
    }

    /// What the chains did so far.
    fn counts(&self) -> StepCounts {
        let counts = self.chains.as_ref().map(Chains::total_counts);
        counts.unwrap_or_default()
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &PcdOptions {
        &self.options
    }

    /// Updates so far.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.update
    }

    /// The model so far.
    #[must_use]
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The parameters, or their exponential moving average where there is one.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        if self.options.average > 0.0 {
            &self.average
        } else {
            &self.parameters
        }
    }

    /// The states of the model, row-major.
    #[must_use]
    pub fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    /// Rows of the buffer without repetition, some of them drawn anew.
    fn choose(&mut self) -> Vec<usize> {
        let (sites, all) = (self.data.sites(), self.options.buffer);
        let moved = distinct(all, self.options.chains, &mut self.bits);
        for &row in &moved {
            if self.options.restart > 0.0 && self.bits.unit::<f64>() < self.options.restart {
                let row = &mut self.buffer[row * sites..(row + 1) * sites];
                draw::sites(row, &self.start, self.data.states(), &mut self.bits);
            }
        }
        moved
    }

    /// Moves the chains by the sampler, from these rows of the buffer.
    fn advance(
        &mut self,
        moved: &[usize],
        bind: &BindModel<'_, M>,
        stop: Stop<'_>,
    ) -> Result<(), PcdError> {
        let sites = self.data.sites();
        let row = |&row: &usize| &self.buffer[row * sites..(row + 1) * sites];
        let steps = self.options.steps;
        let spec = ChainSpec {
            chains: moved.len(),
            seed: self.options.seed,
            threads: self.threads.clone(),
            init: Init::States(moved.iter().flat_map(row).map(|&s| u16::from(s)).collect()),
            ..ChainSpec::default()
        };
        let chains = &mut self.chains;
        let buffer = &self.buffer;
        bind(&self.model, &mut |stepper| {
            match chains {
                None => *chains = Some(Chains::with(stepper, &spec)?),
                Some(chains) => {
                    for (k, &row) in moved.iter().enumerate() {
                        chains.set_state(k, &buffer[row * sites..(row + 1) * sites])?;
                    }
                    chains.reevaluate_with(stepper)?;
                }
            }
            if let Some(chains) = chains {
                // The model changes, so what the sampler tunes follows it all along, with the falling gain of a warm-up.
                chains.advance_until(stepper, steps, true, stop)?;
            }
            Ok(())
        })
    }

    /// Rows of the data without repetition, and their weights, which sum to 1.
    fn batch(&mut self) -> (Vec<u8>, Vec<f32>) {
        let all = self.data.rows();
        let rows = if self.options.batch >= all {
            (0..all).collect()
        } else {
            distinct(all, self.options.batch, &mut self.bits)
        };
        let total: f64 = rows.iter().map(|&row| self.data.weights()[row]).sum();
        let weights = rows
            .iter()
            .map(|&row| (self.data.weights()[row] / total) as f32);
        let weights = weights.collect();
        let batch = rows.iter().flat_map(|&row| self.data.row(row));
        (batch.copied().collect(), weights)
    }

    fn ascend(&mut self, mut gradient: Vec<f32>) -> Result<(f64, f64), PcdError> {
        let norm = norm(&gradient);
        if self.options.clip > 0.0 && norm > self.options.clip {
            let factor = (self.options.clip / norm) as f32;
            gradient.iter_mut().for_each(|g| *g *= factor);
        }
        let rate = self.options.schedule.at(self.update);
        let (update, optimizer): (u64, Optimizer) = (self.update, self.options.optimizer);
        let parameters = &mut self.parameters;
        optimizer.ascend(update, rate as f32, parameters, &gradient, &mut self.memory);
        for (tensor, range) in tensors(&self.model) {
            // Biases are vectors: penalties are of couplings.
            if tensor.shape.as_slice().len() > 1 {
                self.options
                    .penalty
                    .shrink(rate as f32, &mut parameters[range]);
            }
        }
        self.model.write_parameters(parameters)?;
        if self.options.average > 0.0 {
            let keep = self.options.average as f32;
            let (average, threads) = (&mut self.average, &self.threads);
            move_average(average, &self.parameters, keep, threads);
        }
        Ok((rate, norm))
    }
}

fn part(count: u64, all: u64) -> f64 {
    count as f64 / all.max(1) as f64
}
