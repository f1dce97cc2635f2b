//! The results of a run: table, JSON and page are made of this value.

use super::{Origin, Settings};
use crate::named::Named;
use crate::remedy::Effort;
use crate::statistics::{self, Statistics};
use crate::tempering::Swaps;
use gwg_chains::Outcome;
use gwg_chains::diagnostics::SiteStatistics;
use gwg_registry::SamplerSpec;
use serde::{Serialize, Serializer};

/// The `--summary` object. What is undefined is `None`, which JSON writes as `null`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RunResult {
    #[serde(flatten)]
    pub(crate) settings: Settings,
    #[serde(flatten)]
    pub(crate) origin: Origin,
    pub(crate) threads: usize,
    /// Draws of each chain that were made before the run was resumed.
    #[serde(rename = "resumed_from", skip_serializing_if = "is_zero")]
    pub(crate) restored: usize,
    /// Of a resumed run, since then.
    pub(crate) seconds: Seconds,
    /// Steps of all chains after warm-up.
    pub(crate) steps: u64,
    pub(crate) steps_per_second: Option<f64>,
    pub(crate) acceptance: Option<f64>,
    /// Mean number of sites changed per step.
    pub(crate) hops: Option<f64>,
    pub(crate) evaluations: Evaluations,
    /// What warm-up adapted, over chains.
    pub(crate) adapted: Named<Spread>,
    pub(crate) statistics: Statistics,
    /// R-hat, ESS and MCSE of the statistics are those of every such draw; means and standard deviations are of all.
    #[serde(rename = "statistics_of_every", skip_serializing_if = "is_one")]
    pub(crate) every: usize,
    /// R-hat and ESS of the symbols of the sites.
    pub(crate) site_statistics: Option<SiteStatistics>,
    /// The quantity or the site with the least bulk ESS, of which the next two are.
    pub(crate) ess_of: Option<String>,
    pub(crate) ess_per_second: Option<f64>,
    pub(crate) ess_per_step: Option<f64>,
    pub(crate) means: Option<Means>,
    pub(crate) warnings: Vec<String>,
    /// True if each draw is independent of all others by the sampler, which says more than its statistics.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) independent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tempering: Option<Swaps>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Seconds {
    pub(crate) warmup: f64,
    pub(crate) sampling: f64,
}

/// Evaluations of the model, of all chains and replicas.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Evaluations {
    pub(crate) values: u64,
    pub(crate) gradients: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) mean: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Frequencies of states over all draws; as JSON, one row per site.
#[derive(Clone, Debug)]
pub(crate) struct Means {
    /// States of a site.
    pub(crate) states: usize,
    /// Of state 1 at each site where there are two states, else (site, state), row-major.
    pub(crate) shares: Vec<f64>,
}

impl Serialize for Means {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.states {
            2 => self.shares.serialize(serializer),
            states => serializer.collect_seq(self.shares.chunks(states)),
        }
    }
}

