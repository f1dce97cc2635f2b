//! The results of a run as one JSON object, and what is to be said of them.

use gwg_chains::Outcome;
use gwg_chains::diagnostics::{self, Draws, MIN_DRAWS};
use serde_json::{Map, Value, json};

/// One statistic of every draw, summed up.
pub(crate) type Statistics = Vec<(&'static str, diagnostics::Summary)>;

/// Summaries of the two statistics that every run has.
pub(crate) fn statistics(
    log_prob: &[f64],
    hamming: &[f64],
    chains: usize,
    draws: usize,
) -> Statistics {
    let of = |series: &[f64]| {
        Draws::from_flat(series, chains, draws)
            .map(|d| diagnostics::summarize(&d))
            .unwrap_or_default()
    };
    vec![("log_prob", of(log_prob)), ("hamming", of(hamming))]
}

/// Statistics as the contract has them: undefined is `null`.
pub(crate) fn statistics_json(statistics: &Statistics) -> Value {
    let mut object = Map::new();
    for (name, s) in statistics {
        object.insert(
            (*name).into(),
            json!({ "mean": s.mean, "sd": s.sd, "mcse": s.mcse, "ess_bulk": s.ess_bulk, "ess_tail": s.ess_tail, "rhat": s.rhat }),
        );
    }
    object.into()
}

/// Plain advice where something is wrong.
pub(crate) fn warnings(
    statistics: &Statistics,
    chains: usize,
    draws: usize,
    acceptance: Option<f64>,
) -> Vec<String> {
    let mut found = Vec::new();
    if draws < MIN_DRAWS {
        found.push(format!(
            "{draws} draws are too few for R-hat and ESS: draw at least {MIN_DRAWS}, better 1000"
        ));
    }
    if chains == 1 {
        found.push("one chain: R-hat is undefined; run at least 4 chains".into());
    }
    for (name, s) in statistics.iter().filter(|_| draws >= MIN_DRAWS) {
        found.extend(advice(name, s, chains));
    }
    if let Some(a) = acceptance.filter(|&a| a < 0.05) {
        found.push(format!(
            "acceptance {a:.4}: almost every proposal is refused; try --sampler lb:balance=barker or gibbs"
        ));
    }
    found
}

fn advice(name: &str, s: &diagnostics::Summary, chains: usize) -> Option<String> {
    let wanted = 100.0 * chains as f64;
    let low = |ess: Option<f64>| ess.filter(|&e| e < wanted);
    if s.sd == Some(0.0) {
        return Some(format!(
            "{name} is the same in every draw: R-hat and ESS are undefined; the chains may be stuck, run longer or lower --beta"
        ));
    }
    match s.rhat {
        Some(rhat) if rhat.is_infinite() => {
            return Some(format!(
                "{name}: each chain stands still at a value of its own (R-hat is infinite); run longer or lower --beta"
            ));
        }
        Some(rhat) if rhat > 1.01 => {
            return Some(format!(
                "{name}: R-hat {rhat:.3} > 1.01: the chains disagree; run longer (--warmup, --draws, --thin) or try another --sampler"
            ));
        }
        _ => {}
    }
    if let Some(ess) = low(s.ess_bulk) {
        return Some(format!(
            "{name}: bulk ESS {ess:.0} is below {wanted:.0} (100 a chain): means are rough; draw more, or more apart (--thin)"
        ));
    }
    low(s.ess_tail).map(|ess| {
        format!(
            "{name}: tail ESS {ess:.0} is below {wanted:.0} (100 a chain): quantiles are rough; draw more, or more apart (--thin)"
        )
    })
}

/// How often each site had each symbol counted, of all draws; nothing where there are none.
pub(crate) fn shares(outcome: &Outcome) -> Option<Vec<f64>> {
    let total = (outcome.chains * outcome.draws) as f64;
    let shares = outcome.symbol_counts.iter().map(|&n| n as f64 / total);
    (outcome.draws > 0).then(|| shares.collect())
}

/// Mean of `x` a site, or one row of state frequencies a site.
pub(crate) fn means(outcome: &Outcome, states: usize) -> Value {
    match shares(outcome) {
        Some(shares) if states == 2 => shares.into(),
        Some(shares) => shares.chunks(states).map(Value::from).collect(),
        None => Value::Null,
    }
}

/// A quotient, or null where it is undefined.
pub(crate) fn ratio(a: Option<f64>, b: f64) -> Option<f64> {
    a.map(|a| a / b).filter(|r| r.is_finite())
}
