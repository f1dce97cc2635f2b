use crate::{Error, Matrix};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{MatRef, Par, Spec};
use gwg_core::Real;

/// The first entry `(i, j)`, `i < j`, in row-major order that is not equal to its mirror image `(j, i)`.
///
/// A NaN equals nothing, itself included. For a matrix that is not square, the first place where it stops being one.
#[must_use]
pub fn first_asymmetry<R: Real>(matrix: Matrix<'_, R>) -> Option<(usize, usize)> {
    let n = matrix.rows();
    for i in 0..n {
        for (j, entry) in matrix.row(i).iter().enumerate().skip(i + 1) {
            if matrix.row(j).get(i) != Some(entry) {
                return Some((i, j));
            }
        }
    }
    None
}

/// The eigenvalues of a symmetric (n, n) matrix, the smallest first.
///
/// # Cost
/// `O(n^3)` on the calling thread; allocates its work space.
///
/// # Errors
/// [`Error::Length`] unless `matrix` has `n * n` numbers, [`Error::NotFinite`] and [`Error::NotSymmetric`] with
/// the first such entry, [`Error::NotConverged`].
pub fn symmetric_eigenvalues(matrix: &[f64], n: usize) -> Result<Vec<f64>, Error> {
    let checked = Matrix::new(matrix, n, n)?;
    if let Some(at) = matrix.iter().position(|entry| !entry.is_finite()) {
        return Err(Error::NotFinite {
            row: at / n,
            column: at % n,
        });
    }
    if let Some((row, column)) = first_asymmetry(checked) {
        return Err(Error::NotSymmetric { row, column });
    }
    let mut eigenvalues = vec![0.0; n];
    let request =
        self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::No, Par::Seq, Spec::default());
    self_adjoint_evd(
        MatRef::from_row_major_slice(matrix, n, n),
        DiagMut::from_slice_mut(&mut eigenvalues),
        None,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(request)),
        Spec::default(),
    )
    .map_err(|_| Error::NotConverged)?;
    Ok(eigenvalues)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_graph_has_its_known_spectrum() {
        // Adjacency of a path of n: 2 cos(pi k / (n + 1)), k = n, .., 1.
        let n = 9;
        let mut matrix = vec![0.0; n * n];
        for i in 1..n {
            matrix[i * n + i - 1] = 1.0;
            matrix[(i - 1) * n + i] = 1.0;
        }
        let found = symmetric_eigenvalues(&matrix, n).unwrap();
        for (k, value) in found.iter().enumerate() {
            let angle = core::f64::consts::PI * (n - k) as f64 / (n + 1) as f64;
            assert!((value - 2.0 * angle.cos()).abs() < 1e-14, "{k}: {value}");
        }
        assert_eq!(symmetric_eigenvalues(&[], 0), Ok(vec![]));
    }

    #[test]
    fn the_first_offending_entry_is_named() {
        let mut matrix = [0.0, 1.0, 2.0, 1.0, 0.0, 3.0, 2.0, 3.0, 0.0];
        let of = |m: &[f64]| first_asymmetry(Matrix::new(m, 3, 3).unwrap());
        assert_eq!(of(&matrix), None);
        matrix[7] = 3.5;
        assert_eq!(of(&matrix), Some((1, 2)));
        assert_eq!(
            symmetric_eigenvalues(&matrix, 3),
            Err(Error::NotSymmetric { row: 1, column: 2 })
        );
        matrix[3] = f64::NAN;
        assert_eq!(of(&matrix), Some((0, 1)));
        assert_eq!(
            symmetric_eigenvalues(&matrix, 3),
            Err(Error::NotFinite { row: 1, column: 0 })
        );
        assert!(matches!(
            symmetric_eigenvalues(&matrix, 2),
            Err(Error::Length {
                needed: 4,
                found: 9,
                ..
            })
        ));
    }
}
