use gwg_linalg::Error as Linalg;

/// The reason why a kernel cannot be analyzed. Each variant's doc states the condition that is violated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnalysisError {
    /// There are at least two states.
    TooFewStates {
        /// The number of states.
        found: usize,
    },
    /// Every state has a positive stationary probability in f64 and a finite row.
    Weightless {
        /// The state, in the order of [`configurations`](gwg_core::check::configurations).
        state: usize,
    },
    /// A matrix or a function has the size of the space.
    Size {
        /// Which argument.
        name: &'static str,
        /// Its size.
        found: usize,
        /// The size needed.
        needed: usize,
    },
    /// A kernel that is compared by its Dirichlet form is reversible.
    NotReversible,
    /// Every state can be reached from every other; otherwise a variance or a ratio is unbounded.
    Reducible,
    /// A Lipschitz constant is finite.
    Unbounded,
    /// The parameters of a kernel are valid.
    Kernel(gwg_core::Error),
    /// Dense linear algebra succeeds.
    Linalg(Linalg),
}

impl core::fmt::Display for AnalysisError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooFewStates { found } => write!(f, "states: found {found}, allowed are at least 2"),
            Self::Weightless { state } => write!(
                f,
                "state {state}: its stationary probability underflows to 0, or its row is not finite; use a target with a smaller range of f"
            ),
            Self::Size {
                name,
                found,
                needed,
            } => write!(f, "`{name}`: found {found} states, needed {needed}"),
            Self::NotReversible => {
                f.write_str("the kernel is not reversible, but Dirichlet forms require reversible kernels")
            }
            Self::Reducible => f.write_str("some states cannot be reached from others"),
            Self::Unbounded => f.write_str(
                "the Lipschitz constant of the gradient is not finite; use a target with smaller parameters",
            ),
            Self::Kernel(error) => error.fmt(f),
            Self::Linalg(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for AnalysisError {}

impl From<Linalg> for AnalysisError {
    fn from(error: Linalg) -> Self {
        match error {
            Linalg::Singular => Self::Reducible,
            other => Self::Linalg(other),
        }
    }
}

impl From<gwg_core::Error> for AnalysisError {
    fn from(error: gwg_core::Error) -> Self {
        Self::Kernel(error)
    }
}
