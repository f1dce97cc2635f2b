mod features;

use super::spread::{self, Sums};
use super::{AverageHamming, DiscrepancyError, at_least};
use features::Features;
use gwg_core::{Bits, Delta, Space, SplitMix64, math};

/// The Stein operators, one per site: `E_p[A_i g] = 0` for every function `g` and site `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operator {
    /// `A_i g(x) = sum_a sigmoid(beta d_ia) (g(x with x_i = a) - g(x))`, the generator of the site's jumps at Barker's rates.
    ///
    /// The expectation is zero because `p(x) sigmoid(d_ia(x)) = p(x) p(y) / (p(x) + p(y))` is the same for a move and its
    /// reverse. Bounded by the number of states, however improbable a state is (the generators of Zanella processes as Stein
    /// operators: Hodgkinson, Salomone and Roosta 2020; Shi et al. 2022).
    #[default]
    Barker,
    /// `A_i g(x) = g(x with x_i - 1) - p(x with x_i + 1) / p(x) g(x)`, symbols taken cyclically: the difference score of Yang
    /// et al. (2018), eq. 5. For two states both `x_i + 1` and `x_i - 1` are the flip.
    ///
    /// Unbounded: a single improbable state can dominate the sum.
    Ratio,
}

/// Samples with the Stein operators of a target applied, for the kernel Stein discrepancy (Yang, Liu, Rao and Neville 2018).
///
/// `KSD^2 = E kappa(x, x')` with `kappa(x, y) = sum_i A_i A_i' k(x, y)`, one operator on each argument. It is 0 for samples
/// from `exp(beta f) / Z` and, if that is positive, for no other distribution; neither `Z` nor a reference is needed.
///
/// `k` depends on a site only through equality of its symbols: `k = t_1 + (t_0 - t_1) [x_i = y_i]`, where `t_0` and `t_1`
/// are its values with equal and with different symbols. An operator maps `[x_i = b]` to `u_ib(x)` and 1 to
/// `c_i(x) = sum_b u_ib(x)`, so that `kappa = sum_i t_1 c_i(x) c_i(y) + (t_0 - t_1) u_i(x).u_i(y)`, with `c = 0` for [`Operator::Barker`].
///
/// # Cost
/// Construction: one difference per row, site and state, and `rows * sites * states` numbers. A pair: `2 sites * states` operations.
#[derive(Clone, Debug)]
pub struct Stein {
    features: Features,
    /// `k` by distance.
    table: Vec<f64>,
}

/// Two estimates of a squared kernel Stein discrepancy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ksd2 {
    /// The V-statistic, over all pairs: nonnegative up to rounding, biased upward.
    pub v: f64,
    /// The U-statistic, over pairs of different rows: unbiased for independent rows.
    pub u: f64,
    /// Standard error of `u` for independent rows, the degenerate part included; `None` with fewer than four rows.
    pub standard_error: Option<f64>,
    /// Standard deviation of `u` for independent rows from the target itself: the unit in which `u` is significant. Its
    /// distribution is skewed (a sum of squares), and exceeds 6 units with probability at most 1/500. `None` with fewer than four rows.
    pub null_sd: Option<f64>,
}

impl Ksd2 {
    /// The U-statistic divided by its standard error.
    #[must_use]
    pub fn z(&self) -> Option<f64> {
        let error = self.standard_error?;
        (error > 0.0).then(|| self.u / error)
    }
}

/// A test of the hypothesis that rows are from the target, by random signs (Leucht and Neumann 2013; Chwialkowski, Sejdinovic and Gretton 2014).
///
/// Under the hypothesis, `n U` is distributed as `sum e_i e_j kappa_ij / (n - 1)` over random signs. From one row to the next a
/// new sign is drawn with probability `renew`: 1 for independent rows, less for the rows of a chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WildBootstrap {
    /// Number of sets of signs, at least 1.
    pub rounds: usize,
    /// Probability in `(0, 1]` that a new sign is drawn for the next row.
    pub renew: f64,
    /// Seed of the signs.
    pub seed: u64,
}

impl Default for WildBootstrap {
    fn default() -> Self {
        Self {
            rounds: 999,
            renew: 1.0,
            seed: 0,
        }
    }
}

