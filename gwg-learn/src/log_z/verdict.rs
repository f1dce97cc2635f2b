use super::estimate::{Estimate, Method};
use std::fmt::Write;

/// Standard errors by which two estimates of one number may differ: by more, once in 370 of normal errors.
const ERRORS: f64 = 3.0;
/// Nats by which two estimates may differ besides.
const SMALL: f64 = 0.01;
/// The effective sample size below which the standard error of a mean of weights is unreliable.
const FEW: f64 = 10.0;
/// The share of the sum above which one weight dominates.
const DOMINANT: f64 = 0.5;

/// The result of a comparison of several estimates of `log Z`.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// All agree, and there are at least two methods, or one is exact.
    Agree {
        /// The estimate with the smallest error.
        value: f64,
        /// Three of its errors below.
        lower: f64,
        /// Three of its errors above.
        upper: f64,
        /// Its method.
        method: Method,
    },
    /// There is one estimate, or there are only ones whose draws begin at the start of the path: nothing contradicts them and nothing confirms them.
    Unconfirmed {
        /// The estimate, which kind of bound it is, and what would confirm it.
        text: String,
    },
    /// They differ by more than their errors, or the weights of one are too uneven for its error to be known: no number is the answer.
    Disagree {
        /// Each reason, one per line.
        text: String,
    },
}

impl Verdict {
    /// The estimate that the others agree with, for likelihoods; `None` where there is no single number.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        match *self {
            Self::Agree {
                value,
                upper,
                method,
                ..
            } => Some(Estimate::new(method, value, (upper - value) / ERRORS)),
            _ => None,
        }
    }
}

/// Compares estimates of one log-partition function.
///
/// No number is given where
/// - the weights of an annealed estimate have an effective size below 10, or one of them is more than half of their sum;
/// - forward annealing, a stochastic lower bound, exceeds reverse annealing from exact draws, an upper one;
/// - two estimates differ by more than three combined errors and .01 nats, an exact one included;
/// - an error is not finite.
///
/// What estimates that agree have in common is not seen: a mode that neither the paths from the base nor the states of the reverse paths reach is missed by all
/// of them. States of a mode that the forward paths miss make the reverse estimate larger by `-ln` of the share of the other states, which is seen.
///
/// An exact value does not depend on the weights of others: it is the answer even where those are few, unless others contradict it.
///
/// ```
/// use gwg_learn::log_z::{Estimate, Method, Verdict, verdict};
///
/// let forward = Estimate::new(Method::Forward, 165.30, 0.02);
/// let reverse = Estimate::new(Method::Reverse, 165.35, 0.02);
/// assert!(matches!(verdict(&[forward, reverse]), Verdict::Agree { .. }));
/// let reverse = Estimate::new(Method::Reverse, 166.35, 0.02);
/// assert!(matches!(verdict(&[forward, reverse]), Verdict::Disagree { .. }));
/// assert!(matches!(verdict(&[forward]), Verdict::Unconfirmed { .. }));
/// ```
#[must_use]
pub fn verdict(estimates: &[Estimate]) -> Verdict {
    let mut text = String::new();
    let exact = estimates.iter().any(|e| e.method == Method::Exact);
    for estimate in estimates {
        uncertain(estimate, exact, &mut text);
    }
    for (k, a) in estimates.iter().enumerate() {
        for b in estimates.iter().skip(k + 1) {
            differ(a, b, &mut text);
        }
    }
    let best = estimates
        .iter()
        .min_by(|a, b| a.error().total_cmp(&b.error()));
    let Some(best) = best.filter(|_| text.is_empty()) else {
        if estimates.is_empty() {
            text.push_str("there is no estimate of log Z");
        }
        return Verdict::Disagree {
            text: text.trim_end().to_owned(),
        };
    };
    // Integration begins where forward paths do: it misses the modes that they miss.
    let from_base = |e: &Estimate| matches!(e.method, Method::Forward | Method::Integration);
    let alone = estimates.iter().all(|e| e.method == best.method);
    if !exact && (alone || estimates.iter().all(from_base)) {
        return Verdict::Unconfirmed {
            text: unconfirmed(best),
        };
    }
    let reach = ERRORS * best.error();
    Verdict::Agree {
        value: best.value,
        lower: best.value - reach,
        upper: best.value + reach,
        method: best.method,
    }
}

