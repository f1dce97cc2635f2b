//! Monte Carlo EM.

mod error;
mod options;
mod sample;
mod save;

pub use error::EmError;
pub use options::EmOptions;

use super::Observations;
use crate::optimizer::{move_average, norm};
use crate::pcd::sums;
use gwg_chains::{Chains, Generator, Stepper, Threads, distinct, generator};
use gwg_core::{Clamp, Parametric, Space};

/// Calls a function with a sampler of a model whose observed sites are clamped, at the symbols of the first of the rows that are moved; chains of other rows have
/// other symbols there. Samplers depend only on which sites are observed, except for block sweeps, which are right for a single row alone.
pub type BindPosterior<'b, M> = dyn Fn(
        &Clamp<'_, &M>,
        &mut dyn FnMut(&dyn Stepper<f32, u8>) -> Result<(), EmError>,
    ) -> Result<(), EmError>
    + 'b;

/// Training of a model with latent variables by Monte Carlo EM (Wei and Tanner 1990): the gradient of the log-likelihood of a row is the mean of `df/dtheta`
/// over its posterior, that of the sites which are not observed.
///
/// The model is normalized over all sites (`log Z` is 0 for all parameters), as [`SigmoidBelief`](super::SigmoidBelief) and [`BlockModel`](super::BlockModel) are.
/// An update draws rows, moves [`EmOptions::chains`] chains of each by a sampler of the posterior (E step), and then moves the parameters along the gradient of the
/// mean of `f` over these states (M step). The chains go on from update to update, so that few steps suffice while parameters change slowly.
///
/// # Memory
/// One byte per row, chain and site; the caches of the chains of one update.
///
/// # Reproducibility
/// The same bits for any number of threads.
///
/// ```
/// use gwg_chains::{Bound, Threads};
/// use gwg_core::{LocallyBalanced, Taylor};
/// use gwg_learn::{Data, latent::{EmOptions, MonteCarloEm, SigmoidBelief}};
///
/// let data = Data::new([[1, 1, 0], [0, 0, 1]].concat().repeat(20), 3, 2)?;
/// let model = SigmoidBelief::<f32>::random(&[3, 1], 0.1, 1)?;
/// let rows = model.observe(&data)?;
/// let mut em = MonteCarloEm::new(model, &rows, EmOptions::default(), &Threads::one())?;
/// let kernel = LocallyBalanced::gwg();
/// for _ in 0..200 {
///     em.update(&|target, with| with(&Bound { target: &Taylor(target), kernel: &kernel }))?;
/// }
/// // The first two units are equal, and differ from the third.
/// let w = em.model().weights(0);
/// assert!(w[0] * w[1] > 0.0 && w[0] * w[2] < 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MonteCarloEm<M: Parametric<Real = f32, Space: Space<Symbol = u8>>> {
    model: M,
    options: EmOptions,
    data: Observations,
    /// The states of the chains, (rows, chains, sites).
    states: Vec<u8>,
    /// Those of one update; made at the first.
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
pub struct EmUpdate {
    /// Updates so far.
    pub update: u64,
    /// The learning rate.
    pub rate: f64,
    /// The Euclidean norm of the first gradient of the M step.
    pub gradient: f64,
    /// The mean of `f` over the states of the chains, before the M step: the complete-data log-likelihood per row.
    pub complete: f64,
}

