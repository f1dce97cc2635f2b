//! All first-order differences, for either extension: computed from `x`, or updated where moves have changed them.

use super::Fhmm;
use crate::number::{at, symbol, uphill};
use gwg_core::target::{Batch, Before, Row};
use gwg_core::{Delta, Gradient, Local, Real, Space};

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

    /// Evaluates every state, incrementally if there are few changes.
    #[inline(always)]
    pub(super) fn evaluate_rows<const QUADRATIC: bool>(&self, batch: &mut dyn Batch<R, u8>) {
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            match row.before {
                Some(before) if self.is_cheaper(row.changes.len()) => {
                    self.follow::<QUADRATIC>(&mut row, before);
                }
                _ => self.fill::<QUADRATIC>(&mut row),
            }
        }
    }

    /// True if updating for `changes` changes costs less than an evaluation from `x` alone.
    fn is_cheaper(&self, changes: usize) -> bool {
        changes.saturating_mul(self.max_affected()) < self.space.sites()
    }

    /// Fills a row from `x` alone.
    fn fill<const QUADRATIC: bool>(&self, row: &mut Row<'_, R, u8>) {
        let log_prob = self.init_cache(row.x, row.cache);
        row.set_log_prob(log_prob);
        let times = row.differences.chunks_exact_mut(self.factors());
        for ((time, differences), &r) in times.enumerate().zip(row.cache.iter()) {
            let first = time * self.factors();
            for (k, d) in differences.iter_mut().enumerate() {
                *d = self.difference::<QUADRATIC>(row.x, first + k, k, r);
            }
        }
    }

    /// Fills a row from the evaluation `before` and the changes since then.
    #[inline(always)]
    fn follow<const QUADRATIC: bool>(&self, row: &mut Row<'_, R, u8>, before: Before<'_, R>) {
        row.cache.copy_from_slice(before.cache);
        row.differences.copy_from_slice(before.differences);
        let prior = self.prior_gain(row);
        let mut seen = 0.0;
        for mv in row.changes {
            let (time, _) = self.place(mv.site);
            if let Some(r) = row.cache.get_mut(time) {
                let (new, old) = (self.residual(row.x, time), r.to_f64());
                seen += old * old - new.to_f64() * new.to_f64();
                *r = new;
            }
        }
        for mv in row.changes {
            let (time, _) = self.place(mv.site);
            let r = at(row.cache, time);
            self.around::<QUADRATIC>(row.x, mv.site, row.cache, r, |site, d| {
                if let Some(old) = row.differences.get_mut(site) {
                    *old = d;
                }
            });
        }
        let half = 0.5 / self.law.sigma / self.law.sigma;
        row.set_log_prob(before.log_prob() + prior + half * seen);
    }

    /// The change of the log-probability of the hidden chains, computed along the path of the changes.
    #[inline(always)]
    fn prior_gain(&self, row: &mut Row<'_, R, u8>) -> f64 {
        for mv in row.changes.iter().rev() {
            mv.revert(row.x);
        }
        let mut gain = 0.0;
        for mv in row.changes {
            gain += uphill(mv.from, self.pull(row.x, mv.site)).to_f64();
            mv.apply(row.x);
        }
        gain
    }
}

impl<R: Real> Gradient for Fhmm<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        self.slopes::<false>(x, gradient)
    }

    #[inline]
    fn gradient_cache_len(&self) -> usize {
        self.length()
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, _: &mut [R]) {
        self.evaluate_rows::<false>(batch);
    }
}
