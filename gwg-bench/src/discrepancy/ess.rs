use super::{DiscrepancyError, checked};
use gwg_chains::diagnostics::{Draws, ess_bulk};

/// Returns the Hamming distances of flat rows to `reference`, one row of symbols.
///
/// # Errors
/// [`DiscrepancyError::Shape`] if rows are incomplete.
pub fn hamming_series(rows: &[u8], reference: &[u8]) -> Result<Vec<f64>, DiscrepancyError> {
    checked("samples", rows, reference.len(), |_| 256)?;
    let rows = rows.chunks_exact(reference.len());
    let distances = rows.map(|x| gwg_chains::hamming(x, reference) as f64);
    Ok(distances.collect())
}

/// Returns the effective sample sizes, in draws, of the Hamming distances of trajectories to each reference row. This is
/// the statistic of the paper's tables, with the estimator [`ess_bulk`] (rank-normalized, split, Geyer's sequence) instead
/// of the release's truncation at the first negative correlation.
///
/// `rows` is (chain, draw, site). For one chain and many references it is the statistic that the release reports for
/// Boltzmann machines; for many chains and one reference, the one for lattices. `None` if a distance is constant or
/// there are too few draws.
///
/// # Errors
/// [`DiscrepancyError`]: incomplete rows or references, chains of different lengths, no chain.
pub fn hamming_ess(
    rows: &[u8],
    chains: usize,
    sites: usize,
    references: &[u8],
) -> Result<Vec<Option<f64>>, DiscrepancyError> {
    checked("references", references, sites, |_| 256)?;
    let count = checked("samples", rows, sites, |_| 256)?;
    let uneven = DiscrepancyError::Length {
        what: "rows of equally long chains",
        found: count,
        needed: chains,
    };
    if chains == 0 || !count.is_multiple_of(chains) {
        return Err(uneven);
    }
    let ess = |reference: &[u8]| {
        let series = hamming_series(rows, reference)?;
        let draws = Draws::from_flat(&series, chains, count / chains).map_err(|_| uneven)?;
        Ok(ess_bulk(&draws))
    };
    references.chunks_exact(sites).map(ess).collect()
}
