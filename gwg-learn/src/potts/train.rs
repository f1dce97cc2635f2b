//! Learning of Potts models by persistent contrastive divergence.

use super::chains::PottsChains;
use super::correlations::Correlations;
use super::mean_f::MeanF;
use super::moments::Moments;
use super::options::PottsOptions;
use super::pairs::PairPotts;
use super::sparse::{GraphEnd, Rounds, Scored};
use super::tables::PottsTables;
use crate::ladder::{GrowingLadder, Growth, SweptPotts};
use crate::mixing::Adapted;
use crate::optimizer::move_average;
use crate::saved::checksum;
use crate::{Data, TrainError};
use gwg_chains::{Stop, Threads};

/// A Potts model that is learned by persistent contrastive divergence: the gradient of the log-likelihood is the difference of the frequencies of
/// data and of chains, which go on from update to update.
///
/// It begins at independent sites with the frequencies of the data, from which the first chains are drawn exactly.
///
/// # Reproducibility
/// The same bits for any number of threads.
///
/// # Memory
/// The parameters, the frequencies of the data, and the tables of [`PottsTables`]: about `(4 + w / q) q^2 L^2` bytes, with
/// [`Optimizer::memory`](crate::Optimizer::memory) more numbers for each coupling ([`memory_needed`](Self::memory_needed)).
#[derive(Clone, Debug)]
pub struct PottsTrainer {
    pub(super) options: PottsOptions,
    pub(super) target: Moments,
    /// The weight of uniform frequencies in `target`.
    pub(super) pseudocount: f64,
    pub(super) model: PairPotts<f32>,
    pub(super) average: Option<PairPotts<f32>>,
    pub(super) tables: PottsTables,
    pub(super) chains: PottsChains,
    pub(super) rounds: Option<Rounds>,
    pub(super) memory: Vec<f32>,
    pub(super) field_memory: Vec<f32>,
    pub(super) update: u64,
    pub(super) adapted: Adapted,
    pub(super) checksum: u64,
    pub(super) threads: Threads,
}

/// Figures of one update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PottsUpdate {
    /// Updates so far.
    pub update: u64,
    /// The learning rate.
    pub rate: f64,
    /// Of the connected correlations of data and chains, before the update.
    pub correlations: Correlations,
    /// The same of active couplings alone; empty where all are learned.
    pub active: Correlations,
    /// The root mean square of the gradient of the couplings, before it is clipped.
    pub gradient: f64,
    /// The part of the couplings that is active.
    pub density: f64,
    /// Changes of the active couplings so far.
    pub round: u64,
    /// Sweeps of every chain.
    pub sweeps: usize,
    /// How far the chains [moved](crate::moved).
    pub moved: f64,
    /// The mean square difference of the frequencies of chains and data, relative to that of independent draws, averaged ([`Adaptation`](crate::Adaptation)); NaN
    /// where no site of the data varies.
    pub excess: f64,
    /// The weighted mean of `f` of the data, without the pseudocount, before the update.
    pub data: f64,
    /// The mean of `f` of the chains, before the update.
    pub model: f64,
}

impl PottsTrainer {
    /// A trainer before its first update.
    ///
    /// # Errors
    /// [`TrainError::Model`] where the model does not fit into memory; [`TrainError::Option`].
    pub fn new(data: &Data, options: PottsOptions, threads: &Threads) -> Result<Self, TrainError> {
        options.check()?;
        let (sites, states) = (data.sites(), data.states());
        let mut model = PairPotts::zeros(sites, states)?;
        let default = (1.0 / data.effective_rows()).min(0.5);
        let pseudocount = options.pseudocount.unwrap_or(default);
        let target = Moments::new(data, pseudocount, threads);
        for (h, &f) in model.field_mut().iter_mut().zip(&target.single) {
            *h = f.max(f32::MIN_POSITIVE).ln();
        }
        let start: Vec<f64> = target.single.iter().map(|&f| f64::from(f)).collect();
        let shape = (sites, states);
        let (kept, sweeps) = (options.optimizer.memory(), options.sweeps);
        Ok(Self {
            tables: PottsTables::with_moves(&model, options.moves, threads),
            chains: PottsChains::new(shape, options.chains, options.seed, &start, threads),
            rounds: Rounds::new(options.graph, model.coupling().len()),
            memory: vec![0.0; kept * model.coupling().len()],
            field_memory: vec![0.0; kept * model.field().len()],
            average: (options.average > 0.0).then(|| model.clone()),
            model,
            target,
            pseudocount,
            options,
            update: 0,
            adapted: Adapted::new(sweeps, sites * states),
            checksum: checksum(data),
            threads: threads.clone(),
        })
    }

