//! Sweeps of 64 chains in the bits of words: their law, their lanes, and `f`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Binary, Bits, SplitMix64, Target};
use gwg_models::exact::lattice_ising;
use gwg_models::multispin::{SpinGraphError, SpinWords};
use gwg_models::{LatticeIsing, MultiSpin, SparseIsing, Spins};

trait Model: Target<Real = f64, Space = Binary> + Spins {}
impl<M: Target<Real = f64, Space = Binary> + Spins> Model for M {}

fn spins(model: &impl Spins) -> MultiSpin {
    MultiSpin::new(&model.spin_graph().unwrap(), |_| true).unwrap()
}

/// Couplings of both signs, sites of 0 to 3 neighbors, two fields.
fn glass() -> SparseIsing<f64> {
    let edges = [
        (0, 1, 0.3),
        (1, 2, -0.3),
        (2, 3, 0.3),
        (3, 0, 0.3),
        (1, 3, -0.3),
        (4, 5, -0.3),
    ];
    SparseIsing::new(7, &edges, Some(&[0.0, 0.2, 0.0, 0.2, 0.0, 0.0, 0.2])).unwrap()
}

fn lattice(dims: usize, side: usize, theta: f64, bias: f64) -> LatticeIsing<f64> {
    LatticeIsing::new(dims, side, theta, bias).unwrap()
}

fn state(index: usize, sites: usize) -> Vec<u8> {
    (0..sites).map(|site| (index >> site & 1) as u8).collect()
}

fn index(x: &[u8]) -> usize {
    x.iter()
        .enumerate()
        .map(|(site, &s)| usize::from(s) << site)
        .sum()
}

/// The distribution after one sweep from a state.
fn row(spins: &MultiSpin, from: &[u8], beta: f64) -> Vec<f64> {
    let mut row = vec![0.0; 1 << spins.sites()];
    spins.sweep_probabilities(from, beta, &mut |y, p| row[index(y)] += p);
    row
}

fn leaves_invariant(model: &impl Model, beta: f64) {
    let spins = spins(model);
    let (sites, states) = (spins.sites(), 1 << spins.sites());
    let f: Vec<f64> = (0..states)
        .map(|k| beta * model.log_prob(&state(k, sites)))
        .collect();
    let total: f64 = f.iter().map(|f| f.exp()).sum();
    let p: Vec<f64> = f.iter().map(|f| f.exp() / total).collect();
    let mut after = vec![0.0; states];
    for (k, p) in p.iter().enumerate() {
        for (after, q) in after.iter_mut().zip(row(&spins, &state(k, sites), beta)) {
            *after += p * q;
        }
    }
    let worst = after
        .iter()
        .zip(&p)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!(worst < 1e-12, "{worst}");
}

#[test]
fn sweeps_leave_the_distribution_invariant() {
    for beta in [0.0, 0.7, 1.0] {
        leaves_invariant(&lattice(1, 5, 0.4, 0.0), beta);
        leaves_invariant(&lattice(1, 6, 0.4, -0.3), beta);
        leaves_invariant(&lattice(2, 3, 0.2, 0.0), beta);
        leaves_invariant(&lattice(2, 3, -0.2, 0.1), beta);
        leaves_invariant(&glass(), beta);
    }
}

/// Draws one sweep from a state in all lanes, for many keys, and compares the counts of the outcomes with their probabilities.
fn has_the_law(model: &impl Model, from: usize, beta: f64) {
    const SWEEPS: u64 = 3000;
    let spins = spins(model);
    let start = state(from, spins.sites());
    let expected = row(&spins, &start, beta);
    let mut counts = vec![0.0; expected.len()];
    let mut words = spins.state();
    let mut end = vec![0_u8; spins.sites()];
    for sweep in 0..SWEEPS {
        spins.gather(&mut words, |_| Some(&start[..]));
        let (made, changed) = spins.sweep(&mut words, beta, 11, sweep..sweep + 1, || false);
        assert_eq!(made, 1);
        for (lane, changed) in changed.into_iter().enumerate() {
            spins.scatter(&words, lane, &mut end);
            counts[index(&end)] += 1.0;
            let differ = start.iter().zip(&end).filter(|(a, b)| a != b).count();
            assert_eq!(changed, differ as u64);
        }
    }
    let draws = (64 * SWEEPS) as f64;
    let (mut chi, mut cells, mut rest) = (0.0, 0.0, [0.0; 2]);
    for (count, p) in counts.iter().zip(&expected) {
        let wanted = draws * p;
        if wanted < 10.0 {
            rest = [rest[0] + count, rest[1] + wanted];
            continue;
        }
        chi += (count - wanted) * (count - wanted) / wanted;
        cells += 1.0;
    }
    if rest[1] > 0.0 {
        chi += (rest[0] - rest[1]).powi(2) / rest[1].max(1.0);
        cells += 1.0;
    }
    // Six standard deviations of a chi-square.
    let freedom: f64 = cells - 1.0;
    assert!(
        chi < freedom + 6.0 * (2.0 * freedom).sqrt(),
        "{chi} of {freedom}"
    );
}

