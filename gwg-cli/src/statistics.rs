//! Statistics of recorded quantities, and the warnings derived from them.

use crate::flags::Float;
use crate::named::Named;
use crate::remedy::{Effort, remedy};
use gwg_chains::diagnostics::{self, MIN_DRAWS, SiteFigure, SiteStatistics};
use gwg_chains::{Outcome, Quantity, QuantityDraws, Summaries};
use gwg_models::io::visible;

pub(crate) use gwg_chains::diagnostics::RHAT;

/// The ESS per chain below which a run warns (Vehtari et al. 2021: 400 for four chains).
pub(crate) const MIN_ESS_PER_CHAIN: f64 = 100.0;

/// Formats an R-hat with `digits` decimals, or with as many more as show on which side of the threshold it is.
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

/// Values of a quantity that are kept, of all chains together.
const KEPT: usize = 1 << 19;

/// Draws of a chain that are kept at least.
const KEPT_AT_LEAST: usize = 1000;

/// The most draws of each chain of which quantities are kept; of longer runs it is every second, fourth, .. draw.
pub(crate) fn kept_draws(chains: usize) -> usize {
    (KEPT / chains.max(1)).max(KEPT_AT_LEAST)
}

/// Summaries of the recorded quantities, in display order.
pub(crate) type Statistics = Named<diagnostics::Summary>;

/// Returns the summaries of recorded quantities.
///
/// # Cost
/// One sort of all draws per quantity.
pub(crate) fn statistics(quantities: &QuantityDraws, chains: usize, draws: usize) -> Statistics {
    let all = Summaries::of(quantities, chains, draws);
    // The names of a trace are those of its folders.
    all.iter().map(|(name, s)| (visible(name), *s)).collect()
}

