//! Parallel trajectory tempering: the law of its last chains, its partition function, and the same bits for any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::Threads;
use gwg_learn::{
    GrowingLadder, GrowthOptions, Ladder, PairPotts, RbmChains, RbmLayers, SweptModel, SweptPotts,
};
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// The machine of 6 visible and 4 hidden units in closed form, all parameters scaled.
fn layers(scale: f32) -> RbmLayers {
    let weights = (0..6).flat_map(|i| (0..4).map(move |j| ((i + 2 * j + 1) as f32).sin()));
    RbmLayers {
        units: 1,
        weights: weights.map(|w| scale * w).collect(),
        visible_bias: (0..6).map(|i| scale * 0.3 * (i as f32).cos()).collect(),
        hidden_bias: (0..4).map(|j| scale * (-0.2 + 0.1 * j as f32)).collect(),
    }
}

/// A Potts model whose two sites are stuck in one of two states each.
fn potts(scale: f32) -> SweptPotts {
    let mut model = PairPotts::zeros(3, 3).unwrap();
    for (k, value) in model.coupling_mut().iter_mut().enumerate() {
        *value = scale * if k % 9 % 4 == 0 { 3.0 } else { 0.0 };
    }
    for (k, value) in model.field_mut().iter_mut().enumerate() {
        *value = 0.2 * (k as f32).cos();
    }
    SweptPotts::new(model, &threads(1))
}

/// `log Z`, and the probability of each state.
fn exact(f: impl Fn(&[u8]) -> f64, sites: u32, states: usize) -> (f64, Vec<f64>) {
    let all = 0..states.pow(sites);
    let digits = |k: usize| (0..sites).map(move |i| (k / states.pow(i) % states) as u8);
    let weights: Vec<f64> = all
        .map(|k| f(&digits(k).collect::<Vec<u8>>()).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    (total.ln(), weights.into_iter().map(|w| w / total).collect())
}

fn frequencies(rows: &[u8], sites: usize, states: usize) -> Vec<f64> {
    let mut counts = vec![0.0; states.pow(sites as u32)];
    let all = (rows.len() / sites) as f64;
    for row in rows.chunks_exact(sites) {
        counts[row
            .iter()
            .rev()
            .fold(0, |k, &a| k * states + usize::from(a))] += 1.0 / all;
    }
    counts
}

#[test]
fn neighbors_exchange_as_often_as_their_distributions_overlap() {
    let models = vec![layers(0.0), layers(0.5), layers(1.0)];
    let mut ladder = Ladder::new(models, 2000, 5, &threads(2));
    ladder.advance(40, 3, false);
    ladder.advance(200, 3, true);
    // By enumeration of both distributions.
    let found = ladder.acceptance()[1];
    assert!((found - 0.745_435_931).abs() < 3e-3, "{found}");
    let log_z = ladder.log_z().unwrap();
    assert!(
        (log_z.differences[1] - 0.419_134_625).abs() < 5e-3,
        "{log_z:?}"
    );
    let error = log_z.estimate.standard_error;
    let off = (log_z.estimate.value - 7.424_798_427).abs();
    assert!(error < 5e-3 && off < 4.0 * error, "{log_z:?}");
    assert!(ladder.arrivals() > 10_000);
}

#[test]
fn the_last_chains_have_the_law_of_the_last_model() {
    let models: Vec<_> = [0.0, 0.35, 0.7, 1.0].map(potts).into();
    let top = potts(1.0);
    let mut ladder = Ladder::new(models, 30_000, 8, &threads(2));
    ladder.advance(60, 1, false);
    let (_, exact) = exact(|x| top.model().log_prob(x), 3, 3);
    let found = frequencies(&ladder.rows(), 3, 3);
    let terms = found
        .iter()
        .zip(&exact)
        .map(|(f, p)| 30_000.0 * (f - p).powi(2) / p);
    // 26 degrees of freedom: five standard deviations.
    let chi: f64 = terms.sum();
    assert!(chi < 26.0 + 5.0 * 52.0_f64.sqrt(), "{chi}");
}

/// From a start in one mode, sweeps alone stay there; through the ladder both modes are visited.
#[test]
fn states_pass_where_sweeps_do_not() {
    let strong = |scale: f32| {
        let mut model = PairPotts::<f32>::zeros(8, 2).unwrap();
        for (k, value) in model.coupling_mut().iter_mut().enumerate() {
            *value = scale * if k % 4 == 0 || k % 4 == 3 { 2.0 } else { 0.0 };
        }
        SweptPotts::new(model, &threads(1))
    };
    let ones = |rows: &[u8]| {
        let rows = rows.chunks_exact(8);
        rows.filter(|row| row.iter().filter(|&&a| a == 1).count() > 4)
            .count()
    };
    let top = strong(1.0);
    let mut alone = top.chains(&[1; 8 * 400], 1);
    top.sweep(&mut alone, 200);
    assert_eq!(ones(&top.rows(&alone)), 400);
    let models = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0]
        .map(strong)
        .into();
    let mut ladder = Ladder::new(models, 400, 1, &threads(2));
    ladder.advance(100, 1, false);
    let found = ones(&ladder.rows());
    // Half of 400, with four standard deviations of 10.
    assert!(found.abs_diff(200) < 40, "{found}");
    // The same of chains outside of the ladder, as those of a training run are, whose chains take part in turn.
    let options = GrowthOptions {
        chains: 130,
        least: 0.6,
        ..GrowthOptions::default()
    };
    let mut growing = GrowingLadder::new(strong(0.0), options, &threads(2));
    let mut arrivals = 0;
    for scale in [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0] {
        arrivals = 0;
        for _ in 0..60 {
            let present = strong(scale);
            present.sweep(&mut alone, 1);
            arrivals += growing.step(&present, &mut alone).arrivals;
        }
    }
    assert!(growing.ladder().len() > 2);
    // Through several models, states arrive at the last one.
    assert!(arrivals > 100, "{arrivals}");
    let found = ones(&top.rows(&alone));
    assert!(found.abs_diff(200) < 60, "{found}");
}

