/// An error in the arguments of this crate. Each variant's doc states the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A slice has the length that the shapes imply.
    Length {
        /// Name of the argument.
        name: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// `rows * columns <= usize::MAX`.
    TooLarge,
    /// All entries of a matrix whose spectrum or inverse is computed, and of a right-hand side, are finite.
    NotFinite {
        /// Row of the first entry that is not.
        row: usize,
        /// Column of that entry.
        column: usize,
    },
    /// A matrix whose spectrum is computed is symmetric.
    NotSymmetric {
        /// Row of the first entry that differs from its mirror image.
        row: usize,
        /// Column of that entry.
        column: usize,
    },
    /// The iteration for eigenvalues or singular values converges.
    NotConverged,
    /// The matrix of a linear system is invertible.
    Singular,
    /// All eigenvalues of a matrix that is factorized by Cholesky's method are positive.
    NotPositiveDefinite,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Length {
                name,
                found,
                needed,
            } => write!(f, "`{name}`: found {found} numbers, needed {needed}"),
            Self::TooLarge => {
                f.write_str("rows * columns: exceeds the address space of this machine")
            }
            Self::NotFinite { row, column } => {
                write!(
                    f,
                    "entry [{row}, {column}]: infinite or not a number, allowed are finite numbers"
                )
            }
            Self::NotSymmetric { row, column } => {
                write!(
                    f,
                    "entry [{row}, {column}]: differs from entry [{column}, {row}], but the matrix must be symmetric"
                )
            }
            Self::NotConverged => {
                f.write_str("the iteration for eigenvalues or singular values did not converge")
            }
            Self::Singular => {
                f.write_str("the matrix is singular, so the system has no unique solution")
            }
            Self::NotPositiveDefinite => {
                f.write_str("the matrix is not positive definite, or nearly singular")
            }
        }
    }
}

impl core::error::Error for Error {}
