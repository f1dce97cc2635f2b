use super::SMALL;
use crate::{Error, Matrix, Scalar, axpy};

/// Adds `a' b` to `out`: the sum over all rows `r` of the outer product of row `r` of `a` and row `r` of `b`.
///
/// `a` has shape (rows, m), `b` (rows, n) and `out` (m, n), row-major; a longer `out` is accepted, and only its front is
/// changed. The same arguments give the same bits on one kind of machine, wherever the slices are in memory. The order
/// of the sum over rows depends on their number, so that two halves of a batch, added one after the other, may round
/// differently from the whole.
///
/// # Cost
/// `2 rows m n` operations on the calling thread; no allocation beyond packing buffers that faer keeps per thread.
///
/// # Errors
/// [`Error::Length`] unless `b` has as many rows as `a`, and if `out` is too short.
#[inline(always)]
pub fn add_transposed_left_product<R: Scalar>(
    a: Matrix<'_, R>,
    b: Matrix<'_, R>,
    out: &mut [R],
) -> Result<(), Error> {
    let (rows, m, n) = (a.rows(), a.columns(), b.columns());
    if b.rows() != rows {
        return Err(Error::Length {
            name: "b",
            found: b.data().len(),
            needed: rows.saturating_mul(n),
        });
    }
    let out = super::front("out", out, m, n)?;
    if rows == 0 || out.is_empty() {
        return Ok(());
    }
    if m == 1 {
        add_rows_scaled(a, b, out);
    } else if n == 1 {
        add_rows_scaled(b, a, out);
    } else if out.len() <= SMALL {
        for (a, b) in a.data().chunks_exact(m).zip(b.data().chunks_exact(n)) {
            for (&a, out) in a.iter().zip(out.chunks_exact_mut(n)) {
                axpy(a, b, out);
            }
        }
    } else {
        R::add_transposed_left_product(a.data(), b.data(), out, (rows, m, n));
    }
    Ok(())
}

/// The product if one of the matrices is a column: faer would use another routine for it, whose sums depend on the
/// addresses of the slices.
#[inline(always)]
fn add_rows_scaled<R: Scalar>(column: Matrix<'_, R>, rows: Matrix<'_, R>, out: &mut [R]) {
    for (&factor, row) in column
        .data()
        .iter()
        .zip(rows.data().chunks_exact(out.len()))
    {
        axpy(factor, row, out);
    }
}
