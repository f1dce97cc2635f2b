//! The variance of a two-sample statistic, by its Hoeffding decomposition.
//!
//! With `mu_X(z) = E k(X, z)`, `w = mu_X - mu_Y` and the doubly centered kernels `k~`, the U-statistic is its expectation plus
//! `2 mean w(x_i) - 2 mean w(y_j)` (centered) plus the means of `k~` over pairs, all of which are uncorrelated; its variance is
//!
//! `4 Var w(X) / n + 4 Var w(Y) / m + 2 E k~_XX^2 / (n (n-1)) + 2 E k~_YY^2 / (m (m-1)) + 4 E k~_XY^2 / (n m)`
//!
//! for independent rows (Hoeffding 1948). If both distributions are equal, only the last three terms remain.

/// Sums over a block of kernel values.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    /// Sum of each row of the block.
    pub(super) rows: Vec<f64>,
    /// Sum of each column.
    pub(super) columns: Vec<f64>,
    /// Total sum.
    pub(super) total: f64,
    /// Sum of all squares.
    pub(super) squares: f64,
}

impl Sums {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        Self {
            rows: vec![0.0; rows],
            columns: vec![0.0; columns],
            total: 0.0,
            squares: 0.0,
        }
    }

    /// Computes the total from complete row sums and squares.
    pub(super) fn closed(mut self) -> Self {
        self.total = self.rows.iter().sum();
        self
    }

    /// Mean and variance of `pairs` values.
    fn moments(&self, pairs: f64) -> (f64, f64) {
        let mean = self.total / pairs;
        (mean, (self.squares / pairs - mean * mean).max(0.0))
    }

    /// `E k~^2` of a block of `n` rows with each other, without the diagonal.
    pub(super) fn degenerate_own(&self) -> Option<f64> {
        let n = self.rows.len() as f64;
        (n > 3.0).then(|| {
            let (_, variance) = self.moments(n * (n - 1.0));
            let of_means = variance_of(self.rows.iter().map(|r| r / (n - 1.0)));
            // The row means vary with mu and with the average of n - 1 values of k~.
            ((variance - 2.0 * of_means) / (1.0 - 2.0 / (n - 1.0))).max(0.0)
        })
    }

    /// `E k~^2` of a block of rows with other columns.
    fn degenerate_cross(&self) -> Option<f64> {
        let (n, m) = (self.rows.len() as f64, self.columns.len() as f64);
        (n > 3.0 && m > 3.0).then(|| {
            let (_, variance) = self.moments(n * m);
            let of_rows = variance_of(self.rows.iter().map(|r| r / m));
            let of_columns = variance_of(self.columns.iter().map(|c| c / n));
            ((variance - of_rows - of_columns) / (1.0 - 1.0 / n - 1.0 / m)).max(0.0)
        })
    }
}

fn variance_of(values: impl Iterator<Item = f64>) -> f64 {
    let moments = gwg_chains::diagnostics::Moments::of(values);
    moments.variance().unwrap_or(0.0)
}

/// `Var w(X)`, from the sums of its rows with rows of the same sample and of the other, with the contribution of `k~` subtracted.
fn witness(own: &Sums, crossed: &[f64], others: f64, own_rest: f64, cross_rest: f64) -> f64 {
    let n = own.rows.len() as f64;
    let values = own.rows.iter().zip(crossed);
    let values = values.map(|(own, cross)| own / (n - 1.0) - cross / others);
    variance_of(values) - own_rest / (n - 1.0) - cross_rest / others
}

/// Estimates the variance of the U-statistic; `None` with fewer than four rows on either side.
pub(super) fn variance(xx: &Sums, yy: &Sums, xy: &Sums) -> Option<f64> {
    let (n, m) = (xx.rows.len() as f64, yy.rows.len() as f64);
    let (own_x, own_y) = (xx.degenerate_own()?, yy.degenerate_own()?);
    let cross = xy.degenerate_cross()?;
    let first = 4.0 * witness(xx, &xy.rows, m, own_x, cross) / n
        + 4.0 * witness(yy, &xy.columns, n, own_y, cross) / m;
    let second = 2.0 * own_x / (n * (n - 1.0)) + 2.0 * own_y / (m * (m - 1.0));
    // For similar distributions, the first part is a noisy difference near 0; truncation at 0 biases it upward.
    Some(first.max(0.0) + second + 4.0 * cross / (n * m))
}

/// Estimates the variance of a one-sample U-statistic.
pub(super) fn variance_of_one(xx: &Sums) -> Option<f64> {
    let (n, rest) = (xx.rows.len() as f64, xx.degenerate_own()?);
    let of_means = variance_of(xx.rows.iter().map(|r| r / (n - 1.0)));
    let first = of_means - rest / (n - 1.0);
    Some(4.0 * first.max(0.0) / n + 2.0 * rest / (n * (n - 1.0)))
}
