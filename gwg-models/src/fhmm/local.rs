//! The target, and its single differences.

use super::Fhmm;
use crate::number::{at, symbol, uphill};
use gwg_core::target::AffectedMoves;
use gwg_core::{Binary, Delta, Local, Move, Multilinear, Real, Target};

impl<R: Real> Target for Fhmm<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let rows = x.chunks_exact(self.factors());
        let squares = rows.zip(&self.observations).map(|(row, y)| {
            let residual = self.wide_residual(*y, row);
            residual * residual
        });
        self.joint(x, squares.sum())
    }
}

impl<R: Real> Fhmm<R> {
    /// `f(x)`, given the sum of the squared residuals.
    pub(super) fn joint(&self, x: &[u8], squares: f64) -> f64 {
        let (factors, logs) = (self.factors(), &self.logs);
        let ones = x.iter().take(factors).filter(|&&s| s & 1 == 1).count();
        let pairs = x.iter().zip(x.iter().skip(factors));
        let changes = pairs.filter(|(a, b)| a != b).count();
        let all = x.len().saturating_sub(factors);
        let start = ones as f64 * logs.one + factors.saturating_sub(ones) as f64 * logs.zero;
        let moves = changes as f64 * logs.change + all.saturating_sub(changes) as f64 * logs.keep;
        let seen = -0.5 * squares / self.law.sigma / self.law.sigma;
        start + moves + seen + self.length() as f64 * logs.peak
    }

    /// The first-order difference of a site, for this extension.
    #[inline(always)]
    pub(super) fn difference<const QUADRATIC: bool>(
        &self,
        x: &[u8],
        site: usize,
        factor: usize,
        r: R,
    ) -> R {
        let here = symbol(x, site);
        let slope = self.push::<QUADRATIC>(factor, here, r) + self.pull(x, site);
        uphill(here, slope)
    }

    /// Visits the sites whose differences a move at `site` changes, with their new differences; `r` is the residual
    /// of its time.
    #[inline(always)]
    pub(super) fn around<const QUADRATIC: bool>(
        &self,
        x: &[u8],
        site: usize,
        memory: &[R],
        r: R,
        mut visit: impl FnMut(usize, R),
    ) {
        let factors = self.factors();
        let (time, factor) = self.place(site);
        let mut one = |site, factor, r| {
            visit(site, self.difference::<QUADRATIC>(x, site, factor, r));
        };
        if let Some(before) = time.checked_sub(1) {
            one(site - factors, factor, at(memory, before));
        }
        let first = site - factor;
        for k in 0..factors {
            one(first + k, k, r);
        }
        if time + 1 < self.length() {
            one(site + factors, factor, at(memory, time + 1));
        }
    }
}

impl<R: Real> Delta for Fhmm<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.length()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        for (time, r) in memory.iter_mut().enumerate().take(self.length()) {
            *r = self.residual(x, time);
        }
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, x: &[u8], memory: &[R], mv: Move) -> R {
        let (time, factor) = self.place(mv.site);
        self.difference::<false>(x, mv.site, factor, at(memory, time))
    }

    #[inline(always)]
    fn update(&self, x: &[u8], memory: &mut [R], mv: Move) {
        let (time, _) = self.place(mv.site);
        if let Some(r) = memory.get_mut(time) {
            *r = self.residual(x, time);
        }
    }
}

impl<R: Real> Local for Fhmm<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.factors() + 2
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        self.update(x, memory, mv);
        let (time, _) = self.place(mv.site);
        let r = at(memory, time);
        self.around::<false>(x, mv.site, memory, r, |m, d| affected.push(m, d));
    }
}

impl<R: Real> Multilinear for Fhmm<R> {}
