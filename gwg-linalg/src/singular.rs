use crate::symmetric::all_finite;
use crate::{Error, Matrix};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{MatRef, Par, Spec};

/// Returns the `min(rows, columns)` singular values of a matrix in descending order.
///
/// # Cost
/// `O(rows columns min(rows, columns))` on the calling thread; allocates its workspace.
///
/// # Errors
/// [`Error::NotFinite`] with the first such entry, [`Error::NotConverged`].
pub fn singular_values(matrix: Matrix<'_, f64>) -> Result<Vec<f64>, Error> {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    all_finite(matrix.data(), columns)?;
    let mut values = vec![0.0; rows.min(columns)];
    if values.is_empty() {
        return Ok(values);
    }
    let none = ComputeSvdVectors::No;
    let request = svd_scratch::<f64>(rows, columns, none, none, Par::Seq, Spec::default());
    svd(
        MatRef::from_row_major_slice(matrix.data(), rows, columns),
        DiagMut::from_slice_mut(&mut values),
        None,
        None,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(request)),
        Spec::default(),
    )
    .map_err(|_| Error::NotConverged)?;
    Ok(values)
}

/// Returns the largest singular value, 0 for an empty matrix.
///
/// # Cost
/// That of [`singular_values`].
///
/// # Errors
/// Those of [`singular_values`].
pub fn spectral_norm(matrix: Matrix<'_, f64>) -> Result<f64, Error> {
    Ok(singular_values(matrix)?.first().copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotations_do_not_change_singular_values() {
        // [c -s; s c] diag(3, 2) (2 x 2), with a row of zeros below and a column of zeros on the right.
        let (s, c) = (0.6, 0.8);
        let tall = [3.0 * c, -2.0 * s, 3.0 * s, 2.0 * c, 0.0, 0.0];
        let wide = [3.0 * c, -2.0 * s, 0.0, 3.0 * s, 2.0 * c, 0.0];
        for matrix in [Matrix::new(&tall, 3, 2), Matrix::new(&wide, 2, 3)] {
            let found = singular_values(matrix.unwrap()).unwrap();
            assert_eq!(found.len(), 2);
            assert!((found[0] - 3.0).abs() < 1e-14 && (found[1] - 2.0).abs() < 1e-14);
        }
    }

    #[test]
    fn the_norm_of_a_rank_one_matrix_is_the_product_of_the_vector_norms() {
        let (u, v) = ([1.0, -2.0, 2.0], [3.0, 4.0]);
        let data: Vec<f64> = u.iter().flat_map(|u| v.map(|v| u * v)).collect();
        let norm = spectral_norm(Matrix::new(&data, 3, 2).unwrap()).unwrap();
        assert!((norm - 15.0).abs() < 1e-13, "{norm}");
        assert_eq!(spectral_norm(Matrix::new(&[], 0, 4).unwrap()), Ok(0.0));
        let bad = [1.0, f64::INFINITY];
        assert_eq!(
            spectral_norm(Matrix::new(&bad, 1, 2).unwrap()),
            Err(Error::NotFinite { row: 0, column: 1 })
        );
    }
}
