//! Parallel tempering with two states at each temperature, and cluster moves between them.

use super::anneal::sweep;
use super::best::Best;
use super::combine::{Parts, combine, houdayer};
use super::model::SpinModel;
use super::state::State;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};

/// Temperatures, and the hottest and the coldest as shares of the scale of local fields.
const LEVELS: usize = 16;
const HOT: f64 = 0.8;
const COLD: f64 = 0.08;
/// Rounds between two looks for a better state.
const ROUNDS: usize = 10;

/// Runs until the budget ends. A move is an update of a site.
pub(crate) fn tempering<W: Weight>(
    model: &SpinModel<W>,
    start: State<'_, W>,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
    best: &mut Best<'_, '_, W>,
) {
    let ratio: f64 = COLD / HOT;
    let temperature = |k: usize| model.scale * HOT * ratio.powf(k as f64 / (LEVELS - 1) as f64);
    let mut levels: Vec<[State<'_, W>; 2]> = (0..LEVELS)
        .map(|_| [State::random(model, random), State::random(model, random)])
        .collect();
    levels[LEVELS - 1][0] = State::of(model, &start.symbols());
    let mut parts = Parts::default();
    let mut elite = levels[LEVELS - 1][0].clone();
    elite.settle();
    best.offer(&elite);
    for round in 1.. {
        for (k, pair) in levels.iter_mut().enumerate() {
            for state in pair.iter_mut() {
                sweep(state, temperature(k), random);
                if budget.spend(model.sites() as u64) {
                    return finish(levels, best);
                }
            }
            if !W::EXACT && round % 100 == 0 {
                pair.iter_mut().for_each(State::refresh);
            }
            let [a, b] = pair;
            houdayer(a, b, &mut parts, random);
        }
        for replica in 0..2 {
            for k in ((round % 2)..LEVELS - 1).step_by(2) {
                let (hot, cold) = levels.split_at_mut(k + 1);
                let (hot, cold) = (&mut hot[k][replica], &mut cold[0][replica]);
                let slope = 1.0 / temperature(k + 1) - 1.0 / temperature(k);
                if random.unit::<f64>() < (slope * (cold.energy - hot.energy)).exp() {
                    std::mem::swap(hot, cold);
                }
            }
        }
        if round % ROUNDS == 0 {
            let mut candidate =
                levels[LEVELS - 1 - random.below(LEVELS / 4)][random.below(2)].clone();
            candidate.settle();
            let turned = elite.is_turned(&candidate);
            combine(&mut elite, &candidate, turned, &mut parts, random);
            elite.settle();
            best.offer(&elite);
        }
    }
}

fn finish<W: Weight>(levels: Vec<[State<'_, W>; 2]>, best: &mut Best<'_, '_, W>) {
    for mut state in levels.into_iter().flatten().rev() {
        state.settle();
        best.offer(&state);
    }
}
