use crate::{Error, Matrix};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{MatMut, MatRef, Par, Spec};
use gwg_core::Real;

/// Returns the first entry `(i, j)`, `i < j`, in row-major order that is not equal to its mirror image `(j, i)`.
///
/// A NaN is not equal to anything, itself included. In a matrix that is not square, an entry without a mirror image counts as asymmetric.
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

/// Returns the eigenvalues of a symmetric (n, n) matrix in ascending order.
///
/// # Cost
/// `O(n^3)` on the calling thread; allocates its workspace.
///
/// # Errors
/// [`Error::Length`] unless `matrix` has `n * n` numbers, [`Error::NotFinite`] and [`Error::NotSymmetric`] with
/// the first such entry, [`Error::NotConverged`].
pub fn symmetric_eigenvalues(matrix: &[f64], n: usize) -> Result<Vec<f64>, Error> {
    let mut values = vec![0.0; n];
    decompose(matrix, n, &mut values, None)?;
    Ok(values)
}

/// The eigenvalues and eigenvectors of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct SymmetricEigen {
    /// The n eigenvalues, in ascending order.
    pub values: Vec<f64>,
    /// Shape (n, n), row-major: row `k` is the eigenvector of `values[k]`; the rows are orthonormal.
    pub vectors: Vec<f64>,
}

impl SymmetricEigen {
    /// The eigenvector of `values[k]`; empty if there is no such eigenvalue.
    #[must_use]
    pub fn vector(&self, k: usize) -> &[f64] {
        let n = self.values.len();
        let start = k.saturating_mul(n);
        self.vectors
            .get(start..start.saturating_add(n))
            .unwrap_or(&[])
    }
}

/// Returns the eigenvalues and eigenvectors of a symmetric (n, n) matrix.
///
/// # Cost
/// `O(n^3)` on the calling thread, a small multiple of the cost of [`symmetric_eigenvalues`]; allocates its workspace.
///
/// # Errors
/// Those of [`symmetric_eigenvalues`].
pub fn symmetric_eigen(matrix: &[f64], n: usize) -> Result<SymmetricEigen, Error> {
    let mut values = vec![0.0; n];
    let mut vectors = vec![0.0; matrix.len()];
    decompose(matrix, n, &mut values, Some(&mut vectors))?;
    Ok(SymmetricEigen { values, vectors })
}

fn decompose(
    matrix: &[f64],
    n: usize,
    values: &mut [f64],
    vectors: Option<&mut [f64]>,
) -> Result<(), Error> {
    let checked = Matrix::new(matrix, n, n)?;
    all_finite(matrix, n)?;
    if let Some((row, column)) = first_asymmetry(checked) {
        return Err(Error::NotSymmetric { row, column });
    }
    if n == 0 {
        return Ok(());
    }
    let compute = match vectors {
        Some(_) => ComputeEigenvectors::Yes,
        None => ComputeEigenvectors::No,
    };
    let request = self_adjoint_evd_scratch::<f64>(n, compute, Par::Seq, Spec::default());
    self_adjoint_evd(
        MatRef::from_row_major_slice(matrix, n, n),
        DiagMut::from_slice_mut(values),
        vectors.map(|v| MatMut::from_column_major_slice_mut(v, n, n)),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(request)),
        Spec::default(),
    )
    .map_err(|_| Error::NotConverged)
}

/// Returns an error for the first entry that is infinite or NaN; rows have `columns` numbers.
pub(crate) fn all_finite(data: &[f64], columns: usize) -> Result<(), Error> {
    match data.iter().position(|entry| !entry.is_finite()) {
        Some(at) => Err(Error::NotFinite {
            row: at / columns,
            column: at % columns,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_graph_has_its_known_spectrum() {
        // Adjacency matrix of a path of n vertices: 2 cos(pi k / (n + 1)), k = n, .., 1.
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
    fn eigenvectors_are_orthonormal_and_reproduce_the_matrix() {
        let n = 7;
        let entry = |i: usize, j: usize| ((3 * i * j + i + j) % 11) as f64 - 4.0;
        let matrix: Vec<f64> = (0..n * n).map(|k| entry(k / n, k % n)).collect();
        let found = symmetric_eigen(&matrix, n).unwrap();
        assert!(found.values.is_sorted());
        let only = symmetric_eigenvalues(&matrix, n).unwrap();
        for k in 0..n {
            assert!((found.values[k] - only[k]).abs() < 1e-12);
            for l in 0..n {
                let pairs = found.vector(k).iter().zip(found.vector(l));
                let product: f64 = pairs.map(|(a, b)| a * b).sum();
                assert!((product - f64::from(u8::from(k == l))).abs() < 1e-13);
                let parts =
                    (0..n).map(|m| found.values[m] * found.vector(m)[k] * found.vector(m)[l]);
                let sum: f64 = parts.sum();
                assert!((sum - matrix[k * n + l]).abs() < 1e-12, "[{k}, {l}]: {sum}");
            }
        }
        assert_eq!(found.vector(n), &[] as &[f64]);
        assert!(symmetric_eigen(&[], 0).unwrap().values.is_empty());
    }

    #[test]
    fn the_first_invalid_entry_is_reported() {
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
