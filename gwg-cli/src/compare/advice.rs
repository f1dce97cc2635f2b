//! Ranks samplers by ESS per second, and reports whether the difference is significant.

use super::estimate::Estimate;
use super::measure::Figures;
use super::truth::Truth;
use crate::report::text::{decade, number};
use crate::statistics::{RHAT, rhat_text};

/// Differences of more than this many standard errors are significant.
const SIGNIFICANT: f64 = 2.0;

/// Errors of means of more than this many times their largest standard deviation are none of chance.
const WRONG: f64 = 4.0;

/// What a sampler's rank depends on.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) name: String,
    /// ESS per second of `hamming`.
    pub(super) speed: Option<Estimate>,
    /// The larger R-hat of the two statistics, or that of the worst site where the chains disagree on it; `None` where one is undefined.
    pub(super) rhat: Option<f64>,
    pub(super) biased: bool,
    /// True for relaxations, which are not ranked.
    pub(super) relaxed: bool,
    /// The error of the means, where it contradicts the ESS.
    pub(super) wrong: Option<f64>,
}

impl Candidate {
    pub(super) fn new(name: &str, figures: &Figures, biased: bool) -> Self {
        let [a, b] = figures.rhat;
        let sites = Some(&figures.sites).filter(|sites| sites.disagree > 0);
        let apart = sites.and_then(|sites| sites.largest_rhat()).unwrap_or(0.0);
        Self {
            name: name.to_owned(),
            speed: figures.ess_per_second,
            rhat: a.zip(b).map(|(a, b)| a.max(b).max(apart)),
            biased,
            relaxed: false,
            wrong: None,
        }
    }

    /// A relaxation, which is not ranked: biased, or with importance weights.
    pub(super) fn relaxed(name: &str, figures: &Figures, weighted: bool) -> Self {
        Self {
            relaxed: true,
            ..Self::new(name, figures, !weighted)
        }
    }

    /// Judges the error of each chain's means, against means that have an error themselves: with so few effective draws of the worst site, it is
    /// at most half the root of their inverse. Chains that all stand in one of several modes agree, and only the truth tells.
    pub(super) fn against(mut self, rmse: Option<f64>, truth: &Truth, figures: &Figures) -> Self {
        let all = figures
            .ess
            .iter()
            .filter_map(|ess| Some(ess.as_ref()?.value));
        let least = figures.sites.least_ess.and_then(|site| site.ess);
        let ess = all.chain(least).fold(f64::INFINITY, f64::min);
        let expected = 0.5 * (figures.chains as f64 / ess).sqrt();
        let allowed = WRONG * expected.hypot(truth.error);
        self.wrong = rmse.filter(|rmse| *rmse > allowed);
        self
    }

    /// The reason why its ESS is not compared, if there is one.
    pub(super) fn fault(&self) -> Option<String> {
        if self.biased {
            return Some("biased".into());
        }
        if self.relaxed {
            return Some("weighted".into());
        }
        if let (Some(rmse), Some(..=RHAT)) = (self.wrong, self.rhat) {
            let rmse = number(rmse, 2);
            return Some(format!("rmse {rmse} contradicts its ESS"));
        }
        match self.rhat {
            Some(rhat) if rhat > RHAT => Some(format!("R-hat {}", short(rhat))),
            None => Some("R-hat undefined".into()),
            Some(_) if self.speed.is_none() => Some("ESS undefined".into()),
            Some(_) => None,
        }
    }
}

/// The recommendation, in one or two sentences.
pub(super) fn advice(all: &[Candidate]) -> String {
    let mut eligible: Vec<(&Candidate, Estimate)> = all
        .iter()
        .filter(|s| s.fault().is_none())
        .filter_map(|s| Some((s, s.speed?)))
        .collect();
    eligible.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
    let Some(&(best, speed)) = eligible.first() else {
        return none(all);
    };
    let rhat = short(best.rhat.unwrap_or(f64::NAN));
    let mut text = format!("{}: {} ESS/s", best.name, rounded(speed));
    let tied: Vec<&str> = eligible[1..]
        .iter()
        .filter(|other| !differ(speed, other.1))
        .map(|other| other.0.name.as_str())
        .collect();
    match eligible.get(1) {
        None if all.len() == 1 => {}
        None => text += ", the only eligible sampler",
        Some(next) => {
            let times = speed.value / next.1.value;
            text += &format!(", {} times the next, {}", number(times, 2), next.0.name);
        }
    }
    text += &format!("; the chains agree (R-hat {rhat})");
    if !tied.is_empty() {
        text += &format!(
            ". The difference from {} is not significant in this run: give both a larger budget",
            listed(&tied)
        );
        if tied.len() > 1 {
            text = text.replace("give both", "give all");
        }
    }
    let faults: Vec<String> = all
        .iter()
        .filter_map(|s| Some(format!("{} ({})", s.name, s.fault()?)))
        .collect();
    if !faults.is_empty() {
        let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
        text += &format!(". Not eligible: {}", listed(&faults));
    }
    text
}

