//! Elimination against enumeration, closed forms, and known ground states.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/shared_data.rs"]
mod shared_data;

use gwg_core::space::Clamped;
use gwg_core::{Bits, Delta, Space, SplitMix64, Target};
use gwg_models::exact::{
    Elimination, ExactError, Factored, LogFactors, MAX_ENTRIES, enumerate, lattice_ising,
    lattice_ising_in_field,
};
use gwg_models::{
    Coupling, FactorGraph, LatticeIsing, LatticeOrdinal, LatticePotts, PairFactor, SparseIsing,
};
use proptest::prelude::*;
use std::collections::HashMap;

fn never() -> bool {
    false
}

fn close(a: f64, b: f64, most: f64) {
    assert!((a - b).abs() <= most * (1.0 + b.abs()), "{a}, {b}");
}

/// A model from a seed: `q` of 2 to 4 at each site, tables and equal couplings of either sign, fields.
fn random_graph(sites: usize, density: f64, scale: f64, seed: u64) -> FactorGraph<f64> {
    let mut bits = SplitMix64::new(seed);
    let states: Vec<u32> = (0..sites).map(|_| 2 + bits.below(3) as u32).collect();
    let number = |bits: &mut SplitMix64| scale * (2.0 * bits.unit::<f64>() - 1.0);
    let mut factors = Vec::new();
    for i in 0..sites {
        for j in 0..i {
            if bits.unit::<f64>() < density {
                let cells = states[i] * states[j];
                let coupling = if bits.below(2) == 0 {
                    Coupling::Equal(number(&mut bits))
                } else {
                    Coupling::Table((0..cells).map(|_| number(&mut bits)).collect())
                };
                let sites = (i, j);
                factors.push(PairFactor { sites, coupling });
            }
        }
    }
    let cells = states.iter().sum::<u32>() as usize;
    let field: Vec<f64> = (0..cells).map(|_| number(&mut bits)).collect();
    FactorGraph::new(&states, &factors, Some(&field)).unwrap()
}

