//! How many steps lie between two draws where nobody says: about a sweep of the sites, from the sampler and the model alone.

use crate::entry::Sampler;
use crate::model::Model;
use crate::spec::{Composition, SamplerSpec};
use gwg_core::{Real, Symbol};

/// Sweeps between draws of a small sparse model at most: near a critical point, one is too few.
const MOST_SWEEPS: f64 = 16.0;
/// Sites that are updated between draws of a sparse model, where sweeps are repeated.
const UPDATES: f64 = 16_384.0;
/// Work between draws at most, in multiplications and additions: about 2 ms of one core.
const MOST_WORK: f64 = 1e8;
/// Work of a step of one site on a sparse model: about 100 ns of one core.
const SPARSE_STEP: f64 = 5e3;
/// Work of a pass over the moves of a model, per move: exponentials and random bits.
const PER_MOVE: f64 = 20.0;

impl SamplerSpec {
    /// The estimated mean number of sites that a step updates, where `sites` sites of at most `states` states are free: changed, or drawn anew.
    /// A step of a cycle is the whole cycle.
    #[must_use]
    pub fn sites_updated(&self, sites: usize, states: usize) -> f64 {
        let each = self.samplers().iter();
        self.sum(each.map(|sampler| sampler.sites_updated(sites, states)))
    }

    /// Steps from one draw to the next, of which the draws of a model without strong correlations are nearly independent, where `free` sites are
    /// not clamped.
    ///
    /// It is the number of steps in which about as many sites are updated as there are; on sparse models of fewer than 16,384 sites up to 16
    /// times as many. Where steps are expensive it is as many as take about 2 ms, and at least 1. It does not depend on the machine.
    #[must_use]
    pub fn steps_per_draw<R: Real, S: Symbol>(&self, model: &Model<R, S>, free: usize) -> u64 {
        if self.is_independent() {
            return 1;
        }
        let (sites, states) = (free.max(1) as f64, model.states());
        let sweeps = if is_sparse(model) {
            (UPDATES / sites).clamp(1.0, MOST_SWEEPS)
        } else {
            1.0
        };
        let wanted = sweeps * sites / self.sites_updated(free, states);
        let each = self.samplers().iter();
        let work = self.sum(each.map(|sampler| work(&**sampler, model)));
        let steps = wanted.min(MOST_WORK / work);
        (steps.round() as u64).max(1)
    }

    /// True where the state after a step does not depend on the one before, so that there is no need for a warm-up.
    #[must_use]
    pub fn is_independent(&self) -> bool {
        self.samplers()
            .iter()
            .all(|sampler| sampler.is_independent())
    }

    /// Of a step, from what each sampler does in one of its own.
    fn sum(&self, each: impl Iterator<Item = f64>) -> f64 {
        match self.composition() {
            Composition::One => each.sum(),
            Composition::InTurn(steps) => each.zip(steps).map(|(of, &n)| n as f64 * of).sum(),
            Composition::AtRandom(p) => each.zip(p).map(|(of, p)| p * of).sum(),
        }
    }
}

/// True where a move changes the differences of few others.
fn is_sparse<R: Real, S: Symbol>(model: &Model<R, S>) -> bool {
    model.as_local().is_some() || model.as_leveled().is_some()
}

/// The estimated work of a step.
fn work<R: Real, S: Symbol>(sampler: &dyn Sampler, model: &Model<R, S>) -> f64 {
    let sparse = is_sparse(model);
    if sparse && !sampler.evaluates_all() {
        return SPARSE_STEP;
    }
    let moves = PER_MOVE * (model.sites() * model.states()) as f64;
    // The differences of a multilinear model are kept, and follow each change.
    let parameters = if model.is_multilinear() {
        0
    } else {
        model.about().map_or(0, |about| about.parameter_count())
    };
    let parameters = parameters as f64;
    // Kept differences cost no more than a pass.
    let passes = if model.is_multilinear() && !sampler.evaluates_all() {
        1.0
    } else {
        sampler.passes()
    };
    passes * (moves + parameters)
}
