use super::OwnedMemory;
use crate::target::{AffectedMoves, SymbolOf};
use crate::{
    Bits, Delta, Gradient, Kernel, Local, LocallyBalanced, Move, Multilinear, Real, Space,
    SplitMix64, Symbol, Taylor,
};
use std::{format, string::String, vec, vec::Vec};

/// Returns a configuration with independent, uniform symbols at free sites and the observed symbols at the others.
pub fn random_configuration<S: Space>(space: &S, bits: &mut impl Bits) -> Vec<S::Symbol> {
    let mut uniform = |site| S::Symbol::from_index(bits.below(space.states_at(site)));
    (0..space.sites())
        .map(|site| space.observed(site).unwrap_or_else(|| uniform(site)))
        .collect()
}

fn random_move<S: Space>(space: &S, x: &[S::Symbol], bits: &mut impl Bits) -> (usize, Move) {
    assert!(space.free() > 0, "a space without a move checks nothing");
    loop {
        let m = bits.below(space.moves());
        let mv = space.decode(x, m);
        if !mv.is_idle() {
            return (m, mv);
        }
    }
}

pub(super) fn assert_close(found: f64, wanted: f64, tolerance: f64, what: impl Fn() -> String) {
    let error = (found - wanted).abs() / (1.0 + wanted.abs());
    assert!(
        error <= tolerance,
        "{}: found {found}, expected {wanted} (relative error {error:e})",
        what()
    );
}

/// Compares `delta` with the difference of two values of `log_prob`, and `update` with `init_cache`, along a path of
/// `moves` random moves.
///
/// `tolerance` is relative to `1 + |value|`.
///
/// # Panics
/// If they differ, or if the space has no free site.
pub fn delta<T: Delta>(target: &T, moves: usize, seed: u64, tolerance: f64) {
    let mut bits = SplitMix64::new(seed);
    let mut x = random_configuration(target.space(), &mut bits);
    let mut memory = vec![T::Real::ZERO; target.cache_len()];
    let mut fresh = memory.clone();
    assert_close(
        target.init_cache(&x, &mut memory),
        target.log_prob(&x),
        tolerance,
        || "the value of init_cache".into(),
    );
    for step in 0..moves {
        let (m, mv) = random_move(target.space(), &x, &mut bits);
        let before = target.log_prob(&x);
        let d = target.delta(&x, &memory, mv).to_f64();
        mv.apply(&mut x);
        // The tolerance applies to the two subtracted values, not to their small difference.
        let after = target.log_prob(&x);
        assert_close(before + d, after, tolerance, || {
            format!("step {step}, move {m}: log_prob + delta")
        });
        target.update(&x, &mut memory, mv);
    }
    target.init_cache(&x, &mut fresh);
    for (k, (&kept, &made)) in memory.iter().zip(&fresh).enumerate() {
        assert_close(kept.to_f64(), made.to_f64(), tolerance, || {
            format!("memory[{k}] after {moves} updates")
        });
    }
}

