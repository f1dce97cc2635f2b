//! Proposals with one mistake each, as in published code.

use gwg_core::check::Draws;
use gwg_core::kernel::informed::{Drawn, Proposal, ProposalContext};
use gwg_core::neighborhood::Evaluation;
use gwg_core::*;
use std::cell::Cell;

/// The mistake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wrong {
    /// The reverse path has the new values instead of the old ones.
    NewValue,
    /// The reverse path counts a site that was drawn twice only once.
    Deduplicated,
    /// The number of moves is fixed.
    Length(usize),
    /// The probability of the values, given their sites, is missing in the forward probability.
    ValueLeftOut,
    /// `q(path|x)` over `q(reverse path|y)`.
    Inverted,
    /// Accepted by the ratio of the target alone.
    RatioLeftOut,
    /// None: the unmodified proposal.
    Nothing,
}

pub(crate) struct Mutant<P> {
    inner: P,
    wrong: Wrong,
    /// A kernel asks for the forward probability first, then for the reverse one.
    back: Cell<bool>,
}

impl<P> Mutant<P> {
    pub(crate) fn new(inner: P, wrong: Wrong) -> Self {
        let back = Cell::new(false);
        Self { inner, wrong, back }
    }
}

impl<P: Proposal> Proposal for Mutant<P> {
    const REPEATS: bool = P::REPEATS;

    fn start(&self) -> Option<f64> {
        self.inner.start()
    }

    fn range<S: Space>(&self, space: &S) -> (f64, f64) {
        self.inner.range(space)
    }

    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        spare: &mut [R],
    ) {
        self.inner.weigh(at, evaluation, spare);
    }

    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        spare: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize) {
        self.inner.draw(at, evaluation, spare, path, bits)
    }

    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        spare: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        let back = self.back.replace(!self.back.get());
        let right = self.inner.log_prob(at, evaluation, spare, drawn);
        match self.wrong {
            Wrong::Deduplicated if back => {
                let mut once = drawn.path.to_vec();
                once.sort_unstable();
                once.dedup();
                let (path, intended) = (&once[..], drawn.intended);
                let drawn = Drawn { path, intended };
                self.inner.log_prob(at, evaluation, spare, drawn)
            }
            Wrong::ValueLeftOut if !back => {
                let given_site = |&m: &u32| {
                    let own = &evaluation.weights()[at.moves_of(at.site_of(m as usize))];
                    let sum: f64 = own.iter().map(|w| w.to_f64()).sum();
                    Real::ln(evaluation.weights()[m as usize].to_f64() / sum)
                };
                right - drawn.path.iter().map(given_site).sum::<f64>()
            }
            Wrong::Inverted => -right,
            Wrong::RatioLeftOut => 0.0,
            _ => right,
        }
    }

    fn reverse_path<S: Space>(
        &self,
        space: &S,
        x: &mut [S::Symbol],
        path: &[u32],
        changes: &[Move],
        back: &mut [u32],
    ) -> bool {
        if self.wrong == Wrong::NewValue {
            for (slot, &m) in back.iter_mut().rev().zip(path) {
                *slot = m;
            }
            return true;
        }
        self.inner.reverse_path(space, x, path, changes, back)
    }
}

impl<P: Draws> Draws for Mutant<P> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        self.inner.paths(at, &mut |drawn| {
            if self.share(at, drawn.intended) > 0.0 {
                visit(drawn);
            }
        });
    }

    fn share<S: Space, R: Real>(&self, at: &ProposalContext<'_, S, R>, intended: usize) -> f64 {
        match self.wrong {
            Wrong::Length(length) => f64::from(u8::from(intended == length)),
            _ => self.inner.share(at, intended),
        }
    }

    fn probability<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        spare: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        self.inner.probability(at, evaluation, spare, drawn)
    }
}
