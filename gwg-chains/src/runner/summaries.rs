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

impl Outcome {
    /// The diagnostics of [`log_prob`](Self::log_prob) and [`hamming`](Self::hamming); undefined figures are `None`.
    ///
    /// # Cost
    /// Two sorts of all draws ([`summarize`]).
    #[must_use]
    pub fn summary(&self) -> Summaries {
        let of = |series: &[f64]| {
            self.draws_of(series)
                .map(|draws| summarize(&draws))
                .unwrap_or_default()
        };
        Summaries {
            log_prob: of(&self.log_prob),
            hamming: of(&self.hamming),
        }
    }

    /// A series of this run's shape, (chain, draw), for any of the [`diagnostics`](crate::diagnostics).
    ///
    /// # Errors
    /// [`DrawsError::FlatLength`] of a series of another length than `chains * draws`.
    pub fn draws_of<'s>(&self, series: &'s [f64]) -> Result<Draws<'s>, DrawsError> {
        Draws::from_flat(series, self.chains, self.draws)
    }
}