/// Of random projections, which are alike, the worst alone: of those above the limit of R-hat the one with the largest, else that with the least bulk ESS.
pub(crate) fn with_worst_projection(
    statistics: &Statistics,
) -> impl Iterator<Item = (&str, &diagnostics::Summary)> {
    let projections = statistics.iter().filter(|(name, _)| is_projection(name));
    let key = |s: &diagnostics::Summary| {
        let rhat = s.rhat.filter(|&rhat| rhat > RHAT).unwrap_or(0.0);
        (rhat, -s.ess_bulk.unwrap_or(f64::INFINITY))
    };
    let worst = projections.max_by(|(_, a), (_, b)| {
        let (a, b) = (key(a), key(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let worst = worst.map(|(name, _)| name);
    statistics
        .iter()
        .filter(move |(name, _)| !is_projection(name) || Some(*name) == worst)
}

fn is_projection(name: &str) -> bool {
    Quantity::<u8>::is_projection(name)
}

/// The quantity with the least bulk ESS; `None` where that of all is undefined.
pub(crate) fn least_ess(statistics: &Statistics) -> Option<(&str, f64)> {
    let defined = statistics
        .iter()
        .filter_map(|(name, s)| Some((name, s.ess_bulk?)));
    defined.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The quantity or the site with the least bulk ESS.
pub(crate) fn least_of_all(
    statistics: &Statistics,
    sites: Option<&SiteStatistics>,
) -> Option<(String, f64)> {
    let quantity = least_ess(statistics).map(|(name, ess)| (name.to_owned(), ess));
    let site = sites.and_then(|sites| sites.least_ess);
    let site = site.and_then(|site| Some((site_name(&site), site.ess?)));
    let both = quantity.into_iter().chain(site);
    both.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The worst R-hat of quantities, or that of a site where the chains disagree on it.
pub(crate) fn worst_of_all(
    statistics: &Statistics,
    sites: Option<&SiteStatistics>,
) -> Option<(String, f64)> {
    let quantities = statistics.iter();
    let all = quantities.filter_map(|(name, s)| Some((name.to_owned(), s.rhat?)));
    let sites = sites.filter(|sites| sites.disagree > 0);
    let site = sites.and_then(|sites| sites.worst.first());
    let site = site.and_then(|site| Some((site_name(site), site.rhat?)));
    all.chain(site).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// A site by its number, with the symbol where there are more than two.
pub(crate) fn site_name(figure: &SiteFigure) -> String {
    let site = figure.site;
    match figure.symbol {
        Some(1) => format!("site {site}"),
        Some(symbol) => format!("site {site} = {symbol}"),
        None => format!("site {site}, half of its symbols"),
    }
}

/// Returns a warning for each problem found, and what would mend the slowest quantity.
pub(crate) fn warnings(
    (statistics, sites): (&Statistics, Option<&SiteStatistics>),
    effort: Effort,
    acceptance: Option<f64>,
) -> Vec<String> {
    let Effort { chains, draws, .. } = effort;
    let mut found = Vec::new();
    if draws == 0 {
        found.push("the run ended in its warm-up, before the first draw".to_owned());
    } else if draws < MIN_DRAWS {
        found.push(format!(
            "{draws} draws are too few for R-hat and ESS; draw at least {MIN_DRAWS}, preferably 1000"
        ));
    }
    if chains == 1 {
        found.push("R-hat is undefined for one chain; run at least 4 chains".into());
    }
    // Where another quantity changes, the chains move, and this one is constant by nature: `f` of a flat model.
    let moves = statistics
        .iter()
        .any(|(_, s)| s.sd.is_some_and(|sd| sd > 0.0));
    let constant = |s: &diagnostics::Summary| moves && s.sd == Some(0.0);
    let judged = with_worst_projection(statistics).filter(|(_, s)| !constant(s));
    let mut slow = Vec::new();
    for (name, s) in judged.filter(|_| draws >= MIN_DRAWS) {
        slow.extend(advice(name, s, chains));
    }
    if let Some(sites) = sites.filter(|_| draws >= MIN_DRAWS) {
        slow.extend(of_sites(sites, chains));
    }
    if !slow.is_empty() {
        slow.extend(remedy(statistics, sites, effort));
    }
    found.extend(slow);
    if let Some(a) = acceptance.filter(|&a| a < 0.05) {
        found.push(format!(
            "acceptance {a:.4}: almost every proposal is rejected; try --sampler lb:balance=barker or gibbs"
        ));
    }
    found
}

/// What is wrong with the symbols of the sites.
fn of_sites(sites: &SiteStatistics, chains: usize) -> Option<String> {
    let wanted = MIN_ESS_PER_CHAIN * chains as f64;
    if let (1.., Some(worst)) = (sites.disagree, sites.worst.first()) {
        let rhat = worst.rhat.filter(|r| r.is_finite());
        let rhat = rhat.map_or_else(|| "infinite".to_owned(), |r| rhat_text(r, 3));
        return Some(format!(
            "{}: R-hat {rhat} > {}: the chains disagree, at {} of {} sites and symbols; run longer, try another --sampler, or, where they stand in different modes, --replicas",
            site_name(worst),
            rhat_text(sites.limit, 3),
            sites.disagree,
            sites.judged,
        ));
    }
    let least = sites.least_ess?;
    let ess = least.ess.filter(|&ess| ess < wanted)?;
    Some(format!(
        "{}: bulk ESS {ess:.0} is below {wanted:.0} (100 per chain): the means of sites are imprecise; increase --draws or --thin",
        site_name(&least)
    ))
}

/// A warning where differences of `f` have a larger error than this.
const ROUNDING: f64 = 1e-3;

/// Whether the differences of the model, of which `beta` times has this error, are exact enough in this precision.
pub(crate) fn of_rounding(error: f64, float: Float) -> Option<String> {
    let advice = match float {
        Float::F32 => "sample with --float f64",
        Float::F64 => "scale the terms of the model down, or merge sites that are always equal",
    };
    (error > ROUNDING).then(|| {
        format!(
            "differences of f have errors up to {error:.2e} in {}: terms cancel that are much larger than their sum, and the distribution sampled from may be another one; {advice}",
            float.name()
        )
    })
}

fn advice(name: &str, s: &diagnostics::Summary, chains: usize) -> Option<String> {
    let wanted = MIN_ESS_PER_CHAIN * chains as f64;
    let low = |ess: Option<f64>| ess.filter(|&e| e < wanted);
    if s.sd == Some(0.0) {
        return Some(format!(
            "{name} is the same in every draw, so R-hat and ESS are undefined; if the chains are stuck, run longer or lower --beta"
        ));
    }
    match s.rhat {
        Some(rhat) if rhat.is_infinite() => {
            return Some(format!(
                "{name}: each chain is stuck at a different value (R-hat is infinite); run longer or lower --beta"
            ));
        }
        Some(rhat) if rhat > RHAT => {
            return Some(format!(
                "{name}: R-hat {} > {RHAT}: the chains have not converged; run longer (--warmup, --draws, --thin) or try another --sampler",
                rhat_text(rhat, 3)
            ));
        }
        _ => {}
    }
    if let Some(ess) = low(s.ess_bulk) {
        return Some(format!(
            "{name}: bulk ESS {ess:.0} is below {wanted:.0} (100 per chain): means are imprecise; increase --draws or --thin"
        ));
    }
    low(s.ess_tail).map(|ess| {
        format!(
            "{name}: tail ESS {ess:.0} is below {wanted:.0} (100 per chain): quantiles are imprecise; increase --draws or --thin"
        )
    })
}

/// Steps of all chains while sampling. For a cycle of samplers, a step is the whole cycle.
pub(crate) fn steps<S>(outcome: &Outcome<S>, thin: u64) -> u64 {
    let draws = (outcome.chains * outcome.draws) as u64;
    draws.saturating_mul(thin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_a_sign_of_stuck_chains_only_where_nothing_changes() {
        let still = diagnostics::Summary {
            mean: Some(1.0),
            sd: Some(0.0),
            ..Default::default()
        };
        let moving = diagnostics::Summary {
            sd: Some(2.0),
            ess_bulk: Some(4000.0),
            ess_tail: Some(4000.0),
            rhat: Some(1.0),
            ..still
        };
        let said = |log_prob, hamming| {
            let pairs = [
                ("log_prob".to_owned(), log_prob),
                ("hamming".to_owned(), hamming),
            ];
            let effort = Effort {
                chains: 4,
                draws: 1000,
                thin: 1,
                steps_per_second: None,
            };
            warnings((&pairs.into_iter().collect(), None), effort, Some(1.0))
        };
        assert!(said(still, moving).is_empty());
        assert!(said(moving, moving).is_empty());
        assert_eq!(said(still, still).len(), 2);
        assert!(said(still, still)[0].contains("log_prob is the same in every draw"));
    }

    #[test]
    fn of_projections_the_worst_is_shown() {
        let of = |rhat, ess| diagnostics::Summary {
            rhat: Some(rhat),
            ess_bulk: Some(ess),
            ..Default::default()
        };
        let names = |figures: [(f64, f64); 3]| -> Vec<String> {
            let all = figures.iter().enumerate();
            let all = all.map(|(k, &(rhat, ess))| (format!("projection_{k}"), of(rhat, ess)));
            let all: Statistics = [("log_prob".to_owned(), of(1.0, 9.0))]
                .into_iter()
                .chain(all)
                .collect();
            with_worst_projection(&all)
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        let least = names([(1.0, 500.0), (1.009, 600.0), (1.0, 400.0)]);
        assert_eq!(least, ["log_prob", "projection_2"]);
        let largest = names([(1.011, 500.0), (f64::INFINITY, 600.0), (1.0, 400.0)]);
        assert_eq!(largest, ["log_prob", "projection_1"]);
    }

    #[test]
    fn r_hat_is_never_rounded_across_the_threshold() {
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
