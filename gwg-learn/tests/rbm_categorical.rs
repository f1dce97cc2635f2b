//! Machines with categorical sites: gradients, sweeps, ladders and partition functions against enumeration, and the same bits for any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Threads, generator};
use gwg_core::check::{chi_square, configurations, index};
use gwg_core::{Parametric, Target, math};
use gwg_learn::log_z::{
    Annealing, ExactRbm, Origin, Path, RbmPath, Schedule as Levels, categorical_base,
};
use gwg_learn::{
    Data, Ladder, Optimizer, Penalty, RbmChains, RbmLayers, RbmOptions, RbmTrainer, Schedule,
    SweptModel, effective_couplings, read_ladder, write_ladder,
};
use gwg_models::CategoricalRbm;
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// A machine in closed form.
fn layers(sites: usize, units: usize, hidden: usize, scale: f32) -> RbmLayers {
    let weight = |k: usize| scale * ((3 * k + 1) as f32).sin();
    RbmLayers {
        units,
        weights: (0..sites * units * hidden).map(weight).collect(),
        visible_bias: (0..sites * units).map(|k| 0.5 * (k as f32).cos()).collect(),
        hidden_bias: (0..hidden).map(|j| 0.2 * j as f32 - 0.1).collect(),
    }
}

/// Three sites of three states.
fn patterns() -> Data {
    let rows = [[0, 1, 2], [2, 2, 1], [1, 0, 2], [0, 1, 1], [2, 0, 0]];
    Data::new(rows.concat(), 3, 3).unwrap()
}

/// By the sum over all states.
fn log_z(model: &CategoricalRbm<f32>) -> f64 {
    let states = configurations(model.space());
    let f: Vec<f64> = states.iter().map(|x| model.log_prob(x)).collect();
    math::logsumexp(&f)
}

/// The probability of every state.
fn law(model: &CategoricalRbm<f32>) -> Vec<f64> {
    let log_z = log_z(model);
    let mut all = vec![0.0; model.states().pow(model.sites() as u32)];
    for x in configurations(model.space()) {
        all[index(model.space(), &x)] = (model.log_prob(&x) - log_z).exp();
    }
    all
}

fn chi(model: &CategoricalRbm<f32>, rows: &[u8]) -> f64 {
    let law = law(model);
    let mut counts = vec![0; law.len()];
    for x in rows.chunks_exact(model.sites()) {
        counts[index(model.space(), x)] += 1;
    }
    chi_square(&counts, &law).z
}

/// The weighted sum of `df/dtheta` in f64.
fn gradient(layers: &RbmLayers, rows: &[u8], weights: &[f64]) -> Vec<f64> {
    let wide = |x: &[f32]| x.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
    let (b, c) = (wide(&layers.visible_bias), wide(&layers.hidden_bias));
    let model = CategoricalRbm::new(layers.units, wide(&layers.weights), b, c).unwrap();
    let mut sum = vec![0.0; model.parameter_count()];
    let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(weights.len())];
    model
        .parameter_gradient(rows, weights, &mut sum, &mut scratch)
        .unwrap();
    sum
}

/// The exact means of `df/dtheta` among the data and in the model: weights, biases.
fn exact_means(layers: &RbmLayers) -> [Vec<f64>; 2] {
    let model = layers.to_categorical().unwrap();
    let (states, law) = (configurations(model.space()), law(&model));
    let weights: Vec<f64> = states
        .iter()
        .map(|x| law[index(model.space(), x)])
        .collect();
    let of_data = gradient(layers, patterns().symbols(), &[0.2; 5]);
    [of_data, gradient(layers, &states.concat(), &weights)]
}

const SHAPE: (usize, usize, usize) = (3, 3, 2);

/// The change of the parameters by an update at rate 1 with many chains, in the order of [`Parametric`].
fn change(centered: bool) -> Vec<f32> {
    let options = RbmOptions {
        hidden: SHAPE.2,
        chains: 40_000,
        batch: 5,
        sweeps: 30,
        schedule: Schedule::constant(1.0),
        centered,
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&patterns(), options, &threads(2)).unwrap();
    let before = start();
    trainer.set_layers(before.clone());
    trainer.update();
    let pairs = trainer
        .layers()
        .parameters()
        .into_iter()
        .zip(before.parameters());
    pairs.map(|(after, before)| after - before).collect()
}

