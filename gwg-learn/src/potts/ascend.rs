//! One step along the gradient of the log-likelihood of a Potts model.

use super::chains::PottsChains;
use super::correlations::Correlations;
use super::mean_f::MeanF;
use super::moments::{Moments, PairCounts, singles};
use super::options::PottsOptions;
use super::pairs::split_pairs;
use super::sparse::Mask;
use super::train::PottsTrainer;

/// What an update measures.
pub(super) struct Figures {
    /// Of all connected correlations, and of those of active couplings.
    pub(super) correlations: Correlations,
    pub(super) active: Correlations,
    /// The root mean square of the gradient of the couplings.
    pub(super) gradient: f64,
    /// The means of `f` of data and chains, before the step.
    pub(super) f: MeanF,
}

impl PottsTrainer {
    /// Follows the gradient.
    pub(super) fn ascend(&mut self, rate: f64) -> Figures {
        let (sites, q) = (self.model.sites(), self.model.states());
        let (options, block) = (&self.options, q * q);
        let (data, model) = (&self.target.single, singles(&self.chains, sites, q));
        let pairs = data.iter().zip(&model);
        let center: Vec<f32> = pairs.map(|(f, p)| 0.5 * (f + p)).collect();
        let kept = options.optimizer.memory();
        let memories = split_pairs(&mut self.memory, sites, kept * block);
        let couplings = split_pairs(self.model.coupling_mut(), sites, block);
        let shifts = if options.centered { sites * q } else { 0 };
        let rows = couplings.into_iter().zip(memories).enumerate();
        let mut rows: Vec<Row<'_>> = rows
            .map(|(i, (couplings, memory))| Row {
                i,
                couplings,
                memory,
                sums: Sums::new(shifts),
            })
            .collect();
        let mut pass = Pass {
            sites,
            q,
            data: &self.target,
            model: &model,
            center: &center,
            chains: &self.chains,
            mask: self.rounds.as_ref().map(|rounds| &rounds.mask),
            options,
            rate: rate as f32,
            update: self.update,
            factor: None,
        };
        if options.clip > 0.0 {
            self.threads.each(&mut rows, |row| row.pass(&pass));
            let all = total(&rows, data, &model);
            let squares = all.field.iter().map(|&g| f64::from(g).powi(2));
            let norm = (all.squares + squares.sum::<f64>()).sqrt();
            pass.factor = Some((options.clip / norm).min(1.0) as f32);
        } else {
            pass.factor = Some(1.0);
        }
        self.threads.each(&mut rows, |row| row.pass(&pass));
        let mut all = total(&rows, data, &model);
        let factor = pass.factor.unwrap_or(1.0);
        drop(rows);
        all.field.iter_mut().for_each(|g| *g *= factor);
        let (h, rate) = (self.model.field_mut(), rate as f32);
        let of_sites = data.chunks(q).zip(model.chunks(q));
        for (h, (data, model)) in h.chunks_exact(q).zip(of_sites) {
            all.f.push(h, data, model);
        }
        let optimizer = self.options.optimizer;
        optimizer.ascend(self.update, rate, h, &all.field, &mut self.field_memory);
        let couplings = self.model.coupling().len().max(1) as f64;
        Figures {
            correlations: all.correlations,
            active: all.active,
            gradient: (all.squares / couplings).sqrt(),
            f: all.f,
        }
    }
}

/// The sums over all rows, and the gradient of the field.
struct Total {
    field: Vec<f32>,
    correlations: Correlations,
    active: Correlations,
    squares: f64,
    f: MeanF,
}

fn total(rows: &[Row<'_>], data: &[f32], model: &[f32]) -> Total {
    let mut all = Total {
        field: data.iter().zip(model).map(|(f, p)| f - p).collect(),
        correlations: Correlations::default(),
        active: Correlations::default(),
        squares: 0.0,
        f: MeanF::default(),
    };
    for Row { sums, .. } in rows {
        all.correlations.add(&sums.correlations);
        all.active.add(&sums.active);
        all.squares += sums.squares;
        all.f.add(&sums.f);
        for (g, shift) in all.field.iter_mut().zip(&sums.shift) {
            *g -= shift;
        }
    }
    all
}

/// What all rows share in an update.
struct Pass<'p> {
    sites: usize,
    q: usize,
    data: &'p Moments,
    model: &'p [f32],
    center: &'p [f32],
    chains: &'p PottsChains,
    mask: Option<&'p Mask>,
    options: &'p PottsOptions,
    rate: f32,
    update: u64,
    /// By which the gradient is scaled; `None`: it is measured, not followed.
    factor: Option<f32>,
}

/// The pairs `(i, i + 1), (i, i + 2), ..`.
struct Row<'r> {
    i: usize,
    couplings: &'r mut [f32],
    memory: &'r mut [f32],
    sums: Sums,
}

