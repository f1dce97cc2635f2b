use super::{SMALL, front, row_by_row};
use crate::{Error, Matrix, Scalar, axpy, padded_rows};

/// Number of rows to allocate for [`tall_product`] and [`tall_product_transposed`] of `rows` rows with a matrix of `inner * columns` numbers.
///
/// faer uses a different routine, which rounds differently, for products of at most 4096 multiplications in total: so many rows exceed that.
#[must_use]
pub const fn tall_rows(rows: usize, inner: usize, columns: usize) -> usize {
    let least = if inner < 2 || columns < 2 {
        1
    } else {
        SMALL / inner.saturating_mul(columns) + 1
    };
    let padded = padded_rows(rows);
    if padded < least { least } else { padded }
}

/// [`product_transposed`](crate::product_transposed) for many rows and a small matrix: as fast for it as for a large one.
///
/// `a` has shape (`tall_rows(rows, b.columns(), b.rows())`, `b.columns()`) and `out` as many rows of `b.rows()`; rows after the first `rows`
/// of both are overwritten. Bits and errors are as in [`product_transposed`](crate::product_transposed).
///
/// # Errors
/// [`Error::Length`] if `a` or `out` is too short.
#[inline]
pub fn tall_product_transposed<R: Scalar>(
    rows: usize,
    a: &mut [R],
    b: Matrix<'_, R>,
    out: &mut [R],
) -> Result<(), Error> {
    let (inner, columns) = (b.columns(), b.rows());
    let (a, out, padded) = operands(rows, a, out, (inner, columns))?;
    if inner < 2 || columns < 2 {
        row_by_row(a, b, out);
    } else if rows > 0 {
        a[rows * inner..].fill(R::ZERO);
        R::product_transposed(a, b.data(), out, (padded, inner, columns));
    }
    Ok(())
}

/// [`product`](fn@crate::product) for many rows and a small matrix: as fast for it as for a large one.
///
/// `a` has shape (`tall_rows(rows, b.rows(), b.columns())`, `b.rows()`) and `out` as many rows of `b.columns()`; rows after the first `rows` of
/// both are overwritten. Bits and errors are as in [`product`](fn@crate::product).
///
/// # Errors
/// [`Error::Length`] if `a` or `out` is too short.
#[inline]
pub fn tall_product<R: Scalar>(
    rows: usize,
    a: &mut [R],
    b: Matrix<'_, R>,
    out: &mut [R],
) -> Result<(), Error> {
    let (inner, columns) = (b.rows(), b.columns());
    let (a, out, padded) = operands(rows, a, out, (inner, columns))?;
    if inner < 2 || columns < 2 {
        out.fill(R::ZERO);
        if inner > 0 && columns > 0 {
            for (a, out) in a.chunks_exact(inner).zip(out.chunks_exact_mut(columns)) {
                for (&a, b) in a.iter().zip(b.data().chunks_exact(columns)) {
                    axpy(a, b, out);
                }
            }
        }
    } else if rows > 0 {
        a[rows * inner..].fill(R::ZERO);
        R::product(a, b.data(), out, (padded, inner, columns));
    }
    Ok(())
}

type Operands<'a, R> = (&'a mut [R], &'a mut [R], usize);

#[inline(always)]
fn operands<'a, R>(
    rows: usize,
    a: &'a mut [R],
    out: &'a mut [R],
    (inner, columns): (usize, usize),
) -> Result<Operands<'a, R>, Error> {
    let padded = tall_rows(rows, inner, columns);
    let a = front("a", a, padded, inner)?;
    let out = front("out", out, padded, columns)?;
    Ok((a, out, padded))
}

/// [`add_transposed_left_product`](crate::add_transposed_left_product) for many rows and a small result: as fast for it as for a large one.
///
/// # Errors
/// [`Error::Length`] unless `b` has as many rows as `a`, and if `out` is too short.
#[inline]
pub fn tall_add_transposed_left_product<R: Scalar>(
    a: Matrix<'_, R>,
    b: Matrix<'_, R>,
    out: &mut [R],
) -> Result<(), Error> {
    let (rows, m, n) = (a.rows(), a.columns(), b.columns());
    if m < 2 || n < 2 || rows.saturating_mul(m).saturating_mul(n) <= SMALL || b.rows() != rows {
        return crate::add_transposed_left_product(a, b, out);
    }
    let out = front("out", out, m, n)?;
    R::add_transposed_left_product(a.data(), b.data(), out, (rows, m, n));
    Ok(())
}
