//! Which `--thin` or `--draws` would give enough effective draws, computed from those that a run gave.

use crate::statistics::{MIN_ESS_PER_CHAIN, Statistics, least_of_all, worst_of_all};
use gwg_chains::diagnostics::SiteStatistics;

/// What is aimed at, as a multiple of what is needed: an ESS is an estimate.
const MARGIN: f64 = 1.5;
/// R-hat above which the chains may stand in different modes, where their autocorrelation says nothing of the time between them.
const RESOLVED_RHAT: f64 = 1.05;
/// Effective draws per chain below which an autocorrelation time is not resolved.
const RESOLVED_ESS: f64 = 10.0;

/// The size of a run, and what a step costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) chains: usize,
    /// Draws per chain.
    pub(crate) draws: usize,
    pub(crate) thin: u64,
    /// Steps of all chains per second; `None` where it is not known.
    pub(crate) steps_per_second: Option<f64>,
}

impl Effort {
    /// Draws of all chains.
    fn total(&self) -> f64 {
        self.chains as f64 * self.draws as f64
    }

    /// The seconds that the draws take with this many steps between them.
    fn seconds(&self, draws: f64, thin: f64) -> Option<f64> {
        let steps = self.chains as f64 * draws * thin;
        Some(steps / self.steps_per_second?).filter(|seconds| seconds.is_finite())
    }
}

/// Says which number of steps between draws, or of draws, would give enough effective draws of the slowest quantity, and at least twice as many as there
/// are; `None` where its autocorrelation is not resolved.
pub(crate) fn remedy(
    statistics: &Statistics,
    sites: Option<&SiteStatistics>,
    effort: Effort,
) -> Option<String> {
    let (name, ess) = least_of_all(statistics, sites)?;
    let chains = effort.chains as f64;
    // At least twice as many: where they are enough, R-hat is not.
    let wanted = (MARGIN * MIN_ESS_PER_CHAIN * chains).max(2.0 * ess);
    let apart = worst_of_all(statistics, sites).is_some_and(|(_, rhat)| rhat > RESOLVED_RHAT);
    let resolved = ess >= RESOLVED_ESS * chains && !apart;
    if !resolved {
        return None;
    }
    let (change, draws, thin, given) = match thinned(effort, ess, wanted) {
        Some((thin, given)) => (format!("--thin {thin}"), effort.draws as f64, thin, given),
        None => {
            let draws = two_digits_up(effort.draws as f64 * wanted / ess);
            let given = ess * draws / effort.draws as f64;
            (format!("--draws {draws}"), draws, effort.thin as f64, given)
        }
    };
    let takes = effort.seconds(draws, thin);
    let takes = takes.map_or_else(String::new, |seconds| format!(" in {}", time(seconds)));
    let given = two_digits(given);
    Some(format!(
        "{name} is the slowest: {change} gives about {given} effective draws of it{takes}, in place of {ess:.0}"
    ))
}

/// The steps between as many draws that give so many effective ones, and how many these are; `None` where there are too few draws for it.
///
/// Correlations are taken to fall geometrically, so that those of draws `k` times as far apart are the `k`-th power.
fn thinned(effort: Effort, ess: f64, wanted: f64) -> Option<(f64, f64)> {
    let total = effort.total();
    // Independent draws would have to be more than are wanted by far.
    if total < 2.0 * wanted {
        return None;
    }
    let correlation = |ess: f64| (total - ess) / (total + ess);
    let times = correlation(wanted).ln() / correlation(ess).ln();
    let thin = two_digits_up(times * effort.thin as f64);
    let power = correlation(ess).powf(thin / effort.thin as f64);
    let given = total * (1.0 - power) / (1.0 + power);
    (thin.is_finite() && given.is_finite()).then_some((thin, given))
}

/// Rounds to two significant digits.
fn two_digits(x: f64) -> f64 {
    let unit = unit(x);
    (x / unit).round() * unit
}

fn two_digits_up(x: f64) -> f64 {
    let unit = unit(x);
    (x / unit).ceil() * unit
}

/// The place of the second significant digit, at least 1.
fn unit(x: f64) -> f64 {
    10_f64.powi((x.log10().floor() as i32 - 1).max(0))
}

/// A time in the unit in which it is read.
fn time(seconds: f64) -> String {
    match seconds {
        ..0.95 => "less than 1 s".into(),
        ..100.0 => format!("{seconds:.0} s"),
        ..6000.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.0} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_chains::diagnostics::Summary;

    fn said(ess: f64, rhat: f64, effort: Effort) -> Option<String> {
        let summary = Summary {
            ess_bulk: Some(ess),
            rhat: Some(rhat),
            ..Summary::default()
        };
        let statistics = [("order", summary)].into_iter().collect();
        remedy(&statistics, None, effort)
    }

    const EFFORT: Effort = Effort {
        chains: 4,
        draws: 1000,
        thin: 100,
        steps_per_second: Some(2e5),
    };

    #[test]
    fn more_steps_between_draws_are_advised_with_what_they_give() {
        // Correlation 19/21 from draw to draw, 17/23 is wanted: 3.02 times the steps, and 1.24e6 of them at 2e5 per second.
        assert_eq!(
            said(200.0, 1.004, EFFORT).unwrap(),
            "order is the slowest: --thin 310 gives about 620 effective draws of it in 6 s, in place of 200"
        );
        let unknown = Effort {
            steps_per_second: None,
            ..EFFORT
        };
        assert!(
            said(200.0, 1.004, unknown)
                .unwrap()
                .contains("draws of it, in place")
        );
    }

    #[test]
    fn a_chain_of_known_correlation_is_thinned_as_much_as_it_needs() {
        let rho: f64 = 0.999;
        let effective = |k: f64| 4000.0 * (1.0 - rho.powf(k)) / (1.0 + rho.powf(k));
        let one = Effort { thin: 1, ..EFFORT };
        let (thin, given) = thinned(one, effective(1.0), 600.0).unwrap();
        assert!(effective(thin) >= 600.0 && effective(0.9 * thin) < 600.0);
        assert!((given - effective(thin)).abs() < 1e-6);
    }

    #[test]
    fn more_draws_are_advised_where_all_of_them_are_too_few() {
        let few = Effort {
            draws: 200,
            ..EFFORT
        };
        assert_eq!(
            said(300.0, 1.0, few).unwrap(),
            "order is the slowest: --draws 400 gives about 600 effective draws of it in less than 1 s, in place of 300"
        );
    }

    #[test]
    fn nothing_is_promised_of_what_is_not_resolved() {
        assert_eq!(said(30.0, 1.0, EFFORT), None);
        assert_eq!(said(200.0, 1.06, EFFORT), None);
        assert_eq!(said(f64::NAN, 1.0, EFFORT), None);
        assert!(said(40.0, 1.05, EFFORT).is_some());
        // Enough, but for R-hat.
        let twice = said(500.0, 1.012, EFFORT).unwrap();
        assert!(twice.contains("about 1000 effective draws"), "{twice}");
    }

    #[test]
    fn figures_have_two_digits_and_times_a_unit() {
        assert_eq!(
            [3.2, 99.5, 101.0, 8123.0].map(two_digits_up),
            [4.0, 100.0, 110.0, 8200.0]
        );
        assert_eq!([3.2, 614.0].map(two_digits), [3.0, 610.0]);
        let times = [0.2, 12.3, 130.0, 7300.0].map(time);
        assert_eq!(times, ["less than 1 s", "12 s", "2 min", "2 h"]);
    }
}