impl Estimate {
    /// The statistical and the systematic error together.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.standard_error.hypot(self.systematic_error)
    }

    fn described(&self) -> String {
        format!("{} {:.4} +- {:.4}", self.method, self.value, self.error())
    }
}

/// Adds why the error of an estimate is not known.
fn uncertain(estimate: &Estimate, exact: bool, text: &mut String) {
    if !(estimate.value.is_finite() && estimate.error().is_finite()) {
        let _ = writeln!(
            text,
            "{}: the value or its error is not finite",
            estimate.described()
        );
    }
    let Some(spread) = estimate.spread.filter(|_| !exact) else {
        return;
    };
    if spread.effective_size < FEW || spread.largest_share > DOMINANT {
        let _ = writeln!(
            text,
            "{}: {} weights have an effective size of {:.1} and the largest is {:.0} % of their sum, allowed are at least {FEW} and at most {:.0} %; use more levels or steps per level",
            estimate.described(),
            spread.count,
            spread.effective_size,
            100.0 * spread.largest_share,
            100.0 * DOMINANT,
        );
    }
}

/// Adds that two estimates differ by more than their errors.
fn differ(a: &Estimate, b: &Estimate, text: &mut String) {
    let (difference, error) = (b.value - a.value, a.error().hypot(b.error()));
    // A NaN has been reported.
    let within = difference.abs() <= ERRORS * error + SMALL;
    if within || difference.is_nan() || error.is_nan() {
        return;
    }
    let bounds = [(a, b), (b, a)].into_iter().find(|(low, high)| {
        low.method == Method::Forward && high.method == Method::Reverse && low.value > high.value
    });
    let why = match bounds {
        Some(_) => {
            "a lower bound above an upper bound: the states of the reverse paths are not draws of this model, or a kernel does not leave its level invariant"
        }
        None => "more than their errors: use more levels, more steps per level, or more draws",
    };
    let _ = writeln!(
        text,
        "{} and {} differ by {:.4} nats, {:.1} combined errors: {why}",
        a.described(),
        b.described(),
        difference.abs(),
        difference.abs() / error,
    );
}