#[test]
fn a_ladder_has_the_same_bits_on_any_number_of_threads() {
    let run = |count| {
        let models = vec![layers(0.0), layers(0.3), layers(0.6), layers(1.0)];
        let mut ladder = Ladder::new(models, 33, 5, &threads(count));
        ladder.advance(20, 1, true);
        (
            ladder.rows(),
            ladder.log_z().unwrap(),
            ladder.acceptance(),
            ladder.arrivals(),
        )
    };
    assert_eq!(run(1), run(3));
}

/// A ladder that has grown to 60 models of increasing weights, and the chains of the last.
fn grown(count: usize, until: usize) -> (GrowingLadder<RbmLayers>, RbmChains) {
    let options = GrowthOptions {
        chains: 200,
        least: 0.7,
        sweeps: 2,
        seed: 2,
    };
    let mut growing = GrowingLadder::new(layers(0.0), options, &threads(count));
    let mut chains = layers(0.0).chains(&[0; 6 * 500], 40);
    for step in 1..=until {
        go_on(&mut growing, &mut chains, step);
    }
    (growing, chains)
}

fn go_on(growing: &mut GrowingLadder<RbmLayers>, chains: &mut RbmChains, step: usize) {
    let model = layers(3.0 * step as f32 / 60.0);
    model.sweep(chains, 5);
    growing.step(&model, chains);
}

#[test]
fn a_model_joins_once_exchanges_with_the_last_are_rare() {
    let (growing, chains) = grown(2, 60);
    let models = growing.ladder().len();
    assert!((3..20).contains(&models), "{models}");
    let top = layers(3.0);
    let rows = top.rows(&chains);
    let mut ladder = growing.finish(top, &rows[..200 * 6]);
    ladder.advance(60, 5, true);
    // Neighbors of models that left the ladder exchange at least so often.
    let least = ladder.acceptance().into_iter().fold(1.0, f64::min);
    assert!(least > 0.6, "{:?}", ladder.acceptance());
}

