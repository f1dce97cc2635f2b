//! Learning of Potts models by persistent contrastive divergence.

use super::chains::PottsChains;
use super::correlations::Correlations;
use super::mean_f::MeanF;
use super::moments::{Moments, PairCounts, singles};
use super::options::PottsOptions;
use super::pairs::{PairPotts, split_pairs};
use super::tables::PottsTables;
use crate::saved::checksum;
use crate::{Data, PairPottsError};
use gwg_chains::Threads;

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
/// [`Optimizer::memory`](crate::Optimizer::memory) more numbers for each coupling.
#[derive(Clone, Debug)]
pub struct PottsTrainer {
    pub(super) options: PottsOptions,
    pub(super) target: Moments,
    /// The weight of uniform frequencies in `target`.
    pub(super) pseudocount: f64,
    pub(super) model: PairPotts<f32>,
    pub(super) tables: PottsTables,
    pub(super) chains: PottsChains,
    pub(super) memory: Vec<f32>,
    pub(super) field_memory: Vec<f32>,
    pub(super) update: u64,
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
    /// The root mean square of the gradient of the couplings.
    pub gradient: f64,
    /// The weighted mean of `f` of the data, without the pseudocount, before the update.
    pub data: f64,
    /// The mean of `f` of the chains, before the update.
    pub model: f64,
}

impl PottsTrainer {
    /// A trainer before its first update.
    ///
    /// # Errors
    /// [`PairPottsError::Shape`] where the model does not fit into memory.
    pub fn new(
        data: &Data,
        options: PottsOptions,
        threads: &Threads,
    ) -> Result<Self, PairPottsError> {
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
        let kept = options.optimizer.memory();
        Ok(Self {
            tables: PottsTables::new(&model, threads),
            chains: PottsChains::new(shape, options.chains, options.seed, &start, threads),
            memory: vec![0.0; kept * model.coupling().len()],
            field_memory: vec![0.0; kept * model.field().len()],
            model,
            target,
            pseudocount,
            options,
            update: 0,
            checksum: checksum(data),
            threads: threads.clone(),
        })
    }

    /// Moves the chains, and the parameters once.
    pub fn update(&mut self) -> PottsUpdate {
        self.chains.sweep(&self.tables, self.options.sweeps);
        self.update += 1;
        let rate = self.options.schedule.at(self.update);
        let update = self.ascend(rate);
        self.tables.update(&self.model, &self.threads);
        update
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

    /// The model so far.
    #[must_use]
    pub fn model(&self) -> &PairPotts<f32> {
        &self.model
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

    /// Follows the gradient.
    fn ascend(&mut self, rate: f64) -> PottsUpdate {
        let (sites, q) = (self.model.sites(), self.model.states());
        let (update, options, block) = (self.update, &self.options, q * q);
        let (data, model) = (&self.target.single, singles(&self.chains, sites, q));
        let between = |&f: &f32, &p: &f32| 0.5 * (f + p);
        let center: Vec<f32> = data
            .iter()
            .zip(&model)
            .map(|(f, p)| between(f, p))
            .collect();
        let kept = options.optimizer.memory();
        let memories = split_pairs(&mut self.memory, sites, kept * block);
        let couplings = split_pairs(self.model.coupling_mut(), sites, block);
        let mut rows: Vec<Row<'_>> = couplings
            .into_iter()
            .zip(memories)
            .enumerate()
            .map(|(i, (couplings, memory))| Row {
                i,
                couplings,
                memory,
                shift: if options.centered {
                    vec![0.0; sites * q]
                } else {
                    Vec::new()
                },
                correlations: Correlations::default(),
                squares: 0.0,
                f: MeanF::default(),
            })
            .collect();
        let pass = Pass {
            sites,
            q,
            data: &self.target,
            model: &model,
            center: &center,
            chains: &self.chains,
            options,
            rate: rate as f32,
            update,
        };
        self.threads.each(&mut rows, |row| row.ascend(&pass));
        let mut field: Vec<f32> = data.iter().zip(&model).map(|(f, p)| f - p).collect();
        let (mut correlations, mut squares) = (Correlations::default(), 0.0);
        let mut f = MeanF::default();
        for row in &rows {
            correlations.add(&row.correlations);
            squares += row.squares;
            f.add(&row.f);
            for (g, shift) in field.iter_mut().zip(&row.shift) {
                *g -= shift;
            }
        }
        drop(rows);
        let optimizer = options.optimizer;
        let h = self.model.field_mut();
        for (h, (data, model)) in h.chunks_exact(q).zip(data.chunks(q).zip(model.chunks(q))) {
            f.push(h, data, model);
        }
        optimizer.ascend(update, rate as f32, h, &field, &mut self.field_memory);
        let gradient = (squares / self.model.coupling().len().max(1) as f64).sqrt();
        PottsUpdate {
            update,
            rate,
            correlations,
            gradient,
            data: f.of_data(self.pseudocount),
            model: f.model,
        }
    }
}

/// What all rows share in an update.
struct Pass<'p> {
    sites: usize,
    q: usize,
    data: &'p Moments,
    model: &'p [f32],
    center: &'p [f32],
    chains: &'p PottsChains,
    options: &'p PottsOptions,
    rate: f32,
    update: u64,
}

/// The pairs `(i, i + 1), (i, i + 2), ..`.
struct Row<'r> {
    i: usize,
    couplings: &'r mut [f32],
    memory: &'r mut [f32],
    /// What the centered couplings take from the gradient of the field.
    shift: Vec<f32>,
    correlations: Correlations,
    squares: f64,
    f: MeanF,
}

