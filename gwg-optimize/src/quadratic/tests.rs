//! Fields, gains and recombination against sums over all terms.

use super::buckets::Buckets;
use super::combine::{Parts, combine, houdayer};
use super::model::{Core, SpinModel};
use super::rejection_free::anneal_rejection_free;
use super::rlsa::langevin;
use super::state::State;
use super::tabu::tabu;
use super::terms::Terms;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};
use proptest::prelude::*;

/// Terms with integer or other weights, with fields or of a cut.
fn terms() -> impl Strategy<Value = Terms> {
    let weight = prop_oneof![(-3..=3_i32).prop_map(f64::from), -2.0..2.0];
    let pair = (0_usize..10, 0_usize..10, weight);
    let pairs = prop::collection::vec(pair, 0..30);
    (2_usize..10, pairs, any::<bool>()).prop_map(|(sites, pairs, cut)| {
        let pairs = pairs.into_iter().map(|(i, j, w)| (i % sites, j % sites, w));
        if cut {
            Terms::of_cut(sites, pairs).unwrap()
        } else {
            Terms::new(sites, 0.5, pairs).unwrap()
        }
    })
}

/// Whether the energies of all states differ as the values do, up to one factor.
fn check_energies<W: Weight>(model: &SpinModel<W>, terms: &Terms, sign: f64) {
    let state = |k: usize| -> Vec<u8> { (0..terms.sites()).map(|i| (k >> i & 1) as u8).collect() };
    let energy = |k: usize| State::of(model, &state(k)).energy;
    let value = |k: usize| sign * terms.value(&state(k));
    let mut factor = None;
    for k in 0..1 << terms.sites() {
        let (de, dv) = (energy(k) - energy(0), value(k) - value(0));
        if factor.is_none() && dv.abs() > 1e-6 {
            factor = Some(de / dv);
        }
        let expected = factor.unwrap_or(1.0) * dv;
        assert!(
            (de - expected).abs() < 1e-6 * (1.0 + expected.abs()),
            "{k}: {de} {expected}"
        );
    }
    assert!(factor.is_none_or(|f| f > 0.0));
}

fn check_flips<W: Weight>(model: &SpinModel<W>, random: &mut SplitMix64) {
    let mut state = State::random(model, random);
    for _ in 0..30 {
        let i = random.below(model.sites());
        let gain = state.sites[i].gain().wide();
        let before = state.energy;
        if random.next_u64() >> 63 == 0 {
            state.flip(i);
        } else {
            let old: Vec<f64> = state.sites.iter().map(|s| s.gain().wide()).collect();
            let mut seen = Vec::new();
            state.flip_seen(i, |j, a, b| seen.push((j, a.wide(), b.wide())));
            for (j, a, b) in seen {
                assert_eq!((a, b), (old[j], state.sites[j].gain().wide()));
            }
        }
        assert!((before - 2.0 * gain - state.energy).abs() < 1e-9);
        let mut fresh = state.clone();
        fresh.refresh();
        assert!((fresh.energy - state.energy).abs() < 1e-9);
        for (a, b) in state.sites.iter().zip(&fresh.sites) {
            assert!((a.field.wide() - b.field.wide()).abs() < 1e-9);
        }
    }
    state.settle();
    assert!(state.sites.iter().all(|s| s.gain() <= model.least));
}

/// The best of all choices of a parent for each connected part is as good as every state between the parents that no better one touches.
fn check_combine<W: Weight>(model: &SpinModel<W>, random: &mut SplitMix64) {
    let (a, b) = (State::random(model, random), State::random(model, random));
    let turned = a.is_turned(&b);
    let mut child = a.clone();
    let mut parts = Parts::default();
    let count = combine(&mut child, &b, turned, &mut parts, random);
    let mut fresh = child.clone();
    fresh.refresh();
    assert!((fresh.energy - child.energy).abs() < 1e-9);
    assert!(child.energy <= a.energy + 1e-9 && child.energy <= b.energy + 1e-9);
    assert!(count <= model.sites());
    let (mut c, mut d) = (a.clone(), b.clone());
    houdayer(&mut c, &mut d, &mut parts, random);
    assert!((c.energy + d.energy - a.energy - b.energy).abs() < 1e-9);
    for i in 0..model.sites() {
        let pair =
            |x: &State<'_, W>, y: &State<'_, W>| (x.sites[i].spin.wide(), y.sites[i].spin.wide());
        let ((p, q), (r, s)) = (pair(&a, &b), pair(&c, &d));
        assert!((p, q) == (r, s) || (p, q) == (-r, -s));
    }
}

