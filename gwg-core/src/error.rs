/// What can be wrong with the arguments of this crate. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// `states < 2` or `states > 256`.
    States {
        /// The number of states found.
        found: usize,
    },
    /// `states[site] < 2` or `states[site] > 256`.
    StatesAt {
        /// The site, from 0.
        site: usize,
        /// Its number of states.
        found: usize,
    },
    /// `offsets[0] != 0`, or there is none.
    Offsets {
        /// The first offset.
        found: Option<u32>,
    },
    /// `sites * states > u32::MAX`, or the sum of the states where each site has its own.
    TooManyMoves,
    /// `observed.len() != sites`.
    Sites {
        /// The length of `observed`.
        found: usize,
        /// The number of sites.
        needed: usize,
    },
    /// `observed[site] >= states`, or another symbol was observed there before.
    Observed {
        /// The site, from 0.
        site: usize,
        /// The symbol said to be observed.
        found: u8,
        /// The number of states of the site.
        states: usize,
    },
    /// A lent slice is shorter than [`Kernel::lens`](crate::Kernel::lens), or a constructor, asks for.
    Memory {
        /// Which slice: `"reals"`, `"indices"` or `"moves"`; `"offsets"` or `"free"` of a space.
        slice: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// `temperature <= 0`, infinite or NaN.
    Temperature,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::States { found } => {
                write!(f, "states per site: found {found}, allowed are 2 to 256")
            }
            Self::StatesAt { site, found } => {
                write!(f, "states[{site}]: found {found}, allowed are 2 to 256")
            }
            Self::Offsets { found: Some(found) } => {
                write!(f, "offsets[0]: found {found}, needed 0")
            }
            Self::Offsets { found: None } => f.write_str("offsets[0]: found none, needed 0"),
            Self::Sites { found, needed } => {
                write!(
                    f,
                    "observed: found {found} entries, needed {needed}, one a site"
                )
            }
            Self::Observed {
                site,
                found,
                states,
            } => write!(
                f,
                "observed[{site}]: found {found}, allowed are the symbols below {states} and what is held there already"
            ),
            Self::TooManyMoves => f.write_str("sites * states: more than 4294967295 moves"),
            Self::Memory {
                slice,
                found,
                needed,
            } => write!(f, "lent memory `{slice}`: found {found}, needed {needed}"),
            Self::Temperature => f.write_str("proposal temperature: must be positive and finite"),
        }
    }
}

impl core::error::Error for Error {}
