//! Learning of restricted Boltzmann machines by persistent contrastive divergence.

use super::chains::{Block, RbmChains};
use super::layers::RbmLayers;
use super::options::RbmOptions;
use crate::ladder::{GrowingLadder, Growth};
use crate::mixing::Adapted;
use crate::saved::checksum;
use crate::train_error::check_steps;
use crate::{Data, DataError, TrainError, one_hot};
use gwg_chains::{Generator, Stop, Threads, generator};
use gwg_core::Bits;

/// Rows of data whose hidden layer one thread computes at most.
const ROWS: usize = 128;

/// A restricted Boltzmann machine that is learned by persistent contrastive divergence.
///
/// It begins at the frequencies of the data, which are the biases, and small random weights. Data of two states have binary sites, those of more states
/// categorical ones, with one visible unit per state ([`RbmLayers::units`]).
///
/// # Gauge
/// The units of a categorical site are centered one by one, by the means of their frequencies among data and chains. These sum to 1, so that the centered gradient of
/// the weights of a site to a hidden unit sums to 0. Weights begin in the [zero-sum gauge](RbmLayers::to_zero_sum), and each update is projected on it: the mean of the
/// step over the states of a site is left out, which only the plain gradient, optimizers that scale each number by itself, and rounding have. (Added to the biases of
/// the hidden units instead, as the gauge allows, the means of all sites together would move these by many times the rate.) The gauge has the smallest weights that
/// give a distribution: penalties are of these.
///
/// # Cost
/// An update makes `2 sweeps + 1` products of the size of the chains, one of the size of the batch, and two for the gradient.
///
/// # Reproducibility
/// The same bits for any number of threads, on one kind of machine.
#[derive(Clone, Debug)]
pub struct RbmTrainer {
    pub(super) options: RbmOptions,
    pub(super) data: Data,
    pub(super) layers: RbmLayers,
    pub(super) average: Option<RbmLayers>,
    pub(super) chains: RbmChains,
    pub(super) batch: Vec<Block>,
    /// The weight of each row of the batch, of mean 1.
    pub(super) batch_weights: Vec<f32>,
    pub(super) order: Vec<u32>,
    /// The place in `order`.
    pub(super) next: usize,
    pub(super) bits: Generator,
    pub(super) memory: Vec<f32>,
    pub(super) bias_memory: [Vec<f32>; 2],
    pub(super) update: u64,
    pub(super) adapted: Adapted,
    /// Of the data, shape (sites, states).
    frequencies: Vec<f32>,
    pub(super) checksum: u64,
    pub(super) threads: Threads,
}

/// Figures of one update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RbmUpdate {
    /// Updates so far.
    pub update: u64,
    /// The learning rate.
    pub rate: f64,
    /// The root mean square of the gradient of the weights.
    pub gradient: f64,
    /// Sweeps of every chain.
    pub sweeps: usize,
    /// How far the chains [moved](crate::moved).
    pub moved: f64,
    /// The mean square difference of the frequencies of chains and data, relative to that of independent draws, averaged ([`Adaptation`](crate::Adaptation)); NaN
    /// where no site of the data varies.
    pub excess: f64,
    /// The weighted mean of `f` of the batch, before the update.
    pub data: f64,
    /// The mean of `f` of the chains, before the update.
    pub model: f64,
}

