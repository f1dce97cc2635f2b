//! Improvements, each given out once its neighbors are no better.

use super::Clauses;

/// Gives out states better than all before. In a descent, only the last one is: the state before the first flip that is no improvement.
pub(super) struct Reporter<'r> {
    clauses: &'r Clauses,
    found: &'r mut dyn FnMut(f64, &[u8]),
    best: f64,
}

/// Of one search: whether its state is to be given out.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending(Option<f64>);

impl<'r> Reporter<'r> {
    pub(super) fn new(clauses: &'r Clauses, found: &'r mut dyn FnMut(f64, &[u8])) -> Self {
        Self {
            clauses,
            found,
            best: f64::INFINITY,
        }
    }

    /// After a flip of `variable`: `value` is that of `x`, infinite if it is not feasible. True if nothing better is conceivable.
    #[inline]
    pub(super) fn moved(
        &mut self,
        pending: &mut Pending,
        x: &mut [u8],
        variable: usize,
        value: f64,
    ) -> bool {
        if pending.0.is_some_and(|before| value >= before) {
            x[variable] ^= 1;
            self.flush(pending, x);
            x[variable] ^= 1;
        }
        self.reached(pending, x, value)
    }

    /// At a state that was not reached by a flip. True if nothing better is conceivable.
    #[inline]
    pub(super) fn reached(&mut self, pending: &mut Pending, x: &[u8], value: f64) -> bool {
        pending.0 = (value < self.best - self.clauses.tolerance()).then_some(value);
        let optimal = value <= self.clauses.constant();
        if optimal {
            self.flush(pending, x);
        }
        optimal
    }

    /// Gives out a state that is better than all before.
    pub(super) fn flush(&mut self, pending: &mut Pending, x: &[u8]) {
        if pending.0.take().is_none() {
            return;
        }
        // Another search may have found a better one meanwhile, and sums of weights may be rounded.
        let (value, feasible) = self.clauses.value(x);
        if feasible && value < self.best {
            self.best = value;
            (self.found)(value, x);
        }
    }
}
