//! The best state of a restart.

use super::state::State;
use super::terms::Terms;
use super::weight::Weight;

/// Reports each improvement.
pub(crate) struct Best<'t, 'f, W> {
    terms: &'t Terms,
    found: &'f mut dyn FnMut(f64, &[u8]),
    energy: f64,
    /// Differences up to this are rounding.
    rounding: f64,
    weight: std::marker::PhantomData<W>,
}

impl<'t, 'f, W: Weight> Best<'t, 'f, W> {
    pub(crate) fn new(terms: &'t Terms, found: &'f mut dyn FnMut(f64, &[u8])) -> Self {
        Self {
            terms,
            found,
            energy: f64::INFINITY,
            rounding: if W::EXACT { 0.0 } else { 1e-12 },
            weight: std::marker::PhantomData,
        }
    }

    pub(crate) fn offer(&mut self, state: &State<'_, W>) {
        let margin = if self.energy.is_finite() {
            self.rounding * self.energy.abs()
        } else {
            0.0
        };
        if state.energy < self.energy - margin {
            self.energy = state.energy;
            let x = state.symbols();
            (self.found)(self.terms.value(&x), &x);
        }
    }
}
