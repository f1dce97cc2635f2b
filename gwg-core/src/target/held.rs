use super::{SweepBatch, SweepRow};
use crate::space::Symbol;

/// The observed symbols of a chain, at sites that a sweep does not change. The default is none.
#[derive(Clone, Copy, Debug)]
pub struct Held<'r, S>(&'r [Option<S>]);

impl<S> Default for Held<'_, S> {
    #[inline(always)]
    fn default() -> Self {
        Self(&[])
    }
}

impl<'r, S: Symbol> Held<'r, S> {
    /// Holds site `i` at `observed[i]` if that is `Some`.
    #[must_use]
    pub const fn new(observed: &'r [Option<S>]) -> Self {
        Self(observed)
    }

    /// True if no site is held.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The symbol at which `site` is held; `None` if it is free.
    #[inline(always)]
    #[must_use]
    pub fn at(self, site: usize) -> Option<S> {
        self.0.get(site).copied().flatten()
    }

    /// The symbol at which `site` is held, otherwise `drawn`.
    #[inline(always)]
    #[must_use]
    pub fn or(self, site: usize, drawn: S) -> S {
        self.at(site).unwrap_or(drawn)
    }

    /// Sets the held sites to their symbols; returns the number of sites changed.
    #[inline(always)]
    pub fn restore(self, x: &mut [S]) -> u64 {
        let mut changed = 0;
        for (x, held) in x.iter_mut().zip(self.0) {
            let symbol = held.unwrap_or(*x);
            changed += u64::from(*x != symbol);
            *x = symbol;
        }
        changed
    }
}

/// The chains of another batch, with held sites: for targets conditioned on observations.
pub struct HeldRows<'b, R, S> {
    batch: &'b mut dyn SweepBatch<R, S>,
    held: Held<'b, S>,
}

impl<R, S> core::fmt::Debug for HeldRows<'_, R, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HeldRows").finish_non_exhaustive()
    }
}

impl<'b, R, S> HeldRows<'b, R, S> {
    /// Creates the batch of the chains of `batch`, each with the held sites `held`.
    #[inline(always)]
    pub fn new(batch: &'b mut dyn SweepBatch<R, S>, held: Held<'b, S>) -> Self {
        Self { batch, held }
    }
}

impl<R, S: Symbol> SweepBatch<R, S> for HeldRows<'_, R, S> {
    #[inline(always)]
    fn rows(&self) -> usize {
        self.batch.rows()
    }

    #[inline(always)]
    fn row(&mut self, k: usize) -> SweepRow<'_, R, S> {
        SweepRow {
            held: self.held,
            ..self.batch.row(k)
        }
    }
}