impl Stein {
    /// Applies the operators of `exp(beta f)` to flat `rows`.
    ///
    /// # Errors
    /// [`DiscrepancyError`]: fewer than two rows, a row that is not in the target's space, a difference that is NaN, a ratio
    /// of probabilities that overflows.
    pub fn new<T: Delta<Space: Space<Symbol = u8>>>(
        target: &T,
        beta: f64,
        rows: &[u8],
        kernel: AverageHamming,
        operator: Operator,
    ) -> Result<Self, DiscrepancyError> {
        let features = Features::new(target, beta, rows, operator)?;
        at_least("samples", features.rows(), 2)?;
        let table = kernel.table(features.sites());
        Ok(Self { features, table })
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.features.rows()
    }

    /// `kappa` of two rows, from 0; 0 if there is no such row.
    #[must_use]
    pub fn kappa(&self, i: usize, j: usize) -> f64 {
        if i.max(j) < self.rows() {
            self.pair(i, j)
        } else {
            0.0
        }
    }

    fn pair(&self, i: usize, j: usize) -> f64 {
        let (agreeing, differing) = self.features.products(i, j);
        let (h, t) = (agreeing.others, &self.table);
        let mut kappa = 0.0;
        if agreeing.sites > 0 {
            kappa += t[h + 1] * agreeing.sums + (t[h] - t[h + 1]) * agreeing.dots;
        }
        if h > 0 {
            kappa += t[h] * differing.sums + (t[h - 1] - t[h]) * differing.dots;
        }
        kappa
    }

    /// Returns both estimates. `O(rows^2)` pairs.
    #[must_use]
    pub fn ksd2(&self) -> Ksd2 {
        let n = self.rows();
        let mut sums = Sums::new(n, 0);
        let mut diagonal = 0.0;
        for i in 0..n {
            diagonal += self.pair(i, i);
            for j in i + 1..n {
                let kappa = self.pair(i, j);
                sums.rows[i] += kappa;
                sums.rows[j] += kappa;
                sums.squares += 2.0 * kappa * kappa;
            }
        }
        let (sums, n) = (sums.closed(), n as f64);
        Ksd2 {
            v: (sums.total + diagonal) / (n * n),
            u: sums.total / (n * (n - 1.0)),
            standard_error: spread::variance_of_one(&sums).map(f64::sqrt),
            null_sd: sums
                .degenerate_own()
                .map(|rest| (2.0 * rest / (n * (n - 1.0))).sqrt()),
        }
    }

    /// Returns the p-value: the share of sets of signs, the observed one included, whose statistic is at least the observed
    /// one. `O(rows^2)` pairs, `rounds` operations for each.
    ///
    /// # Errors
    /// [`DiscrepancyError::TooFew`] for zero rounds, [`DiscrepancyError::Renew`].
    pub fn p_value(&self, bootstrap: &WildBootstrap) -> Result<f64, DiscrepancyError> {
        at_least("rounds", bootstrap.rounds, 1)?;
        let found = bootstrap.renew;
        if !(found > 0.0 && found <= 1.0) {
            return Err(DiscrepancyError::Renew { found });
        }
        let n = self.rows();
        let signs = signs(bootstrap, n);
        let (mut plain, mut signed) = (0.0, vec![0.0; bootstrap.rounds]);
        let mut row = Vec::with_capacity(n);
        for i in 0..n {
            row.clear();
            row.extend((i + 1..n).map(|j| self.pair(i, j)));
            plain += math::sum(&row);
            for (sum, signs) in signed.iter_mut().zip(signs.chunks_exact(n)) {
                *sum += signs[i] * math::dot(&row, &signs[i + 1..]);
            }
        }
        let as_large = signed.iter().filter(|&&s| s >= plain).count();
        Ok((1 + as_large) as f64 / (1 + bootstrap.rounds) as f64)
    }
}

/// The signs, (round, row).
fn signs(bootstrap: &WildBootstrap, rows: usize) -> Vec<f64> {
    let mut bits = SplitMix64::new(SplitMix64::mix(bootstrap.seed ^ 0x51e1_9a57_0b00_7571));
    let mut signs = Vec::with_capacity(bootstrap.rounds * rows);
    for _ in 0..bootstrap.rounds {
        let mut sign = 1.0;
        for row in 0..rows {
            if row == 0 || bits.unit::<f64>() < bootstrap.renew {
                sign = if bits.next_u32() >> 31 == 0 {
                    1.0
                } else {
                    -1.0
                };
            }
            signs.push(sign);
        }
    }
    signs
}
