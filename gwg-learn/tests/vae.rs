//! Variational autoencoders: the bound against quadrature, training, saved training.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::Threads;
use gwg_learn::{Data, Schedule, Vae, VaeOptions, VaeTrainer};
use std::num::NonZeroUsize;

/// `log p(x)` of every state of 4 binary sites, by the trapezoidal rule over one latent number.
fn exact(vae: &Vae<f64>) -> Vec<f64> {
    let step = 0.01;
    let grid: Vec<f64> = (-900..=900).map(|k| f64::from(k) * step).collect();
    let outputs = vae.decode(&grid).unwrap();
    let states = (0..16).map(|k: usize| {
        let terms = grid.iter().zip(outputs.chunks_exact(4)).map(|(z, logits)| {
            let sites = logits.iter().enumerate().map(|(i, &l)| {
                let l = if k >> i & 1 == 1 { l } else { -l };
                1.0 / (1.0 + (-l).exp())
            });
            sites.product::<f64>() * (-0.5 * z * z).exp() * step / std::f64::consts::TAU.sqrt()
        });
        terms.sum::<f64>().ln()
    });
    states.collect()
}

fn states() -> Vec<u8> {
    (0..16_u8)
        .flat_map(|k| (0..4).map(move |i| k >> i & 1))
        .collect()
}

#[test]
fn the_bound_is_one_and_reaches_the_likelihood() {
    let mut vae = Vae::<f64>::random((4, 2), 1, 6, 1, 3).unwrap();
    // A decoder whose weights are not small: 6 + 6 x 4 weights and 10 biases, after those of the encoder.
    let mut stretched = vae.parameters();
    let decoder = stretched.len() - (6 + 6 + 24 + 4);
    stretched[decoder..].iter_mut().for_each(|p| *p *= 4.0);
    vae.set_parameters(&stretched).unwrap();
    let exact = exact(&vae);
    let total: f64 = exact.iter().map(|l| l.exp()).sum();
    assert!((total - 1.0).abs() < 1e-8, "{total}");
    let bound = |draws, seed| vae.bound(&states(), draws, seed, &Threads::one()).unwrap();
    let many = bound(20_000, 1);
    for ((found, size), exact) in many.rows.iter().zip(&many.effective).zip(&exact) {
        let error = (1.0 / size - 1.0 / 20_000.0).sqrt();
        assert!(
            (found - exact).abs() < 5.0 * error + 1e-4,
            "{found} {exact} {size}"
        );
    }
    // Independent states have that law, by chi-square with 15 degrees of freedom.
    let draws = 20_000;
    let mut counts = [0_u32; 16];
    for x in vae.sample(draws, 5).unwrap().chunks_exact(4) {
        counts[x.iter().rev().fold(0, |k, &s| 2 * k + usize::from(s))] += 1;
    }
    let expected = exact.iter().map(|l| l.exp() * draws as f64);
    let terms = counts
        .iter()
        .zip(expected)
        .map(|(&n, e)| (f64::from(n) - e).powi(2) / e);
    let chi: f64 = terms.sum();
    assert!(chi < 37.7, "{chi}: beyond 1 in 1000");
    // With one draw the mean is the bound of Kingma and Welling, which is below.
    let runs = 400;
    let mut means = [0.0; 16];
    for seed in 0..runs {
        let one = bound(1, seed);
        means
            .iter_mut()
            .zip(&one.rows)
            .for_each(|(m, b)| *m += b / runs as f64);
    }
    let below: f64 = means.iter().sum::<f64>() / 16.0;
    let likelihood: f64 = exact.iter().sum::<f64>() / 16.0;
    assert!(below < likelihood - 0.01, "{below} {likelihood}");
}

fn data(rows: usize) -> Data {
    // The sites are copies of one another, but for one in ten.
    let noise = |k: usize| k.wrapping_mul(2_654_435_761) >> 7;
    let symbols = (0..rows * 6).map(|k| {
        let own = (noise(k / 6 + 17) & 1) as u8;
        if noise(k) % 10 == 0 { 1 - own } else { own }
    });
    Data::new(symbols.collect(), 6, 2).unwrap()
}

fn options() -> VaeOptions {
    VaeOptions {
        latent: 2,
        hidden: 16,
        layers: 1,
        batch: 60,
        schedule: Schedule::constant(5e-3),
        ..VaeOptions::default()
    }
}

#[test]
fn training_finds_what_sites_share() {
    let data = data(400);
    let mut trainer = VaeTrainer::new(&data, options(), &Threads::one()).unwrap();
    for _ in 0..1500 {
        trainer.update().unwrap();
    }
    let rows: Vec<u8> = (0..data.rows())
        .flat_map(|r| data.row(r))
        .copied()
        .collect();
    let bound = trainer.vae().bound(&rows, 200, 1, &Threads::one()).unwrap();
    // Independent sites: 6 ln 2 = 4.16; the law itself: ln 2 + 6 x .325 = 2.64, less what its noise shares.
    assert!(
        bound.mean() > -2.9 && bound.mean() < -2.3,
        "{}",
        bound.mean()
    );
    assert!(bound.error() > 0.0 && bound.error() < 0.2);
}

#[test]
fn saved_training_goes_on_to_the_bit_on_any_number_of_threads() {
    let data = data(200);
    let two = Threads::new(NonZeroUsize::new(2).unwrap()).unwrap();
    let mut whole = VaeTrainer::new(&data, options(), &Threads::one()).unwrap();
    let mut first = VaeTrainer::new(&data, options(), &two).unwrap();
    for _ in 0..10 {
        whole.update().unwrap();
        first.update().unwrap();
    }
    let mut second = VaeTrainer::new(&data, options(), &Threads::one()).unwrap();
    second.resume(&first.save()).unwrap();
    for _ in 0..10 {
        whole.update().unwrap();
        second.update().unwrap();
    }
    assert_eq!(whole.save(), second.save());
    let other = VaeOptions {
        seed: 1,
        ..options()
    };
    let mut other = VaeTrainer::new(&data, other, &Threads::one()).unwrap();
    let refused = other.resume(&first.save()).unwrap_err();
    assert!(refused.to_string().contains("seed"), "{refused}");
    let none = VaeOptions {
        latent: 0,
        ..options()
    };
    let refused = VaeTrainer::new(&data, none, &Threads::one()).map(drop);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "`latent`: found 0, allowed is at least 1"
    );
}

#[test]
fn files_are_read_as_they_were_written() {
    for states in [2, 3] {
        let vae = Vae::<f32>::random((5, states), 2, 4, 1, 1).unwrap();
        let bytes = vae.to_bytes().unwrap();
        let read = Vae::<f32>::from_bytes(&bytes).unwrap();
        assert_eq!(read.parameters(), vae.parameters());
        assert_eq!((read.data_shape(), read.latent()), ((5, states), 2));
        for cut in (0..bytes.len()).step_by(7) {
            assert!(Vae::<f32>::from_bytes(&bytes[..cut]).is_err());
        }
    }
}