/// Compares `update_affected` with all differences before and after each of `moves` random moves.
///
/// # Panics
/// If a changed difference is missing, listed twice or wrong, if an idle move is listed, or if more moves are listed
/// than `max_affected`; also if the space has no free site.
pub fn local<T: Local>(target: &T, moves: usize, seed: u64, tolerance: f64) {
    let mut bits = SplitMix64::new(seed);
    let mut x = random_configuration(target.space(), &mut bits);
    let mut memory = vec![T::Real::ZERO; target.cache_len()];
    target.init_cache(&x, &mut memory);
    let all = |x: &[SymbolOf<T>], memory: &[T::Real]| -> Vec<Option<f64>> {
        (0..target.space().moves())
            .map(|m| {
                let mv = target.space().decode(x, m);
                (mv.from != mv.to).then(|| target.delta(x, memory, mv).to_f64())
            })
            .collect()
    };
    // More capacity than `max_affected`, to detect that it is exceeded.
    let room = 2 * target.space().moves() + target.max_affected();
    for step in 0..moves {
        let before = all(&x, &memory);
        let (m, mv) = random_move(target.space(), &x, &mut bits);
        mv.apply(&mut x);
        let mut named: Vec<Option<f64>> = vec![None; before.len()];
        let mut count = 0;
        let (mut moves, mut differences) = (vec![0; room], vec![T::Real::ZERO; room]);
        let mut affected = AffectedMoves::new(&mut moves, &mut differences);
        let mut at_once = memory.clone();
        target.update_affected(&x, &mut at_once, mv, &mut affected);
        for (k, d) in affected.iter() {
            assert!(
                k < named.len(),
                "step {step}: the list has move {k} of {}",
                named.len()
            );
            assert!(
                named[k].is_none(),
                "step {step}: the list has move {k} twice"
            );
            named[k] = Some(d.to_f64());
            count += 1;
        }
        assert!(
            count <= target.max_affected(),
            "step {step}: {count} affected, max_affected is {}",
            target.max_affected()
        );
        target.update(&x, &mut memory, mv);
        for (k, (a, b)) in at_once.iter().zip(&memory).enumerate() {
            assert!(
                a == b,
                "step {step}: memory[{k}] after update_affected {a}, after update {b}"
            );
        }
        let after = all(&x, &memory);
        for k in 0..after.len() {
            match (named[k], after[k]) {
                (Some(d), Some(want)) => {
                    assert_close(d, want, tolerance, || {
                        format!("step {step}, move {m}: affected difference {k}")
                    });
                }
                (Some(_), None) => panic!("step {step}: the list has the idle move {k}"),
                (None, Some(want)) => {
                    let old = before[k].unwrap_or(f64::NAN);
                    assert_close(old, want, tolerance, || {
                        format!("step {step}, move {m}: difference {k} changed and was not listed")
                    });
                }
                (None, None) => {}
            }
        }
    }
}

/// Compares `value_and_gradient` with `log_prob`, `evaluate` and `reevaluate` of a block with `value_and_gradient`,
/// and a block bit for bit with blocks of one walker.
///
/// The gradient itself is not checked: a kernel is exact with any gradient. Use [`first_order`] to measure its quality.
///
/// # Panics
/// If they differ.
pub fn gradient<T: Gradient>(target: &T, walkers: usize, moves: usize, seed: u64, tolerance: f64) {
    let mut bits = SplitMix64::new(seed);
    let starts: Vec<Vec<_>> = (0..walkers)
        .map(|_| random_configuration(target.space(), &mut bits))
        .collect();
    let kernel = LocallyBalanced::gwg();
    let taylor = Taylor(target);
    let nan = T::Real::from_f64(f64::NAN);
    let run = |starts: &[Vec<SymbolOf<T>>], first: usize| {
        let mut owned = OwnedMemory::new(&taylor, &kernel, starts.len());
        let (mut block, scratch) = owned.walkers(&taylor, &kernel, starts, T::Real::ONE);
        let mut bits: Vec<SplitMix64> = (0..starts.len())
            .map(|k| SplitMix64::new(SplitMix64::mix(seed ^ (first + k) as u64)))
            .collect();
        let mut counts = vec![crate::StepCounts::default(); starts.len()];
        kernel.init(&taylor, &mut block, scratch);
        let mut seen = Vec::new();
        for step in 0..moves {
            for w in &block {
                let mut plain = vec![T::Real::ZERO; target.space().moves()];
                let mut own = vec![nan; target.gradient_scratch_len(1)];
                let len = target.space().gradient_len();
                let value = target.value_and_gradient(w.x, &mut plain[..len], &mut own);
                target.space().differences(w.x, &mut plain);
                assert_close(value, target.log_prob(w.x), tolerance, || {
                    format!("step {step}: the value returned with the gradient")
                });
                assert_close(w.log_prob(), value, tolerance, || {
                    format!("step {step}: log_prob of the evaluation")
                });
                for (m, (&d, &want)) in w.state.current.differences.iter().zip(&plain).enumerate() {
                    let mv = target.space().decode(w.x, m);
                    if mv.from != mv.to {
                        assert_close(d.to_f64(), want.to_f64(), tolerance, || {
                            format!("step {step}: difference {m} of the evaluation")
                        });
                    }
                }
            }
            kernel.step(&taylor, &mut block, scratch, &mut bits, &mut counts);
            for w in &block {
                let numbers = w
                    .state
                    .current
                    .differences
                    .iter()
                    .map(|d| d.to_f64().to_bits());
                seen.push((
                    w.x.to_vec(),
                    w.log_prob().to_bits(),
                    numbers.collect::<Vec<_>>(),
                ));
            }
        }
        seen
    };
    let together = run(&starts, 0);
    for k in 0..walkers {
        let alone = run(&starts[k..=k], k);
        for (step, one) in alone.iter().enumerate() {
            assert!(
                *one == together[step * walkers + k],
                "walker {k} of {walkers}, step {step}: different bits than in a block of one"
            );
        }
    }
}

