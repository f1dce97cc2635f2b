use crate::Matrix;
use gwg_core::Real;

/// Adds `alpha x` to `y`, over the shorter of the two lengths. The product and the sum are rounded separately.
#[inline(always)]
pub fn axpy<R: Real>(alpha: R, x: &[R], y: &mut [R]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += alpha * x;
    }
}

/// Adds the rows of `matrix` with the indices `rows`, in that order, to `out`; indices out of range are skipped.
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
    fn indices_out_of_range_are_skipped() {
        let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let matrix = Matrix::new(&data, 3, 2).unwrap();
        let mut out = [0.5f64, 0.25];
        add_rows(matrix, [2, 0, 7], &mut out);
        assert_eq!(out, [6.5, 8.25]);
        axpy(-2.0, matrix.row(1), &mut out);
        assert_eq!(out, [0.5, 0.25]);
    }
}
