//! What is told of replicas and of annealing, where they are used.

use crate::flags::SampleFlags;
use crate::table::number;
use gwg_chains::{Outcome, Tempered};
use serde_json::{Map, Value, json};

/// Below this few states come down the ladder.
const LOW: f64 = 0.1;

/// What was asked for beyond plain chains.
pub(crate) fn configuration(flags: &SampleFlags, map: &mut Map<String, Value>) {
    if flags.replicas > 1 {
        map.insert("replicas".into(), flags.replicas.into());
        map.insert("hottest".into(), flags.hottest.into());
        map.insert("swap_every".into(), flags.swap_every.into());
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

/// Advice where the ladder is broken somewhere.
pub(crate) fn warning(outcome: &Outcome) -> Option<String> {
    let tempered = outcome.tempered.as_ref()?;
    let Some((level, a)) = least(tempered) else {
        return (outcome.draws > 0).then(|| {
            "no swap of replicas was tried: draw more, or swap more often (--swap-every)".into()
        });
    };
    let (cold, hot) = (tempered.betas.get(level)?, tempered.betas.get(level + 1)?);
    (a < LOW).then(|| {
        format!(
            "swap acceptance {a:.4} between beta {} and {} is under {LOW}: replicas hardly pass; raise --replicas, or --hottest",
            number(*cold),
            number(*hot)
        )
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
