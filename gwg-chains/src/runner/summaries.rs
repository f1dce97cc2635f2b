use super::Outcome;
use crate::diagnostics::{Draws, DrawsError, Summary, summarize};

/// Mean, MCSE, ESS and R-hat of the two statistics that every run records.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summaries {
    /// Of `f(x)`.
    pub log_prob: Summary,
    /// Of the Hamming distance to the run's reference state.
    pub hamming: Summary,
}

impl Summaries {
    /// Of the two series of a run or of its trace, (chain, draw).
    #[must_use]
    pub fn of(log_prob: &[f64], hamming: &[f64], chains: usize, draws: usize) -> Self {
        let of = |series: &[f64]| {
            Draws::from_flat(series, chains, draws)
                .map(|draws| summarize(&draws))
                .unwrap_or_default()
        };
        Self {
            log_prob: of(log_prob),
            hamming: of(hamming),
        }
    }
}

impl Outcome {
    /// The diagnostics of [`log_prob`](Self::log_prob) and [`hamming`](Self::hamming); undefined figures are `None`.
    ///
    /// # Cost
    /// Two sorts of all draws ([`summarize`]).
    #[must_use]
    pub fn summary(&self) -> Summaries {
        Summaries::of(&self.log_prob, &self.hamming, self.chains, self.draws)
    }

    /// A series of this run's shape, (chain, draw), for any of the [`diagnostics`](crate::diagnostics).
    ///
    /// # Errors
    /// [`DrawsError::FlatLength`] of a series of another length than `chains * draws`.
    pub fn draws_of<'s>(&self, series: &'s [f64]) -> Result<Draws<'s>, DrawsError> {
        Draws::from_flat(series, self.chains, self.draws)
    }
}
