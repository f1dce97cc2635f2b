//! Distances between samples and the distribution that they should have.
//!
//! | item | compares samples with | needs |
//! |---|---|---|
//! | [`Reference`] | samples from the distribution (maximum mean discrepancy) | a reliable reference sample |
//! | [`Stein`] | the distribution itself (kernel Stein discrepancy) | exact differences of the target, no normalizer |
//! | [`Means`], [`rmse`], [`log_rmse`] | exact means of the symbols | exact or long-run means |
//! | [`hamming_ess`] | nothing: it estimates the effective sample size of trajectories | chains |
//!
//! Samples are flat, row-major: `rows * sites` symbols. Both discrepancies use the kernel [`AverageHamming`].
//! Undefined results are an error or `None`, never NaN.

mod ess;
mod hamming;
mod ksd;
mod means;
mod mmd;
mod packed;
mod spread;

pub use ess::{hamming_ess, hamming_series};
pub use hamming::AverageHamming;
pub use ksd::{Ksd2, Operator, Stein, WildBootstrap};
pub use means::{Means, log_rmse, rmse, rmse_floor};
pub use mmd::{Floor, Mmd2, Reference};

/// An error in samples or settings. Each variant's doc states the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscrepancyError {
    /// `scale` is positive and finite.
    #[error("scale: found {found}, allowed are positive finite numbers")]
    Scale {
        /// The value found.
        found: f64,
    },
    /// `sites >= 1`, and symbols form complete rows of `sites`.
    #[error(
        "{what}: found {found} symbols, allowed are complete rows of {sites} sites, at least one"
    )]
    Shape {
        /// Which samples.
        what: &'static str,
        /// Symbols found.
        found: usize,
        /// Number of sites of a row.
        sites: usize,
    },
    /// There are at least `needed` rows.
    #[error("{what}: found {found} rows, allowed are at least {needed}")]
    TooFew {
        /// Which samples.
        what: &'static str,
        /// Rows found.
        found: usize,
        /// Rows needed.
        needed: usize,
    },
    /// Every symbol is below the number of states.
    #[error(
        "{what}: row {row}, site {site}: found symbol {found}, allowed are symbols below {states}"
    )]
    Symbol {
        /// Which samples.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u8,
        /// Number of states of the site.
        states: usize,
    },
    /// Every row is a configuration of the target's space: observed sites have their observed symbols.
    #[error("samples: row {row}: an observed site differs from its observed symbol")]
    NotContained {
        /// The row, from 0.
        row: usize,
    },
    /// `renew` is above 0 and at most 1.
    #[error("renew: found {found}, allowed are numbers above 0 and at most 1")]
    Renew {
        /// The value found.
        found: f64,
    },
    /// Two lists have the same nonzero length.
    #[error("{what}: found {found} numbers, allowed are exactly {needed}, at least 1")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length of the other list.
        needed: usize,
    },
    /// All numbers are finite.
    #[error("{what}: row {row}, entry {entry}: found {found}, allowed are finite numbers")]
    NotFinite {
        /// Which numbers.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The index in the row, from 0.
        entry: usize,
        /// The value found.
        found: f64,
    },
}

/// Checks samples and returns their number of rows.
fn checked(
    what: &'static str,
    rows: &[u8],
    sites: usize,
    states: impl Fn(usize) -> usize,
) -> Result<usize, DiscrepancyError> {
    if sites == 0 || rows.is_empty() || !rows.len().is_multiple_of(sites) {
        let found = rows.len();
        return Err(DiscrepancyError::Shape { what, found, sites });
    }
    for (row, x) in rows.chunks_exact(sites).enumerate() {
        let beyond = |(site, &s): (usize, &u8)| usize::from(s) >= states(site);
        if let Some(site) = x.iter().enumerate().position(beyond) {
            return Err(DiscrepancyError::Symbol {
                what,
                row,
                site,
                found: x[site],
                states: states(site),
            });
        }
    }
    Ok(rows.len() / sites)
}

fn at_least(what: &'static str, found: usize, needed: usize) -> Result<(), DiscrepancyError> {
    if found < needed {
        return Err(DiscrepancyError::TooFew {
            what,
            found,
            needed,
        });
    }
    Ok(())
}
