//! Relaxations of small models against their exact means.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::oracle::{enumerate, lattice_ising_in_field};
use gwg_bench::relaxations::{
    MOST_UPDATES, RelaxationsError, RelaxedChains, RelaxedDraws, RelaxedMethod, RelaxedParticles,
    WeightedRun,
};
use gwg_chains::Threads;
use gwg_core::Target;
use gwg_models::{DenseIsing, LatticeIsing};
use gwg_relax::{Quadratic, RelaxError};
use std::num::NonZeroUsize;

/// The three spins of gwg-relax, three times as strongly coupled.
fn three_spins() -> DenseIsing<f64> {
    let [a, b, c] = [1.2, -0.75, 0.9];
    let coupling = vec![0.0, a, b, a, 0.0, c, b, c, 0.0];
    DenseIsing::new(coupling, vec![0.6, -0.9, 0.3]).unwrap()
}

struct Run {
    plain: Vec<f64>,
    /// Monte Carlo errors of `plain`, from the spread of the chains.
    errors: Vec<f64>,
    weighted: Vec<f64>,
    weighted_f: f64,
    weighted_errors: Vec<f64>,
    effective: f64,
    gradients: u64,
}

fn spread(chains: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let n = chains.len() as f64;
    let sites = chains[0].len();
    let mean = |s: usize| chains.iter().map(|c| c[s]).sum::<f64>() / n;
    let error = |s: usize| {
        let squares: f64 = chains.iter().map(|c| (c[s] - mean(s)).powi(2)).sum();
        (squares / (n * (n - 1.0))).sqrt()
    };
    (
        (0..sites).map(mean).collect(),
        (0..sites).map(error).collect(),
    )
}

fn run<T: Target<Real = f64>>(
    model: &T,
    form: &Quadratic<f64>,
    method: RelaxedMethod,
    temperature: f64,
    (chains, draws, thin): (usize, usize, u64),
) -> Run
where
    T::Space: gwg_core::Space<Symbol = u8>,
{
    let sites = gwg_relax::Relaxed::weights(form);
    let threads = Threads::new(NonZeroUsize::new(2).unwrap()).unwrap();
    let mut all = RelaxedChains::new(form, method, temperature, (chains, 3), threads).unwrap();
    assert!(all.warm_up(1000, |_| false).unwrap());
    let before = all.counts().gradients;
    let (mut to, mut weighted) = (RelaxedDraws::default(), WeightedRun::new(chains, sites));
    all.draw(draws, thin, &mut to);
    let mut means = vec![vec![0.0; sites]; chains];
    let rows = to.x.chunks_exact(sites).zip(&to.log_weights);
    for (k, (x, &log_weight)) in rows.enumerate() {
        let chain = k / draws;
        weighted.push(chain, log_weight, x, model.log_prob(x));
        for (mean, &x) in means[chain].iter_mut().zip(x) {
            *mean += f64::from(x) / draws as f64;
        }
    }
    let (plain, errors) = spread(&means);
    let of_chains: Vec<Vec<f64>> = weighted.of_chains().map(|(means, _)| means).collect();
    let (_, weighted_errors) = spread(&of_chains);
    let (of_all, weighted_f) = weighted.of_all();
    Run {
        plain,
        errors,
        weighted: of_all,
        weighted_f,
        weighted_errors,
        effective: weighted.effective_share().unwrap(),
        gradients: all.counts().gradients - before,
    }
}

#[test]
fn plain_means_are_biased_and_weighted_means_are_not() {
    let model = three_spins();
    let exact = enumerate(&model, 1.0).unwrap();
    let form = Quadratic::of(&model).unwrap();
    for (method, steps) in [(RelaxedMethod::Mala, 5), (RelaxedMethod::Hmc, 2)] {
        let found = run(&model, &form, method, 0.5, (40, 2000, steps));
        assert_eq!(
            found.gradients,
            40 * 2000 * steps * method.gradients_per_step()
        );
        let mut biased = 0;
        for (site, &wanted) in exact.means.iter().enumerate() {
            let error = (found.plain[site] - wanted).abs();
            biased += usize::from(error > 8.0 * found.errors[site]);
            let error = (found.weighted[site] - wanted).abs();
            assert!(
                error < 5.0 * found.weighted_errors[site],
                "{method} site {site}: {error} {:?}",
                found.weighted_errors
            );
        }
        assert!(biased >= 1, "{method}: {:?} {:?}", found.plain, exact.means);
        let error = (found.weighted_f - exact.mean_log_prob).abs();
        assert!(error < 0.03, "{method}: {error}");
        assert!(
            (0.3..0.99).contains(&found.effective),
            "{}",
            found.effective
        );
    }
}

#[test]
fn weights_do_not_remove_the_bias_of_the_step_size() {
    // Independent sites with a strong field at T = .1: the gradient is steep at 0, and unadjusted steps jump over the edge.
    let model = DenseIsing::new(vec![0.0; 16], vec![1.0; 4]).unwrap();
    let form = Quadratic::of(&model).unwrap();
    let exact = 1.0 / (1.0 + f64::exp(-2.0));
    let ula = run(&model, &form, RelaxedMethod::Ula, 0.1, (40, 4000, 5));
    let mala = run(&model, &form, RelaxedMethod::Mala, 0.1, (40, 4000, 5));
    let z = |run: &Run| {
        let off = run.weighted.iter().map(|m| m - exact).sum::<f64>();
        let error: f64 = run.weighted_errors.iter().map(|e| e * e).sum();
        off.abs() / error.sqrt()
    };
    assert!(z(&ula) > 6.0, "{}", z(&ula));
    assert!(z(&mala) < 5.0, "{}", z(&mala));
}