/// A machine in the zero-sum gauge.
fn start() -> RbmLayers {
    let mut layers = layers(SHAPE.0, SHAPE.1, SHAPE.2, 1.0);
    layers.to_zero_sum();
    layers
}

/// Projects a direction on the zero-sum gauge.
fn projected(direction: &[f64]) -> Vec<f32> {
    let (sites, units, hidden) = SHAPE;
    let direction: Vec<f32> = direction.iter().map(|&x| x as f32).collect();
    let (weights, biases) = direction.split_at(sites * units * hidden);
    let (b, c) = biases.split_at(sites * units);
    let mut layers = RbmLayers {
        units,
        weights: weights.to_vec(),
        visible_bias: b.to_vec(),
        hidden_bias: c.to_vec(),
    };
    layers.to_zero_sum();
    layers.hidden_bias = c.to_vec();
    layers.parameters()
}

/// A mean of 40,000 chains of numbers in [0, 1], and of sums of as many as sites: five standard errors at most.
fn close(found: &[f32], wanted: &[f32]) {
    for (k, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!(
            (found - wanted).abs() < 5.0 * 0.5 / 200.0,
            "{k}: {found} {wanted}"
        );
    }
}

#[test]
fn the_gradient_is_that_of_the_likelihood() {
    let [data, model] = exact_means(&start());
    let exact: Vec<f64> = data.iter().zip(&model).map(|(d, m)| d - m).collect();
    assert!(exact.iter().any(|g| g.abs() > 0.1));
    close(&change(false), &projected(&exact));
}

/// `dW - mu dc' - db la'`, and the shifts of both biases (Melchior et al. 2016); it keeps the zero-sum gauge.
#[test]
fn the_centered_gradient_is_that_of_centered_units() {
    let [data, model] = exact_means(&start());
    let (units, hidden) = (SHAPE.0 * SHAPE.1, SHAPE.2);
    let mut exact: Vec<f64> = data.iter().zip(&model).map(|(d, m)| d - m).collect();
    let centers: Vec<f64> = data
        .iter()
        .zip(&model)
        .map(|(d, m)| 0.5 * (d + m))
        .collect();
    let (b, c) = (units * hidden, units * hidden + units);
    for i in 0..units {
        for j in 0..hidden {
            exact[i * hidden + j] -= centers[b + i] * exact[c + j] + exact[b + i] * centers[c + j];
        }
    }
    for i in 0..units {
        for j in 0..hidden {
            let of = exact[i * hidden + j];
            exact[b + i] -= of * centers[c + j];
            exact[c + j] -= of * centers[b + i];
        }
    }
    let narrow: Vec<f32> = exact.iter().map(|&x| x as f32).collect();
    for (direction, kept) in narrow.iter().zip(projected(&exact)) {
        assert!((direction - kept).abs() < 1e-6, "{direction} {kept}");
    }
    close(&change(true), &narrow);
}

#[test]
fn layers_are_those_of_the_model_in_any_gauge() {
    let before = layers(5, 4, 7, 1.3);
    let mut after = before.clone();
    after.to_zero_sum();
    for site in after.weights.chunks(4 * 7) {
        for j in 0..7 {
            let sum: f32 = site.iter().skip(j).step_by(7).sum();
            assert!(sum.abs() < 1e-5);
        }
    }
    let model = before.to_categorical().unwrap();
    assert_eq!(RbmLayers::from(&model), before);
    let rows: Vec<u8> = (0..300).map(|k| (k * k % 7 % 4) as u8).collect();
    let (f, moved) = (before.log_prob_of(&rows), after.log_prob_of(&rows));
    for (x, f) in rows.chunks(5).zip(&f) {
        assert!((model.log_prob(x) - f).abs() < 1e-4);
    }
    // They differ by a constant.
    for (a, b) in f.iter().zip(&moved) {
        assert!((a - b - (f[0] - moved[0])).abs() < 1e-4);
    }
    assert!(
        before
            .to_model()
            .unwrap_err()
            .to_string()
            .contains("to_categorical")
    );
    let binary = RbmLayers { units: 1, ..before };
    assert!(
        binary
            .to_categorical()
            .unwrap_err()
            .to_string()
            .contains("to_model")
    );
    assert!(binary.to_model().is_ok());
}

