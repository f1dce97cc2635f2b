//! Parallel tempering: flags, settings, results, warnings, and the line in the table.

use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::table::number;
use gwg_chains::{RunError, SwapStatistics, Tempering};
use serde::{Deserialize, Serialize};

/// Swap acceptance below which the temperature ladder is reported as broken.
pub(crate) const LOW: f64 = 0.1;

/// Default of `--hottest`.
const HOTTEST: f64 = 0.1;
/// Default of `--swap-every`.
const SWAP_EVERY: u64 = 10;

/// Builds the temperature ladder from the flags; without replicas it has one temperature.
pub(crate) fn ladder(flags: &SampleFlags) -> Result<Tempering, RunError> {
    Ok(Tempering {
        swap_every: flags.swap_every.unwrap_or(SWAP_EVERY),
        ..Tempering::geometric(flags.replicas, flags.hottest.unwrap_or(HOTTEST))?
    })
}

/// Rejects flags that have no effect without replicas.
pub(crate) fn check(flags: &SampleFlags) -> Result<(), Failure> {
    let set = [
        ("hottest", flags.hottest.is_some()),
        ("swap-every", flags.swap_every.is_some()),
    ];
    match set.iter().find(|(_, set)| *set && flags.replicas == 1) {
        Some((flag, _)) => Err(Failure::usage(format!(
            "--{flag}: requires --replicas of at least 2; set --replicas, or omit --{flag}"
        ))),
        None => Ok(()),
    }
}

/// The settings of the temperature ladder.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Ladder {
    /// Replicas of each chain.
    pub(crate) replicas: usize,
    /// Inverse temperature of the hottest one, as a fraction of `--beta`.
    pub(crate) hottest: f64,
    /// Steps between rounds of swaps.
    pub(crate) swap_every: u64,
}

impl Ladder {
    /// The settings; `None` where each chain has one replica.
    pub(crate) fn new(flags: &SampleFlags) -> Option<Self> {
        (flags.replicas > 1).then(|| Self {
            replicas: flags.replicas,
            hottest: flags.hottest.unwrap_or(HOTTEST),
            swap_every: flags.swap_every.unwrap_or(SWAP_EVERY),
        })
    }
}

/// Statistics of swaps after warm-up.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Swaps {
    /// Inverse temperatures, from the target's to the hottest.
    pub(crate) betas: Vec<f64>,
    /// Of each pair of adjacent temperatures; `None` where no swap was attempted.
    pub(crate) swap_acceptance: Vec<Option<f64>>,
    /// Of all replicas, from the target's temperature to the hottest and back.
    pub(crate) round_trips: u64,
}

impl Swaps {
    pub(crate) fn new(swaps: &SwapStatistics) -> Self {
        Self {
            betas: swaps.betas.clone(),
            swap_acceptance: swaps.swap_acceptance(),
            round_trips: swaps.round_trips,
        }
    }

    /// The smallest acceptance and the index of its pair of temperatures.
    fn least(&self) -> Option<(usize, f64)> {
        let found = self.swap_acceptance.iter().enumerate();
        found
            .filter_map(|(level, a)| a.map(|a| (level, a)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Returns a warning if some pair of replicas rarely swaps or no round trip was completed.
    pub(crate) fn warning(&self, draws: usize) -> Option<String> {
        let Some((level, a)) = self.least() else {
            return (draws > 0).then(|| {
                "no swap of replicas was attempted; increase --draws, or decrease --swap-every"
                    .into()
            });
        };
        let (cold, hot) = (self.betas.get(level)?, self.betas.get(level + 1)?);
        if a < LOW {
            return Some(format!(
                "swap acceptance {a:.4} between beta {} and {} is below {LOW}: replicas rarely swap; raise --replicas or --hottest",
                number(*cold),
                number(*hot)
            ));
        }
        (self.round_trips == 0).then(|| {
            "no round trips: no replica went from the target's temperature to the hottest and back; run longer (--thin, --draws), or raise --hottest with fewer --replicas".into()
        })
    }

    /// Formats the line of the table.
    pub(crate) fn line(&self) -> String {
        let hottest = self.betas.last().copied().unwrap_or(f64::NAN);
        let swaps = self.least().map_or_else(
            || "no swap attempted".into(),
            |(_, a)| format!("minimum swap acceptance {}", number(a)),
        );
        format!(
            "replicas {} per chain, beta down to {}; {swaps}, {} round trips\n",
            self.betas.len(),
            number(hottest),
            self.round_trips
        )
    }
}