impl RunResult {
    /// The results of a run with these settings.
    ///
    /// # Cost
    /// One sort of all draws per statistic.
    pub(crate) fn new<S>(
        settings: Settings,
        sampler: &SamplerSpec,
        outcome: &Outcome<S>,
        rounding: Option<f64>,
    ) -> Self {
        let counts = outcome.counts;
        let steps = statistics::steps(outcome, settings.thin) as f64;
        let share_here = 1.0 - outcome.restored as f64 / outcome.draws.max(1) as f64;
        let ratio = |a: f64, b: f64| Some(a / b).filter(|r| r.is_finite());
        let seconds = Seconds {
            warmup: outcome.seconds.0.as_secs_f64(),
            sampling: outcome.seconds.1.as_secs_f64(),
        };
        let kept = outcome.kept();
        let statistics = statistics::statistics(&outcome.quantities, outcome.chains, kept);
        let sites = outcome.site_statistics();
        let least = statistics::least_of_all(&statistics, sites.as_ref());
        let ess = least.as_ref().map(|least| least.1);
        let acceptance = ratio(counts.accepted as f64, counts.steps as f64);
        let tempering = outcome.swaps.as_ref().map(Swaps::new);
        let steps_per_second = ratio(steps * share_here, seconds.sampling);
        let draws = outcome.draws;
        let effort = Effort {
            chains: outcome.chains,
            draws,
            thin: settings.thin,
            steps_per_second,
        };
        let mut warnings = notices(&settings, sampler, outcome);
        warnings.extend(rounding.and_then(|error| statistics::of_rounding(error, settings.float)));
        let independent = sampler.is_independent() && draws > 0;
        if !independent {
            let judged = (&statistics, sites.as_ref());
            warnings.extend(statistics::warnings(judged, effort, acceptance));
        }
        warnings.extend(tempering.as_ref().and_then(|swaps| swaps.warning(draws)));
        Self {
            origin: Origin::new(&settings),
            threads: outcome.threads,
            restored: outcome.restored,
            steps: statistics::steps(outcome, settings.thin),
            steps_per_second,
            acceptance,
            hops: ratio(counts.sites_changed as f64, steps),
            evaluations: Evaluations {
                values: counts.values,
                gradients: counts.gradients,
            },
            adapted: adapted(sampler, outcome),
            ess_of: least.map(|least| least.0),
            ess_per_second: ess.and_then(|ess| ratio(ess * share_here, seconds.sampling)),
            ess_per_step: ess.and_then(|ess| ratio(ess, steps)),
            means: means(outcome, settings.states),
            settings: Settings { draws, ..settings },
            seconds,
            statistics,
            every: outcome.quantities.every(),
            site_statistics: sites,
            warnings,
            independent,
            tempering,
        }
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_one(n: &usize) -> bool {
    *n == 1
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// Warnings that do not depend on the statistics.
fn notices<S>(settings: &Settings, sampler: &SamplerSpec, outcome: &Outcome<S>) -> Vec<String> {
    let mut found = Vec::new();
    if outcome.interrupted {
        let why = match (&outcome.failure, &outcome.invalid) {
            (Some(_), _) => "ended by a failed evaluation of the model",
            (None, Some(_)) => "ended by an invalid value of the model",
            (None, None) => "interrupted",
        };
        let (draws, planned) = (outcome.draws, settings.draws);
        found.push(format!("{why} after {draws} of {planned} draws"));
    }
    found.extend(sampler.bias().map(String::from));
    found
}

/// What the chains tuned in warm-up.
fn adapted<S>(sampler: &SamplerSpec, outcome: &Outcome<S>) -> Named<Spread> {
    let keys = sampler.tuned();
    let of = |k: usize| {
        let values = outcome.tuning.iter().skip(k).step_by(keys.len());
        let count = values.len();
        let spread = Spread {
            mean: values.clone().sum::<f64>() / count as f64,
            min: values.clone().copied().fold(f64::INFINITY, f64::min),
            max: values.copied().fold(f64::NEG_INFINITY, f64::max),
        };
        (count > 0).then_some(spread)
    };
    let pairs = keys.iter().enumerate();
    pairs
        .filter_map(|(k, key)| Some((key.as_str(), of(k)?)))
        .collect()
}

fn means<S>(outcome: &Outcome<S>, states: usize) -> Option<Means> {
    let total = (outcome.chains * outcome.draws) as f64;
    let shares = outcome.symbol_counts.iter().map(|&n| n as f64 / total);
    (outcome.draws > 0).then(|| Means {
        states,
        shares: shares.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sound_result;
    use serde_json::json;

    #[test]
    fn undefined_figures_are_null_and_absent_settings_are_left_out() {
        let mut result = sound_result();
        let s = result.statistics.iter().next().map(|(_, s)| *s).unwrap();
        let stuck = gwg_chains::diagnostics::Summary {
            rhat: Some(f64::INFINITY),
            ess_bulk: None,
            ..s
        };
        result.statistics = [("log_prob", s), ("order", stuck)].into_iter().collect();
        let json = serde_json::to_value(&result).unwrap();
        assert_eq!(json["hops"], json!(null));
        assert_eq!(json["statistics"]["order"]["rhat"], json!(null));
        assert_eq!(json["statistics"]["order"]["ess_bulk"], json!(null));
        assert_eq!(json["statistics"]["order"]["sd"], json!(21.3));
        assert_eq!(json["adapted"], json!({}));
        for absent in ["turn", "kind", "clamp", "replicas", "anneal", "tempering"] {
            assert!(json.get(absent).is_none(), "{absent}");
        }
        assert_eq!(
            (&json["float"], &json["beta"]),
            (&json!("f32"), &json!(1.0))
        );
    }

    #[test]
    fn means_are_one_number_or_one_row_per_site() {
        let json = |states| {
            let shares = vec![0.5, 0.25, 0.25, 1.0, 0.0, 0.0];
            serde_json::to_value(Means { states, shares }).unwrap()
        };
        assert_eq!(json(2), json!([0.5, 0.25, 0.25, 1.0, 0.0, 0.0]));
        assert_eq!(json(3), json!([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]]));
    }
}
