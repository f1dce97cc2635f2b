//! Validation and access of numbers.

use crate::ModelError;
use gwg_core::{Move, Real};

/// Converts `x` to the precision of the model.
///
/// # Errors
/// [`ModelError::Parameter`] unless the result is finite.
pub(crate) fn scalar<R: Real>(name: &'static str, x: f64) -> Result<R, ModelError> {
    let rounded = R::from_f64(x);
    if rounded.is_finite() {
        Ok(rounded)
    } else {
        Err(ModelError::Parameter {
            name,
            found: format!("{x:?}"),
            allowed: "a finite number in the requested precision",
        })
    }
}

/// Rejects the first number of a tensor that is not finite; `shape` converts its position to an index.
pub(crate) fn all_finite<R: Real>(
    name: &'static str,
    numbers: &[R],
    shape: &[usize],
) -> Result<(), ModelError> {
    match numbers.iter().position(|x| !x.is_finite()) {
        None => Ok(()),
        Some(at) => Err(ModelError::NotFinite {
            name,
            index: unravel(at, shape),
            found: numbers.get(at).map_or(f64::NAN, |x| x.to_f64()),
        }),
    }
}

/// Rejects a tensor whose length is not the product of `shape`.
pub(crate) fn has_shape(
    name: &'static str,
    found: usize,
    shape: &[usize],
) -> Result<(), ModelError> {
    let needed = shape
        .iter()
        .try_fold(1usize, |product, &n| product.checked_mul(n));
    match needed {
        Some(needed) if needed == found => Ok(()),
        _ => Err(ModelError::Length {
            name,
            found,
            needed: needed.unwrap_or(usize::MAX),
            shape: format!("shape {shape:?}"),
        }),
    }
}

/// A tensor of zeros.
///
/// # Errors
/// [`ModelError::Parameter`] if it does not fit into memory.
#[cfg(feature = "dense")]
pub(crate) fn zeros<R: Real>(name: &'static str, shape: &[usize]) -> Result<Vec<R>, ModelError> {
    let too_large = || ModelError::Parameter {
        name,
        found: format!("a tensor of shape {shape:?}"),
        allowed: "what fits into memory",
    };
    let cells = shape
        .iter()
        .try_fold(1usize, |product, &n| product.checked_mul(n))
        .ok_or_else(too_large)?;
    let mut tensor = Vec::new();
    tensor.try_reserve_exact(cells).map_err(|_| too_large())?;
    tensor.resize(cells, R::ZERO);
    Ok(tensor)
}

/// Checks that there is at least one site, and few enough that the index of a move fits into 32 bits.
pub(crate) fn sites(name: &'static str, found: usize) -> Result<usize, ModelError> {
    if found >= 1 && u32::try_from(found).is_ok() {
        Ok(found)
    } else {
        Err(ModelError::Parameter {
            name,
            found: found.to_string(),
            allowed: "1 to 4294967295",
        })
    }
}

/// The index, one number per dimension, of the entry at position `at` in row-major order.
pub(crate) fn unravel(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&n| {
            let n = n.max(1);
            let here = at % n;
            at /= n;
            here
        })
        .collect();
    index.reverse();
    index
}

/// The spin of a symbol: -1 for 0, otherwise 1.
#[inline(always)]
pub(crate) fn spin<R: Real>(symbol: impl Into<u16>) -> R {
    if symbol.into() == 0 { -R::ONE } else { R::ONE }
}

/// `sum_j w_j s_j`, `s = 2x - 1`, in f64 for any precision of the weights. In 16 running sums, which vectorize.
#[cfg(feature = "dense")]
#[inline(always)]
pub(crate) fn dot_spins<R: Real>(weights: &[R], x: &[u8]) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0.0; LANES];
    for (weights, x) in weights.chunks(LANES).zip(x.chunks(LANES)) {
        for ((sum, weight), &symbol) in sums.iter_mut().zip(weights).zip(x) {
            *sum += weight.to_f64() * (f64::from(2 * (symbol & 1)) - 1.0);
        }
    }
    sums.iter().sum()
}

/// The number of symbols other than 0.
pub(crate) fn ones(x: &[u8]) -> usize {
    let count = |x: &[u8]| x.iter().map(|&s| u8::from(s != 0)).sum::<u8>();
    x.chunks(128).map(|x| usize::from(count(x))).sum()
}

/// The change of the spin by a move: `spin(mv.to) - spin(mv.from)`.
///
/// From a table, without branches, which would be unpredictable.
#[inline(always)]
pub(crate) fn spin_change<R: Real>(mv: Move) -> R {
    let change = [-R::TWO, R::ZERO, R::TWO];
    change[1 + usize::from(mv.to != 0) - usize::from(mv.from != 0)]
}

/// The number at `i`; 0 past the end, which does not occur in a kernel's memory.
#[inline(always)]
pub(crate) fn at<R: Real>(numbers: &[R], i: usize) -> R {
    numbers.get(i).copied().unwrap_or(R::ZERO)
}

/// The symbol at site `i` as a byte, for loops over many of them; 0 past the end.
#[inline(always)]
pub(crate) fn byte(x: &[u8], i: usize) -> u8 {
    x.get(i).copied().unwrap_or(0)
}

/// The symbol at site `i`; 0 past the end.
#[inline(always)]
pub(crate) fn symbol(x: &[u8], i: usize) -> u16 {
    x.get(i).copied().map_or(0, u16::from)
}

/// Adds to the number at `i`; does nothing past the end.
#[inline(always)]
pub(crate) fn add<R: Real>(numbers: &mut [R], i: usize, change: R) {
    if let Some(number) = numbers.get_mut(i) {
        *number += change;
    }
}

/// The change of `f` when a site with the slope `df/dx` is flipped: `slope` at 0, `-slope` at 1.
///
/// Computed by a product, without a branch, which would be unpredictable.
#[inline(always)]
pub(crate) fn uphill<R: Real>(symbol: u16, slope: R) -> R {
    let direction = [R::ONE, -R::ONE];
    slope * direction[usize::from(symbol & 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unravel_gives_one_number_per_dimension() {
        assert_eq!(unravel(23, &[2, 3, 4]), [1, 2, 3]);
        assert_eq!(unravel(5, &[7]), [5]);
        assert_eq!(unravel(0, &[]), Vec::<usize>::new());
    }

    #[test]
    fn overflowing_shapes_are_rejected() {
        assert!(has_shape("J", 4, &[2, 2]).is_ok());
        assert!(has_shape("J", 4, &[usize::MAX, 2]).is_err());
    }
}
