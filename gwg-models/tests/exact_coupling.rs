//! Coupling from the past against enumeration and elimination.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{SplitMix64, Target};
use gwg_models::exact::{CouplingFromThePast, Elimination, ExactError, Factored, MAX_ENTRIES};
use gwg_models::{Coupling, FactorGraph, LatticeIsing, LatticePotts, PairFactor, SparseIsing};

const MOST: u64 = 1 << 16;

fn draws<M: Factored>(model: &M, observed: &[Option<u8>], beta: f64, count: u64) -> Vec<Vec<u8>> {
    let of = |site: usize| observed.get(site).copied().flatten().map(usize::from);
    let factors = model.log_factors();
    let coupling = CouplingFromThePast::new(&factors, of).unwrap();
    let draw = |k: u64| {
        let mut x = vec![9_u8; factors.sites()];
        let key = SplitMix64::mix(k + 1);
        coupling.draw(&mut x, (beta, key), MOST, &|| false).unwrap();
        x
    };
    (0..count).map(draw).collect()
}

/// Counts against probabilities, of models of a few sites.
fn have_the_law<M>(model: &M, observed: &[Option<u8>], beta: f64)
where
    M: Factored + Target<Real = f64, Space: gwg_core::Space<Symbol = u8>>,
{
    const DRAWS: u64 = 60_000;
    let sites = gwg_core::Space::sites(model.space());
    let state =
        |index: usize| -> Vec<u8> { (0..sites).map(|site| (index >> site & 1) as u8).collect() };
    let agrees = |x: &[u8]| {
        observed
            .iter()
            .zip(x)
            .all(|(o, s)| o.is_none_or(|o| o == *s))
    };
    let weight = |k: usize| {
        let x = state(k);
        if agrees(&x) {
            (beta * model.log_prob(&x)).exp()
        } else {
            0.0
        }
    };
    let weights: Vec<f64> = (0..1 << sites).map(weight).collect();
    let total: f64 = weights.iter().sum();
    let mut counts = vec![0.0; weights.len()];
    for x in draws(model, observed, beta, DRAWS) {
        let index: usize = x
            .iter()
            .enumerate()
            .map(|(site, &s)| usize::from(s) << site)
            .sum();
        counts[index] += 1.0;
    }
    let (mut chi, mut cells, mut rest) = (0.0, 0.0, [0.0; 2]);
    for (count, weight) in counts.iter().zip(&weights) {
        let wanted = DRAWS as f64 * weight / total;
        if wanted < 10.0 {
            rest = [rest[0] + count, rest[1] + wanted];
            continue;
        }
        chi += (count - wanted).powi(2) / wanted;
        cells += 1.0;
    }
    if rest[0] + rest[1] > 0.0 {
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
fn draws_have_the_law_of_the_model() {
    have_the_law(
        &LatticeIsing::<f64>::new(2, 3, 0.15, 0.0).unwrap(),
        &[],
        1.0,
    );
    have_the_law(
        &LatticeIsing::<f64>::new(2, 3, 0.2, -0.3).unwrap(),
        &[],
        0.8,
    );
    have_the_law(
        &LatticeIsing::<f64>::new(1, 6, -0.3, 0.2).unwrap(),
        &[],
        1.2,
    );
    // A ring with two negative couplings, a tail, an isolated site, fields of both signs.
    let edges = [
        (0, 1, -0.4),
        (1, 2, 0.3),
        (2, 3, -0.5),
        (3, 0, 0.2),
        (3, 4, -0.3),
    ];
    let field = [0.3, -0.2, 0.0, 0.1, -0.5, 0.4];
    let sparse = SparseIsing::<f64>::new(6, &edges, Some(&field)).unwrap();
    have_the_law(&sparse, &[], 1.0);
    have_the_law(&sparse, &[None, Some(1), None, None, Some(0), None], 1.0);
    // Any tables of two states.
    let table = |t: [f64; 4]| Coupling::Table(t.to_vec());
    let factors = [
        PairFactor {
            sites: (0, 1),
            coupling: table([0.3, -0.1, 0.4, 0.9]),
        },
        PairFactor {
            sites: (2, 1),
            coupling: table([0.0, 1.2, 0.5, 0.1]),
        },
        PairFactor {
            sites: (2, 3),
            coupling: Coupling::Equal(0.7),
        },
    ];
    let graph = FactorGraph::<f64>::new(
        &[2; 4],
        &factors,
        Some(&[0.1, 0.0, 0.3, -0.2, 0.0, 0.0, 0.5, 0.2]),
    )
    .unwrap();
    have_the_law(&graph, &[], 1.0);
    have_the_law(&graph, &[None, None, Some(1), None], 1.0);
}

/// A triangle is frustrated unless one of its sites is observed.
#[test]
fn observed_sites_resolve_frustration() {
    let edges = [(0, 1, -0.3), (1, 2, -0.3), (2, 0, -0.3), (2, 3, 0.4)];
    let model = SparseIsing::<f64>::new(4, &edges, None).unwrap();
    let refused = CouplingFromThePast::new(&model.log_factors(), |_| None);
    assert!(
        matches!(refused, Err(ExactError::Frustrated { .. })),
        "{refused:?}"
    );
    have_the_law(&model, &[Some(1), None, None, None], 1.0);
    let odd = LatticeIsing::<f64>::new(2, 5, -0.1, 0.0).unwrap();
    assert!(CouplingFromThePast::new(&odd.log_factors(), |_| None).is_err());
    let potts = LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    let refused = CouplingFromThePast::new(&potts.log_factors(), |_| None);
    assert!(
        matches!(refused, Err(ExactError::NotIsing { site: 0 })),
        "{refused:?}"
    );
}

#[test]
fn means_of_lattices_are_those_of_elimination() {
    const DRAWS: u64 = 4000;
    for (theta, bias) in [(0.18, 0.0), (-0.2, 0.1), (0.3, 0.2)] {
        let model = LatticeIsing::<f64>::new(2, 8, theta, bias).unwrap();
        let exact = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES).unwrap();
        let wanted = exact.marginals(1.0, &|| false).unwrap();
        let all = draws(&model, &[], 1.0, DRAWS);
        let f: Vec<f64> = all.iter().map(|x| model.log_prob(x)).collect();
        let mean = f.iter().sum::<f64>() / DRAWS as f64;
        let variance = f.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / DRAWS as f64;
        let error = (variance / DRAWS as f64).sqrt();
        // Five standard errors.
        assert!(
            (mean - wanted.mean_log_prob).abs() < 5.0 * error,
            "{mean}, {} ({error})",
            wanted.mean_log_prob
        );
        for (site, p) in wanted.cells().into_iter().enumerate() {
            let found = all.iter().filter(|x| x[site] == 1).count() as f64 / DRAWS as f64;
            let error = (p * (1.0 - p) / DRAWS as f64).sqrt();
            assert!((found - p).abs() < 5.0 * error, "{found}, {p}");
        }
    }
}

#[test]
fn draws_are_functions_of_their_key_and_failures_leave_no_draw() {
    let cold = LatticeIsing::<f64>::new(2, 12, 0.5, 0.0).unwrap();
    let coupling = CouplingFromThePast::new(&cold.log_factors(), |_| None).unwrap();
    let mut x = vec![7_u8; 144];
    let failed = coupling.draw(&mut x, (1.0, 3), 64, &|| false);
    assert_eq!(failed, Err(ExactError::NotCoupled { sweeps: 64 }));
    assert_eq!(
        coupling.draw(&mut x, (0.3, 3), MOST, &|| true),
        Err(ExactError::Stopped)
    );
    assert!(coupling.draw(&mut x, (-1.0, 3), MOST, &|| false).is_err());
    assert!(x.iter().all(|&s| s == 7));
    let sweeps = coupling.draw(&mut x, (0.3, 3), MOST, &|| false).unwrap();
    let mut again = vec![0_u8; 144];
    // The limit does not matter where it suffices.
    assert_eq!(
        coupling.draw(&mut again, (0.3, 3), sweeps, &|| false),
        Ok(sweeps)
    );
    assert_eq!(x, again);
    coupling
        .draw(&mut again, (0.3, 4), MOST, &|| false)
        .unwrap();
    assert_ne!(x, again);
}
