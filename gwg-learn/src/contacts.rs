//! Contacts that are predicted from couplings: scores, ranks, precision, a map.

mod gradients;
mod map;
mod reference;

use gwg_core::Real;

use crate::{PairPotts, zero_sum};

pub use gradients::gradient_couplings;
pub use map::contact_map;
pub use reference::{Contacts, ContactsError, ContactsFault, parse_contacts, read_contacts};

/// Pairs are predicted if `|i - j|` is above this.
pub const DEFAULT_SEPARATION: usize = 4;

/// A score for each pair of sites.
#[derive(Clone, Debug, PartialEq)]
pub struct PairScores {
    sites: usize,
    /// In the order of [`PairPotts::pairs`].
    scores: Vec<f64>,
}

/// How the norms of couplings are corrected for the average product of their sites (APC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AverageProduct {
    /// Not at all.
    None,
    /// `F[i, j] - S_i S_j / S` with sums over all sites, `S_i = sum_j F[i, j]`, `S = sum_i S_i`, as in adabmDCA.
    #[default]
    Sums,
    /// `F[i, j] - m_i m_j / m` with means over other sites, `m_i = S_i / (L - 1)`, `m = S / (L (L - 1))`: it subtracts `L / (L - 1)` times as
    /// much.
    Means,
}

/// The usual scores of contacts: the Frobenius norm `F[i, j]` of each coupling in the zero-sum gauge, corrected for the average product.
///
/// The gauge is over all states. The norm is over all states but `gap`: with `None`, all count. What is best depends on the family: PF00014
/// is predicted better with the gap, DHFR without it.
///
/// # Cost
/// One pass over a copy of the parameters.
#[must_use]
pub fn frobenius_apc<R: Real>(
    model: &PairPotts<R>,
    gap: Option<u8>,
    average: AverageProduct,
) -> PairScores {
    let mut model = model.clone();
    let exponent = exponent(model.coupling());
    let scale = R::from_f64(power_of_two(-exponent));
    model.coupling_mut().iter_mut().for_each(|v| *v *= scale);
    zero_sum(&mut model);
    let (sites, q) = (model.sites(), model.states());
    let counts = |state: usize| Some(state) != gap.map(usize::from);
    let norm = |(i, j)| {
        let entries = model.block(i, j).iter().enumerate();
        let kept = entries.filter(|(k, _)| counts(k / q) && counts(k % q));
        kept.map(|(_, v)| v.to_f64() * v.to_f64())
            .sum::<f64>()
            .sqrt()
    };
    let mut scores: Vec<f64> = model.pairs().map(norm).collect();
    let mut sums = vec![0.0; sites];
    for ((i, j), norm) in model.pairs().zip(&scores) {
        sums[i] += norm;
        sums[j] += norm;
    }
    let total: f64 = sums.iter().sum();
    let factor = match average {
        AverageProduct::None => 0.0,
        AverageProduct::Sums => 1.0,
        AverageProduct::Means => sites as f64 / (sites - 1).max(1) as f64,
    };
    if total > 0.0 {
        for ((i, j), score) in model.pairs().zip(&mut scores) {
            *score -= factor * sums[i] * sums[j] / total;
        }
    }
    let scale = power_of_two(exponent);
    scores.iter_mut().for_each(|score| *score *= scale);
    PairScores { sites, scores }
}

/// The power of two by which couplings are divided so that their squares are neither infinite nor 0; 0 where they are of usual size.
fn exponent<R: Real>(couplings: &[R]) -> i32 {
    let most = couplings
        .iter()
        .fold(0.0, |most: f64, v| most.max(v.to_f64().abs()));
    let usual = (f64::exp2(-100.0)..f64::exp2(100.0)).contains(&most) || most == 0.0;
    let exponent = if usual { 0.0 } else { most.log2().floor() };
    // Its inverse is to be a number of the model's precision.
    let bounds = if size_of::<R>() < 8 {
        (-120.0, 127.0)
    } else {
        (-1000.0, 1023.0)
    };
    exponent.clamp(bounds.0, bounds.1) as i32
}

/// `2^exponent`, exactly.
fn power_of_two(exponent: i32) -> f64 {
    2.0_f64.powi(exponent)
}

impl PairScores {
    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The score of each pair `(i, j)`, `i < j`, sites from 0.
    pub fn iter(&self) -> impl Iterator<Item = ((usize, usize), f64)> {
        let pairs = (0..self.sites).flat_map(|i| (i + 1..self.sites).map(move |j| (i, j)));
        pairs.zip(self.scores.iter().copied())
    }

