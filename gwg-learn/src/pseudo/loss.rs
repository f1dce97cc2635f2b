//! What is summed over sites: functions of the logits of one site and its state.

use gwg_core::Real;

/// The logarithm above which `exp(d / 2)` is continued by its tangent, so that no step of an optimizer makes it infinite.
const STEEP: f64 = 50.0;

/// A term of one site, in `d_a = f(x with x_i = a) - f(x)`: each is smallest, in the mean over rows of a model, at that model, and none needs a
/// partition function or draws.
///
/// # Source
/// Besag, The Statistician 24 (1975) 179; Sohl-Dickstein, Battaglino, DeWeese, Physical Review Letters 107 (2011) 220601; Hyvarinen, Computational
/// Statistics & Data Analysis 51 (2007) 2499.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SiteLoss {
    /// Pseudo-likelihood: `-ln P(x_i | x_j, j != i) = ln sum_a exp(d_a)`, where `d` of the state itself is 0.
    #[default]
    PseudoLikelihood,
    /// Minimum probability flow along changes of single sites: `sum_(a != x_i) exp(d_a / 2)`; above `d = 100`, the tangent.
    ProbabilityFlow,
    /// Ratio matching: `sum_(a != x_i) sigmoid(d_a)^2`.
    RatioMatching,
}

impl SiteLoss {
    /// All of them, in the order of their variance where couplings are weak.
    pub const ALL: [Self; 3] = [
        Self::ProbabilityFlow,
        Self::PseudoLikelihood,
        Self::RatioMatching,
    ];

    /// The name in the command.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PseudoLikelihood => "pseudo-likelihood",
            Self::ProbabilityFlow => "probability-flow",
            Self::RatioMatching => "ratio-matching",
        }
    }
}

/// A term, as a type: the loop over rows is compiled for each.
pub(super) trait Term: Copy + Send + Sync {
    /// The value; replaces the logits of a site in state `own` by its derivatives by them. Logits of states that do not exist are `-1e300`.
    fn of(self, logits: &mut [f64], own: usize) -> f64;
}

#[derive(Clone, Copy)]
pub(super) struct PseudoLikelihood;

impl Term for PseudoLikelihood {
    #[inline(always)]
    fn of(self, logits: &mut [f64], own: usize) -> f64 {
        let larger = |most: f64, &l: &f64| if l > most { l } else { most };
        let most = logits.iter().fold(f64::NEG_INFINITY, larger);
        let shifted = logits[own] - most;
        logits.iter_mut().for_each(|l| *l = Real::exp(*l - most));
        let sum: f64 = logits.iter().sum();
        let scale = 1.0 / sum;
        logits.iter_mut().for_each(|p| *p *= scale);
        logits[own] -= 1.0;
        Real::ln(sum) - shifted
    }
}

#[derive(Clone, Copy)]
pub(super) struct ProbabilityFlow;

impl Term for ProbabilityFlow {
    #[inline(always)]
    fn of(self, logits: &mut [f64], own: usize) -> f64 {
        let here = logits[own];
        let mut value = 0.0;
        for l in logits.iter_mut() {
            let half = 0.5 * (*l - here);
            let bounded = if half > STEEP { STEEP } else { half };
            let flow = Real::exp(bounded);
            value += flow * (1.0 + (half - bounded));
            *l = 0.5 * flow;
        }
        // The state itself has d = 0 and a flow of 1, which is none.
        balance(logits, own);
        value - 1.0
    }
}

#[derive(Clone, Copy)]
pub(super) struct RatioMatching;

impl Term for RatioMatching {
    #[inline(always)]
    fn of(self, logits: &mut [f64], own: usize) -> f64 {
        let here = logits[own];
        let mut value = 0.0;
        for l in logits.iter_mut() {
            let share = Real::sigmoid(*l - here);
            value += share * share;
            *l = 2.0 * share * share * (1.0 - share);
        }
        balance(logits, own);
        value - 0.25
    }
}

/// The derivative by the logit of the state itself: all others, negative.
#[inline(always)]
fn balance(derivatives: &mut [f64], own: usize) {
    derivatives[own] = 0.0;
    let others: f64 = derivatives.iter().sum();
    derivatives[own] = -others;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(term: impl Term, wanted: impl Fn(&[f64], usize) -> f64) {
        let logits = [0.3, -1.2, 2.0, 0.7, -1e300];
        for own in 0..4 {
            let mut slopes = logits;
            let value = term.of(&mut slopes, own);
            assert!((value - wanted(&logits[..4], own)).abs() < 1e-14);
            assert_eq!(slopes[4], 0.0);
            for k in 0..4 {
                let moved = |step: f64| {
                    let mut logits = logits;
                    logits[k] += step;
                    term.of(&mut logits, own)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((slopes[k] - slope).abs() < 1e-9, "{own} {k}");
            }
        }
    }

    #[test]
    fn terms_are_those_of_their_definitions_with_the_slopes_of_their_differences() {
        let others = |l: &[f64], own: usize, of: fn(f64) -> f64| -> f64 {
            let all = l.iter().enumerate().filter(|(a, _)| *a != own);
            all.map(|(_, l_a)| of(l_a - l[own])).sum()
        };
        check(PseudoLikelihood, |l, own| {
            (1.0 + others(l, own, f64::exp)).ln()
        });
        check(ProbabilityFlow, |l, own| {
            others(l, own, |d| (d / 2.0).exp())
        });
        check(RatioMatching, |l, own| {
            others(l, own, |d| (1.0 + (-d).exp()).powi(-2))
        });
    }

    #[test]
    fn large_differences_give_finite_numbers() {
        let mut logits = [-1e4, 1e4];
        let value = ProbabilityFlow.of(&mut logits, 0);
        assert!(value.is_finite() && logits[1] > 1e21 && logits[0] == -logits[1]);
        let mut logits = [-1e4, 1e4];
        assert_eq!(RatioMatching.of(&mut logits, 0), 1.0);
        assert_eq!(PseudoLikelihood.of(&mut [-1e4, 1e4], 0), 2e4);
    }
}