/// All results of a model at some inverse temperature, against enumeration.
fn agrees<M>(model: &M, beta: f64, most: usize)
where
    M: Factored + Delta<Real = f64, Space: Space<Symbol = u8>>,
{
    let wanted = enumerate(model, beta).unwrap();
    let found = Elimination::new(&model.log_factors(), |_| None, most).unwrap();
    close(found.log_z(beta, &never).unwrap(), wanted.log_z, 1e-12);
    let means = match found.marginals(beta, &never) {
        Ok(means) => means,
        Err(ExactError::TooLarge { allowed, .. }) if allowed < MAX_ENTRIES => return,
        Err(error) => panic!("{error}"),
    };
    close(means.log_z, wanted.log_z, 1e-12);
    close(means.mean_log_prob, wanted.mean_log_prob, 1e-10);
    let states = model.space().states();
    let cells = if states == 2 {
        means.probabilities.iter().map(|p| p[1]).collect()
    } else {
        means.cells()
    };
    assert_eq!(cells.len(), wanted.means.len());
    for (found, wanted) in cells.iter().zip(&wanted.means) {
        close(*found, *wanted, 1e-10);
    }
    close(
        found.tables(beta, &never).unwrap().log_z(),
        wanted.log_z,
        1e-12,
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_graphs_agree_with_enumeration(
        sites in 1_usize..8, density in 0.0..1.0, scale in 0.1..2.0, seed: u64, beta in -1.0..2.0,
    ) {
        agrees(&random_graph(sites, density, scale, seed), beta, MAX_ENTRIES);
    }

    /// Terms that span more than numbers can: by logarithms.
    #[test]
    fn strong_couplings_agree_with_enumeration(
        sites in 1_usize..7, density in 0.3..1.0, seed: u64, beta in 100.0..2000.0,
    ) {
        let model = random_graph(sites, density, 2.0, seed);
        let wanted = enumerate(&model, beta).unwrap();
        let found = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        let means = found.marginals(beta, &never).unwrap();
        close(means.log_z, wanted.log_z, 1e-12);
        for (found, wanted) in means.cells().iter().zip(&wanted.means) {
            // Enumeration itself adds up differences of f times beta.
            close(*found, *wanted, 1e-6);
        }
    }

    #[test]
    fn ground_states_are_the_best_configurations(
        sites in 1_usize..8, density in 0.0..1.0, seed: u64,
    ) {
        let model = random_graph(sites, density, 1.0, seed);
        let found = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        let (x, f) = found.ground_state::<u8>(&never).unwrap();
        close(model.log_prob(&x), f, 1e-12);
        let best = all_states(model.space()).iter().map(|x| model.log_prob(x)).fold(f64::NEG_INFINITY, f64::max);
        close(f, best, 1e-12);
    }

    #[test]
    fn observed_sites_are_those_of_the_clamped_model(
        sites in 2_usize..8, density in 0.2..1.0, seed: u64, which: u64,
    ) {
        let model = random_graph(sites, density, 1.0, seed);
        let observed: Vec<Option<u8>> = (0..sites)
            .map(|i| (which >> i & 1 == 1).then_some((which >> (8 + i) & 1) as u8))
            .collect();
        let found = Elimination::new(&model.log_factors(), |i| observed[i].map(usize::from), MAX_ENTRIES).unwrap();
        let mut free = vec![0; sites];
        let space = Clamped::new(model.space().clone(), &observed, &mut free).unwrap();
        let logs: Vec<(Vec<u8>, f64)> = all_states(&space).into_iter().map(|x| { let f = model.log_prob(&x); (x, f) }).collect();
        let most = logs.iter().map(|(_, f)| *f).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logs.iter().map(|(_, f)| (f - most).exp()).sum();
        let means = found.marginals(1.0, &never).unwrap();
        close(means.log_z, most + total.ln(), 1e-12);
        for (site, p) in means.probabilities.iter().enumerate() {
            for (symbol, p) in p.iter().enumerate() {
                let wanted: f64 = logs.iter().filter(|(x, _)| usize::from(x[site]) == symbol).map(|(_, f)| (f - most).exp() / total).sum();
                close(*p, wanted, 1e-10);
            }
        }
        let mut x = vec![9_u8; sites];
        found.tables(1.0, &never).unwrap().draw(&mut x, &mut SplitMix64::new(seed));
        assert!(space.contains(&x));
    }
}

fn all_states<S: Space<Symbol = u8>>(space: &S) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = vec![Vec::new()];
    for site in 0..space.sites() {
        let symbols: Vec<u8> = match space.observed(site) {
            Some(symbol) => vec![symbol],
            None => (0..space.states_at(site) as u8).collect(),
        };
        all = all
            .iter()
            .flat_map(|x| symbols.iter().map(move |&s| [&x[..], &[s]].concat()))
            .collect();
    }
    all
}

#[test]
fn lattices_agree_with_enumeration() {
    agrees(
        &LatticePotts::<f64>::new(2, 3, 3, -0.15).unwrap(),
        0.9,
        MAX_ENTRIES,
    );
    agrees(
        &LatticePotts::<f64>::new(1, 6, 4, 0.3).unwrap(),
        1.0,
        MAX_ENTRIES,
    );
    agrees(
        &LatticeOrdinal::<f64>::new(2, 3, 4, 0.2, 0.1).unwrap(),
        1.1,
        MAX_ENTRIES,
    );
    agrees(
        &LatticeOrdinal::<f64>::new(1, 7, 5, -0.1, 0.3).unwrap(),
        1.0,
        MAX_ENTRIES,
    );
    agrees(
        &LatticeIsing::<f64>::new(2, 4, -0.2, 0.3).unwrap(),
        1.0,
        MAX_ENTRIES,
    );
}

