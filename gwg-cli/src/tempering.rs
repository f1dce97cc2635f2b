//! Parallel tempering and annealing: flags, JSON fields, warnings, and the line in the table.

use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::table::number;
use gwg_chains::{Outcome, RunError, SwapStatistics, Tempering};
use serde_json::{Map, Value, json};

/// Swap acceptance below which the temperature ladder is reported as broken.
const LOW: f64 = 0.1;

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

/// Adds the tempering and annealing settings to the configuration.
pub(crate) fn configuration(flags: &SampleFlags, map: &mut Map<String, Value>) {
    if flags.replicas > 1 {
        map.insert("replicas".into(), flags.replicas.into());
        map.insert("hottest".into(), flags.hottest.unwrap_or(HOTTEST).into());
        map.insert(
            "swap_every".into(),
            flags.swap_every.unwrap_or(SWAP_EVERY).into(),
        );
    }
    if let Some(anneal) = flags.anneal {
        map.insert("anneal".into(), anneal.into());
    }
}

/// Converts swap statistics to JSON.
pub(crate) fn json(tempered: &SwapStatistics) -> Value {
    json!({
        "betas": tempered.betas,
        "swap_acceptance": tempered.swap_acceptance(),
        "round_trips": tempered.round_trips,
    })
}

/// The smallest swap acceptance and the index of its pair of temperatures.
fn least(tempered: &SwapStatistics) -> Option<(usize, f64)> {
    let found = tempered.swap_acceptance().into_iter().enumerate();
    found
        .filter_map(|(level, a)| a.map(|a| (level, a)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Returns a warning if some pair of replicas rarely swaps or no round trip was completed.
pub(crate) fn warning(outcome: &Outcome) -> Option<String> {
    let tempered = outcome.swaps.as_ref()?;
    let Some((level, a)) = least(tempered) else {
        return (outcome.draws > 0).then(|| {
            "no swap of replicas was attempted; increase --draws, or decrease --swap-every".into()
        });
    };
    let (cold, hot) = (tempered.betas.get(level)?, tempered.betas.get(level + 1)?);
    if a < LOW {
        return Some(format!(
            "swap acceptance {a:.4} between beta {} and {} is below {LOW}: replicas rarely swap; raise --replicas or --hottest",
            number(*cold),
            number(*hot)
        ));
    }
    (tempered.round_trips == 0).then(|| {
        "no round trips: no replica went from the target's temperature to the hottest and back; run longer (--thin, --draws), or raise --hottest with fewer --replicas".into()
    })
}

/// Formats the line of the table.
pub(crate) fn line(outcome: &Outcome) -> String {
    let Some(tempered) = &outcome.swaps else {
        return String::new();
    };
    let hottest = tempered.betas.last().copied().unwrap_or(f64::NAN);
    let swaps = least(tempered).map_or_else(
        || "no swap attempted".into(),
        |(_, a)| format!("minimum swap acceptance {}", number(a)),
    );
    format!(
        "replicas {} per chain, beta down to {}; {swaps}, {} round trips\n",
        tempered.betas.len(),
        number(hottest),
        tempered.round_trips
    )
}
