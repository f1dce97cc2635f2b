//! The draws that are appended to a trace.

use gwg_core::Symbol;

use super::TraceSpec;
use super::error::TraceError;

/// Consecutive draws of all chains.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, S = u8> {
    /// How many draws of each chain: at least 1, and any number.
    pub draws: usize,
    /// States, row-major (chain, draw, site).
    pub x: &'a [S],
    /// One row-major (chain, draw) slice for each name of [`TraceSpec::stats`].
    pub stats: &'a [&'a [f64]],
}

impl<S: Symbol> Batch<'_, S> {
    /// Whether it can follow `after` draws of a trace.
    pub(super) fn check(&self, spec: &TraceSpec, after: usize) -> Result<(), TraceError> {
        let TraceSpec {
            chains,
            sites,
            ref stats,
            ..
        } = *spec;
        let must = |field, found: usize, fits: bool, allowed: &dyn Fn() -> String| {
            let error = || TraceError::Batch {
                field,
                after,
                found,
                allowed: allowed(),
            };
            if fits { Ok(()) } else { Err(error()) }
        };
        let (found, needed) = (8 * size_of::<S>(), 8 * spec.symbols.bytes());
        let field = "the number of bits of a symbol";
        must(field, found, found == needed, &|| {
            format!("{needed} are needed, as stated by the trace's spec")
        })?;
        let draws = self.draws;
        // More draws than a trace can count are no draws that a slice holds.
        let fits = draws > 0 && after.checked_add(draws).is_some();
        let field = "the number of draws";
        must(field, draws, fits, &|| "at least 1 is needed".to_owned())?;
        let values = chains.checked_mul(draws);
        let symbols = values.and_then(|n| n.checked_mul(sites));
        let found = self.x.len();
        must("the length of x", found, Some(found) == symbols, &|| {
            format!("{chains} chains x {draws} draws x {sites} sites are needed")
        })?;
        if spec.packed {
            let largest = self.x.iter().map(|symbol| symbol.widen()).max();
            let found = usize::from(largest.unwrap_or(0));
            must("the largest symbol", found, found < 2, &|| {
                "0 and 1 are packed into bits".to_owned()
            })?;
        }
        let found = self.stats.len();
        let fits = found == stats.len();
        must("the number of statistics", found, fits, &|| {
            format!("{} are needed: {}", stats.len(), stats.join(", "))
        })?;
        for slice in self.stats {
            let (field, found) = ("the length of a statistic", slice.len());
            must(field, found, Some(found) == values, &|| {
                format!("{chains} chains x {draws} draws are needed")
            })?;
        }
        Ok(())
    }
}
