//! All first-order differences, of either extension: afresh, or where moves have changed them.

use super::Fhmm;
use crate::number::{at, symbol, uphill};
use gwg_core::neighborhood::{Evaluation, Evaluations};
use gwg_core::{Delta, Gradient, Local, Real, Space, Walker};

impl<R: Real> Fhmm<R> {
    /// Writes `df/dx`; returns `f(x)`.
    pub(super) fn slopes<const QUADRATIC: bool>(&self, x: &[u8], gradient: &mut [R]) -> f64 {
        let mut squares = 0.0;
        let rows = gradient.chunks_exact_mut(self.factors());
        for ((time, row), &y) in rows.enumerate().zip(&self.observations) {
            let residual = self.wide_residual(y, self.row(x, time));
            squares += residual * residual;
            let (residual, first) = (R::from_f64(residual), time * self.factors());
            for (k, slope) in row.iter_mut().enumerate() {
                let site = first + k;
                let push = self.push::<QUADRATIC>(k, symbol(x, site), residual);
                *slope = push + self.pull(x, site);
            }
        }
        self.joint(x, squares)
    }

    /// Fills a evaluation from `x` alone.
    pub(super) fn fill<const QUADRATIC: bool>(&self, x: &[u8], evaluation: &mut Evaluation<'_, R>) {
        let log_prob = self.init_cache(x, evaluation.memory);
        evaluation.set_log_prob(log_prob);
        let rows = evaluation.difference.chunks_exact_mut(self.factors());
        for ((time, row), &r) in rows.enumerate().zip(evaluation.memory.iter()) {
            let first = time * self.factors();
            for (k, d) in row.iter_mut().enumerate() {
                *d = self.difference::<QUADRATIC>(x, first + k, k, r);
            }
        }
    }

    /// Fills the evaluation `proposed` from `current` and the changes between them.
    #[inline(always)]
    pub(super) fn follow<const QUADRATIC: bool>(&self, w: &mut Walker<'_, R, Evaluations<'_, R>>) {
        let changes = w.state.changes().len();
        if changes.saturating_mul(self.max_affected()) >= self.space.sites() {
            return self.fill::<QUADRATIC>(w.x, &mut w.state.proposed);
        }
        let Evaluations {
            current, proposed, ..
        } = &mut w.state;
        proposed.memory.copy_from_slice(current.memory);
        proposed.difference.copy_from_slice(current.difference);
        let prior = self.prior_gain(w);
        let mut seen = 0.0;
        for c in 0..changes {
            let Some(&mv) = w.state.changes().get(c) else {
                break;
            };
            let (time, _) = self.place(mv.site);
            if let Some(r) = w.state.proposed.memory.get_mut(time) {
                let (new, old) = (self.residual(w.x, time), r.to_f64());
                seen += old * old - new.to_f64() * new.to_f64();
                *r = new;
            }
        }
        for c in 0..changes {
            let Some(&mv) = w.state.changes().get(c) else {
                break;
            };
            let (time, _) = self.place(mv.site);
            let Evaluation {
                memory, difference, ..
            } = &mut w.state.proposed;
            self.around::<QUADRATIC>(w.x, mv.site, memory, at(memory, time), |site, d| {
                if let Some(old) = difference.get_mut(site) {
                    *old = d;
                }
            });
        }
        let half = 0.5 / self.law.sigma / self.law.sigma;
        let log_prob = w.state.current.log_prob() + prior + half * seen;
        w.state.proposed.set_log_prob(log_prob);
    }

    /// What the changes add to the log-probability of the hidden chains: the path is walked again.
    #[inline(always)]
    fn prior_gain(&self, w: &mut Walker<'_, R, Evaluations<'_, R>>) -> f64 {
        for mv in w.state.changes().iter().rev() {
            mv.revert(w.x);
        }
        let mut gain = 0.0;
        for mv in w.state.changes() {
            gain += uphill(mv.from, self.pull(w.x, mv.site)).to_f64();
            mv.apply(w.x);
        }
        gain
    }
}

impl<R: Real> Gradient for Fhmm<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R]) -> f64 {
        self.slopes::<false>(x, gradient)
    }

    #[inline]
    fn gradient_cache_len(&self) -> usize {
        self.length()
    }

    fn evaluate_batch(&self, walkers: &mut [Walker<'_, R, Evaluations<'_, R>>], _: &mut [R]) {
        for w in walkers {
            self.fill::<false>(w.x, &mut w.state.current);
        }
    }

    #[inline(always)]
    fn reevaluate(&self, walkers: &mut [Walker<'_, R, Evaluations<'_, R>>], _: &mut [R]) {
        for w in walkers {
            self.follow::<false>(w);
        }
    }
}
