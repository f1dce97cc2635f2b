//! Which sampler is worth most, and how sure that is.

use super::estimate::Estimate;
use super::measure::Figures;
use crate::report::text::number;
use crate::summary::{RHAT, rhat_text};

/// Differences of so many standard errors are told apart.
const APART: f64 = 2.0;

/// One sampler's standing.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) name: String,
    /// ESS per second of `hamming`.
    pub(super) speed: Option<Estimate>,
    /// The larger R-hat of the two statistics; `None` where one is undefined.
    pub(super) rhat: Option<f64>,
    pub(super) biased: bool,
}

impl Standing {
    pub(super) fn new(name: &str, figures: &Figures, biased: bool) -> Self {
        let [a, b] = figures.rhat;
        Self {
            name: name.to_owned(),
            speed: figures.ess_per_second,
            rhat: a.zip(b).map(|(a, b)| a.max(b)),
            biased,
        }
    }

    /// Why its ESS does not count.
    pub(super) fn fault(&self) -> Option<String> {
        if self.biased {
            return Some("biased".into());
        }
        match self.rhat {
            Some(rhat) if rhat > RHAT => Some(format!("R-hat {}", short(rhat))),
            None => Some("R-hat undefined".into()),
            Some(_) if self.speed.is_none() => Some("ESS undefined".into()),
            Some(_) => None,
        }
    }
}

/// The advice in one sentence or two.
pub(super) fn advice(all: &[Standing]) -> String {
    let mut able: Vec<(&Standing, Estimate)> = all
        .iter()
        .filter(|s| s.fault().is_none())
        .filter_map(|s| Some((s, s.speed?)))
        .collect();
    able.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
    let Some(&(best, speed)) = able.first() else {
        return none(all);
    };
    let rhat = short(best.rhat.unwrap_or(f64::NAN));
    let mut text = format!("{}: {} ESS/s", best.name, said(speed));
    let equals: Vec<&str> = able[1..]
        .iter()
        .filter(|other| !apart(speed, other.1))
        .map(|other| other.0.name.as_str())
        .collect();
    match able.get(1) {
        None if all.len() == 1 => {}
        None => text += ", the only one whose ESS counts",
        Some(next) => {
            let times = speed.value / next.1.value;
            text += &format!(", {} times the next, {}", number(times, 2), next.0.name);
        }
    }
    text += &format!("; chains agree (R-hat {rhat})");
    if !equals.is_empty() {
        text += &format!(
            ". It cannot be told apart from {} by this run: give both a larger budget",
            listed(&equals)
        );
        if equals.len() > 1 {
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

fn none(all: &[Standing]) -> String {
    let honest = all.iter().filter(|s| !s.biased);
    let least = honest
        .filter_map(|s| Some((s.rhat?, &s.name)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match least {
        Some((rhat, name)) => format!(
            "no sampler's chains agree within this budget: the least R-hat is {} by {name}, allowed is {RHAT}; give a larger --steps or --seconds",
            short(rhat)
        ),
        None => "no sampler has a defined R-hat: chains stand still or are too short; give a larger --steps or --seconds, and at least 2 --chains".into(),
    }
}

/// True where the difference is more than chance; an unknown error settles nothing.
fn apart(a: Estimate, b: Estimate) -> bool {
    match a.error.zip(b.error) {
        Some((x, y)) => (a.value - b.value).abs() > APART * x.hypot(y),
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

/// `5.1e4 +- 0.3e4`: an estimate to the digit of its error.
pub(super) fn said(estimate: Estimate) -> String {
    let value = estimate.value;
    let Some(error) = estimate.error.filter(|e| e.is_finite() && *e > 0.0) else {
        return number(value, 2);
    };
    if value <= 0.0 || !value.is_finite() {
        return format!("{} +- {}", number(value, 2), number(error, 2));
    }
    let power = value.log10().floor();
    let unit = 10.0_f64.powf(power);
    let digits = (power - error.log10().floor()).clamp(0.0, 6.0) as usize;
    if (-1.0..3.0).contains(&power) {
        let digits = (-error.log10().floor()).clamp(0.0, 6.0) as usize;
        return format!("{value:.digits$} +- {error:.digits$}");
    }
    format!(
        "{:.digits$}e{power} +- {:.digits$}e{power}",
        value / unit,
        error / unit
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(name: &str, value: f64, error: f64, rhat: f64) -> Standing {
        let error = Some(error);
        Standing {
            name: name.into(),
            speed: Some(Estimate { value, error }),
            rhat: Some(rhat),
            biased: false,
        }
    }

    #[test]
    fn the_fastest_wins_by_how_much() {
        let all = [
            standing("gwg", 13_000.0, 500.0, 1.002),
            standing("structured", 51_000.0, 3000.0, 1.0),
        ];
        assert_eq!(
            advice(&all),
            "structured: 5.1e4 +- 0.3e4 ESS/s, 3.9 times the next, gwg; chains agree (R-hat 1.00)"
        );
    }

    #[test]
    fn what_overlaps_is_not_told_apart() {
        let all = [
            standing("a", 100.0, 10.0, 1.0),
            standing("b", 90.0, 10.0, 1.0),
            standing("c", 10.0, 1.0, 1.0),
        ];
        let said = advice(&all);
        assert!(
            said.contains("cannot be told apart from b by this run: give both"),
            "{said}"
        );
        let unknown = [
            all[0].clone(),
            Standing {
                speed: Some(Estimate {
                    value: 1.0,
                    error: None,
                }),
                ..all[2].clone()
            },
        ];
        assert!(advice(&unknown).contains("told apart from c"));
    }

    #[test]
    fn bias_and_disagreement_do_not_win() {
        let dula = Standing {
            biased: true,
            ..standing("dula", 1e6, 1.0, 1.0)
        };
        let stuck = standing("gibbs", 1e5, 1.0, 1.0101);
        let all = [
            dula.clone(),
            stuck.clone(),
            standing("gwg", 1e3, 10.0, 1.01),
        ];
        assert_eq!(
            advice(&all),
            "gwg: 1.00e3 +- 0.01e3 ESS/s, the only one whose ESS counts; chains agree (R-hat 1.01). Not eligible: dula (biased) and gibbs (R-hat 1.0101)"
        );
        let said = advice(&[dula.clone(), stuck]);
        assert!(said.contains("least R-hat is 1.0101 by gibbs"), "{said}");
        let undefined = Standing {
            rhat: None,
            ..standing("x", 1.0, 1.0, 1.0)
        };
        assert!(advice(&[dula, undefined]).contains("no sampler has a defined R-hat"));
        assert!(advice(&[]).contains("no sampler"));
    }

    #[test]
    fn estimates_end_where_their_error_begins() {
        let said = |value, error| {
            said(Estimate {
                value,
                error: Some(error),
            })
        };
        assert_eq!(said(51_234.0, 2_900.0), "5.1e4 +- 0.3e4");
        assert_eq!(said(123.4, 5.6), "123 +- 6");
        assert_eq!(said(0.1234, 0.0056), "0.123 +- 0.006");
        assert_eq!(said(1.5e-5, 2e-6), "1.5e-5 +- 0.2e-5");
        assert_eq!(said(5.0, 0.0), "5");
    }
}