fn none(all: &[Candidate]) -> String {
    let unbiased = all.iter().filter(|s| !s.biased);
    let least = unbiased
        .filter_map(|s| Some((s.rhat?, &s.name)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match least {
        Some((..=RHAT, name)) => format!(
            "no sampler is recommended: the chains agree, but the error of their means contradicts their ESS ({name}): they may all stand in one mode; start them elsewhere, or increase --steps or --seconds"
        ),
        Some((rhat, name)) => format!(
            "no sampler converged within this budget: the smallest R-hat is {} ({name}), allowed is at most {RHAT}; increase --steps or --seconds",
            short(rhat)
        ),
        None => "no sampler has a defined R-hat: chains are stuck or too short; increase --steps or --seconds, and use at least 2 --chains".into(),
    }
}

/// True if the difference is significant; false if an error is unknown.
fn differ(a: Estimate, b: Estimate) -> bool {
    match a.error.zip(b.error) {
        Some((x, y)) => (a.value - b.value).abs() > SIGNIFICANT * x.hypot(y),
        None => false,
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

fn short(rhat: f64) -> String {
    rhat_text(rhat, 2)
}

/// Formats an estimate to the first digit of its error, both by the same power of ten: `5.1e4 +- 0.3e4`, `0.0 +- 0.2`.
pub(super) fn rounded(estimate: Estimate) -> String {
    let value = estimate.value;
    let Some(error) = estimate.error.filter(|e| e.is_finite() && *e > 0.0) else {
        return number(value, 2);
    };
    if !value.is_finite() {
        return format!("{} +- {}", number(value, 2), number(error, 2));
    }
    let power = decade(value.abs().max(error));
    let digits = |unit: i32| (unit - decade(error)).clamp(0, 6) as usize;
    if (-1..3).contains(&power) {
        let digits = digits(0);
        return format!("{value:.digits$} +- {error:.digits$}");
    }
    let (unit, digits) = (10.0_f64.powi(power), digits(power));
    format!(
        "{:.digits$}e{power} +- {:.digits$}e{power}",
        value / unit,
        error / unit
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, value: f64, error: f64, rhat: f64) -> Candidate {
        let error = Some(error);
        Candidate {
            name: name.into(),
            speed: Some(Estimate { value, error }),
            rhat: Some(rhat),
            biased: false,
            relaxed: false,
            wrong: None,
        }
    }

    #[test]
    fn the_fastest_sampler_is_ranked_first_with_its_ratio_to_the_next() {
        let all = [
            candidate("gwg", 13_000.0, 500.0, 1.002),
            candidate("sweep", 51_000.0, 3000.0, 1.0),
        ];
        assert_eq!(
            advice(&all),
            "sweep: 5.1e4 +- 0.3e4 ESS/s, 3.9 times the next, gwg; the chains agree (R-hat 1.00)"
        );
    }

    #[test]
    fn differences_within_the_errors_are_not_significant() {
        let all = [
            candidate("a", 100.0, 10.0, 1.0),
            candidate("b", 90.0, 10.0, 1.0),
            candidate("c", 10.0, 1.0, 1.0),
        ];
        let said = advice(&all);
        assert!(
            said.contains("The difference from b is not significant in this run: give both"),
            "{said}"
        );
        let unknown = [
            all[0].clone(),
            Candidate {
                speed: Some(Estimate {
                    value: 1.0,
                    error: None,
                }),
                ..all[2].clone()
            },
        ];
        assert!(advice(&unknown).contains("difference from c"));
    }

    #[test]
    fn biased_and_unconverged_samplers_are_not_ranked() {
        let dula = Candidate {
            biased: true,
            ..candidate("dula", 1e6, 1.0, 1.0)
        };
        let stuck = candidate("gibbs", 1e5, 1.0, 1.0101);
        let all = [
            dula.clone(),
            stuck.clone(),
            candidate("gwg", 1e3, 10.0, 1.01),
        ];
        assert_eq!(
            advice(&all),
            "gwg: 1.00e3 +- 0.01e3 ESS/s, the only eligible sampler; the chains agree (R-hat 1.01). Not eligible: dula (biased) and gibbs (R-hat 1.0101)"
        );
        let said = advice(&[dula.clone(), stuck]);
        assert!(said.contains("smallest R-hat is 1.0101 (gibbs)"), "{said}");
        let undefined = Candidate {
            rhat: None,
            ..candidate("x", 1.0, 1.0, 1.0)
        };
        assert!(advice(&[dula, undefined]).contains("no sampler has a defined R-hat"));
        assert!(advice(&[]).contains("no sampler"));
    }

    #[test]
    fn a_wrong_mean_outweighs_an_r_hat() {
        let wrong = Candidate {
            wrong: Some(0.498),
            ..candidate("gibbs", 1000.0, 10.0, 1.0)
        };
        assert_eq!(wrong.fault().unwrap(), "rmse 0.5 contradicts its ESS");
        let said = advice(&[wrong.clone(), candidate("gwg", 10.0, 1.0, 1.001)]);
        assert!(said.starts_with("gwg: 10"), "{said}");
        assert!(said.contains("Not eligible: gibbs (rmse"), "{said}");
        let said = advice(&[wrong]);
        assert!(said.contains("contradicts their ESS (gibbs)"), "{said}");
    }

    #[test]
    fn estimates_are_rounded_to_their_error() {
        let text = |value, error| {
            rounded(Estimate {
                value,
                error: Some(error),
            })
        };
        assert_eq!(text(51_234.0, 2_900.0), "5.1e4 +- 0.3e4");
        assert_eq!(text(123.4, 5.6), "123 +- 6");
        assert_eq!(text(0.1234, 0.0056), "0.123 +- 0.006");
        assert_eq!(text(1.5e-5, 2e-6), "1.5e-5 +- 0.2e-5");
        assert_eq!(text(5.0, 0.0), "5");
        // The larger of the two has the power of ten.
        assert_eq!(text(2e-4, 0.1667), "0.0 +- 0.2");
        assert_eq!(text(2e-4, 0.001_667), "0e-3 +- 2e-3");
        assert_eq!(text(3.0, 40_000.0), "0e4 +- 4e4");
        assert_eq!(text(0.0, 0.5), "0.0 +- 0.5");
        assert_eq!(text(-0.25, 0.06), "-0.25 +- 0.06");
    }
}