#[test]
fn training_begins_at_the_frequencies_of_the_data() {
    let data = patterns()
        .with_weights(vec![1.0, 2.0, 0.5, 3.0, 1.0])
        .unwrap();
    let start = RbmLayers::start(&data, 4, 0.0, &mut generator(1, 0));
    let model = start.to_categorical().unwrap();
    let law = law(&model);
    let keep = 1.0 / (data.effective_rows() + 1.0);
    for (k, f) in data.frequencies().into_iter().enumerate() {
        let of_site = configurations(model.space()).into_iter();
        let with = of_site.filter(|x| usize::from(x[k / 3]) == k % 3);
        let p: f64 = with.map(|x| law[index(model.space(), &x)]).sum();
        assert!((p - ((1.0 - keep) * f + keep / 3.0)).abs() < 1e-6);
    }
}

#[test]
fn sweeps_have_the_law_of_the_model() {
    let layers = layers(4, 3, 3, 1.2);
    let uniform = vec![1.0; 12];
    let mut chains = RbmChains::independent(&layers, 30_000, 7, &uniform, &threads(2));
    chains.sweep(&layers, 200);
    let z = chi(&layers.to_categorical().unwrap(), &chains.rows());
    // The quantile 4.5 has probability 3.4e-6.
    assert!(z < 4.5, "{z}");
    let mut alone = RbmChains::independent(&layers, 30_000, 7, &uniform, &threads(1));
    alone.sweep(&layers, 200);
    assert_eq!(alone.rows(), chains.rows());
    let rows = chains.rows();
    chains.set_rows(&rows);
    assert_eq!(chains.rows(), rows);
    let f = chains.log_prob(&layers);
    for (a, b) in f.iter().zip(layers.log_prob_of(&rows)) {
        assert!((a - b).abs() < 1e-5);
    }
}

