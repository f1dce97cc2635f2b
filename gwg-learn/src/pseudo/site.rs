//! The term of one site given all others.

use std::cmp::Ordering;

use pulp::{Simd, WithSimd};

use super::loss::{ProbabilityFlow, PseudoLikelihood, RatioMatching, SiteLoss, Term};
use super::objective::Parameters;
use crate::Data;

/// What is added to the logit of a state that does not exist.
const NEVER: f64 = -1e300;
/// The numbers of a table entry are a multiple of this: whole vectors.
const LANES: usize = 8;
/// The rows of a block: their logits stay in the nearest cache.
const ROWS: usize = 96;
/// The sites whose tables are used together: they stay in the nearest cache, too, and their sums do not wait for each other.
const SITES: usize = 4;

/// The numbers of a table entry.
pub(super) const fn width(states: usize) -> usize {
    states.next_multiple_of(LANES)
}

/// The sum of the terms of one site over rows, with their weights, and its gradient.
pub(super) struct SiteTerm {
    pub(super) site: usize,
    pub(super) value: f64,
    /// Tables of shape (L, q, [`width`]). `[j, b, a]`: the derivative by `J[i, j, a, b]`; at `j = i` the part of the derivative by `h[i, a]`
    /// of the rows with `x_i = b`.
    pub(super) gradient: Vec<f64>,
}

impl SiteTerm {
    pub(super) fn new(site: usize) -> Self {
        Self {
            site,
            value: 0.0,
            gradient: Vec::new(),
        }
    }

    pub(super) fn evaluate(&mut self, loss: SiteLoss, parameters: &Parameters<'_>, data: &Data) {
        match loss {
            SiteLoss::PseudoLikelihood => self.sum(PseudoLikelihood, parameters, data),
            SiteLoss::ProbabilityFlow => self.sum(ProbabilityFlow, parameters, data),
            SiteLoss::RatioMatching => self.sum(RatioMatching, parameters, data),
        }
    }

    fn sum(&mut self, term: impl Term, parameters: &Parameters<'_>, data: &Data) {
        let logits = logits(parameters, self.site);
        self.gradient.clear();
        self.gradient.resize(logits.len(), 0.0);
        self.value = pulp::Arch::new().dispatch(Pass {
            term,
            site: self.site,
            data,
            logits: &logits,
            gradient: &mut self.gradient,
        });
    }
}

/// Tables of shape (L, q, [`width`]). `[j, b, a]`: what `x_j = b` adds to the logit of `x_i = a`; the field at `j = i`.
fn logits(parameters: &Parameters<'_>, site: usize) -> Vec<f64> {
    let (sites, q) = (parameters.sites, parameters.states);
    let mut logits = vec![0.0; sites * q * width(q)];
    let entries = logits.chunks_exact_mut(width(q)).enumerate();
    for (other, b, to) in entries.map(|(k, to)| (k / q, k % q, to)) {
        match other.cmp(&site) {
            Ordering::Less => {
                let row = &parameters.block(other, site)[b * q..(b + 1) * q];
                to[..q].copy_from_slice(row);
            }
            Ordering::Equal => {
                to[..q].copy_from_slice(&parameters.field[site * q..(site + 1) * q]);
                to[q..].fill(NEVER);
            }
            Ordering::Greater => {
                let column = parameters.block(site, other).iter().skip(b).step_by(q);
                to.iter_mut().zip(column).for_each(|(to, &from)| *to = from);
            }
        }
    }
    logits
}

/// One pass over the rows.
struct Pass<'a, T> {
    term: T,
    site: usize,
    data: &'a Data,
    logits: &'a [f64],
    gradient: &'a mut [f64],
}

impl<T: Term> WithSimd for Pass<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (sites, q) = (self.data.sites(), self.data.states());
        let width = width(q);
        let blocks = self.data.symbols().chunks(ROWS * sites);
        let mut scratch = vec![0.0; ROWS * width];
        let mut value = 0.0;
        for (rows, weights) in blocks.zip(self.data.weights().chunks(ROWS)) {
            let logits = &mut scratch[..weights.len() * width];
            logits.fill(0.0);
            for (group, tables) in self.logits.chunks(SITES * q * width).enumerate() {
                let rows = rows.chunks_exact(sites).map(|row| &row[group * SITES..]);
                add_entries(simd, logits, rows, tables, (q, width));
            }
            let residuals = logits.chunks_exact_mut(width);
            for ((logit, row), &weight) in residuals.zip(rows.chunks_exact(sites)).zip(weights) {
                let own = usize::from(row[self.site]);
                value += weight * self.term.of(logit, own);
                logit.iter_mut().for_each(|r| *r *= weight);
            }
            for (group, tables) in self.gradient.chunks_mut(SITES * q * width).enumerate() {
                let rows = rows.chunks_exact(sites).map(|row| &row[group * SITES..]);
                add_to_entries(simd, logits, rows, tables, (q, width));
            }
        }
        value
    }
}

/// Adds to each row the entries of up to [`SITES`] tables that its symbols select.
#[inline(always)]
fn add_entries<'r, S: Simd>(
    simd: S,
    sums: &mut [f64],
    rows: impl Iterator<Item = &'r [u8]>,
    tables: &[f64],
    (q, width): (usize, usize),
) {
    let entry = |k: usize, b: u8| {
        let begin = (k * q + usize::from(b)) * width;
        S::as_simd_f64s(&tables[begin..begin + width]).0
    };
    let whole = tables.len() == SITES * q * width;
    for (sum, row) in sums.chunks_exact_mut(width).zip(rows) {
        let (sum, _) = S::as_mut_simd_f64s(sum);
        match row {
            &[a, b, c, d, ..] if whole => {
                let pairs = entry(0, a)
                    .iter()
                    .zip(entry(1, b))
                    .zip(entry(2, c).iter().zip(entry(3, d)));
                for (sum, ((&a, &b), (&c, &d))) in sum.iter_mut().zip(pairs) {
                    let four = simd.add_f64s(simd.add_f64s(a, b), simd.add_f64s(c, d));
                    *sum = simd.add_f64s(*sum, four);
                }
            }
            _ => {
                for (k, &b) in row.iter().enumerate() {
                    for (sum, &part) in sum.iter_mut().zip(entry(k, b)) {
                        *sum = simd.add_f64s(*sum, part);
                    }
                }
            }
        }
    }
}

/// Adds each row to the entries of up to [`SITES`] tables that its symbols select.
#[inline(always)]
fn add_to_entries<'r, S: Simd>(
    simd: S,
    parts: &[f64],
    rows: impl Iterator<Item = &'r [u8]>,
    tables: &mut [f64],
    (q, width): (usize, usize),
) {
    for (part, row) in parts.chunks_exact(width).zip(rows) {
        let (part, _) = S::as_simd_f64s(part);
        for (&b, table) in row.iter().zip(tables.chunks_exact_mut(q * width)) {
            let begin = usize::from(b) * width;
            let (entry, _) = S::as_mut_simd_f64s(&mut table[begin..begin + width]);
            for (sum, &part) in entry.iter_mut().zip(part) {
                *sum = simd.add_f64s(*sum, part);
            }
        }
    }
}