fn check_searches<W: Weight>(model: &SpinModel<W>, random: &mut SplitMix64) {
    let never = || false;
    let mut budget = Budget::new(&never);
    let start = State::random(model, random);
    let mut annealed = start.clone();
    let schedule = super::anneal::Schedule {
        hot: 1.0,
        cold: 0.1,
        sweeps: 5,
    };
    anneal_rejection_free(&mut annealed, schedule, random, &mut budget);
    let mut together = start.clone();
    langevin(&mut together, schedule, random, &mut budget);
    assert!(together.energy <= start.energy + 1e-9);
    let best = tabu(start.clone(), 50, random, &mut budget);
    assert!(best.energy <= start.energy + 1e-9);
    for state in [annealed, together, best] {
        let mut fresh = state.clone();
        fresh.refresh();
        assert!((fresh.energy - state.energy).abs() < 1e-9);
    }
}

proptest! {
    #[test]
    fn the_core_is_the_function(terms in terms(), seed: u64, max: bool) {
        let sign = if max { -1.0 } else { 1.0 };
        let random = &mut SplitMix64::new(seed);
        match Core::new(&terms, sign) {
            Core::Integer(model) => {
                check_energies(&model, &terms, sign);
                check_flips(&model, random);
                check_combine(&model, random);
                check_searches(&model, random);
            }
            Core::Real(model) => {
                check_energies(&model, &terms, sign);
                check_flips(&model, random);
                check_combine(&model, random);
                check_searches(&model, random);
            }
        }
    }

    #[test]
    fn buckets_have_a_site_of_the_largest_gain(keys in prop::collection::vec(-5..=5_i32, 1..20), changes in prop::collection::vec((0_usize..20, prop::option::of(-5..=5_i32)), 0..60), seed: u64) {
        let sites = keys.len();
        // A star of couplings 1 has gains from -largest to largest.
        let star = (1..6).map(|j| (0, j, 1.0));
        let terms = Terms::of_cut(sites.max(6), star).unwrap();
        let Core::Integer(model) = Core::new(&terms, -1.0) else { panic!("integers") };
        prop_assert_eq!(model.largest, 5.0);
        let mut buckets = Buckets::new(&model).unwrap();
        let mut random = SplitMix64::new(seed);
        let mut now: Vec<Option<i32>> = vec![None; sites];
        let first = keys.iter().enumerate().map(|(i, &key)| (i, Some(key)));
        for (site, key) in first.chain(changes) {
            let site = site % sites;
            prop_assert_eq!(buckets.has(site), now[site].is_some());
            if let Some(old) = now[site] {
                buckets.remove(site, old);
            }
            if let Some(new) = key {
                buckets.insert(site, new);
            }
            now[site] = key;
            let most = now.iter().flatten().max();
            let best = buckets.best(&mut random);
            prop_assert_eq!(best.and_then(|i| now[i]), most.copied());
            let count: usize = buckets.rows().map(|(_, row)| row.len()).sum();
            prop_assert_eq!(count, now.iter().flatten().count());
        }
    }
}

#[test]
fn weights_with_a_common_factor_are_integers() {
    let core = |weights: [f64; 2]| {
        let pairs = [(0, 1, weights[0]), (1, 2, weights[1])];
        Core::new(&Terms::of_cut(3, pairs).unwrap(), -1.0)
    };
    for weights in [[1.0, -1.0], [0.125, 3.5], [6e9, 3e9], [1e-3 * 1024.0, 0.0]] {
        let found = core(weights);
        let fits = weights[0] != 1e-3 * 1024.0;
        assert_eq!(matches!(found, Core::Integer(_)), fits, "{weights:?}");
    }
    assert!(matches!(core([0.1, 0.3]), Core::Real(_)));
    assert!(matches!(core([1e12, 1.0]), Core::Real(_)));
}
