//! The conditional probabilities of one site given all others.

use gwg_core::Real;

use super::objective::Parameters;
use crate::Data;

/// What is added to the logit of a state that does not exist.
const NEVER: f64 = -1e300;

/// The term of one site in the pseudo-likelihood: `-sum_n w_n ln P(x_ni | x_nj, j != i)`, and its gradient.
///
/// `N` is the number of states, rounded up to the width of vectors.
pub(super) struct SiteTerm<const N: usize> {
    pub(super) site: usize,
    pub(super) value: f64,
    /// `[j q + b][a]`: the derivative by `J[i, j, a, b]`; at `j = i` the part of the derivative by `h[i, a]` of the rows with `x_i = b`.
    pub(super) gradient: Vec<[f64; N]>,
}

impl<const N: usize> SiteTerm<N> {
    pub(super) fn new(site: usize) -> Self {
        Self {
            site,
            value: 0.0,
            gradient: Vec::new(),
        }
    }

    pub(super) fn evaluate(&mut self, parameters: &Parameters<'_>, data: &Data) {
        let logits = logits(parameters, self.site);
        self.gradient.clear();
        self.gradient.resize(logits.len(), [0.0; N]);
        self.value = pulp::Arch::new().dispatch(Pass {
            site: self.site,
            data,
            logits: &logits,
            gradient: &mut self.gradient,
        });
    }
}

/// `[j q + b][a]`: what `x_j = b` adds to the logit of `x_i = a`; the field at `j = i`.
fn logits<const N: usize>(parameters: &Parameters<'_>, site: usize) -> Vec<[f64; N]> {
    let (sites, q) = (parameters.sites, parameters.states);
    let mut logits = Vec::with_capacity(sites * q);
    for other in 0..sites {
        for b in 0..q {
            let mut to = [0.0; N];
            match other.cmp(&site) {
                std::cmp::Ordering::Less => {
                    let row = &parameters.block(other, site)[b * q..(b + 1) * q];
                    to[..q].copy_from_slice(row);
                }
                std::cmp::Ordering::Equal => {
                    to[..q].copy_from_slice(&parameters.field[site * q..(site + 1) * q]);
                    to[q..].fill(NEVER);
                }
                std::cmp::Ordering::Greater => {
                    let column = parameters.block(site, other).iter().skip(b).step_by(q);
                    to.iter_mut().zip(column).for_each(|(to, &from)| *to = from);
                }
            }
            logits.push(to);
        }
    }
    logits
}

/// One pass over the rows.
struct Pass<'a, const N: usize> {
    site: usize,
    data: &'a Data,
    logits: &'a [[f64; N]],
    gradient: &'a mut [[f64; N]],
}

impl<const N: usize> pulp::WithSimd for Pass<'_, N> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let q = self.data.states();
        let rows = self.data.symbols().chunks_exact(self.data.sites());
        let mut value = 0.0;
        for (row, &weight) in rows.zip(self.data.weights()) {
            let mut logit = [0.0; N];
            for (&b, table) in row.iter().zip(self.logits.chunks_exact(q)) {
                for (sum, part) in logit.iter_mut().zip(&table[usize::from(b)]) {
                    *sum += part;
                }
            }
            let own = usize::from(row[self.site]);
            let (mut residual, surprise) = softmax(&logit, own);
            value += weight * surprise;
            residual[own] -= 1.0;
            residual.iter_mut().for_each(|r| *r *= weight);
            for (&b, table) in row.iter().zip(self.gradient.chunks_exact_mut(q)) {
                for (sum, part) in table[usize::from(b)].iter_mut().zip(&residual) {
                    *sum += part;
                }
            }
        }
        value
    }
}

/// The probabilities of all states, and `-ln` of one of them.
#[inline(always)]
fn softmax<const N: usize>(logit: &[f64; N], own: usize) -> ([f64; N], f64) {
    let most = logit.iter().fold(
        f64::NEG_INFINITY,
        |most, &l| if l > most { l } else { most },
    );
    let mut probability = [0.0; N];
    for (p, &l) in probability.iter_mut().zip(logit) {
        *p = Real::exp(l - most);
    }
    let sum: f64 = probability.iter().sum();
    probability.iter_mut().for_each(|p| *p /= sum);
    (probability, Real::ln(sum) + most - logit[own])
}
