//! The results of a run as one JSON object, and what is to be said of them.

use gwg_chains::diagnostics::{self, Draws};
use gwg_chains::Outcome;
use serde_json::{Map, Value, json};

/// One statistic of every draw, summed up.
pub(crate) type Statistics = Vec<(&'static str, diagnostics::Summary)>;

/// Summaries of the two statistics that every run has.
pub(crate) fn statistics(log_prob: &[f64], hamming: &[f64], chains: usize, draws: usize) -> Statistics {
    let of = |series: &[f64]| {
        Draws::from_flat(series, chains, draws).map(|d| diagnostics::summarize(&d)).unwrap_or_default()
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
pub(crate) fn warnings(statistics: &Statistics, chains: usize, draws: usize, acceptance: Option<f64>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, s) in statistics {
        if s.sd == Some(0.0) {
            found.push(format!("{name} is the same in every draw: R-hat and ESS are undefined; the chains may be stuck, run longer or lower --beta"));
        } else if s.rhat.is_none() && draws < 4 {
            found.push(format!("{name}: {draws} draws are too few for R-hat and ESS; draw at least 4, better 1000"));
        } else if s.rhat.is_none() {
            found.push(format!("{name}: R-hat is undefined (some draws are constant within chains or not finite)"));
        }
        if let Some(rhat) = s.rhat.filter(|&r| r > 1.01) {
            found.push(format!("{name}: R-hat {rhat:.3} > 1.01: the chains disagree; run longer (--warmup, --draws, --thin) or try another --sampler"));
        }
        let wanted = 100.0 * chains as f64;
        if let Some(ess) = s.ess_bulk.filter(|&e| e < wanted) {
            found.push(format!("{name}: bulk ESS {ess:.0} is below {wanted:.0} (100 a chain): means are rough; draw more, or thin more with --thin"));
        }
    }
    if let Some(a) = acceptance.filter(|&a| a < 0.05) {
        found.push(format!("acceptance {a:.4}: almost every proposal is refused; try --sampler lb:balance=barker or gibbs"));
    }
    if chains == 1 {
        found.push("one chain: R-hat compares only its two halves; run at least 4 chains".into());
    }
    found
}

/// Mean of `x` a site, or one row of state frequencies a site.
pub(crate) fn means(outcome: &Outcome, states: usize) -> Value {
    let total = (outcome.chains * outcome.draws) as f64;
    let share = |&n: &u64| n as f64 / total;
    if outcome.draws == 0 {
        Value::Null
    } else if states == 2 {
        outcome.symbol_counts.iter().map(share).collect()
    } else {
        outcome.symbol_counts.chunks(states).map(|row| row.iter().map(share).collect::<Value>()).collect()
    }
}

/// A quotient, or null where it is undefined.
pub(crate) fn ratio(a: Option<f64>, b: f64) -> Option<f64> {
    a.map(|a| a / b).filter(|r| r.is_finite())
}
