//! How far samples are from the law they are meant for.
//!
//! | item | compares samples with | needs |
//! |---|---|---|
//! | [`Reference`] | samples of the law (maximum mean discrepancy) | a reference that is trusted |
//! | [`Stein`] | the law itself (kernel Stein discrepancy) | exact differences of the target, no normalizer |
//! | [`Means`], [`rmse`], [`log_rmse`] | exact means of the symbols | exact or long-run means |
//! | [`hamming_ess`] | nothing: it tells how many independent draws a trajectory is worth | chains |
//!
//! Samples are flat, row-major: `rows * sites` symbols. Both kernels' discrepancies use [`AverageHamming`].
//! What is not defined is an error or `None`, never NaN.

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

/// What is wrong with samples or settings. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscrepancyError {
    /// `scale` is positive and finite.
    #[error("scale: found {found}, allowed are positive finite numbers")]
    Scale {
        /// What was found.
        found: f64,
    },
    /// `sites >= 1`, and symbols come in whole rows of `sites`.
    #[error("{what}: found {found} symbols, needed are whole rows of {sites} sites, at least 1")]
    Shape {
        /// Which samples.
        what: &'static str,
        /// Symbols found.
        found: usize,
        /// Sites of a row.
        sites: usize,
    },
    /// There are so many rows at least.
    #[error("{what}: found {found} rows, at least {needed} are needed")]
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
        "{what}: row {row}, site {site}: found symbol {found}, allowed are those below {states}"
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
        /// States of the site.
        states: usize,
    },
    /// Every row is a configuration of the target's space: observed sites hold what was observed.
    #[error("samples: row {row}: an observed site does not hold what was observed")]
    NotContained {
        /// The row, from 0.
        row: usize,
    },
    /// `renew` is above 0 and at most 1.
    #[error("renew: found {found}, allowed are numbers above 0 and at most 1")]
    Renew {
        /// What was found.
        found: f64,
    },
    /// Two lists are of one length, which is not 0.
    #[error("{what}: found {found} numbers, {needed} are needed, at least 1")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length of the other.
        needed: usize,
    },
    /// Numbers are finite.
    #[error(
        "{what}: row {row}, entry {entry}: found {found}; only finite numbers have a meaning here"
    )]
    NotFinite {
        /// Which numbers.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The place in the row, from 0.
        entry: usize,
        /// What was found.
        found: f64,
    },
}

/// The number of rows of checked samples.
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
