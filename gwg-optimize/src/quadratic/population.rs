//! A population of annealed states that are recombined and annealed again.

use super::anneal::{Schedule, anneal};
use super::best::Best;
use super::combine::{Parts, combine};
use super::model::SpinModel;
use super::state::State;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};

/// States of a population.
const SIZE: usize = 16;
/// Temperatures as shares of the scale of local fields: of the first annealing, of that of a child, and at the end of both.
const HOT: f64 = 0.5;
const WARM: f64 = 0.2;
const COLD: f64 = 0.02;
/// Children that improve nothing, per state, after which a population is given up.
const PATIENCE: usize = 4;
/// Updates of an annealing of the first population, and sweeps of it at least and at most.
const UPDATES: usize = 2_000_000;
const SWEEPS: (usize, usize) = (20, 2000);
/// Up to this mean number of neighbors, differences fall into many parts, and a child takes the place of the worst state, not of its parent.
pub(super) const FEW_NEIGHBORS: f64 = 6.0;

/// Populations one after the other, each with longer annealings, until the budget ends.
pub(crate) fn populations<'m, W: Weight>(
    model: &'m SpinModel<W>,
    start: State<'m, W>,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
    best: &mut Best<'_, '_, W>,
) {
    let mut sweeps = (UPDATES / model.sites()).clamp(SWEEPS.0, SWEEPS.1);
    let mut start = Some(start);
    while !budget.ended() {
        let run = Run { model, sweeps };
        run.population(start.take(), random, budget, best);
        sweeps += sweeps / 2;
    }
}

struct Run<'m, W> {
    model: &'m SpinModel<W>,
    sweeps: usize,
}

impl<'m, W: Weight> Run<'m, W> {
    fn schedule(&self, hot: f64) -> Schedule {
        Schedule {
            hot: hot * self.model.scale,
            cold: COLD * self.model.scale,
            sweeps: self.sweeps,
        }
    }

    fn population(
        &self,
        start: Option<State<'m, W>>,
        random: &mut SplitMix64,
        budget: &mut Budget<'_>,
        best: &mut Best<'_, '_, W>,
    ) {
        let mut states: Vec<State<'m, W>> = Vec::with_capacity(SIZE);
        states.extend(start);
        for k in 0..SIZE {
            if k == states.len() {
                states.push(State::random(self.model, random));
                anneal(&mut states[k], self.schedule(HOT), random, budget);
            }
            best.offer(&states[k]);
            if budget.ended() {
                return;
            }
        }
        let mut parts = Parts::default();
        let mut stale = 0;
        while stale < PATIENCE * SIZE && !budget.ended() {
            let first = random.below(SIZE);
            let second = (first + 1 + random.below(SIZE - 1)) % SIZE;
            let mut child = states[first].clone();
            let turned = child.is_turned(&states[second]);
            combine(&mut child, &states[second], turned, &mut parts, random);
            child.settle();
            let combined = child.clone();
            anneal(&mut child, self.schedule(WARM), random, budget);
            let turned = child.is_turned(&combined);
            combine(&mut child, &combined, turned, &mut parts, random);
            child.settle();
            best.offer(&child);
            stale = if self.admit(&mut states, child, first) {
                0
            } else {
                stale + 1
            };
        }
    }

    /// Puts a child in the place of a state that is not better; true if that one was worse.
    fn admit(&self, states: &mut [State<'m, W>], child: State<'m, W>, parent: usize) -> bool {
        let place = if self.model.degree() <= FEW_NEIGHBORS {
            let near = self.model.sites() / 100;
            let twin = states.iter().position(|s| s.distance(&child) <= near);
            let worst =
                (0..states.len()).max_by(|&a, &b| states[a].energy.total_cmp(&states[b].energy));
            twin.or(worst).unwrap_or(parent)
        } else {
            parent
        };
        let better = child.energy < states[place].energy - self.model.least.wide();
        if child.energy <= states[place].energy {
            states[place] = child;
        }
        better
    }
}
