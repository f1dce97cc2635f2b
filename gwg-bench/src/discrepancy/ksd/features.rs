//! The Stein operators of a target applied to samples.

use super::Operator;
use crate::discrepancy::{DiscrepancyError, checked};
use gwg_core::{Delta, Move, Real, Space};

/// Number of parallel accumulators.
const LANES: usize = 8;

/// `u_ib(x)` for every row `x`, site `i` and symbol `b`, and its sums over the symbols.
#[derive(Clone, Debug)]
pub(super) struct Features {
    x: Vec<u8>,
    /// (row, site, state); with two states and sums of 0 only `u_i1`, (row, site).
    u: Vec<f64>,
    /// (row, site), or empty if all sums are 0.
    sums: Vec<f64>,
    sites: usize,
    states: usize,
}

/// Sums over the sites at which two rows agree, or over those at which they differ.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Products {
    /// Number of these sites.
    pub(super) sites: usize,
    /// Number of the other sites.
    pub(super) others: usize,
    /// `sum u_i(x).u_i(y)`.
    pub(super) dots: f64,
    /// `sum c_i(x) c_i(y)`.
    pub(super) sums: f64,
}

impl Features {
    pub(super) fn new<T: Delta<Space: Space<Symbol = u8>>>(
        target: &T,
        beta: f64,
        rows: &[u8],
        operator: Operator,
    ) -> Result<Self, DiscrepancyError> {
        let space = target.space();
        let (sites, states) = (space.sites(), space.states());
        let count = checked("samples", rows, sites, |site| space.states_at(site))?;
        let bounded = operator == Operator::Barker;
        let mut memory = vec![T::Real::ZERO; target.cache_len()];
        let mut row_of_u = vec![0.0; sites * states];
        let mut made = Self {
            x: rows.to_vec(),
            u: Vec::with_capacity(count * sites * states),
            sums: Vec::with_capacity(if bounded { 0 } else { count * sites }),
            sites,
            states,
        };
        for (row, x) in rows.chunks_exact(sites).enumerate() {
            if !space.contains(x) {
                return Err(DiscrepancyError::NotContained { row });
            }
            target.init_cache(x, &mut memory);
            row_of_u.fill(0.0);
            for (site, u) in row_of_u.chunks_exact_mut(states).enumerate() {
                if space.is_free(site) && space.states_at(site) > 1 {
                    let d = |to| beta * target.delta(x, &memory, to_symbol(x, site, to)).to_f64();
                    let states = space.states_at(site);
                    let entry = |found| DiscrepancyError::NotFinite {
                        what: "Stein operator",
                        row,
                        entry: site,
                        found,
                    };
                    operate(operator, x[site], &mut u[..states], d).map_err(entry)?;
                }
            }
            made.push(&row_of_u, bounded);
        }
        Ok(made)
    }

    fn push(&mut self, row: &[f64], bounded: bool) {
        if bounded && self.states == 2 {
            self.u.extend(row.iter().skip(1).step_by(2));
        } else {
            self.u.extend_from_slice(row);
        }
        if !bounded {
            let sites = row.chunks_exact(self.states);
            self.sums.extend(sites.map(|u| u.iter().sum::<f64>()));
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.x.len() / self.sites
    }

    pub(super) const fn sites(&self) -> usize {
        self.sites
    }

    fn row<'s, N>(&self, numbers: &'s [N], row: usize) -> &'s [N] {
        let width = numbers.len() / self.rows();
        &numbers[row * width..(row + 1) * width]
    }

    /// Returns the sums over agreeing and over differing sites of two rows.
    pub(super) fn products(&self, i: usize, j: usize) -> (Products, Products) {
        let (x, y) = (self.row(&self.x, i), self.row(&self.x, j));
        let distance = gwg_chains::hamming(x, y);
        let mut agreeing = Products {
            sites: self.sites - distance,
            others: distance,
            ..Products::default()
        };
        let mut differing = Products {
            sites: distance,
            others: self.sites - distance,
            ..Products::default()
        };
        let (u, w) = (self.row(&self.u, i), self.row(&self.u, j));
        if u.len() == self.sites {
            (agreeing.dots, differing.dots) = signed(u, w);
            return (agreeing, differing);
        }
        let pairs = u.chunks_exact(self.states).zip(w.chunks_exact(self.states));
        for ((u, w), (x, y)) in pairs.zip(x.iter().zip(y)) {
            let dot: f64 = u.iter().zip(w).map(|(u, w)| u * w).sum();
            *(if x == y {
                &mut agreeing.dots
            } else {
                &mut differing.dots
            }) += dot;
        }
        if !self.sums.is_empty() {
            let sums = self.row(&self.sums, i).iter().zip(self.row(&self.sums, j));
            for ((c, d), (x, y)) in sums.zip(x.iter().zip(y)) {
                *(if x == y {
                    &mut agreeing.sums
                } else {
                    &mut differing.sums
                }) += c * d;
            }
        }
        (agreeing, differing)
    }
}

fn to_symbol(x: &[u8], site: usize, to: usize) -> Move {
    Move {
        site,
        from: x[site].into(),
        to: to as u16,
    }
}

/// Computes `u` of one site; returns a number that is not finite as the error.
fn operate(
    operator: Operator,
    from: u8,
    u: &mut [f64],
    d: impl Fn(usize) -> f64,
) -> Result<(), f64> {
    let (from, states) = (usize::from(from), u.len());
    match operator {
        Operator::Barker => {
            for to in (0..states).filter(|&to| to != from) {
                let rate = d(to).sigmoid();
                if rate.is_nan() {
                    return Err(rate);
                }
                u[to] += rate;
                u[from] -= rate;
            }
        }
        Operator::Ratio => {
            let ratio = Real::exp(d((from + 1) % states));
            if !Real::is_finite(ratio) {
                return Err(ratio);
            }
            u[(from + states - 1) % states] += 1.0;
            u[from] -= ratio;
        }
    }
    Ok(())
}

/// Twice the positive and twice the negative products. For two states with `u` of sum 0, `u_1` has the sign of the move, so
/// products are positive where the rows agree and negative where they differ.
fn signed(u: &[f64], w: &[f64]) -> (f64, f64) {
    let (mut positive, mut negative) = ([0.0; LANES], [0.0; LANES]);
    let (u, u_rest) = u.as_chunks::<LANES>();
    let (w, w_rest) = w.as_chunks::<LANES>();
    for (u, w) in u.iter().zip(w) {
        for k in 0..LANES {
            let product = u[k] * w[k];
            positive[k] += product.max(0.0);
            negative[k] += product.min(0.0);
        }
    }
    for (k, (u, w)) in u_rest.iter().zip(w_rest).enumerate() {
        positive[k] += (u * w).max(0.0);
        negative[k] += (u * w).min(0.0);
    }
    (
        2.0 * positive.iter().sum::<f64>(),
        2.0 * negative.iter().sum::<f64>(),
    )
}