#[test]
fn lattices_agree_with_kaufman_and_the_transfer_matrix() {
    for (side, theta) in [
        (3, 0.1),
        (4, -0.2),
        (5, 0.22),
        (7, 0.3),
        (8, 0.22),
        (9, 0.5),
    ] {
        let model = LatticeIsing::<f64>::new(2, side, theta, 0.0).unwrap();
        let wanted = lattice_ising(&model, 1.0).unwrap();
        let found = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        assert!(found.width() <= 2 * side, "{}", found.width());
        close(found.log_z(1.0, &never).unwrap(), wanted.log_z, 1e-12);
        let means = found.marginals(1.0, &never).unwrap();
        close(means.mean_log_prob, wanted.mean_log_prob, 1e-11);
        assert!(means.cells().iter().all(|p| (p - 0.5).abs() < 1e-11));
    }
    for bias in [0.1, -0.4] {
        let model = LatticeIsing::<f64>::new(2, 8, 0.15, bias).unwrap();
        let wanted = lattice_ising_in_field(&model, 0.9).unwrap();
        let found = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        let means = found.marginals(0.9, &never).unwrap();
        close(means.mean_log_prob, wanted.mean_log_prob, 1e-6);
        assert!(
            means
                .cells()
                .iter()
                .all(|p| (p - wanted.mean_symbol).abs() < 1e-6)
        );
    }
}