impl RbmTrainer {
    /// A trainer before its first update.
    ///
    /// # Errors
    /// [`DataError::Option`] unless there is at least one hidden unit, chain and row of a batch; [`TrainError::Option`].
    pub fn new(data: &Data, options: RbmOptions, threads: &Threads) -> Result<Self, TrainError> {
        check_steps(options.clip, options.average)?;
        let hidden = options.hidden;
        let counts = [
            ("hidden", hidden),
            ("chains", options.chains),
            ("batch", options.batch),
        ];
        if let Some(&(name, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return Err(DataError::Option { name }.into());
        }
        let mut bits = generator(options.seed, u64::MAX);
        let layers = RbmLayers::start(data, hidden, options.scale, &mut bits);
        let (visible, start) = (layers.visible(), layers.independent());
        let batch = options.batch.min(data.rows());
        let kept = options.optimizer.memory();
        let together = batch.div_ceil(threads.count()).clamp(1, ROWS);
        let share = |first| Block::of_data(together.min(batch - first), visible, hidden);
        Ok(Self {
            chains: RbmChains::independent(&layers, options.chains, options.seed, &start, threads),
            batch: (0..batch).step_by(together).map(share).collect(),
            batch_weights: vec![1.0; batch],
            order: (0..data.rows() as u32).collect(),
            next: data.rows(),
            bits,
            memory: vec![0.0; kept * visible * hidden],
            bias_memory: [vec![0.0; kept * visible], vec![0.0; kept * hidden]],
            update: 0,
            adapted: Adapted::new(options.sweeps, visible * data.states()),
            frequencies: data.frequencies().iter().map(|&f| f as f32).collect(),
            checksum: checksum(data),
            data: data.clone(),
            average: (options.average > 0.0).then(|| layers.clone()),
            layers,
            options,
            threads: threads.clone(),
        })
    }

    /// Moves the chains, and the parameters once.
    pub fn update(&mut self) -> RbmUpdate {
        self.next_batch();
        let layers = &self.layers;
        self.threads
            .each(&mut self.batch, |block| block.means(layers));
        if self.options.from_data {
            let rows = self.batch.iter().flat_map(|block| block.symbols(layers));
            let rows: Vec<u8> = rows.collect();
            let all = self.chains.len() * layers.sites();
            let rows: Vec<u8> = rows.iter().copied().cycle().take(all).collect();
            self.chains.set_rows(&rows);
        }
        let before = self.chains.rows();
        self.chains.sweep(layers, self.adapted.sweeps);
        self.learn(&before)
    }

    /// [`update`](Self::update), unless `stop` is due before its end: then nothing has changed. Persistent chains are those of this machine
    /// alone, so that the order of moving them and choosing the rows does not matter; an update that begins at the rows is not ended early.
    ///
    /// # Cost
    /// That of an update and of a copy of the states.
    pub fn update_until(&mut self, stop: Stop<'_>) -> Option<RbmUpdate> {
        if self.options.from_data {
            return Some(self.update());
        }
        let (before, generators) = (self.chains.rows(), self.chains.generators());
        self.chains
            .sweep_until(&self.layers, self.adapted.sweeps, stop);
        if stop.is_due() {
            self.chains.set_rows(&before);
            self.chains.set_generators(&generators);
            return None;
        }
        self.next_batch();
        let layers = &self.layers;
        self.threads
            .each(&mut self.batch, |block| block.means(layers));
        Some(self.learn(&before))
    }

    /// Moves the parameters by the rows of the batch and the states of the chains, which were at `before`.
    fn learn(&mut self, before: &[u8]) -> RbmUpdate {
        let (rows, sites) = (self.chains.rows(), self.layers.sites());
        let seen = self.adapted.see([before, &rows], &self.frequencies, sites);
        self.chains.hidden_means(&self.layers);
        self.update += 1;
        let (sweeps, factor) = (self.adapted.sweeps, self.adapted.factor());
        let rate = factor * self.options.schedule.at(self.update);
        let means = self.means();
        let (data, model) = self.mean_f(&means);
        if let Some(adaptation) = self.options.adaptation() {
            let (given, of_f) = (self.options.sweeps, (data - model) / self.error_of_f());
            let target = &self.frequencies;
            self.adapted.adapt(&adaptation, given, &seen, target, of_f);
        }
        let gradient = self.ascend(rate as f32, &means);
        self.layers.subtract_means();
        self.follow_average();
        RbmUpdate {
            update: self.update,
            rate,
            gradient,
            sweeps,
            moved: seen.moved,
            excess: seen.excess,
            data,
            model,
        }
    }

    /// Lets the chains exchange states with those of a ladder of models that this one was before: see [`GrowingLadder::step`].
    pub fn exchange(&mut self, ladder: &mut GrowingLadder<RbmLayers>) -> Growth {
        ladder.step(&self.layers, &mut self.chains)
    }

    /// The parameters so far.
    #[must_use]
    pub fn layers(&self) -> &RbmLayers {
        &self.layers
    }

    /// The exponential moving average of the parameters, where there is one.
    #[must_use]
    pub fn average(&self) -> Option<&RbmLayers> {
        self.average.as_ref()
    }

    /// Updates so far.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.update
    }

    /// Replaces the parameters and their average, for example by those of a model that is to be learned further.
    ///
    /// # Panics
    /// If the layers have other sizes.
    pub fn set_layers(&mut self, layers: RbmLayers) {
        let shape = |l: &RbmLayers| (l.units, l.weights.len(), l.visible(), l.hidden());
        assert_eq!(shape(&layers), shape(&self.layers), "layers of one shape");
        if let Some(average) = &mut self.average {
            average.clone_from(&layers);
        }
        self.layers = layers;
    }

    /// The rows that it learns from.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The threads that it works on.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// How it learns.
    #[must_use]
    pub fn options(&self) -> &RbmOptions {
        &self.options
    }

    /// The chains.
    #[must_use]
    pub fn chains(&self) -> &RbmChains {
        &self.chains
    }

    /// The chains, to be moved between updates.
    #[must_use]
    pub fn chains_mut(&mut self) -> &mut RbmChains {
        &mut self.chains
    }

    /// The next rows of the data, in an order that is drawn anew when all rows were used.
    fn next_batch(&mut self) {
        let (visible, units) = (self.layers.visible(), self.layers.units);
        let mut weights = self.batch_weights.iter_mut();
        for block in &mut self.batch {
            let rows = block.rows();
            for v in block.v.chunks_exact_mut(visible).take(rows) {
                if self.next == self.order.len() {
                    for last in (1..self.order.len()).rev() {
                        self.order.swap(last, self.bits.below(last + 1));
                    }
                    self.next = 0;
                }
                let row = self.order[self.next] as usize;
                self.next += 1;
                one_hot::encode(self.data.row(row), units, v);
                if let Some(weight) = weights.next() {
                    *weight = self.data.weights()[row] as f32;
                }
            }
        }
        let mean = self.batch_weights.iter().sum::<f32>() / self.batch_weights.len() as f32;
        self.batch_weights.iter_mut().for_each(|w| *w /= mean);
    }
}