    /// Moves the chains, and the parameters once.
    pub fn update(&mut self) -> PottsUpdate {
        if self.tables.is_free() {
            self.tables.update(&self.model, &self.threads);
        }
        let before = self.chains.rows();
        self.chains.sweep(&self.tables, self.adapted.sweeps);
        self.learn(&before)
    }

    /// [`update`](Self::update), unless `stop` is due before its end: then nothing has changed.
    ///
    /// # Cost
    /// That of an update and of a copy of the states.
    pub fn update_until(&mut self, stop: Stop<'_>) -> Option<PottsUpdate> {
        if self.tables.is_free() {
            self.tables.update(&self.model, &self.threads);
        }
        let before = self.chains.clone();
        self.chains
            .sweep_until(&self.tables, self.adapted.sweeps, stop);
        if stop.is_due() {
            self.chains = before;
            return None;
        }
        Some(self.learn(&before.rows()))
    }

    /// Moves the parameters by the states of the chains, which were at `before`.
    fn learn(&mut self, before: &[u8]) -> PottsUpdate {
        let (rows, sites) = (self.chains.rows(), self.model.sites());
        let seen = self
            .adapted
            .see([before, &rows], &self.target.single, sites);
        let (sweeps, factor) = (self.adapted.sweeps, self.adapted.factor());
        if self.rounds.as_ref().is_some_and(Rounds::due) {
            self.change_graph();
        }
        self.update += 1;
        let rate = factor * self.options.schedule.at(self.update);
        let error = self.options.adapt.map(|_| self.error_of_f(&rows));
        let figures = self.ascend(rate);
        if let (Some(adaptation), Some(error)) = (&self.options.adapt, error) {
            let given = self.options.sweeps;
            let of_f = (figures.f.of_data(self.pseudocount) - figures.f.model) / error;
            let target = &self.target.single;
            self.adapted.adapt(adaptation, given, &seen, target, of_f);
        }
        self.tables.update(&self.model, &self.threads);
        self.follow_average();
        if let Some(rounds) = &mut self.rounds {
            rounds.judge(&figures.correlations, &figures.active);
        }
        PottsUpdate {
            update: self.update,
            rate,
            correlations: figures.correlations,
            active: figures.active,
            gradient: figures.gradient,
            data: figures.f.of_data(self.pseudocount),
            model: figures.f.model,
            density: self.rounds.as_ref().map_or(1.0, Rounds::density),
            round: self.rounds.as_ref().map_or(0, Rounds::round),
            sweeps,
            moved: seen.moved,
            excess: seen.excess,
        }
    }

    /// The standard error of the mean of `f` of the chains, of independent states.
    fn error_of_f(&self, rows: &[u8]) -> f64 {
        let rows = rows.chunks_exact(self.model.sites());
        let mut each: Vec<_> = rows.map(|row| (row, 0.0)).collect();
        self.threads
            .each(&mut each, |(row, f)| *f = self.model.log_prob(row));
        let n = each.len() as f64;
        let mean = each.iter().map(|(_, f)| f).sum::<f64>() / n;
        let squares = each.iter().map(|(_, f)| (f - mean).powi(2));
        squares.sum::<f64>().sqrt() / n
    }

    /// Lets the chains exchange states with those of a ladder of models that this one was before, which are moved by Gibbs sampling: see [`GrowingLadder::step`].
    ///
    /// # Cost
    /// That of the step, and a copy of the model with its tables.
    pub fn exchange(&mut self, ladder: &mut GrowingLadder<SweptPotts>) -> Growth {
        let present = self.swept();
        ladder.step(&present, &mut self.chains)
    }

    /// The model as one of a ladder.
    ///
    /// # Cost
    /// A copy of the model with its tables.
    #[must_use]
    pub fn swept(&self) -> SweptPotts {
        SweptPotts::new(self.model.clone(), &self.threads)
    }