#[test]
fn draws_have_the_law_of_the_sweep() {
    has_the_law(&lattice(1, 5, 0.4, 0.0), 9, 1.0);
    has_the_law(&lattice(2, 3, 0.2, 0.0), 77, 1.0);
    has_the_law(&lattice(2, 3, 0.2, 0.0), 0, 0.0);
    has_the_law(&lattice(2, 3, -0.2, 0.1), 300, 0.8);
    has_the_law(&glass(), 45, 1.0);
}

/// Random configurations of all lanes.
fn random_words(spins: &MultiSpin, seed: u64) -> SpinWords {
    let (mut bits, mut state) = (SplitMix64::new(seed), spins.state());
    state.words_mut().fill_with(|| bits.next_u64());
    state
}

#[test]
fn f_is_that_of_the_model() {
    has_its_f(&lattice(3, 4, 0.1, 0.0));
    has_its_f(&lattice(2, 5, -0.2, 0.3));
    has_its_f(&lattice(4, 3, 0.2, 0.0));
    has_its_f(&glass());
}

fn has_its_f(model: &impl Model) {
    let spins = spins(model);
    let mut words = random_words(&spins, 5);
    spins.sweep(&mut words, 1.0, 2, 0..3, || false);
    let found = spins.log_prob(&words);
    let mut x = vec![0_u8; spins.sites()];
    for (lane, found) in found.into_iter().enumerate() {
        spins.scatter(&words, lane, &mut x);
        let wanted = model.log_prob(&x);
        let most = 1e-12 * (1.0 + found.abs());
        assert!((found - wanted).abs() < most, "{found}, {wanted}");
    }
}

#[test]
fn a_lane_does_not_depend_on_the_others() {
    for model in [
        lattice(2, 6, 0.25, 0.0),
        lattice(2, 7, 0.25, 0.1),
        lattice(3, 4, 0.1, 0.0),
    ] {
        let spins = spins(&model);
        let all = random_words(&spins, 6);
        let mut alone = all.clone();
        alone
            .words_mut()
            .iter_mut()
            .for_each(|word| *word &= 1 << 37);
        let [mut all, mut alone] = [all, alone];
        let [many, one] =
            [&mut all, &mut alone].map(|words| spins.sweep(words, 1.0, 4, 0..50, || false));
        assert_eq!(many.1[37], one.1[37]);
        for (all, alone) in all.words().iter().zip(alone.words()) {
            assert_eq!(all >> 37 & 1, alone >> 37 & 1);
        }
    }
}

#[test]
fn sweeps_one_by_one_are_sweeps_together() {
    let spins = spins(&lattice(2, 8, 0.2, 0.0));
    let [mut together, mut apart] = [random_words(&spins, 7), random_words(&spins, 7)];
    let (made, changed) = spins.sweep(&mut together, 1.0, 3, 5..25, || false);
    let mut sum = [0; 64];
    for sweep in 5..25 {
        let (_, own) = spins.sweep(&mut apart, 1.0, 3, sweep..sweep + 1, || false);
        sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    assert_eq!((made, changed), (20, sum));
    assert_eq!(together.words(), apart.words());
    assert_eq!(
        spins.sweep(&mut spins.state(), 1.0, 3, 0..9, || true),
        (0, [0; 64])
    );
}

#[test]
fn held_sites_stay_and_others_follow() {
    let model = lattice(2, 4, 0.3, 0.0);
    let spins = MultiSpin::new(&model.spin_graph().unwrap(), |site| site % 3 != 0).unwrap();
    let mut words = random_words(&spins, 8);
    let before = words.clone();
    spins.sweep(&mut words, 1.0, 1, 0..20, || false);
    for (site, (a, b)) in before.words().iter().zip(words.words()).enumerate() {
        assert_eq!(a == b, site % 3 == 0);
    }
}

/// Means of `f` of a large lattice, and correlations of the magnetizations of lanes.
#[test]
fn lanes_are_independent_chains_of_the_model() {
    const SWEEPS: u64 = 4000;
    let model = lattice(2, 16, 0.15, 0.0);
    let exact = lattice_ising(&model, 1.0).unwrap().mean_log_prob;
    let spins = spins(&model);
    let mut words = random_words(&spins, 9);
    spins.sweep(&mut words, 1.0, 5, 0..200, || false);
    let (mut f, mut products, mut squares) = (Vec::new(), [[0.0_f64; 64]; 64], [0.0_f64; 64]);
    for sweep in 0..SWEEPS {
        let from = 200 + 10 * sweep;
        spins.sweep(&mut words, 1.0, 5, from..from + 10, || false);
        f.extend(spins.log_prob(&words));
        let mut sums = [0.0; 64];
        for word in words.words() {
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += 2.0 * (word >> lane & 1) as f64 - 1.0;
            }
        }
        for (a, row) in products.iter_mut().enumerate() {
            squares[a] += sums[a] * sums[a];
            for (product, b) in row.iter_mut().zip(sums) {
                *product += sums[a] * b;
            }
        }
    }
    let mean = f.iter().sum::<f64>() / f.len() as f64;
    let variance = f.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / f.len() as f64;
    // Ten sweeps apart, nearly independent; six standard errors of half as many.
    let error = (2.0 * variance / f.len() as f64).sqrt();
    assert!(
        (mean - exact).abs() < 6.0 * error,
        "{mean}, {exact}, {error}"
    );
    for a in 0..64 {
        for b in 0..a {
            let correlation = products[a][b] / (squares[a] * squares[b]).sqrt();
            // 2016 pairs: six standard deviations of independent numbers, of half as many.
            let most = 6.0 * (2.0 / SWEEPS as f64).sqrt();
            assert!(correlation.abs() < most, "lanes {a} and {b}: {correlation}");
        }
    }
}

