//! Learning of restricted Boltzmann machines: gradients against exact ones, and the same bits for any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::Threads;
use gwg_learn::{Data, Optimizer, RbmLayers, RbmOptions, RbmTrainer, Schedule};
use gwg_models::exact::rbm_log_z;
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// A machine of 6 visible and 4 hidden units in closed form.
fn layers() -> RbmLayers {
    let (i, j) = (0..6, 0..4);
    let weights = i.flat_map(|i| (0..4).map(move |j| ((i + 2 * j + 1) as f32).sin()));
    RbmLayers {
        units: 1,
        weights: weights.collect(),
        visible_bias: (0..6).map(|i| 0.3 * (i as f32).cos()).collect(),
        hidden_bias: j.map(|j| -0.2 + 0.1 * j as f32).collect(),
    }
}

/// Five patterns; unit 0 is the most significant bit.
fn patterns() -> Data {
    let bits = [5, 12, 33, 47, 62].map(|k: u8| (0..6).map(move |i| k >> (5 - i) & 1));
    Data::new(bits.into_iter().flatten().collect(), 6, 2).unwrap()
}

fn likelihood(layers: &RbmLayers, data: &Data) -> f64 {
    use gwg_core::Target;
    let model = layers.to_model().unwrap();
    let log_z = rbm_log_z(&model).unwrap();
    let rows = data.symbols().chunks_exact(6);
    rows.map(|x| model.log_prob(x) - log_z).sum::<f64>() / 5.0
}

/// The change of the parameters by one update at rate 1 with many chains.
fn change(centered: bool, count: usize) -> RbmLayers {
    let options = RbmOptions {
        hidden: 4,
        chains: 40_000,
        batch: 5,
        sweeps: 30,
        schedule: Schedule::constant(1.0),
        centered,
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&patterns(), options, &threads(count)).unwrap();
    let before = layers();
    trainer.set_layers(before.clone());
    trainer.update();
    let after = trainer.layers();
    let minus = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a - b).collect();
    RbmLayers {
        units: 1,
        weights: minus(&after.weights, &before.weights),
        visible_bias: minus(&after.visible_bias, &before.visible_bias),
        hidden_bias: minus(&after.hidden_bias, &before.hidden_bias),
    }
}

#[test]
fn the_gradient_is_that_of_the_likelihood() {
    assert!((likelihood(&layers(), &patterns()) + 4.632_635_993).abs() < 1e-6);
    let found = change(false, 2);
    let exact: [(f32, f64); 4] = [
        (found.weights[0], -0.192_191_542),
        (found.weights[5 * 4 + 3], -0.027_450_747),
        (found.visible_bias[0], -0.082_559_680),
        (found.hidden_bias[0], -0.222_488_626),
    ];
    for (found, exact) in exact {
        // A mean of 40,000 chains of numbers in [0, 1]: four standard errors at most.
        let off = f64::from(found) - exact;
        assert!(off.abs() < 4.0 * 0.5 / 200.0, "{found} {exact}");
    }
}

/// `dW - mu dc' - db la'`, and the shifts of both biases (Melchior et al. 2016).
#[test]
fn the_centered_gradient_is_a_change_of_variables() {
    let (plain, centered) = (change(false, 1), change(true, 2));
    // Of the same chains: both runs draw the same states.
    let (mut shift_b, mut shift_c) = ([0.0_f32; 6], [0.0_f32; 4]);
    let (mu, la) = centers(&plain);
    for i in 0..6 {
        for j in 0..4 {
            let of = plain.weights[i * 4 + j];
            let expected = of - mu[i] * plain.hidden_bias[j] - plain.visible_bias[i] * la[j];
            let found = centered.weights[i * 4 + j];
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            shift_b[i] += found * la[j];
            shift_c[j] += found * mu[i];
        }
    }
    let of_visible = plain
        .visible_bias
        .iter()
        .zip(shift_b)
        .zip(&centered.visible_bias);
    let of_hidden = plain
        .hidden_bias
        .iter()
        .zip(shift_c)
        .zip(&centered.hidden_bias);
    for ((plain, shift), found) in of_visible.chain(of_hidden) {
        assert!((found - (plain - shift)).abs() < 1e-5);
    }
}

/// The centers: means of data and model. Of the data exactly, so that those of the model follow from the plain gradient.
fn centers(plain: &RbmLayers) -> ([f32; 6], [f32; 4]) {
    let (data, layers) = (patterns(), layers());
    let (mut mu, mut la) = ([0.0_f32; 6], [0.0_f32; 4]);
    for row in data.symbols().chunks_exact(6) {
        for (mu, &v) in mu.iter_mut().zip(row) {
            *mu += f32::from(v) / 5.0;
        }
        for (j, la) in la.iter_mut().enumerate() {
            let sum = row
                .iter()
                .enumerate()
                .map(|(i, &v)| f32::from(v) * layers.weights[i * 4 + j]);
            let a = layers.hidden_bias[j] + sum.sum::<f32>();
            *la += 0.2 / (1.0 + (-a).exp());
        }
    }
    for (mu, d) in mu.iter_mut().zip(&plain.visible_bias) {
        *mu -= 0.5 * d;
    }
    for (la, d) in la.iter_mut().zip(&plain.hidden_bias) {
        *la -= 0.5 * d;
    }
    (mu, la)
}