    /// The pairs with `j - i > separation`, the highest score first; equal scores in the order of the sites.
    #[must_use]
    pub fn ranked(&self, separation: usize) -> Vec<(usize, usize)> {
        let far = self.iter().filter(|((i, j), _)| j - i > separation);
        let mut pairs: Vec<_> = far.collect();
        pairs.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        pairs.into_iter().map(|(pair, _)| pair).collect()
    }
}

/// The precision of a prediction at several numbers of pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// What the number of pairs is, such as `L/5`.
    pub name: &'static str,
    /// The number of pairs, rounded down.
    pub pairs: usize,
    /// The fraction of them that are contacts; NaN without pairs.
    pub precision: f64,
}

/// The precision of the first pairs of a ranking, at L/5, L/2, L and 2L pairs; at all of them where there are fewer.
#[must_use]
pub fn precision(ranked: &[(usize, usize)], contacts: &Contacts, sites: usize) -> [Precision; 4] {
    let numbers = [
        ("L/5", sites / 5),
        ("L/2", sites / 2),
        ("L", sites),
        ("2L", 2 * sites),
    ];
    numbers.map(|(name, pairs)| {
        let pairs = pairs.min(ranked.len());
        Precision {
            name,
            pairs,
            precision: precision_at(ranked, contacts, pairs),
        }
    })
}

/// The fraction of contacts among the first pairs of a ranking; NaN without pairs.
#[must_use]
pub fn precision_at(ranked: &[(usize, usize)], contacts: &Contacts, pairs: usize) -> f64 {
    let first = &ranked[..pairs.min(ranked.len())];
    let right = first.iter().filter(|(i, j)| contacts.contains(*i, *j));
    right.count() as f64 / first.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_and_precision_are_those_of_the_scores() {
        let scores = PairScores {
            sites: 4,
            scores: vec![9.0, 1.0, 2.0, 8.0, 2.0, 7.0],
        };
        assert_eq!(scores.ranked(1), [(0, 3), (1, 3), (0, 2)]);
        assert_eq!(scores.ranked(0)[..2], [(0, 1), (1, 2)]);
        let contacts = parse_contacts(b"1 4\n2 1\n").unwrap();
        let found = precision(&scores.ranked(0), &contacts, 4);
        let wanted = [(0, f64::NAN), (2, 0.5), (4, 0.5), (6, 2.0 / 6.0)];
        for (found, (pairs, precision)) in found.iter().zip(wanted) {
            assert_eq!(found.pairs, pairs);
            let both_nan = found.precision.is_nan() && precision.is_nan();
            assert!(both_nan || found.precision == precision, "{}", found.name);
        }
    }

    #[test]
    fn scores_scale_with_the_couplings_of_any_size() {
        let mut model = PairPotts::<f64>::zeros(4, 3).unwrap();
        for (k, v) in model.coupling_mut().iter_mut().enumerate() {
            *v = (k as f64).sin();
        }
        let scores = |model: &PairPotts<f64>| -> Vec<f64> {
            let all = frobenius_apc(model, Some(0), AverageProduct::Sums);
            all.iter().map(|(_, score)| score).collect()
        };
        let usual = scores(&model);
        for exponent in [-660, -300, 60, 120, 664, 1000] {
            let scale = power_of_two(exponent);
            let mut large = model.clone();
            large.coupling_mut().iter_mut().for_each(|v| *v *= scale);
            for (a, b) in scores(&large).iter().zip(&usual) {
                assert_eq!(*a, b * scale, "{exponent}");
            }
        }
        let mut narrow = PairPotts::<f32>::zeros(4, 3).unwrap();
        for (v, wide) in narrow.coupling_mut().iter_mut().zip(model.coupling()) {
            *v = 1e38 * *wide as f32;
        }
        let found = frobenius_apc(&narrow, Some(0), AverageProduct::Sums);
        for ((_, a), b) in found.iter().zip(&usual) {
            assert!((a / 1e38 - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn a_model_without_couplings_has_scores_of_zero() {
        let model = PairPotts::<f64>::zeros(3, 2).unwrap();
        let scores = frobenius_apc(&model, None, AverageProduct::Means);
        assert!(scores.iter().all(|(_, score)| score == 0.0));
        assert_eq!(scores.ranked(0), [(0, 1), (0, 2), (1, 2)]);
    }
}