impl Row<'_> {
    fn ascend(&mut self, pass: &Pass<'_>) {
        let (i, q) = (self.i, pass.q);
        let (block, kept) = (q * q, pass.options.optimizer.memory() * q * q);
        let first = i * (2 * pass.sites - i - 1) / 2;
        let mut counts = PairCounts::new(q);
        let (mut gradient, mut in_model) = (vec![0.0_f32; block], vec![0.0_f32; block]);
        let one = 1.0 / pass.chains.len() as f32;
        for k in 0..pass.sites - i - 1 {
            let j = i + 1 + k;
            let counts = counts.of(pass.chains, i, j);
            let target = &pass.data.pair[(first + k) * block..][..block];
            self.gradient(pass, j, target, counts, &mut gradient);
            for (p, &count) in in_model.iter_mut().zip(counts) {
                *p = count as f32 * one;
            }
            let couplings = &mut self.couplings[k * block..(k + 1) * block];
            self.f.push(couplings, target, &in_model);
            let memory = &mut self.memory[k * kept..(k + 1) * kept];
            let optimizer = pass.options.optimizer;
            optimizer.ascend(pass.update, pass.rate, couplings, &gradient, memory);
            pass.options.penalty.shrink(pass.rate, couplings);
        }
    }

    /// Writes the gradient of the couplings of one pair, and adds up its figures.
    fn gradient(
        &mut self,
        pass: &Pass<'_>,
        j: usize,
        target: &[f32],
        counts: &[u32],
        gradient: &mut [f32],
    ) {
        let q = pass.q;
        let (mine, other) = (self.i * q..(self.i + 1) * q, j * q..(j + 1) * q);
        let data = (
            &pass.data.single[mine.clone()],
            &pass.data.single[other.clone()],
        );
        let model = (&pass.model[mine.clone()], &pass.model[other.clone()]);
        let center = (&pass.center[mine], &pass.center[other]);
        let one = 1.0 / pass.chains.len() as f32;
        let mut squares = 0.0_f64;
        let rows = target.chunks_exact(q).zip(counts.chunks_exact(q));
        for ((a, (target, counts)), gradient) in rows.enumerate().zip(gradient.chunks_exact_mut(q))
        {
            for b in 0..q {
                let p = counts[b] as f32 * one;
                let (in_data, in_model) = (
                    target[b] - data.0[a] * data.1[b],
                    p - model.0[a] * model.1[b],
                );
                self.correlations.push(in_data, in_model);
                let mut g = target[b] - p;
                if pass.options.centered {
                    g -= center.0[a] * (data.1[b] - model.1[b]);
                    g -= (data.0[a] - model.0[a]) * center.1[b];
                    self.shift[self.i * q + a] += g * center.1[b];
                    self.shift[j * q + b] += g * center.0[a];
                }
                squares += f64::from(g * g);
                gradient[b] = g;
            }
        }
        self.squares += squares;
    }
}