/// One step of contrastive divergence: dW[0, 0] of the exact expectation over chains that start at the data.
#[test]
fn contrastive_divergence_starts_at_the_data() {
    let options = RbmOptions {
        hidden: 4,
        chains: 50_000,
        batch: 5,
        schedule: Schedule::constant(1.0),
        centered: false,
        from_data: true,
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&patterns(), options, &threads(2)).unwrap();
    trainer.set_layers(layers());
    trainer.update();
    let found = trainer.layers().weights[0] - layers().weights[0];
    assert!(
        (f64::from(found) + 0.095_365_478).abs() < 4.0 * 0.5 / 223.0,
        "{found}"
    );
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads_and_raises_the_likelihood() {
    for (optimizer, rate) in [(Optimizer::Sgd, 0.5), (Optimizer::adam(), 0.03)] {
        let run = |count| {
            let options = RbmOptions {
                hidden: 4,
                chains: 203,
                batch: 4,
                optimizer,
                schedule: Schedule::constant(rate),
                ..RbmOptions::default()
            };
            let mut trainer = RbmTrainer::new(&patterns(), options, &threads(count)).unwrap();
            let before = likelihood(trainer.layers(), &patterns());
            let last = (0..600).map(|_| trainer.update()).last();
            let after = likelihood(trainer.layers(), &patterns());
            assert!(after > before + 0.5, "{before} {after}");
            (trainer.layers().clone(), trainer.chains().rows(), last)
        };
        assert_eq!(run(1), run(3));
    }
}

#[test]
fn weights_of_rows_are_repetitions() {
    let rows = vec![0, 1, 1, 1, 0, 0];
    let weighted = Data::new(rows.clone(), 3, 2).unwrap();
    let weighted = weighted.with_weights(vec![3.0, 1.0]).unwrap();
    let repeated = [0, 1, 1].repeat(3).into_iter().chain([1, 0, 0]).collect();
    let repeated = Data::new(repeated, 3, 2).unwrap();
    let run = |data: &Data, batch| {
        let options = RbmOptions {
            hidden: 2,
            chains: 50,
            batch,
            scale: 0.5,
            schedule: Schedule::constant(1.0),
            ..RbmOptions::default()
        };
        let mut trainer = RbmTrainer::new(data, options, &threads(1)).unwrap();
        trainer.update();
        trainer.layers().clone()
    };
    let (a, b) = (run(&weighted, 2), run(&repeated, 4));
    for (a, b) in a.weights.iter().zip(&b.weights) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn saved_training_goes_on_with_the_same_bits() {
    let options = RbmOptions {
        hidden: 3,
        chains: 70,
        batch: 2,
        optimizer: Optimizer::Momentum { momentum: 0.5 },
        ..RbmOptions::default()
    };
    let new = |n| RbmTrainer::new(&patterns(), options.clone(), &threads(n)).unwrap();
    let (mut whole, mut first, mut second) = (new(1), new(2), new(3));
    let last = (0..9).map(|_| whole.update()).last();
    for _ in 0..4 {
        first.update();
    }
    second.resume(&first.save()).unwrap();
    assert_eq!((0..5).map(|_| second.update()).last(), last);
    assert_eq!(second.save(), whole.save());
    let refused = |batch: usize| {
        let data = Data::new(vec![0; 12], 6, 2).unwrap();
        let options = RbmOptions {
            batch,
            ..options.clone()
        };
        RbmTrainer::new(&data, options, &threads(1))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(0), "`batch`: found 0, allowed is at least 1");
    let other = Data::new(vec![0; 12], 6, 2).unwrap();
    let mut other = RbmTrainer::new(&other, options, &threads(1)).unwrap();
    assert!(
        other
            .resume(&first.save())
            .unwrap_err()
            .to_string()
            .contains("data")
    );
}

/// Those of the parameters before the update, of weighted rows and of the chains that the gradient is of.
#[test]
fn means_of_f_are_those_of_the_rows() {
    let weights = vec![1.0, 2.0, 0.5, 3.0, 1.0];
    let data = patterns().with_weights(weights.clone()).unwrap();
    let options = RbmOptions {
        hidden: 4,
        chains: 71,
        batch: 5,
        sweeps: 2,
        schedule: Schedule::constant(0.5),
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&data, options, &threads(2)).unwrap();
    trainer.set_layers(layers());
    for _ in 0..20 {
        let before = trainer.layers().clone();
        let update = trainer.update();
        let of_data = before.log_prob_of(data.symbols());
        let weighted = of_data.iter().zip(&weights).map(|(f, w)| f * w);
        let wanted = weighted.sum::<f64>() / weights.iter().sum::<f64>();
        assert!((update.data - wanted).abs() < 1e-5, "{update:?} {wanted}");
        let of_chains = before.log_prob_of(&trainer.chains().rows());
        let wanted = of_chains.iter().sum::<f64>() / 71.0;
        assert!((update.model - wanted).abs() < 1e-5, "{update:?} {wanted}");
    }
}