/// The text about estimates by a single method.
fn unconfirmed(estimate: &Estimate) -> String {
    let what = match estimate.method {
        Method::Forward => {
            "its mean is at most log Z, so that likelihoods computed with it are too high rather than too low; confirm it by reverse AIS"
        }
        Method::Reverse => {
            "its mean is at least log Z, so that likelihoods computed with it are too low rather than too high; confirm it by forward AIS"
        }
        Method::ReverseFromChains => {
            "it is a bound only if the chains have converged; confirm it by forward AIS"
        }
        Method::Integration => {
            "it begins where forward AIS does, so that both miss the same modes; confirm it by reverse AIS"
        }
        _ => "confirm it by forward and reverse AIS",
    };
    format!("{} alone: {what}", estimate.described())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_z::Spread;

    fn weighted(method: Method, value: f64, effective_size: f64, largest_share: f64) -> Estimate {
        Estimate {
            spread: Some(Spread {
                count: 100,
                effective_size,
                largest_share,
            }),
            ..Estimate::new(method, value, 0.1)
        }
    }

    #[track_caller]
    fn refused(estimates: &[Estimate], because: &str) {
        match verdict(estimates) {
            Verdict::Disagree { text } => assert!(text.contains(because), "{text}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn estimates_within_their_errors_give_the_most_precise_one() {
        let all = [
            weighted(Method::Forward, 10.0, 60.0, 0.05),
            weighted(Method::Reverse, 10.2, 50.0, 0.05),
            Estimate::new(Method::Bar, 10.1, 0.05),
        ];
        let Verdict::Agree {
            value,
            lower,
            upper,
            method,
        } = verdict(&all)
        else {
            panic!("{:?}", verdict(&all));
        };
        assert_eq!((value, method), (10.1, Method::Bar));
        let found = verdict(&all).estimate().unwrap();
        assert!((found.standard_error - 0.05).abs() < 1e-12 && found.value == 10.1);
        assert!((lower - 9.95).abs() < 1e-12 && (upper - 10.25).abs() < 1e-12);
        let with_exact = [all[0], Estimate::exact(10.05)];
        assert!(matches!(
            verdict(&with_exact),
            Verdict::Agree {
                value: 10.05,
                method: Method::Exact,
                ..
            }
        ));
        assert!(matches!(
            verdict(&[Estimate::exact(1.0)]),
            Verdict::Agree { .. }
        ));
    }

    #[test]
    fn estimates_beyond_their_errors_give_no_number() {
        let forward = weighted(Method::Forward, 10.0, 60.0, 0.05);
        refused(
            &[forward, weighted(Method::Reverse, 10.5, 50.0, 0.05)],
            "more than their errors",
        );
        refused(
            &[forward, weighted(Method::Reverse, 9.5, 50.0, 0.05)],
            "a lower bound above an upper bound",
        );
        refused(&[forward, Estimate::exact(10.4)], "more than their errors");
        refused(
            &[forward, Estimate::new(Method::Integration, 12.0, 0.1)],
            "2.0000 nats",
        );
    }

    #[test]
    fn a_quadrature_error_is_part_of_the_error() {
        let reverse = weighted(Method::Reverse, 10.0, 60.0, 0.05);
        let integral = Estimate::new(Method::Integration, 10.6, 0.1);
        refused(&[reverse, integral], "more than their errors");
        let coarse = Estimate {
            systematic_error: 0.3,
            ..integral
        };
        assert!(matches!(verdict(&[reverse, coarse]), Verdict::Agree { .. }));
        // Both begin at the base, and miss the same modes.
        let forward = weighted(Method::Forward, 10.0, 60.0, 0.05);
        let found = verdict(&[forward, coarse]);
        assert!(matches!(found, Verdict::Unconfirmed { .. }));
    }

    #[test]
    fn few_or_dominated_weights_give_no_number() {
        let reverse = weighted(Method::Reverse, 10.0, 50.0, 0.05);
        refused(
            &[weighted(Method::Forward, 10.0, 9.0, 0.2), reverse],
            "effective size of 9.0",
        );
        refused(
            &[weighted(Method::Forward, 10.0, 11.0, 0.6), reverse],
            "60 % of their sum",
        );
        let exact = [
            weighted(Method::Forward, 10.0, 9.0, 0.2),
            Estimate::exact(10.0),
        ];
        assert!(matches!(verdict(&exact), Verdict::Agree { .. }));
    }

    #[test]
    fn what_is_not_finite_or_not_there_gives_no_number() {
        refused(&[], "no estimate");
        assert!(verdict(&[]).estimate().is_none());
        refused(&[Estimate::new(Method::Bar, f64::NAN, 0.1)], "not finite");
        let quadrature = Estimate {
            systematic_error: f64::INFINITY,
            ..Estimate::new(Method::Integration, 1.0, 0.1)
        };
        refused(&[quadrature], "not finite");
    }

    #[test]
    fn a_lone_estimate_is_not_confirmed_by_itself() {
        let forward = weighted(Method::Forward, 10.0, 60.0, 0.05);
        for estimates in [&[forward][..], &[forward, forward]] {
            match verdict(estimates) {
                Verdict::Unconfirmed { text } => assert!(text.contains("at most log Z"), "{text}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