/// The estimate along a growing ladder is that of the enumerated model, within its own error, and does not change what is saved.
#[test]
fn log_z_of_a_model_on_its_way_is_that_of_all_states() {
    let (mut growing, mut chains) = grown(2, 60);
    let top = layers(3.0);
    for _ in 0..60 {
        top.sweep(&mut chains, 5);
        growing.step(&top, &mut chains);
    }
    let saved = growing.save();
    let found = growing.log_z(&top, &chains).unwrap();
    let (exact, _) = exact(|x| top.log_prob_of(x)[0], 6, 2);
    let off = (found.value - exact).abs();
    // 200 chains of each model, and acceptance of at least 0.7.
    assert!(found.standard_error < 0.05, "{found:?}");
    assert!(off < 4.0 * found.standard_error, "{found:?}, {exact}");
    assert_eq!(growing.save(), saved);
    let (mut again, _) = grown(1, 0);
    again.resume(&saved).unwrap();
    assert_eq!(again.log_z(&top, &chains).unwrap(), found);
}

/// The same where a ladder has models that have joined in the last round, and of chains that are too few for an error.
#[test]
fn log_z_of_a_short_ladder() {
    let options = GrowthOptions {
        chains: 50,
        least: 1.1,
        ..GrowthOptions::default()
    };
    let mut growing = GrowingLadder::new(layers(0.0), options, &threads(1));
    let mut chains = layers(0.0).chains(&[0; 6 * 400], 40);
    let top = layers(1.0);
    top.sweep(&mut chains, 20);
    growing.step(&top, &mut chains);
    let found = growing.log_z(&top, &chains).unwrap();
    assert!((found.value - 7.424_798_427).abs() < 4.0 * found.standard_error);
    let one = GrowthOptions {
        chains: 1,
        ..options
    };
    let growing = GrowingLadder::new(layers(0.0), one, &threads(1));
    let refused = growing.log_z(&top, &chains).unwrap_err().to_string();
    assert!(refused.contains("chains of each model"), "{refused}");
}

#[test]
fn models_that_are_not_needed_leave() {
    // Every model would join, and those between neighbors that are near leave.
    let options = GrowthOptions {
        chains: 100,
        least: 0.999,
        ..GrowthOptions::default()
    };
    let mut growing = GrowingLadder::new(layers(0.0), options, &threads(1));
    let mut chains = layers(0.0).chains(&[0; 6 * 100], 40);
    let mut added = 0;
    for step in 1..=100 {
        let model = layers(0.01 * step as f32);
        model.sweep(&mut chains, 1);
        added += usize::from(growing.step(&model, &mut chains).added);
    }
    let left = growing.ladder().len();
    assert!(
        added > 40 && left < added / 2,
        "{added} joined, {left} are left"
    );
}

#[test]
fn a_growing_ladder_goes_on_as_it_was_saved_on_any_number_of_threads() {
    let (mut growing, mut chains) = grown(1, 60);
    let (half, mut half_chains) = grown(3, 31);
    let (mut again, _) = grown(2, 0);
    again.resume(&half.save()).unwrap();
    for step in 32..=60 {
        go_on(&mut again, &mut half_chains, step);
    }
    assert_eq!(again.save(), growing.save());
    assert_eq!(half_chains.rows(), chains.rows());
    go_on(&mut growing, &mut chains, 61);
    assert_ne!(again.save(), growing.save());
}

#[test]
fn ladders_of_other_shapes_do_not_go_on() {
    let (saved, _) = grown(1, 5);
    let saved = saved.save();
    let options = GrowthOptions::default();
    let mut other = GrowingLadder::new(layers(0.0), options, &threads(1));
    let before = other.save();
    let refused = other.resume(&saved).unwrap_err().to_string();
    assert!(refused.contains("200 chains"), "{refused}");
    assert!(other.resume(&saved[..saved.len() - 3]).is_err());
    assert_eq!(other.save(), before);
}

#[test]
fn a_ladder_without_an_independent_model_has_no_partition_function() {
    let mut ladder = Ladder::new(vec![layers(0.5), layers(1.0)], 10, 1, &threads(1));
    ladder.advance(40, 1, true);
    assert!(
        ladder
            .log_z()
            .unwrap_err()
            .to_string()
            .contains("without couplings")
    );
    let ladder = Ladder::new(vec![layers(0.0), layers(1.0)], 10, 1, &threads(1));
    assert!(
        ladder
            .log_z()
            .unwrap_err()
            .to_string()
            .contains("recorded steps")
    );
}
