use crate::Matrix;
use gwg_core::Real;

/// `y += alpha x`, over the shorter of the two lengths. One rounding for the product, one for the sum.
#[inline(always)]
pub fn axpy<R: Real>(alpha: R, x: &[R], y: &mut [R]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += alpha * x;
    }
}

/// Adds the rows of `matrix` with the indices `rows`, in that order, to `out`; rows that are not there are passed over.
#[inline(always)]
pub fn add_rows<R: Real>(
    matrix: Matrix<'_, R>,
    rows: impl IntoIterator<Item = usize>,
    out: &mut [R],
) {
    for i in rows {
        for (out, &entry) in out.iter_mut().zip(matrix.row(i)) {
            *out += entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_where_they_exist() {
        let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let matrix = Matrix::new(&data, 3, 2).unwrap();
        let mut out = [0.5f64, 0.25];
        add_rows(matrix, [2, 0, 7], &mut out);
        assert_eq!(out, [6.5, 8.25]);
        axpy(-2.0, matrix.row(1), &mut out);
        assert_eq!(out, [0.5, 0.25]);
    }
}