#[test]
fn contrastive_divergence_starts_at_the_data() {
    let options = RbmOptions {
        hidden: 2,
        chains: 5,
        batch: 5,
        sweeps: 0,
        from_data: true,
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&patterns(), options, &threads(1)).unwrap();
    let update = trainer.update();
    let mut rows: Vec<Vec<u8>> = trainer
        .chains()
        .rows()
        .chunks(3)
        .map(<[u8]>::to_vec)
        .collect();
    let mut wanted: Vec<Vec<u8>> = patterns().symbols().chunks(3).map(<[u8]>::to_vec).collect();
    rows.sort();
    wanted.sort();
    assert_eq!(rows, wanted);
    assert!(update.gradient < 1e-6, "{update:?}");
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads_and_goes_on_with_them() {
    for optimizer in [Optimizer::Sgd, Optimizer::adam()] {
        let options = RbmOptions {
            hidden: 70,
            chains: 203,
            batch: 4,
            optimizer,
            average: 0.9,
            penalty: Penalty {
                l2: 0.01,
                ..Penalty::default()
            },
            ..RbmOptions::default()
        };
        let rows: Vec<u8> = (0..1000).map(|k| (k * k % 11 % 5) as u8).collect();
        let data = Data::new(rows, 50, 5).unwrap();
        let new = |n| RbmTrainer::new(&data, options.clone(), &threads(n)).unwrap();
        let (mut whole, mut first, mut second) = (new(1), new(3), new(2));
        let last = (0..9).map(|_| whole.update()).last();
        for _ in 0..4 {
            first.update();
        }
        second.resume(&first.save()).unwrap();
        assert_eq!((0..5).map(|_| second.update()).last(), last);
        assert_eq!(second.save(), whole.save());
        assert_eq!(second.average(), whole.average());
        let binary = Data::new(vec![0; 1000], 50, 2).unwrap();
        let mut binary = RbmTrainer::new(&binary, options, &threads(1)).unwrap();
        assert!(binary.resume(&first.save()).is_err());
    }
}

#[test]
fn the_ladder_gives_the_partition_function() {
    let models: Vec<RbmLayers> = [0.0, 0.4, 0.8, 1.2]
        .map(|scale| layers(4, 3, 3, scale))
        .into();
    let exact = log_z(&models[3].to_categorical().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ladder.safetensors");
    write_ladder(&path, &models).unwrap();
    assert_eq!(read_ladder(&path).unwrap(), models);
    let independent = models[0].independent_log_z().unwrap();
    let of_first = log_z(&models[0].to_categorical().unwrap());
    assert!((independent - of_first).abs() < 1e-5);
    let mut ladder = Ladder::new(models, 2000, 5, &threads(2));
    ladder.advance(40, 3, false);
    ladder.advance(100, 3, true);
    let estimate = ladder.log_z().unwrap().estimate;
    let off = (estimate.value - exact).abs();
    assert!(
        off < 4.0 * estimate.standard_error && estimate.standard_error < 0.01,
        "{estimate:?} {exact}"
    );
}

#[test]
fn paths_agree_with_the_sum_over_hidden_units() {
    let layers = layers(5, 4, 3, 1.5);
    let model = layers.to_categorical().unwrap();
    let exact = ExactRbm::categorical(&model, &threads(2)).unwrap();
    let log_z = log_z(&model);
    assert!(
        (exact.log_z() - log_z).abs() < 1e-9,
        "{} {log_z}",
        exact.log_z()
    );
    let draws = exact.draw(40_000, 3);
    assert!(chi(&model, &draws).abs() < 4.5);
    let data = Data::new(draws[..500].to_vec(), 5, 4).unwrap();
    let base = categorical_base::<f64>(&data, 1.0).unwrap();
    let path = RbmPath::categorical(&model, base.logits(), threads(2)).unwrap();
    assert!((path.log_z0() - (base.log_z() + 3.0 * 2.0_f64.ln())).abs() < 1e-5);
    let levels = Levels::linear(30).unwrap();
    let annealing = Annealing {
        steps: 1,
        seed: 11,
        ..Annealing::new(&path, &levels)
    };
    let forward = annealing.forward(4_000).unwrap();
    let reverse = annealing.reverse(&draws[..20_000], Origin::Exact).unwrap();
    let all = [
        forward.estimate().unwrap(),
        reverse.estimate().unwrap(),
        forward.bar(&reverse).unwrap(),
    ];
    for found in all {
        let off = (found.value - log_z).abs();
        assert!(
            off < 4.0 * found.standard_error && found.standard_error < 0.03,
            "{found:?} {log_z}"
        );
    }
    let again = RbmPath::categorical(&model, base.logits(), threads(1)).unwrap();
    let again = Annealing {
        steps: 1,
        seed: 11,
        ..Annealing::new(&again, &levels)
    };
    let logs = forward.log_weights();
    assert_eq!(again.forward(4_000).unwrap().log_weights(), logs);
    assert!(RbmPath::categorical(&model, &[0.0; 5], threads(1)).is_err());
    let large = CategoricalRbm::<f64>::random(3, 3, 21, 1).unwrap();
    assert!(ExactRbm::categorical(&large, &threads(1)).is_err());
}

/// Of one row, `J` is the second difference of `f` at that row, each difference from the mean over all states; of several, their mean.
#[test]
fn effective_couplings_are_second_differences() {
    let model = layers(4, 3, 5, 1.5).to_categorical().unwrap();
    let rows = [[0, 2, 1, 1], [2, 2, 0, 1]];
    let found = effective_couplings(&model, &rows.concat(), &threads(2)).unwrap();
    assert_eq!(
        found,
        effective_couplings(&model, &rows.concat(), &threads(1)).unwrap()
    );
    for (i, j) in found.pairs() {
        let mut wanted = [[0.0; 3]; 3];
        for row in rows {
            let f = |a: u8, b: u8| {
                let mut x = row;
                (x[i], x[j]) = (a, b);
                model.log_prob(&x)
            };
            let all = || (0..3).flat_map(|a| (0..3).map(move |b| (a, b)));
            let whole = all().map(|(a, b)| f(a, b)).sum::<f64>() / 9.0;
            for (a, b) in all() {
                let of_a = (0..3).map(|c| f(a, c)).sum::<f64>() / 3.0;
                let of_b = (0..3).map(|c| f(c, b)).sum::<f64>() / 3.0;
                wanted[usize::from(a)][usize::from(b)] += 0.5 * (f(a, b) - of_a - of_b + whole);
            }
        }
        for (found, wanted) in found.block(i, j).iter().zip(wanted.as_flattened()) {
            assert!((found - wanted).abs() < 1e-5, "{i} {j}: {found} {wanted}");
        }
    }
    assert!(found.field().iter().all(|&h| h == 0.0));
}

/// From exact samples of a machine, training finds one that is as near as sampling allows: of the best one, `2 n KL` has the distribution chi-square with
/// as many degrees of freedom as parameters.
#[test]
fn a_machine_is_learned_from_its_samples() {
    let truth = layers(6, 4, 3, 1.2).to_categorical().unwrap();
    let (rows, parameters) = (20_000, 3.0_f64 * (6.0 * 3.0 + 1.0) + 6.0 * 3.0);
    let exact = ExactRbm::categorical(&truth, &threads(2)).unwrap();
    let data = Data::new(exact.draw(rows, 1), 6, 4).unwrap();
    let options = RbmOptions {
        hidden: 3,
        chains: 2000,
        batch: 2000,
        sweeps: 2,
        schedule: Schedule {
            decay_after: 1500,
            ..Schedule::constant(2.0)
        },
        scale: 0.1,
        average: 0.99,
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&data, options, &threads(2)).unwrap();
    for _ in 0..3000 {
        trainer.update();
    }
    let learned = trainer.average().unwrap().to_categorical().unwrap();
    let (p, q) = (law(&truth), law(&learned));
    let kl: f64 = p.iter().zip(&q).map(|(p, q)| p * (p / q).ln()).sum();
    let log_z = ExactRbm::categorical(&learned, &threads(2))
        .unwrap()
        .log_z();
    let fresh = exact.draw(rows, 2);
    let mean = |model: &CategoricalRbm<f32>, log_z: f64| {
        let rows = fresh.chunks_exact(6);
        let sum: f64 = rows.map(|x| model.log_prob(x) - log_z).sum();
        sum / 20e3
    };
    let (of_truth, of_learned) = (mean(&truth, exact.log_z()), mean(&learned, log_z));
    println!("KL {kl:.5}, log-likelihood of new rows {of_learned:.4}, of the truth {of_truth:.4}");
    // The mean, and five standard deviations of chi-square.
    let most = (parameters + 5.0 * (2.0 * parameters).sqrt()) / (2.0 * rows as f64);
    assert!(kl < most, "{kl} {most}");
    assert!((of_truth - of_learned - kl).abs() < 5.0 * (2.0 * kl / rows as f64).sqrt());
}

/// Adam steps by about the rate for every weight, however small its gradient: fields that the weights imply must go to the biases at once.
#[test]
fn adam_learns_in_centered_variables() {
    let truth = layers(6, 4, 3, 1.2).to_categorical().unwrap();
    let exact = ExactRbm::categorical(&truth, &threads(2)).unwrap();
    let data = Data::new(exact.draw(5000, 1), 6, 4).unwrap();
    let options = RbmOptions {
        hidden: 20,
        chains: 500,
        batch: 500,
        optimizer: Optimizer::adam(),
        schedule: Schedule {
            decay_after: 300,
            ..Schedule::constant(0.01)
        },
        ..RbmOptions::default()
    };
    let mut trainer = RbmTrainer::new(&data, options, &threads(2)).unwrap();
    let mut apart = 0.0_f64;
    for _ in 0..600 {
        let update = trainer.update();
        apart = apart.max(update.model - update.data);
    }
    let learned = trainer.layers().to_categorical().unwrap();
    let (p, q) = (law(&truth), law(&learned));
    let kl: f64 = p.iter().zip(&q).map(|(p, q)| p * (p / q).ln()).sum();
    println!("KL {kl:.5}, chains above the data by {apart:.2} at most");
    assert!(kl < 0.1 && apart < 1.0, "{kl} {apart}");
}
