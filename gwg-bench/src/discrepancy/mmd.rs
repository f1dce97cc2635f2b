use super::packed::{Packed, planes};
use super::spread::{self, Sums};
use super::{AverageHamming, DiscrepancyError, at_least, checked};
use gwg_core::Real;

/// Reference samples for the maximum mean discrepancy (Gretton et al. 2012),
/// `MMD^2 = E k(x, x') + E k(y, y') - 2 E k(x, y)`, which is 0 only for equal distributions.
///
/// Terms that depend on the reference alone are computed once, so that comparing a trajectory state by state costs only
/// the new terms.
///
/// # Cost
/// `rows * (rows + reference) * sites / 64` words of exclusive or for symbols below 2, and the same per bit plane for
/// others; 8 bytes per 64 sites and plane.
///
/// ```
/// use gwg_bench::discrepancy::{AverageHamming, Reference};
///
/// // Six rows of two binary sites, and four others.
/// let truth = [0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0];
/// let reference = Reference::new(&truth, 2, 2, AverageHamming::paper())?;
/// let found = reference.mmd2(&[1; 8])?;
/// assert!(found.v > reference.floor(4).v);
/// # Ok::<(), gwg_bench::discrepancy::DiscrepancyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reference {
    kernel: AverageHamming,
    table: Vec<f64>,
    sites: usize,
    states: usize,
    packed: Packed,
    own: Sums,
}

/// Two estimates of a squared maximum mean discrepancy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mmd2 {
    /// The V-statistic, over all pairs, as in the paper. Nonnegative up to rounding; biased upward, see [`Reference::floor`].
    pub v: f64,
    /// The U-statistic, over pairs of different rows: unbiased for independent rows, hence sometimes negative; `None` with one row.
    pub u: Option<f64>,
    /// Standard error of `u` for independent rows on both sides, the degenerate part included, so that it is valid for equal
    /// distributions too (where it is too large by up to a quarter); `None` with fewer than four rows.
    pub standard_error: Option<f64>,
}

impl Mmd2 {
    /// `log10` of the V-statistic, as in the paper's figures.
    #[must_use]
    pub fn log10(&self) -> f64 {
        Real::ln(self.v) / std::f64::consts::LN_10
    }

    /// The U-statistic divided by its standard error; `None` if one of them is undefined or the error is 0.
    #[must_use]
    pub fn z(&self) -> Option<f64> {
        let (u, error) = (self.u?, self.standard_error?);
        (error > 0.0).then(|| u / error)
    }
}

/// Expected discrepancy of independent rows from the reference's own distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Expectation of the V-statistic, its bias `(1/n + 1/m) (1 - E k(x, x'))`: no sampler is below it on average.
    pub v: f64,
    /// Standard deviation of either statistic; the U-statistic has expectation 0. `None` with fewer than four rows on either side.
    pub sd: Option<f64>,
}

impl Reference {
    /// Creates a reference from flat `rows` of `sites` symbols below `states`. Standard errors are valid if its rows are independent.
    ///
    /// # Errors
    /// [`DiscrepancyError`]: fewer than two rows, incomplete rows, a symbol out of range.
    pub fn new(
        rows: &[u8],
        sites: usize,
        states: usize,
        kernel: AverageHamming,
    ) -> Result<Self, DiscrepancyError> {
        at_least(
            "reference",
            checked("reference", rows, sites, |_| states)?,
            2,
        )?;
        let packed = Packed::new(rows, sites, planes(states.min(256)));
        let table = kernel.table(sites);
        let own = own(&packed, &table);
        Ok(Self {
            kernel,
            table,
            sites,
            states,
            packed,
            own,
        })
    }

    /// The kernel.
    #[must_use]
    pub const fn kernel(&self) -> AverageHamming {
        self.kernel
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.packed.rows()
    }

    /// Returns the discrepancy between flat `rows` and the reference.
    ///
    /// # Errors
    /// [`DiscrepancyError`]: no row, incomplete rows, a symbol out of range.
    pub fn mmd2(&self, rows: &[u8]) -> Result<Mmd2, DiscrepancyError> {
        checked("samples", rows, self.sites, |_| self.states)?;
        let other = Packed::new(rows, self.sites, planes(self.states.min(256)));
        let theirs = own(&other, &self.table);
        let cross = cross(&self.packed, &other, &self.table);
        Ok(Mmd2 {
            v: mean_with_diagonal(&self.own) + mean_with_diagonal(&theirs) - 2.0 * mean(&cross),
            u: mean_of_pairs(&theirs).map(|theirs| {
                mean_of_pairs(&self.own).unwrap_or(0.0) + theirs - 2.0 * mean(&cross)
            }),
            standard_error: spread::variance(&self.own, &theirs, &cross).map(f64::sqrt),
        })
    }

    /// Returns the expected discrepancy of `rows` independent draws from the reference's own distribution, estimated from the reference.
    ///
    /// The paper prints one realization of it, the discrepancy between two ground-truth samples.
    #[must_use]
    pub fn floor(&self, rows: usize) -> Floor {
        let (n, m) = (self.rows() as f64, rows as f64);
        let bias = 1.0 - mean_of_pairs(&self.own).unwrap_or(1.0);
        let sd = self.own.degenerate_own().filter(|_| rows > 3).map(|rest| {
            let pairs = 1.0 / (n * (n - 1.0)) + 1.0 / (m * (m - 1.0)) + 2.0 / (n * m);
            (2.0 * rest * pairs).sqrt()
        });
        Floor {
            v: bias * (1.0 / n + 1.0 / m),
            sd,
        }
    }
}

/// Sums over pairs of different rows.
fn own(rows: &Packed, table: &[f64]) -> Sums {
    let n = rows.rows();
    let mut sums = Sums::new(n, 0);
    let mut distances = Vec::with_capacity(n);
    for i in 0..n {
        rows.distances(i, rows, i + 1, &mut distances);
        let mut here = 0.0;
        for (sum, &h) in sums.rows[i + 1..].iter_mut().zip(&distances) {
            let k = table[h as usize];
            here += k;
            *sum += k;
            sums.squares += 2.0 * k * k;
        }
        sums.rows[i] += here;
    }
    sums.closed()
}

/// Sums over pairs of a row of `a` and a row of `b`.
fn cross(a: &Packed, b: &Packed, table: &[f64]) -> Sums {
    let mut sums = Sums::new(a.rows(), b.rows());
    let mut distances = Vec::with_capacity(b.rows());
    for i in 0..a.rows() {
        a.distances(i, b, 0, &mut distances);
        let mut here = 0.0;
        for (sum, &h) in sums.columns.iter_mut().zip(&distances) {
            let k = table[h as usize];
            here += k;
            *sum += k;
            sums.squares += k * k;
        }
        sums.rows[i] = here;
    }
    sums.closed()
}

fn mean(cross: &Sums) -> f64 {
    cross.total / (cross.rows.len() as f64 * cross.columns.len() as f64)
}

fn mean_with_diagonal(own: &Sums) -> f64 {
    let n = own.rows.len() as f64;
    (own.total + n) / (n * n)
}

fn mean_of_pairs(own: &Sums) -> Option<f64> {
    let n = own.rows.len() as f64;
    (n > 1.0).then(|| own.total / (n * (n - 1.0)))
}
