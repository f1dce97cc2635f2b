//! Distributions of independent sites, added to networks.

use crate::NetError;
use gwg_core::{Real, Space};
use gwg_models::OwnedSpace;

/// A distribution of independent sites, `log p(x)` normalized: what a network learns is then the difference to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Base<R> {
    terms: Terms<R>,
    /// Added to the sum of the terms.
    pub(super) constant: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Terms<R> {
    /// The logit of 1 at each site.
    Binary(Vec<R>),
    /// The log-probability of every symbol, (sites, states).
    Categorical { states: usize, log_prob: Vec<R> },
    /// A normal density at the integers, for each site: its mean and 1 over its variance.
    Ordinal {
        states: usize,
        mean: Vec<R>,
        precision: Vec<R>,
    },
}

impl<R: Real> Base<R> {
    /// Binary sites with these logits, `ln(p / (1 - p))` of 1.
    #[must_use]
    pub fn binary(logits: Vec<R>) -> Self {
        let constant = logits.iter().map(|l| -l.to_f64().softplus()).sum();
        Self {
            terms: Terms::Binary(logits),
            constant,
        }
    }

    /// Categorical sites with these log-probabilities up to a constant for each site, shape (sites, states).
    #[must_use]
    pub fn categorical(states: usize, log_prob: Vec<R>) -> Self {
        let constant = log_prob.chunks(states.max(1)).map(log_sum).sum::<f64>();
        Self {
            terms: Terms::Categorical { states, log_prob },
            constant: -constant,
        }
    }

    /// Ordinal sites with normal densities at the levels `0 .. states`, normalized there.
    #[must_use]
    pub fn ordinal(states: usize, mean: Vec<R>, precision: Vec<R>) -> Self {
        let mut constant = 0.0;
        for (mean, precision) in mean.iter().zip(&precision) {
            let level = |k: usize| normal(k as f64, mean.to_f64(), precision.to_f64());
            let levels: Vec<f64> = (0..states).map(level).collect();
            constant -= log_sum(&levels);
        }
        let terms = Terms::Ordinal {
            states,
            mean,
            precision,
        };
        Self { terms, constant }
    }

    /// The base of data with these frequencies, shape (sites, states): every one plus `pseudocount`, normalized. For ordinal sites the mean and the variance
    /// (at least 1/12, that of rounding).
    ///
    /// # Errors
    /// [`NetError::Base`] if there are frequencies of other sites or states.
    pub fn of_frequencies(
        space: &OwnedSpace,
        frequencies: &[f64],
        pseudocount: f64,
    ) -> Result<Self, NetError> {
        let states = space.states();
        let (found, expected) = (frequencies.len(), space.sites() * states);
        if found != expected {
            let tensor = "frequencies";
            return Err(NetError::Base {
                tensor,
                found,
                expected,
            });
        }
        let sites = frequencies.chunks_exact(states);
        Ok(match space {
            OwnedSpace::Binary(_) => {
                let logit =
                    |f: &[f64]| R::from_f64(((f[1] + pseudocount) / (f[0] + pseudocount)).ln());
                Self::binary(sites.map(logit).collect())
            }
            OwnedSpace::Ordinal(_) => {
                let (mut means, mut precisions) = (Vec::new(), Vec::new());
                for f in sites {
                    let total: f64 = f.iter().sum();
                    let moment = |power| -> f64 {
                        let terms = f
                            .iter()
                            .enumerate()
                            .map(|(k, f)| f * (k as f64).powi(power));
                        terms.sum::<f64>() / total
                    };
                    let (mean, second) = (moment(1), moment(2));
                    let variance = (second - mean * mean).max(0.0) + 1.0 / 12.0;
                    means.push(R::from_f64(mean));
                    precisions.push(R::from_f64(1.0 / variance));
                }
                Self::ordinal(states, means, precisions)
            }
            _ => {
                let all = frequencies
                    .iter()
                    .map(|f| R::from_f64((f + pseudocount).ln()));
                Self::categorical(states, all.collect())
            }
        })
    }

    pub(crate) fn terms(&self) -> &Terms<R> {
        &self.terms
    }

    /// Whether it is of the sites and symbols of a space.
    pub(super) fn fits(&self, space: &OwnedSpace) -> Result<(), NetError> {
        let (sites, states) = (space.sites(), space.states());
        let (tensor, found, expected) = match (&self.terms, space) {
            (Terms::Binary(logits), OwnedSpace::Binary(_)) => ("logits", logits.len(), sites),
            (Terms::Categorical { log_prob, .. }, OwnedSpace::Categorical(_)) => {
                ("log_prob", log_prob.len(), sites * states)
            }
            (
                Terms::Ordinal {
                    mean, states: q, ..
                },
                OwnedSpace::Ordinal(_),
            ) if *q == states => ("mean", mean.len(), sites),
            _ => ("of another kind of symbols", 0, sites),
        };
        if found != expected {
            return Err(NetError::Base {
                tensor,
                found,
                expected,
            });
        }
        Ok(())
    }

    /// Of the state that has symbol `x(i)` at site `i`.
    pub(super) fn log_prob(&self, x: impl Fn(usize) -> u8) -> f64 {
        let sum: f64 = match &self.terms {
            Terms::Binary(logits) => {
                let ones = logits.iter().enumerate().filter(|&(i, _)| x(i) != 0);
                ones.map(|(_, logit)| logit.to_f64()).sum()
            }
            Terms::Categorical { states, log_prob } => {
                let sites = log_prob.chunks_exact(*states).enumerate();
                let term = |(i, site): (usize, &[R])| {
                    let term = site.get(usize::from(x(i)));
                    term.map_or(f64::NAN, |l| l.to_f64())
                };
                sites.map(term).sum()
            }
            Terms::Ordinal {
                mean, precision, ..
            } => {
                let sites = mean.iter().zip(precision).enumerate();
                sites
                    .map(|(i, (m, p))| normal(f64::from(x(i)), m.to_f64(), p.to_f64()))
                    .sum()
            }
        };
        sum + self.constant
    }

    /// Adds the gradient at `x`, as the space encodes it.
    pub(super) fn add_gradient(&self, x: &[u8], gradient: &mut [R]) {
        match &self.terms {
            Terms::Binary(numbers)
            | Terms::Categorical {
                log_prob: numbers, ..
            } => {
                for (g, &number) in gradient.iter_mut().zip(numbers) {
                    *g += number;
                }
            }
            Terms::Ordinal {
                mean, precision, ..
            } => {
                let terms = mean.iter().zip(precision);
                for ((g, &x), (&mean, &precision)) in gradient.iter_mut().zip(x).zip(terms) {
                    *g -= (R::from_byte(x) - mean) * precision;
                }
            }
        }
    }
}

fn normal(x: f64, mean: f64, precision: f64) -> f64 {
    -0.5 * precision * (x - mean) * (x - mean)
}

fn log_sum<R: Real>(numbers: &[R]) -> f64 {
    let numbers: Vec<f64> = numbers.iter().map(|x| x.to_f64()).collect();
    gwg_core::math::logsumexp(&numbers)
}
