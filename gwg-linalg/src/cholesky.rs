use crate::symmetric::all_finite;
use crate::{Error, Matrix, first_asymmetry};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::{factor, inverse};
use faer::{MatMut, MatRef, Par, Spec};

/// Returns the inverse of a symmetric positive definite (n, n) matrix, by Cholesky's factorization.
///
/// The result is symmetric to the last bit.
///
/// # Cost
/// About `n^3` operations on the calling thread; allocates three matrices, the result included.
///
/// # Errors
/// [`Error::Length`] unless `matrix` has `n * n` numbers, [`Error::NotFinite`] and [`Error::NotSymmetric`] with the first such entry,
/// [`Error::NotPositiveDefinite`] if a pivot is not positive or the inverse overflows.
pub fn positive_definite_inverse(matrix: &[f64], n: usize) -> Result<Vec<f64>, Error> {
    let checked = Matrix::new(matrix, n, n)?;
    all_finite(matrix, n)?;
    if let Some((row, column)) = first_asymmetry(checked) {
        return Err(Error::NotSymmetric { row, column });
    }
    if n == 0 {
        return Ok(Vec::new());
    }
    let mut result = vec![0.0; n * n];
    let out = MatMut::from_column_major_slice_mut(&mut result, n, n);
    invert(MatRef::from_row_major_slice(matrix, n, n), out)?;
    // Only the lower triangle was written: in columns, the part from the diagonal on.
    for i in 0..n {
        for j in i + 1..n {
            result[j * n + i] = result[i * n + j];
        }
    }
    all_finite(&result, n).map_err(|_| Error::NotPositiveDefinite)?;
    Ok(result)
}

fn invert(matrix: MatRef<'_, f64>, out: MatMut<'_, f64>) -> Result<(), Error> {
    let n = matrix.nrows();
    let mut lower = matrix.to_owned();
    let request = factor::cholesky_in_place_scratch::<f64>(n, Par::Seq, Spec::default())
        .or(inverse::inverse_scratch::<f64>(n, Par::Seq));
    let mut memory = MemBuffer::new(request);
    factor::cholesky_in_place(
        lower.as_mut(),
        factor::LltRegularization::default(),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .map_err(|_| Error::NotPositiveDefinite)?;
    inverse::inverse(out, lower.as_ref(), Par::Seq, MemStack::new(&mut memory));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_with_the_inverse_is_the_identity() {
        for n in [1, 2, 7, 90] {
            let entry = |i: usize, j: usize| {
                let near = ((i * j + i + j) % 7) as f64 / 7.0 - 0.5;
                if i == j { 2.0 * n as f64 } else { near }
            };
            let matrix: Vec<f64> = (0..n * n).map(|k| entry(k / n, k % n)).collect();
            let inverse = positive_definite_inverse(&matrix, n).unwrap();
            assert_eq!(first_asymmetry(Matrix::new(&inverse, n, n).unwrap()), None);
            for i in 0..n {
                for j in 0..n {
                    let sum: f64 = (0..n).map(|k| matrix[i * n + k] * inverse[k * n + j]).sum();
                    assert!(
                        (sum - f64::from(u8::from(i == j))).abs() < 1e-14,
                        "{n}: {i} {j} {sum}"
                    );
                }
            }
        }
        assert_eq!(positive_definite_inverse(&[], 0), Ok(vec![]));
    }

    #[test]
    fn other_matrices_are_rejected() {
        let of = |m: &[f64], n| positive_definite_inverse(m, n).unwrap_err();
        assert_eq!(of(&[1.0, 2.0, 2.0, 1.0], 2), Error::NotPositiveDefinite);
        assert_eq!(of(&[0.0], 1), Error::NotPositiveDefinite);
        assert_eq!(of(&[5e-324], 1), Error::NotPositiveDefinite);
        assert_eq!(
            of(&[1.0, 2.0, 3.0, 9.0], 2),
            Error::NotSymmetric { row: 0, column: 1 }
        );
        assert_eq!(
            of(&[1.0, f64::NAN, 0.0, 1.0], 2),
            Error::NotFinite { row: 0, column: 1 }
        );
        assert!(matches!(
            of(&[1.0], 2),
            Error::Length {
                needed: 4,
                found: 1,
                ..
            }
        ));
    }
}