/// One chain whose sites are the bits of words.
#[test]
fn blocks_of_sites_are_one_chain_of_the_model() {
    const SWEEPS: u64 = 20_000;
    for (dims, side, bias) in [
        (2, 16, 0.0),
        (2, 40, 0.0),
        (2, 16, 0.2),
        (3, 8, 0.0),
        (1, 128, -0.1),
    ] {
        let model = lattice(dims, side, 0.12, bias);
        let spins = MultiSpin::new(&model.spin_blocks().unwrap(), |_| true).unwrap();
        assert!(spins.is_of_one() && 64 * spins.state().words().len() == spins.sites());
        let mut bits = SplitMix64::new(3);
        let start: Vec<u8> = (0..spins.sites()).map(|_| bits.below(2) as u8).collect();
        let (mut words, mut x) = (spins.state(), vec![7; spins.sites()]);
        spins.gather_one(&mut words, &start);
        spins.scatter_one(&words, &mut x);
        assert_eq!(x, start);
        assert_eq!(spins.log_prob_of_one(&words), model.log_prob(&x));
        spins.sweep(&mut words, 1.0, 5, 0..100, || false);
        let mut f = Vec::new();
        let sweeps = SWEEPS / (1 + side as u64 / 16);
        for sweep in 0..sweeps {
            let from = 100 + 3 * sweep;
            let (_, changed) = spins.sweep(&mut words, 1.0, 5, from..from + 3, || false);
            assert!(changed.iter().sum::<u64>() > 0);
            f.push(spins.log_prob_of_one(&words));
        }
        spins.scatter_one(&words, &mut x);
        let (found, wanted) = (f.last().copied().unwrap(), model.log_prob(&x));
        assert!(
            (found - wanted).abs() < 1e-12 * wanted.abs(),
            "{found}, {wanted}"
        );
        // The other way to the same mean: 64 chains.
        let chains = MultiSpin::new(&model.spin_graph().unwrap(), |_| true).unwrap();
        let mut others = random_words(&chains, 4);
        chains.sweep(&mut others, 1.0, 6, 0..100, || false);
        let mut of_chains = Vec::new();
        for sweep in 0..sweeps / 32 {
            let from = 100 + 3 * sweep;
            chains.sweep(&mut others, 1.0, 6, from..from + 3, || false);
            of_chains.extend(chains.log_prob(&others));
        }
        let [(a, of_a), (b, of_b)] = [&f, &of_chains].map(|f| {
            let mean = f.iter().sum::<f64>() / f.len() as f64;
            let variance = f.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / f.len() as f64;
            (mean, variance / f.len() as f64)
        });
        // Draws three sweeps apart count as a third.
        let error = (3.0 * (of_a + of_b)).sqrt();
        assert!(
            (a - b).abs() < 5.0 * error,
            "{dims} {side} {bias}: {a}, {b}, {error}"
        );
        if let Ok(exact) = lattice_ising(&model, 1.0) {
            let error = (3.0 * of_a).sqrt();
            assert!(
                (a - exact.mean_log_prob).abs() < 5.0 * error,
                "{a}, {error}"
            );
        }
    }
}

#[test]
fn other_models_are_refused_with_reasons() {
    let edges = [(0, 1, 0.3), (1, 2, 0.5)];
    let mixed = SparseIsing::<f64>::new(3, &edges, None).unwrap();
    let refused = mixed.spin_graph().unwrap_err();
    let found = [(0, 1, 0.3), (1, 2, 0.5)];
    assert_eq!(refused, SpinGraphError::Magnitudes { found });
    let said = "found 0.3 of sites 0 and 1, and 0.5 of sites 1 and 2";
    assert!(refused.to_string().contains(said));
    let star: Vec<_> = (1..10).map(|k| (0, k, 1.0)).collect();
    let star = SparseIsing::<f64>::new(10, &star, None).unwrap();
    let star = star.spin_graph().unwrap();
    let refused = MultiSpin::new(&star, |_| true).unwrap_err();
    assert_eq!(refused, SpinGraphError::Degree { site: 0, found: 9 });
    // What is held is not drawn.
    assert!(MultiSpin::new(&star, |site| site > 0).is_ok());
    let fields: Vec<f64> = (0..300).map(f64::from).collect();
    let fields = SparseIsing::<f64>::new(300, &[], Some(&fields)).unwrap();
    let refused = MultiSpin::new(&fields.spin_graph().unwrap(), |_| true).unwrap_err();
    assert_eq!(refused, SpinGraphError::Fields { found: 300 });
}