#[test]
fn published_logs_of_z_of_lattices() {
    let Some(path) = shared_data::shared_data("ising_exact/kaufman.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let mut checked = 0;
    for line in text.lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').map(|n| n.parse().unwrap()).collect();
        let side = numbers[0] as usize;
        if side > 8 {
            continue;
        }
        let model = LatticeIsing::<f64>::new(2, side, numbers[1] / 2.0, 0.0).unwrap();
        let found = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        let sites = (side * side) as f64;
        close(found.log_z(1.0, &never).unwrap() / sites, numbers[2], 1e-13);
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}

/// A table per block, of few and of many joint states, gives the same results.
#[test]
fn results_do_not_depend_on_the_memory_that_is_allowed() {
    let edges: Vec<_> = (0..48)
        .flat_map(|i| {
            let right = (i % 6 < 5).then_some((i, i + 1, 0.11 * (i % 7) as f64 - 0.3));
            let down = (i < 42).then_some((i, i + 6, 0.09 * (i % 5) as f64 - 0.2));
            right.into_iter().chain(down)
        })
        .collect();
    let field: Vec<f64> = (0..48).map(|i| 0.05 * (i % 3) as f64).collect();
    let model = SparseIsing::<f64>::new(48, &edges, Some(&field)).unwrap();
    let factors = model.log_factors();
    let plenty = Elimination::new(&factors, |_| None, MAX_ENTRIES).unwrap();
    assert_eq!(plenty.width(), 6);
    let wanted = plenty.marginals(1.0, &never).unwrap();
    let bytes = plenty.tables(1.0, &never).unwrap().bytes();
    let (mut fewest, mut tried) = (bytes, 0);
    for most in [200, 300, 500, 1000, 1500] {
        let Ok(tight) = Elimination::new(&factors, |_| None, most) else {
            continue;
        };
        if let Ok(found) = tight.marginals(1.0, &never) {
            assert_eq!(found.log_z, wanted.log_z);
            for (a, b) in found.cells().iter().zip(wanted.cells()) {
                close(*a, b, 1e-13);
            }
        }
        let Ok(tables) = tight.tables(1.0, &never) else {
            continue;
        };
        tried += 1;
        let (mut counts, mut x, mut bits) = ([0.0; 48], [0_u8; 48], SplitMix64::new(most as u64));
        for _ in 0..20_000 {
            tables.draw(&mut x, &mut bits);
            for (count, &s) in counts.iter_mut().zip(&x) {
                *count += f64::from(s);
            }
        }
        for (count, p) in counts.iter().zip(wanted.cells()) {
            // Six standard errors.
            let error = (p * (1.0 - p) / 20_000.0).sqrt();
            assert!((count / 20_000.0 - p).abs() < 6.0 * error, "{count}, {p}");
        }
        let (a, f) = tight.ground_state::<u8>(&never).unwrap();
        let (_, best) = plenty.ground_state::<u8>(&never).unwrap();
        assert_eq!(f, best);
        close(model.log_prob(&a), f, 1e-12);
        fewest = fewest.min(tables.bytes());
    }
    assert!(tried >= 3 && fewest < bytes, "{tried}, {fewest} of {bytes}");
}

/// Counts of drawn configurations against their probabilities.
fn draws_have_the_law<M>(model: &M, beta: f64, most: usize, seed: u64)
where
    M: Factored + Target<Real = f64, Space: Space<Symbol = u8>>,
{
    const DRAWS: usize = 200_000;
    let found = Elimination::new(&model.log_factors(), |_| None, most).unwrap();
    let tables = found.tables(beta, &never).unwrap();
    let mut bits = SplitMix64::new(seed);
    let mut counts: HashMap<Vec<u8>, f64> = HashMap::new();
    let mut x = vec![0_u8; model.space().sites()];
    for _ in 0..DRAWS {
        tables.draw(&mut x, &mut bits);
        *counts.entry(x.clone()).or_default() += 1.0;
    }
    let log_z = tables.log_z();
    let (mut chi, mut cells, mut rest) = (0.0, 0.0, [0.0; 2]);
    for x in all_states(model.space()) {
        let wanted = DRAWS as f64 * (beta * model.log_prob(&x) - log_z).exp();
        let count = counts.get(&x).copied().unwrap_or(0.0);
        if wanted < 10.0 {
            rest = [rest[0] + count, rest[1] + wanted];
            continue;
        }
        chi += (count - wanted).powi(2) / wanted;
        cells += 1.0;
    }
    if rest[1] > 0.0 {
        chi += (rest[0] - rest[1]).powi(2) / rest[1].max(1.0);
        cells += 1.0;
    }
    // Six standard deviations of a chi-square.
    let freedom: f64 = f64::max(cells - 1.0, 1.0);
    assert!(
        chi < freedom + 6.0 * (2.0 * freedom).sqrt(),
        "{chi} of {freedom}"
    );
}

#[test]
fn draws_have_the_law_of_the_model() {
    let lattice = LatticeIsing::<f64>::new(2, 3, 0.15, 0.1).unwrap();
    for most in [MAX_ENTRIES, 450, 200] {
        draws_have_the_law(&lattice, 1.0, most, 1);
    }
    let potts = LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    draws_have_the_law(&potts, 1.3, MAX_ENTRIES, 2);
    draws_have_the_law(&potts, 1.3, 6000, 2);
    for seed in 0..6 {
        let model = random_graph(6, 0.5, 0.7, seed);
        draws_have_the_law(&model, 0.8, MAX_ENTRIES, seed);
        // By logarithms.
        draws_have_the_law(&random_graph(5, 0.6, 600.0, seed), 1.0, MAX_ENTRIES, seed);
    }
}

#[test]
fn terms_of_three_sites_are_summed_too() {
    let mut bits = SplitMix64::new(4);
    let states = [2_usize, 3, 2, 4, 1, 2];
    let mut factors = LogFactors::new(states.iter().map(|&q| q as u32).collect()).unwrap();
    for sites in [&[0_usize, 1, 2][..], &[3, 0, 5], &[5, 1], &[4, 2], &[3]] {
        let len = sites.iter().map(|&site| states[site]).product();
        let table = (0..len).map(|_| bits.unit::<f64>() * 3.0).collect();
        factors.add(sites, table).unwrap();
    }
    let mut total = 0.0;
    let mut best = f64::NEG_INFINITY;
    for index in 0..states.iter().product() {
        let mut rest: usize = index;
        let x = states.map(|q| {
            let symbol = rest % q;
            rest /= q;
            symbol
        });
        let f = factors.log_prob(&x);
        total += f.exp();
        best = f.max(best);
    }
    let found = Elimination::new(&factors, |_| None, MAX_ENTRIES).unwrap();
    close(found.log_z(1.0, &never).unwrap(), f64::ln(total), 1e-13);
    close(found.ground_state::<u8>(&never).unwrap().1, best, 1e-13);
    let means = found.marginals(1.0, &never).unwrap();
    assert_eq!(means.probabilities[4], [1.0]);
    assert!(factors.add(&[1, 1], vec![0.0; 9]).is_err());
    assert!(factors.add(&[9], vec![0.0]).is_err());
    assert!(factors.add(&[0], vec![0.0; 3]).is_err());
    assert!(factors.add(&[0], vec![0.0, f64::NAN]).is_err());
    assert!(LogFactors::new(vec![2, 0]).is_err());
}

#[test]
fn many_leaves_and_long_chains_do_not_underflow() {
    let sites = 20_000;
    let star: Vec<_> = (1..sites).map(|i| (0, i, 0.3)).collect();
    let chain: Vec<_> = (1..sites).map(|i| (i - 1, i, -0.3)).collect();
    for edges in [star, chain] {
        let model = SparseIsing::<f64>::new(sites, &edges, None).unwrap();
        let found = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        assert_eq!(found.width(), 1);
        let n = sites as f64;
        let wanted = n * std::f64::consts::LN_2 + (n - 1.0) * 0.6_f64.cosh().ln();
        close(found.log_z(1.0, &never).unwrap(), wanted, 1e-12);
        let means = found.marginals(1.0, &never).unwrap();
        close(means.mean_log_prob, (n - 1.0) * 0.6 * 0.6_f64.tanh(), 1e-11);
    }
}

#[test]
fn ground_states_of_toruses_have_their_known_energies() {
    for (name, energy) in [("torus10_11", -140.0), ("torus12_12", -200.0)] {
        let Some(path) = shared_data::shared_data(&format!("torus_pmj/{name}.txt")) else {
            return;
        };
        let text = std::fs::read_to_string(path).unwrap();
        let mut edges = Vec::new();
        for line in text.lines().skip(1) {
            let numbers: Vec<i64> = line
                .split_whitespace()
                .map(|n| n.parse().unwrap())
                .collect();
            let [i, j, w] = numbers[..] else {
                panic!("{line}")
            };
            edges.push((i as usize - 1, j as usize - 1, w as f64 / 2.0));
        }
        let sites = text.split_whitespace().next().unwrap().parse().unwrap();
        let model = SparseIsing::<f64>::new(sites, &edges, None).unwrap();
        let found = Elimination::new(&model.log_factors(), |_| None, 1 << 28).unwrap();
        let (x, f) = found.ground_state::<u8>(&never).unwrap();
        assert_eq!((f, model.log_prob(&x)), (-energy, -energy), "{name}");
    }
}

#[test]
fn models_that_are_too_wide_are_refused_with_their_width() {
    let model = LatticeIsing::<f64>::new(2, 40, 0.2, 0.0).unwrap();
    match Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES) {
        Err(ExactError::Width {
            width,
            bits,
            allowed,
        }) => {
            assert!(width >= 40 && bits >= 40.0 && allowed == MAX_ENTRIES);
        }
        other => panic!("{other:?}"),
    }
    let small = LatticeIsing::<f64>::new(2, 5, 0.2, 0.0).unwrap();
    let found = Elimination::new(&small.log_factors(), |_| None, MAX_ENTRIES).unwrap();
    assert_eq!(found.log_z(1.0, &|| true), Err(ExactError::Stopped));
    assert!(found.log_z(f64::NAN, &never).is_err());
    assert!(matches!(
        Elimination::new(&small.log_factors(), |_| None, 100),
        Err(ExactError::Width { .. })
    ));
}
