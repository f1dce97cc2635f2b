mod tall;
mod transposed_left;

use crate::{Error, Matrix, Scalar, axpy};
use gwg_core::math;
pub use tall::{
    tall_add_transposed_left_product, tall_product, tall_product_transposed, tall_rows,
};
pub use transposed_left::add_transposed_left_product;

/// Up to this many multiplications per row, a product is computed here, row by row.
///
/// faer uses a different routine, which rounds differently, for products of at most 4096 multiplications
/// in total. Two rows above this limit exceed that by a factor of two.
const SMALL: usize = 4096;

/// Number of rows to allocate for a block of `rows` rows: at least two.
///
/// A product with a single row is computed by a different routine (matrix times vector), whose sums round
/// differently. With a second, unused row, a single chain is computed by the same routine as a hundred chains.
#[must_use]
pub const fn padded_rows(rows: usize) -> usize {
    if rows < 2 { 2 } else { rows }
}

/// Writes `a b'` to `out`: each of the `rows` rows of `a` times the transpose of the matrix `b`.
///
/// `a` has shape (`padded_rows(rows)`, `b.columns()`) and `out` (`padded_rows(rows)`, `b.rows()`), row-major;
/// longer slices are accepted. If `rows` is 1, the second row of both is overwritten.
///
/// A row of the result has the same bits for every `rows` and every content of the other rows on machines
/// of the same kind; on other kinds of machines (other vector widths) the bits may differ.
///
/// # Cost
/// `2 rows b.rows() b.columns()` operations on the calling thread; no allocation apart from the packing
/// buffers that faer keeps per thread.
///
/// # Errors
/// [`Error::Length`] if `a` or `out` is too short.
#[inline(always)]
pub fn product_transposed<R: Scalar>(
    rows: usize,
    a: &mut [R],
    b: Matrix<'_, R>,
    out: &mut [R],
) -> Result<(), Error> {
    let padded = padded_rows(rows);
    let (inner, columns) = (b.columns(), b.rows());
    let a = front("a", a, padded, inner)?;
    let out = front("out", out, padded, columns)?;
    if b.data().len() <= SMALL {
        row_by_row(a, b, out);
        return Ok(());
    }
    if rows == 0 {
        return Ok(());
    }
    if let Some(idle) = a.get_mut(rows * inner..) {
        idle.fill(R::ZERO);
    }
    R::product_transposed(a, b.data(), out, (padded, inner, columns));
    Ok(())
}

/// Writes `a b` to `out`: each of the `rows` rows of `a` times the matrix `b`.
///
/// `a` has shape (`padded_rows(rows)`, `b.rows()`) and `out` (`padded_rows(rows)`, `b.columns()`); lengths, bits
/// and cost are as in [`product_transposed`].
///
/// # Errors
/// [`Error::Length`] if `a` or `out` is too short.
#[inline(always)]
pub fn product<R: Scalar>(
    rows: usize,
    a: &mut [R],
    b: Matrix<'_, R>,
    out: &mut [R],
) -> Result<(), Error> {
    let padded = padded_rows(rows);
    let (inner, columns) = (b.rows(), b.columns());
    let a = front("a", a, padded, inner)?;
    let out = front("out", out, padded, columns)?;
    if b.data().len() <= SMALL {
        out.fill(R::ZERO);
        if inner > 0 && columns > 0 {
            for (a, out) in a.chunks_exact(inner).zip(out.chunks_exact_mut(columns)) {
                for (&a, b) in a.iter().zip(b.data().chunks_exact(columns)) {
                    axpy(a, b, out);
                }
            }
        }
        return Ok(());
    }
    if rows == 0 {
        return Ok(());
    }
    if let Some(idle) = a.get_mut(rows * inner..) {
        idle.fill(R::ZERO);
    }
    R::product(a, b.data(), out, (padded, inner, columns));
    Ok(())
}

#[inline(always)]
fn row_by_row<R: Scalar>(a: &[R], b: Matrix<'_, R>, out: &mut [R]) {
    let (inner, columns) = (b.columns(), b.rows());
    if inner == 0 || columns == 0 {
        return out.fill(R::ZERO);
    }
    for (a, out) in a.chunks_exact(inner).zip(out.chunks_exact_mut(columns)) {
        for (out, b) in out.iter_mut().zip(b.data().chunks_exact(inner)) {
            *out = math::dot(a, b);
        }
    }
}

#[inline(always)]
fn front<'a, R>(
    name: &'static str,
    slice: &'a mut [R],
    rows: usize,
    columns: usize,
) -> Result<&'a mut [R], Error> {
    let needed = rows.checked_mul(columns).ok_or(Error::TooLarge)?;
    let found = slice.len();
    slice.get_mut(..needed).ok_or(Error::Length {
        name,
        found,
        needed,
    })
}
