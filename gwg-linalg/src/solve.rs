use crate::symmetric::all_finite;
use crate::{Error, Matrix};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::{factor, solve as lu};
use faer::{MatMut, MatRef, Par, Spec};

/// Solves `A x = b` for one or more right-hand sides, by Gaussian elimination with row exchanges.
///
/// `matrix` is A of shape (n, n), row-major; `rhs` contains the right-hand sides consecutively, n numbers
/// each, and is overwritten by the solutions.
///
/// # Cost
/// `2 n^3 / 3` operations and `2 n^2` more per right-hand side, on the calling thread; allocates a copy of A.
///
/// # Errors
/// [`Error::Length`] unless `matrix` has `n * n` numbers and `rhs` a multiple of n; [`Error::NotFinite`] with the
/// first such entry of `matrix`, or of `rhs` in rows of n; [`Error::Singular`] if a pivot is 0 or a solution
/// overflows.
pub fn solve(matrix: &[f64], n: usize, rhs: &mut [f64]) -> Result<(), Error> {
    Matrix::new(matrix, n, n)?;
    let columns = rhs.len().checked_div(n).unwrap_or(0);
    if columns * n != rhs.len() {
        return Err(Error::Length {
            name: "rhs",
            found: rhs.len(),
            needed: (columns + 1) * n,
        });
    }
    all_finite(matrix, n)?;
    all_finite(rhs, n)?;
    if rhs.is_empty() {
        return Ok(());
    }
    eliminate(
        matrix,
        n,
        MatMut::from_column_major_slice_mut(rhs, n, columns),
    )?;
    all_finite(rhs, n).map_err(|_| Error::Singular)
}

fn eliminate(matrix: &[f64], n: usize, rhs: MatMut<'_, f64>) -> Result<(), Error> {
    let mut factors = MatRef::from_row_major_slice(matrix, n, n).to_owned();
    let (mut order, mut inverse) = (vec![0_usize; n], vec![0_usize; n]);
    let request = factor::lu_in_place_scratch::<usize, f64>(n, n, Par::Seq, Spec::default()).or(
        lu::solve_in_place_scratch::<usize, f64>(n, rhs.ncols(), Par::Seq),
    );
    let mut memory = MemBuffer::new(request);
    let (_, rows) = factor::lu_in_place(
        factors.as_mut(),
        &mut order,
        &mut inverse,
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    );
    if (0..n).any(|i| factors[(i, i)] == 0.0) {
        return Err(Error::Singular);
    }
    let (lower, upper) = (factors.as_ref(), factors.as_ref());
    lu::solve_in_place(
        lower,
        upper,
        rows,
        rhs,
        Par::Seq,
        MemStack::new(&mut memory),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_satisfy_the_system() {
        let n = 6;
        let matrix: Vec<f64> = (0..n * n)
            .map(|k| ((k * k + 3 * k) % 17) as f64 - 8.0)
            .collect();
        let wanted: Vec<f64> = (0..3 * n).map(|k| k as f64 / 4.0 - 2.0).collect();
        let mut found = Vec::new();
        for x in wanted.chunks(n) {
            for row in matrix.chunks(n) {
                found.push(row.iter().zip(x).map(|(a, x)| a * x).sum());
            }
        }
        solve(&matrix, n, &mut found).unwrap();
        for (found, wanted) in found.iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
    }

    #[test]
    fn rows_are_exchanged_if_a_pivot_is_zero() {
        let mut x = [3.0, 5.0];
        solve(&[0.0, 1.0, 2.0, 0.0], 2, &mut x).unwrap();
        assert_eq!(x, [2.5, 3.0]);
    }

    #[test]
    fn invalid_systems_are_rejected() {
        assert_eq!(
            solve(&[1.0, 2.0, 2.0, 4.0], 2, &mut [1.0, 1.0]),
            Err(Error::Singular)
        );
        assert_eq!(solve(&[], 0, &mut []), Ok(()));
        assert_eq!(solve(&[0.0], 1, &mut []), Ok(()));
        assert!(matches!(
            solve(&[1.0], 1, &mut []).and(solve(&[1.0; 4], 2, &mut [1.0; 3])),
            Err(Error::Length {
                name: "rhs",
                needed: 4,
                ..
            })
        ));
        assert!(matches!(
            solve(&[], 0, &mut [1.0]),
            Err(Error::Length { name: "rhs", .. })
        ));
        assert_eq!(
            solve(&[1.0, 0.0, f64::NAN, 1.0], 2, &mut [1.0, 1.0]),
            Err(Error::NotFinite { row: 1, column: 0 })
        );
        assert_eq!(solve(&[1e-300], 1, &mut [1e300]), Err(Error::Singular));
    }
}
