use crate::leveled::MAX_LEVELS;

/// An invalid argument of this crate. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// `states < 2`, or more than the symbol type can represent: 256 for `u8`, 65,536 for `u16`.
    States {
        /// The number of states found.
        found: usize,
    },
    /// `states[site] < 2`, or more than the symbol type can represent: 256 for `u8`, 65,536 for `u16`.
    StatesAt {
        /// The site, from 0.
        site: usize,
        /// Its number of states.
        found: usize,
    },
    /// `offsets[0] != 0`, or `offsets` is empty.
    Offsets {
        /// The first offset.
        found: Option<u32>,
    },
    /// `sites * states > u32::MAX`, or the sum of `states` exceeds `u32::MAX` if each site has its own number of states.
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
    /// `observed[site] >= states`, or the site was already held at another symbol.
    Observed {
        /// The site, from 0.
        site: usize,
        /// The observed symbol.
        found: u16,
        /// The number of states of the site.
        states: usize,
    },
    /// A memory slice is shorter than required by [`Kernel::layout`](crate::Kernel::layout) or by a constructor.
    Memory {
        /// Which slice: `"reals"`, `"words"`, `"indices"` or `"moves"`; `"offsets"` or `"free"` for a space.
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
        /// The name of the parameter.
        parameter: &'static str,
    },
    /// `block == 0`, or a block has more than 65,536 joint states.
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
    /// Sites are observed, but the sweeps of the target do not [hold](crate::Sweep::holds_sites) them.
    HeldSites,
    /// The target is not of the form that cluster moves need: see [`Pairwise`](crate::Pairwise).
    NotPairwise,
    /// For a [`Bridge`](crate::Bridge): `t < 0`, `t > 1` or NaN.
    Fraction,
    /// A weight of a [`Bridge`](crate::Bridge) is infinite or NaN.
    Weights,
    /// The spaces of the two targets of a [`Bridge`](crate::Bridge) differ.
    Spaces {
        /// The first site at which they differ; `None` if their sizes or encodings differ.
        site: Option<usize>,
    },
    /// `steps == 0`.
    Steps,
    /// `beta < 0`, infinite or NaN; or 0 where ratios of inverse temperatures are computed.
    Beta,
    /// Fewer than two inverse temperatures, or one that is negative, not finite, or not below the previous one.
    Ladder {
        /// The level, from 0; the number of levels if there are too few.
        level: usize,
    },
    /// The assignment of walkers to levels does not contain every walker exactly once.
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
                    "observed: found {found} entries, needed {needed}, one per site"
                )
            }
            Self::Observed {
                site,
                found,
                states,
            } => write!(
                f,
                "observed[{site}]: found {found}, allowed are the symbols below {states}, and only the same symbol if the site is already held"
            ),
            Self::TooManyMoves => f.write_str("sites * states: more than 4294967295 moves"),
            Self::TooManyLevels { found } => {
                write!(f, "levels: found {found}, allowed are 1 to {MAX_LEVELS}")
            }
            Self::Memory {
                slice,
                found,
                needed,
            } => write!(f, "memory slice `{slice}`: found {found}, needed {needed}"),
            Self::NotPositive { parameter } => {
                write!(f, "{parameter}: must be positive and finite")
            }
            Self::Temperature => f.write_str("proposal temperature: must be positive and finite"),
            Self::Block { found } => write!(
                f,
                "sites of a block: found {found}, allowed are 1 or more, with at most 65536 joint states"
            ),
            Self::Radius { found } => write!(f, "radius: found {found}, allowed are 1 or more"),
            Self::Flips => f.write_str("flips: must be at least 1 and finite"),
            Self::Interval => f.write_str("time interval: must be positive and finite"),
            Self::Probability => f.write_str("probability: must be between 0 and 1"),
            Self::HeldSites => f.write_str("sweeps: sites are observed, but the sweeps of the target draw them too; use another kernel"),
            Self::NotPairwise => f.write_str("clusters: the target has other terms than fields and couplings of equal symbols; use another kernel"),
            Self::Fraction => f.write_str("t of a bridge: must be between 0 and 1"),
            Self::Weights => f.write_str("weights of a bridge: must be finite"),
            Self::Spaces { site: Some(site) } => write!(
                f,
                "targets of a bridge: the states or observations of site {site} differ between the two; both must have the same space"
            ),
            Self::Spaces { site: None } => f.write_str(
                "targets of a bridge: the sizes or encodings of their spaces differ; both must have the same space",
            ),
            Self::Steps => f.write_str("steps per turn: must be at least 1"),
            Self::Levels => f.write_str("assignment of walkers to levels: must contain every walker exactly once"),
            Self::Beta => f.write_str("inverse temperature: must be finite and not negative, and positive where ratios of inverse temperatures are computed"),
            Self::Ladder { level } => write!(
                f,
                "inverse temperature {level}: needed are at least 2, all finite and not negative, each below the previous one"
            ),
        }
    }
}

impl core::error::Error for Error {}
