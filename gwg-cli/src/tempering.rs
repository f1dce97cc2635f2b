//! What is told of replicas and of annealing, where they are used.

use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::table::number;
use gwg_chains::{Outcome, RunError, Tempered, Tempering};
use serde_json::{Map, Value, json};

/// Below this few states come down the ladder.
const LOW: f64 = 0.1;

/// Where the hottest replica is, unless told.
const HOTTEST: f64 = 0.1;
/// How often replicas swap, unless told.
const SWAP_EVERY: u64 = 10;

/// The ladder asked for; of one rung where no replicas were.
pub(crate) fn ladder(flags: &SampleFlags) -> Result<Tempering, RunError> {
    Ok(Tempering {
        swap_every: flags.swap_every.unwrap_or(SWAP_EVERY),
        ..Tempering::geometric(flags.replicas, flags.hottest.unwrap_or(HOTTEST))?
    })
}

/// Refuses what only replicas heed where there are none.
pub(crate) fn check(flags: &SampleFlags) -> Result<(), Failure> {
    let set = [
        ("hottest", flags.hottest.is_some()),
        ("swap-every", flags.swap_every.is_some()),
    ];
    match set.iter().find(|(_, set)| *set && flags.replicas == 1) {
        Some((flag, _)) => Err(Failure::usage(format!(
            "--{flag}: there are no replicas to heed it; set --replicas to 2 or more, or leave it out"
        ))),
        None => Ok(()),
    }
}

/// What was asked for beyond plain chains.
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

/// What became of the swaps.
pub(crate) fn json(tempered: &Tempered) -> Value {
    json!({
        "betas": tempered.betas,
        "swap_acceptance": tempered.swap_acceptance(),
        "round_trips": tempered.round_trips,
    })
}

/// The least swap acceptance, with the level it is of.
fn least(tempered: &Tempered) -> Option<(usize, f64)> {
    let found = tempered.swap_acceptance().into_iter().enumerate();
    found
        .filter_map(|(level, a)| a.map(|a| (level, a)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Advice where the ladder is broken somewhere, or carries nothing down.
pub(crate) fn warning(outcome: &Outcome) -> Option<String> {
    let tempered = outcome.tempered.as_ref()?;
    let Some((level, a)) = least(tempered) else {
        return (outcome.draws > 0).then(|| {
            "no swap of replicas was tried: draw more, or swap more often (--swap-every)".into()
        });
    };
    let (cold, hot) = (tempered.betas.get(level)?, tempered.betas.get(level + 1)?);
    if a < LOW {
        return Some(format!(
            "swap acceptance {a:.4} between beta {} and {} is under {LOW}: replicas hardly pass; raise --replicas, or --hottest",
            number(*cold),
            number(*hot)
        ));
    }
    (tempered.round_trips == 0).then(|| {
        "no replica went from the target's temperature to the hottest and came back: nothing was carried down; run longer (--thin, --draws), or raise --hottest with fewer --replicas".into()
    })
}

/// The table's line.
pub(crate) fn line(outcome: &Outcome) -> String {
    let Some(tempered) = &outcome.tempered else {
        return String::new();
    };
    let hottest = tempered.betas.last().copied().unwrap_or(f64::NAN);
    let swaps = least(tempered).map_or_else(
        || "no swap tried".into(),
        |(_, a)| format!("least swap acceptance {}", number(a)),
    );
    format!(
        "replicas {} a chain, beta down to {}; {swaps}, {} round trips\n",
        tempered.betas.len(),
        number(hottest),
        tempered.round_trips
    )
}
