//! The units of the other layer, which are independent given a state of the enumerated one.

use gwg_core::{Real, math};

/// Number of parallel products.
const LANES: usize = 8;
/// Largest absolute logit whose odds and inverse odds are normal f64 numbers.
const LARGEST: f64 = 600.0;
/// Logarithm of the largest allowed product.
const PRODUCT: f64 = 700.0;

/// The effect of each unit of the enumerated layer on the other layer.
#[derive(Debug)]
pub(super) struct Weights {
    /// One row per unit.
    rows: Vec<f64>,
    /// `exp` of the rows, and of their negatives; `None` if odds would overflow.
    odds: Option<(Vec<f64>, Vec<f64>)>,
    bias: Vec<f64>,
    /// Maximum number of factors in a product of `1 + odds`.
    factors: usize,
}

impl Weights {
    pub(super) fn new(rows: Vec<f64>, bias: Vec<f64>) -> Self {
        let width = bias.len();
        let mut reach: Vec<f64> = bias.iter().map(|b| b.abs()).collect();
        for row in rows.chunks_exact(width) {
            for (reach, w) in reach.iter_mut().zip(row) {
                *reach += w.abs();
            }
        }
        let largest = math::max(&reach);
        let exp = |sign: f64| rows.iter().map(|w| Real::exp(sign * w)).collect();
        Self {
            odds: (largest < LARGEST).then(|| (exp(1.0), exp(-1.0))),
            factors: ((PRODUCT / largest.softplus()) as usize).max(1),
            rows,
            bias,
        }
    }

    pub(super) const fn width(&self) -> usize {
        self.bias.len()
    }
}

/// The units given one state: their odds, or their logits if odds overflow.
pub(super) struct Others<'s> {
    weights: &'s Weights,
    numbers: Vec<f64>,
}

impl<'s> Others<'s> {
    pub(super) fn new(weights: &'s Weights) -> Self {
        Self {
            weights,
            numbers: vec![0.0; weights.width()],
        }
    }

    /// Sets the state to `gray` and recomputes all units.
    #[inline(always)]
    pub(super) fn set(&mut self, gray: u64) {
        let (weights, width) = (self.weights, self.weights.width());
        self.numbers.copy_from_slice(&weights.bias);
        for (unit, row) in weights.rows.chunks_exact(width).enumerate() {
            if gray >> unit & 1 == 1 {
                for (a, w) in self.numbers.iter_mut().zip(row) {
                    *a += w;
                }
            }
        }
        if weights.odds.is_some() {
            math::exp_in_place(&mut self.numbers);
        }
    }

    /// Switches `unit` on or off and updates all units.
    #[inline(always)]
    pub(super) fn turn(&mut self, unit: usize, on: bool) {
        let width = self.weights.width();
        let row = unit * width..(unit + 1) * width;
        if let Some((up, down)) = &self.weights.odds {
            let factors = if on { &up[row] } else { &down[row] };
            for (odds, factor) in self.numbers.iter_mut().zip(factors) {
                *odds *= factor;
            }
        } else {
            let sign = if on { 1.0 } else { -1.0 };
            for (a, w) in self.numbers.iter_mut().zip(&self.weights.rows[row]) {
                *a += sign * w;
            }
        }
    }

    /// `sum ln(1 + exp(logit))`, with one logarithm per product of as many odds as fit an f64.
    #[inline(always)]
    pub(super) fn log_sum(&self) -> f64 {
        if self.weights.odds.is_none() {
            return math::softplus_sum(&self.numbers);
        }
        let mut sum = 0.0;
        for odds in self.numbers.chunks(self.weights.factors) {
            let mut lanes = [1.0; LANES];
            let (blocks, rest) = odds.as_chunks::<LANES>();
            for block in blocks {
                for (lane, odds) in lanes.iter_mut().zip(block) {
                    *lane *= 1.0 + odds;
                }
            }
            for (lane, odds) in lanes.iter_mut().zip(rest) {
                *lane *= 1.0 + odds;
            }
            sum += Real::ln(lanes.iter().product::<f64>());
        }
        sum
    }

    /// Adds `weight` times the probability of each unit.
    #[inline(always)]
    pub(super) fn add_probabilities(&self, weight: f64, sums: &mut [f64]) {
        if self.weights.odds.is_some() {
            for (sum, odds) in sums.iter_mut().zip(&self.numbers) {
                *sum += weight * (odds / (1.0 + odds));
            }
        } else {
            for (sum, logit) in sums.iter_mut().zip(&self.numbers) {
                *sum += weight * logit.sigmoid();
            }
        }
    }
}
