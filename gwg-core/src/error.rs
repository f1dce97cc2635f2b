use crate::leveled::MAX_LEVELS;

/// What can be wrong with the arguments of this crate. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// `states < 2`, or more than the symbol can number: 256 of `u8`, 65,536 of `u16`.
    States {
        /// The number of states found.
        found: usize,
    },
    /// `states[site] < 2`, or more than the symbol can number: 256 of `u8`, 65,536 of `u16`.
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
    /// A [`Leveled`](crate::Leveled) target has more than [`MAX_LEVELS`](crate::leveled::MAX_LEVELS) levels.
    TooManyLevels {
        /// The number of levels found.
        found: usize,
    },
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
        found: u16,
        /// The number of states of the site.
        states: usize,
    },
    /// A lent slice is shorter than [`Kernel::layout`](crate::Kernel::layout), or a constructor, asks for.
    Memory {
        /// Which slice: `"reals"`, `"words"`, `"indices"` or `"moves"`; `"offsets"` or `"free"` of a space.
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
    /// `block == 0`, or a block has more than 65536 joint states to weigh.
    Block {
        /// The number of sites found.
        found: usize,
    },
    /// `radius == 0`.
    Radius {
        /// The radius found.
        found: usize,
    },
    /// `flips < 1`, infinite or NaN.
    Flips,
    /// `interval <= 0`, infinite or NaN.
    Interval,
    /// `probability < 0`, `probability > 1` or NaN.
    Probability,
    /// Sites are observed, and the sweeps of the target do not [hold](crate::Sweep::holds_sites) them.
    HeldSites,
    /// `t < 0`, `t > 1` or NaN, of a [`Bridge`](crate::Bridge).
    Fraction,
    /// A weight of a [`Bridge`](crate::Bridge) is infinite or NaN.
    Weights,
    /// The spaces of the two targets of a [`Bridge`](crate::Bridge) differ.
    Spaces {
        /// The first site at which they do; `None` where their sizes or encodings differ.
        site: Option<usize>,
    },
    /// `steps == 0`.
    Steps,
    /// `beta < 0`, infinite or NaN; or 0 where ratios of it are taken.
    Beta,
    /// Fewer than two inverse temperatures, or one that is negative, not finite, or not below the one before it.
    Ladder {
        /// Which one, from 0; how many there are where there are too few.
        level: usize,
    },
    /// A list of the walkers at each level does not name every walker once.
    Levels,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::States { found } => {
                write!(f, "states per site: found {found}, allowed are 2 to 256 (65536 with symbols of 16 bits)")
            }
            Self::StatesAt { site, found } => {
                write!(f, "states[{site}]: found {found}, allowed are 2 to 256 (65536 with symbols of 16 bits)")
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
            Self::TooManyLevels { found } => {
                write!(f, "levels: found {found}, allowed are 1 to {MAX_LEVELS}")
            }
            Self::Memory {
                slice,
                found,
                needed,
            } => write!(f, "lent memory `{slice}`: found {found}, needed {needed}"),
            Self::NotPositive { parameter } => {
                write!(f, "{parameter}: must be positive and finite")
            }
            Self::Temperature => f.write_str("proposal temperature: must be positive and finite"),
            Self::Block { found } => write!(
                f,
                "sites of a block: found {found}, allowed are 1 or more, with at most 65536 joint states to weigh"
            ),
            Self::Radius { found } => write!(f, "radius: found {found}, allowed are 1 or more"),
            Self::Flips => f.write_str("flips: must be at least 1 and finite"),
            Self::Interval => f.write_str("interval of time: must be positive and finite"),
            Self::Probability => f.write_str("probability: must be between 0 and 1"),
            Self::HeldSites => f.write_str("sweeps: sites are observed, and the target's sweeps draw them too"),
            Self::Fraction => f.write_str("t of a bridge: must be between 0 and 1"),
            Self::Weights => f.write_str("weights of a bridge: must be finite"),
            Self::Spaces { site: Some(site) } => write!(
                f,
                "targets of a bridge: site {site} has other states or another observation in the second than in the first; both must be on the same space"
            ),
            Self::Spaces { site: None } => f.write_str(
                "targets of a bridge: their spaces have other sizes or encodings; both must be on the same space",
            ),
            Self::Steps => f.write_str("steps in a turn: must be at least 1"),
            Self::Levels => f.write_str("walkers at each level: every one must be named once"),
            Self::Beta => f.write_str("inverse temperature: must be finite and not negative, and positive where ratios of it are taken"),
            Self::Ladder { level } => write!(
                f,
                "inverse temperature {level}: allowed are 2 or more, finite, none negative, each below the one before it"
            ),
        }
    }
}

impl core::error::Error for Error {}