/// Sums over the pairs of a row.
struct Sums {
    /// What the centered couplings take from the gradient of the field.
    shift: Vec<f32>,
    correlations: Correlations,
    active: Correlations,
    squares: f64,
    f: MeanF,
}

impl Sums {
    fn new(shifts: usize) -> Self {
        Self {
            shift: vec![0.0; shifts],
            correlations: Correlations::default(),
            active: Correlations::default(),
            squares: 0.0,
            f: MeanF::default(),
        }
    }
}

impl Row<'_> {
    fn pass(&mut self, pass: &Pass<'_>) {
        let (i, q) = (self.i, pass.q);
        let (block, kept) = (q * q, pass.options.optimizer.memory() * q * q);
        let first = i * (2 * pass.sites - i - 1) / 2;
        self.sums = Sums::new(self.sums.shift.len());
        let mut counts = PairCounts::new(q);
        let (mut gradient, mut in_model) = (vec![0.0_f32; block], vec![0.0_f32; block]);
        let one = 1.0 / pass.chains.len() as f32;
        for k in 0..pass.sites - i - 1 {
            let counts = counts.of(pass.chains, i, i + 1 + k);
            let pair = Pair {
                i,
                j: i + 1 + k,
                start: (first + k) * block,
                counts,
            };
            match pass.mask {
                Some(mask) => pair.gradient(pass, mask, &mut gradient, &mut self.sums),
                None => pair.gradient(pass, &All, &mut gradient, &mut self.sums),
            }
            let Some(factor) = pass.factor else {
                continue;
            };
            if factor < 1.0 {
                gradient.iter_mut().for_each(|g| *g *= factor);
            }
            let couplings = &mut self.couplings[k * block..(k + 1) * block];
            for (p, &count) in in_model.iter_mut().zip(pair.counts) {
                *p = count as f32 * one;
            }
            let target = &pass.data.pair[pair.start..pair.start + block];
            self.sums.f.push(couplings, target, &in_model);
            let memory = &mut self.memory[k * kept..(k + 1) * kept];
            let optimizer = pass.options.optimizer;
            optimizer.ascend(pass.update, pass.rate, couplings, &gradient, memory);
            pass.options.penalty.shrink(pass.rate, couplings);
        }
    }
}

/// Which couplings are learned.
trait Active {
    /// Some are not.
    const SOME: bool;

    fn is_active(&self, at: usize) -> bool;
}

struct All;

impl Active for All {
    const SOME: bool = false;

    #[inline(always)]
    fn is_active(&self, _: usize) -> bool {
        true
    }
}

impl Active for Mask {
    const SOME: bool = true;

    #[inline(always)]
    fn is_active(&self, at: usize) -> bool {
        self.get(at)
    }
}

/// A pair of sites.
struct Pair<'c> {
    i: usize,
    j: usize,
    /// The place of its first coupling.
    start: usize,
    /// The numbers of chains with each pair of symbols.
    counts: &'c [u32],
}

impl Pair<'_> {
    /// Writes the gradient of the couplings, and adds up its figures. That of inactive couplings is 0.
    fn gradient<A: Active>(
        &self,
        pass: &Pass<'_>,
        active: &A,
        gradient: &mut [f32],
        sums: &mut Sums,
    ) {
        let (i, j, q) = (self.i, self.j, pass.q);
        let (mine, other) = (i * q..(i + 1) * q, j * q..(j + 1) * q);
        let data = (
            &pass.data.single[mine.clone()],
            &pass.data.single[other.clone()],
        );
        let model = (&pass.model[mine.clone()], &pass.model[other.clone()]);
        let center = (&pass.center[mine], &pass.center[other]);
        let one = 1.0 / pass.chains.len() as f32;
        let mut squares = 0.0_f64;
        let target = &pass.data.pair[self.start..self.start + q * q];
        let rows = target.chunks_exact(q).zip(self.counts.chunks_exact(q));
        for ((a, (target, counts)), gradient) in rows.enumerate().zip(gradient.chunks_exact_mut(q))
        {
            for b in 0..q {
                let p = counts[b] as f32 * one;
                let (in_data, in_model) = (
                    target[b] - data.0[a] * data.1[b],
                    p - model.0[a] * model.1[b],
                );
                sums.correlations.push(in_data, in_model);
                if A::SOME {
                    if !active.is_active(self.start + a * q + b) {
                        gradient[b] = 0.0;
                        continue;
                    }
                    sums.active.push(in_data, in_model);
                }
                let mut g = target[b] - p;
                if pass.options.centered {
                    g -= center.0[a] * (data.1[b] - model.1[b]);
                    g -= (data.0[a] - model.0[a]) * center.1[b];
                    sums.shift[i * q + a] += g * center.1[b];
                    sums.shift[j * q + b] += g * center.0[a];
                }
                squares += f64::from(g * g);
                gradient[b] = g;
            }
        }
        sums.squares += squares;
    }
}