    /// The weighted mean of `f` of the data, without the pseudocount, by the frequencies of all sites and pairs.
    ///
    /// # Cost
    /// One pass over the parameters.
    #[must_use]
    pub fn mean_f_of_data(&self) -> f64 {
        let q = self.model.states();
        let mut sums = MeanF::default();
        let fields = self.model.field().chunks_exact(q);
        for (h, f) in fields.zip(self.target.single.chunks_exact(q)) {
            sums.push(h, f, f);
        }
        let blocks = self.model.coupling().chunks_exact(q * q);
        for (j, f) in blocks.zip(self.target.pair.chunks_exact(q * q)) {
            sums.push(j, f, f);
        }
        sums.of_data(self.pseudocount)
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &PottsOptions {
        &self.options
    }

    /// Updates so far.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.update
    }

    /// True once a model whose couplings are activated or removed is what was to be reached.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.ending() == Some(GraphEnd::Reached)
    }

    /// How the training of a model whose couplings are activated or removed ended; `None` before, and where all are learned.
    #[must_use]
    pub fn ending(&self) -> Option<GraphEnd> {
        self.rounds.as_ref().and_then(Rounds::ending)
    }

    /// Pearson's correlation of the connected correlations of the data and of as many draws as there are chains, of a model that reproduces the data: about the most that
    /// the noise of the chains allows, `sqrt(S / (S + N))`, with `S` the sum of squares of the connected correlations of the data and `N` that of the variances
    /// `f_i(a) (1 - f_i(a)) f_j(b) (1 - f_j(b)) / chains` of those of the chains.
    ///
    /// # Cost
    /// One pass over the frequencies.
    #[must_use]
    pub fn largest_pearson(&self) -> f64 {
        let q = self.model.states();
        let blocks = self.target.pair.chunks_exact(q * q);
        let (mut signal, mut noise) = (0.0, 0.0);
        for ((i, j), block) in self.model.pairs().zip(blocks) {
            let [a, b] = [i, j].map(|k| &self.target.single[k * q..(k + 1) * q]);
            for (k, &f) in block.iter().enumerate() {
                let product = f64::from(a[k / q]) * f64::from(b[k % q]);
                signal += (f64::from(f) - product).powi(2);
                noise += product * (1.0 - f64::from(a[k / q])) * (1.0 - f64::from(b[k % q]));
            }
        }
        (signal / (signal + noise / self.chains.len() as f64)).sqrt()
    }

    /// The model so far.
    #[must_use]
    pub fn model(&self) -> &PairPotts<f32> {
        &self.model
    }

    /// The exponential moving average of the parameters, where there is one.
    #[must_use]
    pub fn average(&self) -> Option<&PairPotts<f32>> {
        self.average.as_ref()
    }

    /// True for a coupling that is learned, by its place in [`PairPotts::coupling`].
    #[must_use]
    pub fn is_active(&self, coupling: usize) -> bool {
        coupling < self.model.coupling().len()
            && self
                .rounds
                .as_ref()
                .is_none_or(|rounds| rounds.mask.get(coupling))
    }

    /// The chains.
    #[must_use]
    pub fn chains(&self) -> &PottsChains {
        &self.chains
    }

    /// The frequencies that are learned.
    #[must_use]
    pub fn target(&self) -> &Moments {
        &self.target
    }

    /// Activates or removes couplings; after a removal, the chains are moved by the changed model.
    fn change_graph(&mut self) {
        let Some(rounds) = &mut self.rounds else {
            return;
        };
        let scored = Scored {
            model: &self.model,
            data: &self.target,
            chains: &self.chains,
            pseudocount: self.pseudocount.max(1.0 / (self.chains.len() as f64 + 1.0)),
        };
        if !rounds.change(&scored, &self.threads) {
            return;
        }
        let block = self.model.states() * self.model.states();
        let kept = self.options.optimizer.memory();
        rounds.mask.clear(self.model.coupling_mut(), block, 1);
        rounds.mask.clear(&mut self.memory, block, kept);
        if let Some(average) = &mut self.average {
            rounds.mask.clear(average.coupling_mut(), block, 1);
        }
        self.tables.update(&self.model, &self.threads);
        self.chains.sweep(&self.tables, self.adapted.sweeps);
    }

    fn follow_average(&mut self) {
        let keep = self.options.average as f32;
        if let Some(average) = &mut self.average {
            let threads = &self.threads;
            let (field, coupling) = average.parts_mut();
            move_average(field, self.model.field(), keep, threads);
            move_average(coupling, self.model.coupling(), keep, threads);
        }
    }
}
