//! A quadratic function of binary variables, term by term.

use super::QuadraticError;
use crate::Sense;
use std::collections::HashMap;

/// More than this in sum, and values could overflow in the search.
const MOST: f64 = 1e150;

/// `f(x) = constant + sum_i linear_i x_i + sum_{i<j} w_ij x_i x_j` with `x_i` 0 or 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    constant: f64,
    linear: Vec<f64>,
    pairs: Vec<(u32, u32, f64)>,
}

impl Terms {
    /// A function of its terms; terms of the same variables add up, in any order of a pair, and `(i, i, w)` is `w x_i`. Cost: `O(terms)`.
    ///
    /// # Errors
    /// [`QuadraticError`] where a variable is not below `sites`, or a weight or the sum of all magnitudes is not finite.
    pub fn new(
        sites: usize,
        constant: f64,
        terms: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Result<Self, QuadraticError> {
        if sites == 0 || sites > u32::MAX as usize {
            return Err(QuadraticError::Sites { found: sites });
        }
        let mut linear = vec![0.0; sites];
        let mut pairs: Vec<(u32, u32, f64)> = Vec::new();
        let mut places: HashMap<(u32, u32), usize> = HashMap::new();
        let mut total = constant.abs();
        for (i, j, weight) in terms {
            if i.max(j) >= sites {
                let found = i.max(j);
                return Err(QuadraticError::Variable { found, sites });
            }
            total += weight.abs();
            if i == j {
                linear[i] += weight;
                continue;
            }
            let pair = (i.min(j) as u32, i.max(j) as u32);
            let place = *places.entry(pair).or_insert_with(|| {
                pairs.push((pair.0, pair.1, 0.0));
                pairs.len() - 1
            });
            pairs[place].2 += weight;
        }
        if total.is_nan() || total > MOST {
            return Err(QuadraticError::Sum);
        }
        pairs.retain(|pair| pair.2 != 0.0);
        Ok(Self {
            constant,
            linear,
            pairs,
        })
    }

    /// `E(s) = sum_{i<j} w_ij s_i s_j + sum_i h_i s_i` of spins `s = 2x - 1`; a term `(i, i, h)` is a field.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn of_spins(
        sites: usize,
        constant: f64,
        terms: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Result<Self, QuadraticError> {
        let mut sum = constant;
        let mut binary = Vec::new();
        for (i, j, w) in terms {
            if i == j {
                sum -= w;
                binary.push((i, i, 2.0 * w));
            } else {
                sum += w;
                binary.extend([(i, j, 4.0 * w), (i, i, -2.0 * w), (j, j, -2.0 * w)]);
            }
        }
        Self::new(sites, sum, binary)
    }

    /// The weight of the edges between vertices of 0 and vertices of 1.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn of_cut(
        sites: usize,
        edges: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Result<Self, QuadraticError> {
        let edges = edges.into_iter().filter(|(i, j, _)| i != j);
        let terms = edges.flat_map(|(i, j, w)| [(i, i, w), (j, j, w), (i, j, -2.0 * w)]);
        Self::new(sites, 0.0, terms)
    }

    /// The number of variables.
    #[must_use]
    pub const fn sites(&self) -> usize {
        self.linear.len()
    }

    /// What is added to all values.
    #[must_use]
    pub const fn constant(&self) -> f64 {
        self.constant
    }

    /// The weight of each variable alone.
    #[must_use]
    pub fn linear(&self) -> &[f64] {
        &self.linear
    }

    /// The weights of pairs, each pair once, the smaller variable first; none is 0.
    #[must_use]
    pub fn pairs(&self) -> &[(u32, u32, f64)] {
        &self.pairs
    }

    /// The value of a state with one symbol per variable. Cost: `O(terms)`.
    #[must_use]
    pub fn value(&self, x: &[u8]) -> f64 {
        let is = |i: usize| x.get(i) == Some(&1);
        let own = self.linear.iter().enumerate().filter(|(i, _)| is(*i));
        let own: f64 = own.map(|(_, w)| w).sum();
        let both = |p: &&(u32, u32, f64)| is(p.0 as usize) && is(p.1 as usize);
        let pairs: f64 = self.pairs.iter().filter(both).map(|p| p.2).sum();
        self.constant + own + pairs
    }

    /// A value that no state is better than: each coupling and each field of the spins at its best.
    pub(super) fn bound(&self, sense: Sense) -> f64 {
        let quarter = |w: f64| 0.25 * w;
        let pairs = self.pairs().iter();
        let middle = self.constant()
            + 0.5 * self.linear().iter().sum::<f64>()
            + pairs.clone().map(|p| quarter(p.2)).sum::<f64>();
        let mut fields: Vec<f64> = self.linear().iter().map(|w| 0.5 * w).collect();
        for &(i, j, w) in self.pairs() {
            fields[i as usize] += quarter(w);
            fields[j as usize] += quarter(w);
        }
        let most = pairs.map(|p| quarter(p.2).abs()).sum::<f64>()
            + fields.iter().map(|h| h.abs()).sum::<f64>();
        match sense {
            Sense::Max => middle + most,
            Sense::Min => middle - most,
        }
    }
}