impl<M> MonteCarloEm<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    /// A trainer before its first update. Sites that are not observed begin at independent, uniform symbols.
    ///
    /// # Errors
    /// [`EmError::Rows`] for rows of another model; [`EmError::Options`].
    pub fn new(
        model: M,
        data: &Observations,
        options: EmOptions,
        threads: &Threads,
    ) -> Result<Self, EmError> {
        options.check()?;
        data.check(model.space())?;
        let count = model.parameter_count();
        let mut parameters = vec![0.0; count];
        model.read_parameters(&mut parameters)?;
        let mut bits = generator(options.seed, u64::MAX);
        let states = sample::start(&model, data, options.chains, &mut bits);
        Ok(Self {
            average: parameters.clone(),
            memory: vec![0.0; options.optimizer.memory() * count],
            data: data.clone(),
            chains: None,
            update: 0,
            threads: threads.clone(),
            model,
            options,
            states,
            bits,
            parameters,
        })
    }

    /// Moves the chains of some rows, and then the parameters.
    ///
    /// # Errors
    /// [`EmError::Run`] if the sampler refuses the model or `f` is not a number; [`EmError::Parameters`] if a parameter became infinite.
    pub fn update(&mut self, bind: &BindPosterior<'_, M>) -> Result<EmUpdate, EmError> {
        let rows = self.choose();
        self.sample(&rows, self.options.steps, bind)?;
        self.learn(&rows)
    }

    /// Moves the chains of all rows by so many steps, and no parameter: before the first update, or to estimate means over the posterior at the end. The
    /// temperature is that of the next update.
    ///
    /// # Errors
    /// Those of [`update`](Self::update).
    pub fn advance(&mut self, steps: u64, bind: &BindPosterior<'_, M>) -> Result<(), EmError> {
        let (all, batch) = (self.data.rows(), self.batch());
        for first in (0..all).step_by(batch) {
            // As many rows as in any update: the last ones may be moved twice.
            let end = (first + batch).min(all);
            let rows: Vec<usize> = (end - batch..end).collect();
            self.sample(&rows, steps, bind)?;
        }
        Ok(())
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &EmOptions {
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

    /// The states of all chains, shape (rows, chains, sites), row-major.
    #[must_use]
    pub fn states(&self) -> &[u8] {
        &self.states
    }

    /// Rows per update.
    fn batch(&self) -> usize {
        self.options.batch.min(self.data.rows())
    }

    /// Rows of an update, without repetition.
    fn choose(&mut self) -> Vec<usize> {
        let (all, batch) = (self.data.rows(), self.batch());
        if batch == all {
            return (0..all).collect();
        }
        distinct(all, batch, &mut self.bits)
    }

    /// Moves the parameters by the states of these rows.
    fn learn(&mut self, rows: &[usize]) -> Result<EmUpdate, EmError> {
        let places = rows.iter().map(|&row| &self.states[self.place(row)]);
        let states: Vec<u8> = places.flatten().copied().collect();
        let chains = self.options.chains;
        let weight = |&row: &usize| self.data.weights()[row];
        let total = rows.iter().map(weight).sum::<f64>() * chains as f64;
        let weights = rows.iter().map(weight).map(|w| (w / total) as f32);
        let weights: Vec<f32> = weights
            .flat_map(|w| std::iter::repeat_n(w, chains))
            .collect();
        self.update += 1;
        let rate = self.options.schedule.at(self.update);
        let (mut gradient, mut complete) = (0.0, 0.0);
        for k in 0..self.options.ascents {
            let batch = (&states[..], &weights[..]);
            let sums = sums::of(&self.model, batch, &[], 0.0, &self.threads)?;
            if k == 0 {
                (gradient, complete) = (norm(&sums.gradient), sums.data);
            }
            self.ascend(k, rate, &sums.gradient)?;
        }
        if self.options.average > 0.0 {
            let keep = self.options.average as f32;
            move_average(&mut self.average, &self.parameters, keep, &self.threads);
        }
        Ok(EmUpdate {
            update: self.update,
            rate,
            gradient,
            complete,
        })
    }

    /// Moves the parameters along one gradient, the `k`-th of an update.
    fn ascend(&mut self, k: u64, rate: f64, gradient: &[f32]) -> Result<(), EmError> {
        let ascent = (self.update - 1) * self.options.ascents + k + 1;
        let mut parameters = self.parameters.clone();
        self.options.optimizer.ascend(
            ascent,
            rate as f32,
            &mut parameters,
            gradient,
            &mut self.memory,
        );
        self.model.write_parameters(&parameters)?;
        self.parameters = parameters;
        Ok(())
    }
}
