/// What can be wrong with the arguments of this crate. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A slice does not have the length that the shapes imply.
    Length {
        /// Which argument.
        name: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// `rows * columns > usize::MAX`.
    TooLarge,
    /// A matrix whose spectrum or inverse is asked for, or a right-hand side, holds an infinite number or NaN.
    NotFinite {
        /// Row of the first one.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A matrix whose spectrum is asked for is not symmetric.
    NotSymmetric {
        /// Row of the first entry that differs from its mirror image.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// The iteration for eigenvalues or singular values did not converge.
    NotConverged,
    /// A matrix that a system is solved with has no inverse.
    Singular,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Length {
                name,
                found,
                needed,
            } => write!(f, "`{name}`: found {found} numbers, needed {needed}"),
            Self::TooLarge => f.write_str("rows * columns: more than this machine can address"),
            Self::NotFinite { row, column } => {
                write!(
                    f,
                    "entry [{row}, {column}]: infinite or not a number, allowed are finite numbers"
                )
            }
            Self::NotSymmetric { row, column } => {
                write!(
                    f,
                    "entry [{row}, {column}]: differs from entry [{column}, {row}], the matrix must be symmetric"
                )
            }
            Self::NotConverged => {
                f.write_str("the iteration for eigenvalues or singular values did not converge")
            }
            Self::Singular => f.write_str("the matrix is singular: the system has no one solution"),
        }
    }
}

impl core::error::Error for Error {}
