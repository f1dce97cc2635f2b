//! The results of a run as one JSON object, and what is to be said of them.

use gwg_chains::diagnostics::{self, MIN_DRAWS};
use gwg_chains::{Outcome, Summaries};
use serde_json::{Map, Value, json};

/// Above this R-hat chains disagree (Vehtari et al. 2021, section 4).
pub(crate) const RHAT: f64 = 1.01;

/// An R-hat with so many digits, or with as many more as tell on which side of the threshold it is.
pub(crate) fn rhat_text(rhat: f64, digits: usize) -> String {
    let side = |text: &String| {
        text.parse::<f64>()
            .is_ok_and(|r| (r > RHAT) == (rhat > RHAT))
    };
    let mut found = (digits..).take(5).map(|digits| format!("{rhat:.digits$}"));
    found
        .find(side)
        .unwrap_or_else(|| format!("{rhat:.digits$}"))
}

/// One statistic of every draw, summed up.
pub(crate) type Statistics = Vec<(&'static str, diagnostics::Summary)>;

/// Summaries of the two statistics that every run has, of a trace.
pub(crate) fn statistics(
    log_prob: &[f64],
    hamming: &[f64],
    chains: usize,
    draws: usize,
) -> Statistics {
    named(Summaries::of(log_prob, hamming, chains, draws))
}

/// Those of a run.
pub(crate) fn of_run(outcome: &Outcome) -> Statistics {
    named(outcome.summary())
}

fn named(summaries: Summaries) -> Statistics {
    let Summaries { log_prob, hamming } = summaries;
    vec![("log_prob", log_prob), ("hamming", hamming)]
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
        Some(rhat) if rhat > RHAT => {
            return Some(format!(
                "{name}: R-hat {} > {RHAT}: the chains disagree; run longer (--warmup, --draws, --thin) or try another --sampler",
                rhat_text(rhat, 3)
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

/// Steps of all chains while sampling. A step is one of the run: of two samplers in turn, a whole turn of both.
pub(crate) fn steps(outcome: &Outcome, thin: u64) -> u64 {
    let draws = (outcome.chains * outcome.draws) as u64;
    draws.saturating_mul(thin)
}

/// A quotient, or null where it is undefined.
pub(crate) fn ratio(a: Option<f64>, b: f64) -> Option<f64> {
    a.map(|a| a / b).filter(|r| r.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_r_hat_is_shown_on_its_side_of_the_threshold() {
        for (rhat, digits, shown) in [
            (1.0104, 3, "1.0104"),
            (1.01004, 3, "1.01004"),
            (1.0096, 3, "1.010"),
            (1.0101, 2, "1.0101"),
            (1.016, 2, "1.02"),
            (1.01, 2, "1.01"),
            (1.0, 2, "1.00"),
            (1.01 + 1e-12, 3, "1.010"),
            (f64::NAN, 2, "NaN"),
        ] {
            assert_eq!(rhat_text(rhat, digits), shown);
        }
    }
}
