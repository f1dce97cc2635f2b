use super::packed::{Packed, planes};
use super::spread::{self, Sums};
use super::{AverageHamming, DiscrepancyError, at_least, checked};
use gwg_core::Real;

/// Samples of a law that others are compared with by the maximum mean discrepancy (Gretton et al. 2012),
/// `MMD^2 = E k(x, x') + E k(y, y') - 2 E k(x, y)`, which is 0 for equal laws alone.
///
/// What depends on the reference alone is computed once: a trajectory is compared state by state at the cost of
/// what is new.
///
/// # Cost
/// `rows * (rows + reference) * sites / 64` words of exclusive or for symbols below 2, as many a bit plane else; 8 bytes
/// a 64 sites and plane.
///
/// ```
/// use gwg_bench::discrepancy::{AverageHamming, Reference};
///
/// // Six rows of two binary sites, and four others.
/// let truth = [0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0];
/// let reference = Reference::new(&truth, 2, 2, AverageHamming::paper())?;
/// let found = reference.mmd2(&[0, 1, 1, 0, 0, 1, 0, 1])?;
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
    /// The V-statistic, over all pairs: the paper's. Never negative but for rounding; biased up, see [`Reference::floor`].
    pub v: f64,
    /// The U-statistic, over pairs of different rows: unbiased for independent rows, and so negative at times; `None` with one row.
    pub u: Option<f64>,
    /// Standard error of `u` for independent rows on both sides, the degenerate part included, so that it holds for equal laws too
    /// (there it errs upwards, by up to a quarter); `None` with fewer than four rows.
    pub standard_error: Option<f64>,
}

impl Mmd2 {
    /// `log10` of the V-statistic: the ordinate of the paper's figures.
    #[must_use]
    pub fn log10(&self) -> f64 {
        Real::ln(self.v) / std::f64::consts::LN_10
    }

    /// How many standard errors the U-statistic is above 0; `None` where one of them is not defined, or the error 0.
    #[must_use]
    pub fn z(&self) -> Option<f64> {
        let (u, error) = (self.u?, self.standard_error?);
        (error > 0.0).then(|| u / error)
    }
}

/// What is to be expected of rows that come from the reference's own law, independently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Expectation of the V-statistic, its bias `(1/n + 1/m) (1 - E k(x, x'))`: no sampler gets below it on average.
    pub v: f64,
    /// Standard deviation of either statistic; that of the U-statistic is about 0. `None` with fewer than four rows on either side.
    pub sd: Option<f64>,
}

impl Reference {
    /// A reference of flat `rows` of `sites` symbols below `states`. Independent draws, for the standard errors to hold.
    ///
    /// # Errors
    /// [`DiscrepancyError`]: fewer than two rows, a row that is not whole, a symbol out of its alphabet.
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

    /// The discrepancy of flat `rows` from the reference.
    ///
    /// # Errors
    /// [`DiscrepancyError`]: no row, a row that is not whole, a symbol out of its alphabet.
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

    /// What to expect of `rows` independent draws from the reference's own law, estimated from the reference.
    ///
    /// The paper prints one draw of it, the discrepancy of two sets of ground truth.
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

/// Sums over the pairs of different rows.
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

/// Sums over the rows of `a` with the columns of `b`.
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
