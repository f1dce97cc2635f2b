use super::{DiscrepancyError, checked};
use gwg_chains::diagnostics::{Draws, ess_bulk};

/// Hamming distances of flat rows to `reference`, one row of symbols.
///
/// # Errors
/// [`DiscrepancyError::Shape`] where rows are not whole.
pub fn hamming_series(rows: &[u8], reference: &[u8]) -> Result<Vec<f64>, DiscrepancyError> {
    checked("samples", rows, reference.len(), |_| 256)?;
    let rows = rows.chunks_exact(reference.len());
    let distances = rows.map(|x| gwg_chains::hamming(x, reference) as f64);
    Ok(distances.collect())
}

/// The effective sample sizes, in draws, of the Hamming distances of trajectories to each reference row: the statistic of the
/// paper's tables, with the estimator of [`ess_bulk`] (rank-normalized, split, Geyer's sequence) in place of the release's cut at
/// the first negative correlation.
///
/// `rows` is (chain, draw, site). Of one chain against many references, or of many chains against one, it is what the
/// release reports for Boltzmann machines or for lattices. `None` where a distance never changes or draws are too few.
///
/// # Errors
/// [`DiscrepancyError`]: rows or references that are not whole, rows that are not equally many a chain, no chain.
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