/// Compares first-order differences with exact ones at `configurations` random configurations.
///
/// # Panics
/// If they differ, which violates the guarantee of [`Multilinear`].
pub fn multilinear<T: Gradient + Delta + Multilinear>(
    target: &T,
    configurations: usize,
    seed: u64,
    tolerance: f64,
) {
    let mut bits = SplitMix64::new(seed);
    let mut memory = vec![T::Real::ZERO; target.cache_len()];
    let mut taylor = vec![T::Real::ZERO; target.space().moves()];
    for _ in 0..configurations {
        let x = random_configuration(target.space(), &mut bits);
        target.init_cache(&x, &mut memory);
        let mut scratch = vec![T::Real::ZERO; target.gradient_scratch_len(1)];
        let len = target.space().gradient_len();
        target.value_and_gradient(&x, &mut taylor[..len], &mut scratch);
        target.space().differences(&x, &mut taylor);
        for (m, d) in taylor.iter().enumerate() {
            let mv = target.space().decode(&x, m);
            if mv.from != mv.to {
                let exact = target.delta(&x, &memory, mv).to_f64();
                assert_close(d.to_f64(), exact, tolerance, || {
                    format!("first-order difference {m}")
                });
            }
        }
    }
}

/// The agreement of first-order differences with exact ones: see [`first_order`].
#[derive(Clone, Copy, Debug)]
pub struct FirstOrder {
    /// The slope of the regression through the origin of exact on first-order differences: near 1 for a nearly
    /// multilinear model, near -1 if a sign is wrong.
    pub slope: f64,
    /// The correlation, without subtracting the means.
    pub correlation: f64,
}

/// Compares first-order differences with the differences of two values of `log_prob`, over all moves of
/// `configurations` random configurations.
///
/// With a wrong gradient a kernel is still exact but slow; this detects it.
pub fn first_order<T: Gradient>(target: &T, configurations: usize, seed: u64) -> FirstOrder {
    let mut bits = SplitMix64::new(seed);
    let mut taylor = vec![T::Real::ZERO; target.space().moves()];
    let (mut dd, mut de, mut ee) = (0.0, 0.0, 0.0);
    for _ in 0..configurations {
        let mut x = random_configuration(target.space(), &mut bits);
        let mut scratch = vec![T::Real::ZERO; target.gradient_scratch_len(1)];
        let len = target.space().gradient_len();
        target.value_and_gradient(&x, &mut taylor[..len], &mut scratch);
        target.space().differences(&x, &mut taylor);
        let before = target.log_prob(&x);
        for (m, d) in taylor.iter().enumerate() {
            let mv = target.space().decode(&x, m);
            if mv.is_idle() {
                continue;
            }
            mv.apply(&mut x);
            let (d, exact) = (d.to_f64(), target.log_prob(&x) - before);
            mv.revert(&mut x);
            (dd, de, ee) = (dd + d * d, de + d * exact, ee + exact * exact);
        }
    }
    FirstOrder {
        slope: de / dd,
        correlation: de / f64::sqrt(dd * ee),
    }
}