#[test]
fn the_effective_share_decreases_with_the_number_of_sites() {
    let share = |side: usize| {
        let model = LatticeIsing::<f64>::new(2, side, 0.1, 0.1).unwrap();
        let form = Quadratic::of(&model).unwrap();
        let found = run(&model, &form, RelaxedMethod::Hmc, 0.5, (20, 200, 2));
        let exact = lattice_ising_in_field(&model, 1.0).unwrap();
        // The bias per site is the same for every size, about .077 in the mean of a site.
        let sites = found.plain.len() as f64;
        let mean = found.plain.iter().sum::<f64>() / sites;
        let off = exact.mean_symbol - mean;
        assert!((0.06..0.1).contains(&off), "side {side}: {off}");
        found.effective
    };
    let shares = [3, 6, 10].map(share);
    assert!(
        shares[0] > 3.0 * shares[1] && shares[1] > 3.0 * shares[2],
        "{shares:?}"
    );
}

#[test]
fn draws_have_the_same_bits_on_any_number_of_threads_and_in_any_batches() {
    let model = LatticeIsing::<f32>::new(2, 4, 0.1, 0.1).unwrap();
    let form = Quadratic::of(&model).unwrap();
    let draw = |threads: usize, batches: &[usize]| {
        let threads = Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
        let mut all = RelaxedChains::new(&form, RelaxedMethod::Hmc, 0.1, (5, 9), threads).unwrap();
        assert!(all.warm_up(100, |_| false).unwrap());
        let (mut x, mut weights) = (vec![Vec::new(); 5], vec![Vec::new(); 5]);
        let mut to = RelaxedDraws::default();
        for &draws in batches {
            all.draw(draws, 2, &mut to);
            for (all, row) in x.iter_mut().zip(to.x.chunks_exact(16 * draws)) {
                all.extend_from_slice(row);
            }
            for (all, row) in weights.iter_mut().zip(to.log_weights.chunks_exact(draws)) {
                all.extend(row.iter().map(|w| w.to_bits()));
            }
        }
        (x, weights, all.step_size().to_bits())
    };
    assert_eq!(draw(1, &[12]), draw(3, &[1, 4, 7]));
}

#[test]
fn a_warm_up_can_be_stopped() {
    let model = LatticeIsing::<f64>::new(2, 4, 0.1, 0.1).unwrap();
    let form = Quadratic::of(&model).unwrap();
    let threads = Threads::one();
    let mut all = RelaxedChains::new(&form, RelaxedMethod::Mala, 0.5, (2, 0), threads).unwrap();
    let mut last = 0;
    let stop = |done| {
        last = done;
        done >= 100
    };
    assert!(!all.warm_up(1000, stop).unwrap());
    assert!((100..200).contains(&last), "{last}");
}

#[test]
fn particles_collapse_toward_the_mode() {
    let model = LatticeIsing::<f64>::new(2, 6, 0.1, 0.1).unwrap();
    let form = Quadratic::of(&model).unwrap();
    let exact = lattice_ising_in_field(&model, 1.0).unwrap();
    for method in [RelaxedMethod::Svgd, RelaxedMethod::DiscreteSvgd] {
        let mut particles = RelaxedParticles::new(&form, method, 0.5, (30, 1)).unwrap();
        for _ in 0..MOST_UPDATES {
            particles.update().unwrap();
        }
        let evaluations = 30 * MOST_UPDATES * method.gradients_per_step();
        assert_eq!(particles.evaluations(), evaluations);
        let states = particles.states();
        let ones = states.iter().map(|&x| f64::from(x)).sum::<f64>() / states.len() as f64;
        assert!(ones > exact.mean_symbol + 0.15, "{method} {ones}");
        let share = particles.effective_share();
        assert_eq!(share.is_some(), method == RelaxedMethod::DiscreteSvgd);
        assert!(share.is_none_or(|share| share > 0.0 && share <= 1.0 + 1e-12));
    }
}

#[test]
fn models_and_methods_that_do_not_fit_are_refused() {
    let model = LatticeIsing::<f64>::new(2, 4, 0.1, 0.1).unwrap();
    let form = Quadratic::of(&model).unwrap();
    let new = |method, temperature| {
        RelaxedChains::new(&form, method, temperature, (2, 0), Threads::one()).map(|_| ())
    };
    assert!(matches!(
        new(RelaxedMethod::Svgd, 0.5),
        Err(RelaxationsError::Particles { .. })
    ));
    assert!(new(RelaxedMethod::Mala, 0.0).is_err());
    let potts = gwg_models::LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    let form = Quadratic::of(&potts).unwrap();
    let found = RelaxedChains::new(&form, RelaxedMethod::Mala, 0.5, (2, 0), Threads::one());
    assert_eq!(
        found.map(|_| ()),
        Err(RelaxationsError::Relax(RelaxError::NotBinary))
    );
}
