//! Copies parameters out of and into models, and computes weighted sums over a batch.

use gwg_core::Real;
use gwg_core::target::ParameterError;

/// Copies tensors to `values`, one after the other.
///
/// # Errors
/// [`ParameterError::Length`] unless `values` has as many numbers as all tensors together.
pub(crate) fn read<R: Real>(values: &mut [R], tensors: &[&[R]]) -> Result<(), ParameterError> {
    let needed = tensors.iter().map(|tensor| tensor.len()).sum();
    has_length(values, needed)?;
    let stored = tensors.iter().flat_map(|tensor| tensor.iter());
    for (value, &stored) in values.iter_mut().zip(stored) {
        *value = stored;
    }
    Ok(())
}

/// Copies `values` to tensors, one after the other.
pub(crate) fn write<R: Real>(values: &[R], tensors: &mut [&mut [R]]) {
    let stored = tensors.iter_mut().flat_map(|tensor| tensor.iter_mut());
    for (stored, &value) in stored.zip(values) {
        *stored = value;
    }
}

/// Rejects `values` of another length.
pub(crate) fn has_length<R>(values: &[R], needed: usize) -> Result<(), ParameterError> {
    if values.len() == needed {
        return Ok(());
    }
    Err(ParameterError::Length {
        slice: "values",
        found: values.len(),
        needed,
    })
}

/// The rows of a batch with their weights.
#[inline(always)]
pub(crate) fn rows<'b, R: Real, S>(
    x: &'b [S],
    sites: usize,
    weights: &'b [R],
) -> impl Iterator<Item = (&'b [S], R)> + use<'b, R, S> {
    // A model has at least one site: the 1 is never used.
    x.chunks_exact(sites.max(1)).zip(weights.iter().copied())
}

/// Adds a sum over the rows of a batch, computed in f64, to each number of `gradient`: `terms` returns those of one row.
pub(crate) fn add_sums<R: Real, const N: usize>(
    x: &[u8],
    sites: usize,
    weights: &[R],
    gradient: &mut [R],
    terms: impl Fn(&[u8]) -> [f64; N],
) {
    let mut sums = [0.0; N];
    for (row, weight) in rows(x, sites, weights) {
        for (sum, term) in sums.iter_mut().zip(terms(row)) {
            *sum += weight.to_f64() * term;
        }
    }
    for (g, sum) in gradient.iter_mut().zip(sums) {
        *g += R::from_f64(sum);
    }
}

/// The error for scratch that is too short for a product.
#[cfg(feature = "dense")]
pub(crate) fn too_short(error: gwg_linalg::Error) -> ParameterError {
    let (found, needed) = match error {
        gwg_linalg::Error::Length { found, needed, .. } => (found, needed),
        _ => (0, usize::MAX),
    };
    ParameterError::Length {
        slice: "scratch",
        found,
        needed,
    }
}
