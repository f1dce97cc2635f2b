/// What can be wrong with the arguments of this crate. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// `states < 2` or `states > 256`.
    States {
        /// The number of states found.
        found: usize,
    },
    /// `sites * states > u32::MAX`.
    TooManyMoves,
    /// A lent slice is shorter than [`Kernel::lens`](crate::Kernel::lens) asks for.
    Memory {
        /// Which slice: `"reals"`, `"indices"` or `"moves"`.
        slice: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// `temperature <= 0`, infinite or NaN.
    Temperature,
    /// A tuning parameter `<= 0`, infinite or NaN.
    NotPositive {
        /// Which one.
        parameter: &'static str,
    },
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::States { found } => {
                write!(f, "states per site: found {found}, allowed are 2 to 256")
            }
            Self::TooManyMoves => f.write_str("sites * states: more than 4294967295 moves"),
            Self::Memory {
                slice,
                found,
                needed,
            } => write!(f, "lent memory `{slice}`: found {found}, needed {needed}"),
            Self::NotPositive { parameter } => {
                write!(f, "{parameter}: must be positive and finite")
            }
            Self::Temperature => f.write_str("proposal temperature: must be positive and finite"),
        }
    }
}

impl core::error::Error for Error {}
