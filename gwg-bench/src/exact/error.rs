use gwg_linalg::Error as Linalg;

/// Why a kernel cannot be analysed. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnalysisError {
    /// There are fewer than two states.
    TooFewStates {
        /// The number of states.
        found: usize,
    },
    /// The stationary probability of a state is 0 in an f64, or its row is not finite: nothing can be weighed by it.
    Weightless {
        /// The state, in the order of [`configurations`](gwg_core::check::configurations).
        state: usize,
    },
    /// A matrix or a function does not have the size of the space.
    Size {
        /// Which argument.
        name: &'static str,
        /// Its size.
        found: usize,
        /// The size needed.
        needed: usize,
    },
    /// A kernel that is compared by its Dirichlet form is not reversible.
    NotReversible,
    /// Some states cannot be reached: a variance or a ratio has no bound.
    Reducible,
    /// A Lipschitz constant is not finite.
    Unbounded,
    /// A kernel refuses its parameters.
    Kernel(gwg_core::Error),
    /// A dense computation failed.
    Linalg(Linalg),
}

impl core::fmt::Display for AnalysisError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooFewStates { found } => write!(f, "states: found {found}, needed 2 or more"),
            Self::Weightless { state } => write!(
                f,
                "state {state}: its stationary probability is 0 to an f64, or its row is not finite; use a milder target"
            ),
            Self::Size {
                name,
                found,
                needed,
            } => write!(f, "`{name}`: found {found} states, needed {needed}"),
            Self::NotReversible => {
                f.write_str("the kernel is not reversible, which Dirichlet forms ask for")
            }
            Self::Reducible => f.write_str("some states cannot be reached from others"),
            Self::Unbounded => f.write_str(
                "the Lipschitz constant of the gradient is not finite; use a milder target",
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
