use super::Transitions;
use crate::kernel::WalkerOf;
use crate::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, Drawn, HammingWindow2, Informed, MultiFlip,
    PathAuxiliary, Phase, Proposal, ProposalContext, UnadjustedLangevin, length_probability,
};
use crate::neighborhood::Evaluation;
use crate::target::SymbolOf;
use crate::{Balance, Differences, Real, Space, accept};
use std::{vec, vec::Vec};

/// A proposal that can enumerate its possible draws, on a tiny space.
pub trait Draws: Proposal {
    /// Calls `visit` for every path that is drawn with positive probability.
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    );

    /// The probability that the intended number of moves is `intended`.
    fn share<S: Space, R: Real>(&self, at: &ProposalContext<'_, S, R>, intended: usize) -> f64 {
        let _ = (at, intended);
        1.0
    }

    /// The probability of drawing a path, given the intended number of moves, from [`Proposal::log_prob`].
    fn probability<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        Real::exp(self.log_prob(at, evaluation, scratch, drawn))
    }
}

/// Visits every sequence of `length` moves, none of them idle, in which `allowed` permits each move after the previous ones.
fn sequences<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    length: usize,
    allowed: &dyn Fn(&[u32], u32) -> bool,
    visit: &mut dyn FnMut(&[u32]),
) {
    fn extend(
        path: &mut Vec<u32>,
        length: usize,
        moves: &[u32],
        allowed: &dyn Fn(&[u32], u32) -> bool,
        visit: &mut dyn FnMut(&[u32]),
    ) {
        if path.len() == length {
            return visit(path);
        }
        for &m in moves {
            if allowed(path, m) {
                path.push(m);
                extend(path, length, moves, allowed, visit);
                path.pop();
            }
        }
    }
    let moves: Vec<u32> = (0..at.space.moves() as u32)
        .filter(|&m| {
            let mv = at.space.decode(at.x, m as usize);
            mv.from != mv.to
        })
        .collect();
    extend(&mut vec![], length, &moves, allowed, visit);
}

/// The number of sites with at least one move that is not idle.
fn free_sites<S: Space, R: Real>(at: &ProposalContext<'_, S, R>) -> usize {
    let moves = |site: &usize| {
        at.moves_of(*site).any(|m| {
            let mv = at.space.decode(at.x, m);
            mv.from != mv.to
        })
    };
    (0..at.space.sites()).filter(moves).count()
}

/// Visits every set of moves of different sites whose number of members is in `sizes`.
fn sets<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    sizes: core::ops::RangeInclusive<usize>,
    visit: &mut dyn FnMut(Drawn<'_>),
) {
    let ascending = |path: &[u32], m: u32| {
        path.last()
            .is_none_or(|&last| at.site_of(last as usize) < at.site_of(m as usize))
    };
    for size in sizes {
        sequences(at, size, &ascending, &mut |path| {
            visit(Drawn { path, intended: 0 });
        });
    }
}

impl<G: Balance> Draws for MultiFlip<G> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        for intended in [at.tuning as usize, at.tuning as usize + 1] {
            if self.share(at, intended) > 0.0 {
                sequences(at, intended, &|_, _| true, &mut |path| {
                    visit(Drawn { path, intended });
                });
            }
        }
    }

    fn share<S: Space, R: Real>(&self, at: &ProposalContext<'_, S, R>, intended: usize) -> f64 {
        1.0 - (at.tuning - intended as f64).abs().min(1.0)
    }
}

impl<G: Balance> Draws for PathAuxiliary<G> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        let new_site = |path: &[u32], m: u32| {
            path.iter()
                .all(|&k| at.site_of(k as usize) != at.site_of(m as usize))
        };
        for intended in 1..=at.space.sites() {
            let length = intended.min(free_sites(at));
            sequences(at, length, &new_site, &mut |path| {
                visit(Drawn { path, intended });
            });
        }
    }

    fn share<S: Space, R: Real>(&self, at: &ProposalContext<'_, S, R>, intended: usize) -> f64 {
        length_probability(at.tuning, at.space.sites(), intended)
    }
}

impl<G: Balance> Draws for DiscreteLangevin<G> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        sets(at, 0..=at.space.sites(), visit);
    }
}

impl<P: AsRef<[Phase]>> Draws for CyclicalLangevin<P> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        sets(at, 0..=at.space.sites(), visit);
    }
}

impl<G: Balance> Draws for Dlmc<G> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        sets(at, 0..=at.space.sites(), visit);
    }
}

impl<G: Balance> Draws for HammingWindow2<G> {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        sets(at, 1..=2, visit);
    }
}

/// A state, the probability of proposing it, and the probability of accepting it.
type Outcome<'v, Y> = dyn FnMut(&[Y], f64, f64) + 'v;

impl<P: Draws> Informed<P> {
    /// Visits every outcome of a step.
    fn outcomes<'a, T: Differences>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut Outcome<'_, SymbolOf<T>>,
    ) {
        let start = walker.x.to_vec();
        let mut paths = vec![];
        let (tuning, phase) = (walker.state.plan.tuning, walker.state.plan.phase);
        let at = ProposalContext {
            space: target.space(),
            x: &start,
            beta: walker.beta,
            tuning,
            exponent: 0.5,
            phase,
        };
        self.proposal().paths(&at, &mut |drawn| {
            paths.push((drawn.path.to_vec(), drawn.intended));
        });
        for (path, intended) in &paths {
            let drawn = Drawn {
                path,
                intended: *intended,
            };
            let state = &mut walker.state;
            let (current, plan) = (&mut state.current, &mut state.plan);
            let probability = self.proposal().share(&at, *intended)
                * self
                    .proposal()
                    .probability(&at, current, plan.scratch, drawn);
            plan.path[..path.len()].copy_from_slice(path);
            (plan.length, plan.intended) = (path.len(), *intended);
            self.depart(target, walker);
            self.arrive(target, core::slice::from_mut(walker), scratch);
            let accepted: T::Real = accept::lazy_probability(self.ratio(target, walker));
            visit(walker.x, probability, accepted.to_f64());
            self.return_from(walker);
        }
    }
}

impl<T: Differences, P: Draws> Transitions<T> for Informed<P> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        self.outcomes(target, walker, scratch, &mut |y, drawn, accepted| {
            visit(y, drawn * accepted);
        });
    }
}

impl<T: Differences, G: Balance> Transitions<T> for UnadjustedLangevin<G> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        self.adjusted()
            .outcomes(target, walker, scratch, &mut |y, drawn, _| visit(y, drawn));
    }
}
