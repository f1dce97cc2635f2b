//! What must hold of the diagnostics whatever the draws.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use gwg_chains::diagnostics::{
    Draws, Moments, Summary, autocorrelation, ess_mean, ess_quantile, mean, rank_histogram, rhat,
    sd, summarize,
};
use proptest::prelude::*;

/// Chains of one length; few distinct values, so that ties are the rule.
fn discrete() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (2_usize..6, 4_usize..40).prop_flat_map(|(chains, draws)| {
        prop::collection::vec(
            prop::collection::vec((0_i32..7).prop_map(f64::from), draws),
            chains,
        )
    })
}

fn any_values() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let value = prop_oneof![4 => any::<f64>(), 4 => -3.0..3.0, 1 => Just(0.0)];
    (1_usize..5, 0_usize..12).prop_flat_map(move |(chains, draws)| {
        prop::collection::vec(prop::collection::vec(value.clone(), draws), chains)
    })
}

fn view(chains: &[Vec<f64>]) -> Draws<'_> {
    let slices: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
    Draws::new(&slices).unwrap()
}

fn figures(s: &Summary) -> [Option<f64>; 6] {
    [s.mean, s.sd, s.mcse, s.ess_bulk, s.ess_tail, s.rhat]
}

/// Equal within rounding, or both undefined.
fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3),
        (a, b) => a == b,
    }
}

proptest! {
    #[test]
    fn never_nan_and_never_a_panic(chains in any_values(), max_lag in 0_usize..20, bins in 0_usize..6) {
        let draws = view(&chains);
        for figure in figures(&summarize(&draws)) {
            prop_assert!(figure.is_none_or(|f| !f.is_nan()));
        }
        prop_assert!(ess_quantile(&draws, 0.3).is_none_or(|f| f.is_finite() && f > 0.0));
        let rows = rank_histogram(&draws, bins);
        for (chain, row) in chains.iter().zip(rows) {
            prop_assert_eq!(row.iter().sum::<u64>(), if bins == 0 { 0 } else { chain.len() as u64 });
            if let Some(correlations) = autocorrelation(chain, max_lag) {
                prop_assert!(correlations.iter().all(|r| r.abs() <= 1.0 + 1e-9));
            }
        }
    }

    #[test]
    fn the_order_of_chains_is_nothing(chains in discrete()) {
        let mut turned = chains.clone();
        turned.reverse();
        let (a, b) = (summarize(&view(&chains)), summarize(&view(&turned)));
        for (a, b) in figures(&a).into_iter().zip(figures(&b)) {
            prop_assert!(same(a, b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn ranks_see_order_alone(chains in discrete()) {
        let bent: Vec<Vec<f64>> =
            chains.iter().map(|c| c.iter().map(|x| x.exp()).collect()).collect();
        let (a, b) = (summarize(&view(&chains)), summarize(&view(&bent)));
        prop_assert!(same(a.ess_bulk, b.ess_bulk));
    }

    #[test]
    fn scale_and_shift_change_no_count(chains in discrete(), exponent in -300_i32..300) {
        let scale = 10.0_f64.powi(exponent);
        let moved: Vec<Vec<f64>> =
            chains.iter().map(|c| c.iter().map(|x| (x + 1024.0) * scale).collect()).collect();
        let (a, b) = (summarize(&view(&chains)), summarize(&view(&moved)));
        prop_assert!(same(a.ess_bulk, b.ess_bulk));
        prop_assert!(same(ess_mean(&view(&chains)), ess_mean(&view(&moved))));
    }
}

#[test]
fn undefined_is_none() {
    let constant = [0.1; 20];
    let short = [1.0, 2.0, 4.0];
    let broken = [1.0, 2.0, f64::NAN, 0.0, 1.0];
    let endless = [1.0, 2.0, f64::INFINITY, 0.0, 1.0];
    let s = summarize(&Draws::new(&[&constant, &constant]).unwrap());
    assert_eq!(figures(&s), [Some(0.1), Some(0.0), None, None, None, None]);
    let s = summarize(&Draws::new(&[&short, &short]).unwrap());
    assert!(s.mean.is_some() && s.sd.is_some());
    assert_eq!(figures(&s)[2..], [None; 4]);
    for bad in [&broken, &endless] {
        let s = summarize(&Draws::new(&[bad, &[1.0, 2.0, 3.0, 4.0, 5.0]]).unwrap());
        assert_eq!(figures(&s), [None; 6]);
    }
    assert_eq!(figures(&summarize(&Draws::new(&[&[]]).unwrap())), [None; 6]);
    let one = [3.0];
    assert_eq!(
        (mean(&view(&[one.to_vec()])), sd(&view(&[one.to_vec()]))),
        (Some(3.0), None)
    );
    assert_eq!(
        ess_quantile(&Draws::new(&[&[1.0, 2.0, 3.0, 4.0]]).unwrap(), f64::NAN),
        None
    );
}

#[test]
fn one_chain_has_ess_but_no_rhat() {
    let chain: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37)).collect();
    let s = summarize(&Draws::new(&[&chain]).unwrap());
    assert!(s.ess_bulk.is_some() && s.ess_tail.is_some() && s.mcse.is_some());
    assert_eq!(s.rhat, None);
}

#[test]
fn chains_stuck_apart_are_infinitely_apart() {
    let draws = [[0.1; 9], [0.3; 9]];
    let draws = Draws::new(&[&draws[0], &draws[1]]).unwrap();
    assert_eq!(rhat(&draws), Some(f64::INFINITY));
    let json = serde_json::to_value(summarize(&draws)).unwrap();
    assert!(json["rhat"].is_null() && json["ess_bulk"].is_number());
}

#[test]
fn the_distance_from_zero_costs_no_digits() {
    let near: Vec<f64> = (0_i64..400)
        .map(|i| ((i * i * 31 + i) % 101) as f64 / 128.0)
        .collect();
    let far: Vec<f64> = near.iter().map(|x| x + 1e9).collect();
    let (near, far) = (
        Draws::from_flat(&near, 2, 200),
        Draws::from_flat(&far, 2, 200),
    );
    let (a, b) = (
        ess_mean(&near.unwrap()).unwrap(),
        ess_mean(&far.unwrap()).unwrap(),
    );
    assert!((a / b - 1.0).abs() < 1e-12);
}

#[test]
fn serializes_undefined_as_null() {
    let json = serde_json::to_string(&Summary::default()).unwrap();
    let expected =
        r#"{"mean":null,"sd":null,"mcse":null,"ess_bulk":null,"ess_tail":null,"rhat":null}"#;
    assert_eq!(json, expected);
}

#[test]
fn moments_merge_in_order_to_the_same_bits() {
    let part = |seed: u32| Moments::of((0..50).map(|i| f64::from((i * i + seed) % 13) / 7.0));
    let total = || {
        (0..8).map(part).fold(Moments::new(), |mut all, p| {
            all.merge(&p);
            all
        })
    };
    assert_eq!(total(), total());
    assert_eq!(total().count(), 400);
}
