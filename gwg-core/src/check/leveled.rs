use super::random_configuration;
use crate::leveled::Leveled;
use crate::{
    Bits, Delta, Kernel, LocallyBalanced, Memory, Move, NFold, Real, Space, SplitMix64, Sqrt,
    SymbolOf, Walker,
};
use std::{format, vec, vec::Vec};

/// Compares, along a path of `moves` random moves, the levels updated by `relevel` with those of `level`, and the
/// differences of the levels with `delta`.
///
/// `tolerance` is relative to `1 + |difference|`.
///
/// # Panics
/// If they differ, or a level is `levels()` or more.
pub fn leveled<T: Leveled + Delta>(target: &T, moves: usize, seed: u64, tolerance: f64) {
    let space = target.space();
    let mut bits = SplitMix64::new(seed);
    let start = random_configuration(space, &mut bits);
    let mut cache = vec![T::Real::ZERO; target.cache_len()];
    let fresh = |x: &[SymbolOf<T>]| -> Vec<usize> {
        (0..space.moves()).map(|m| target.level(x, m)).collect()
    };
    let layout = NFold::<Sqrt>::layout_for(space.moves());
    let (mut words, mut indices) = (vec![0; layout.words], vec![0; layout.indices]);
    let memory = Memory {
        words: &mut words,
        indices: &mut indices,
        ..Memory::default()
    };
    let kernel = LocallyBalanced::n_fold(Sqrt);
    let state = kernel.state(target, memory).expect("few levels and moves");
    let mut x = start.clone();
    let mut at = start;
    let mut walkers = [Walker::new(&mut at, T::Real::ONE, state)];
    kernel.init(target, &mut walkers, &mut []);
    let [walker] = &mut walkers;
    for step in 0..moves {
        target.init_cache(&x, &mut cache);
        let levels = walker.state.levels_mut();
        for m in 0..space.moves() {
            let level = levels.level(m);
            assert!(
                level < target.levels(),
                "step {step}, move {m}: level {level}"
            );
            let mv = space.decode(&x, m);
            let found = target.level_difference(level).to_f64();
            if mv.from == mv.to {
                assert!(
                    found == f64::NEG_INFINITY,
                    "step {step}, idle move {m}: {found}"
                );
                continue;
            }
            let wanted = target.delta(&x, &cache, mv).to_f64();
            super::targets::assert_close(found, wanted, tolerance, || {
                format!("step {step}, move {m} on level {level}: difference")
            });
        }
        let mv: Move = space.decode(&x, bits.below(space.moves()));
        if mv.from != mv.to {
            mv.apply(&mut x);
            target.relevel(&x, levels, mv);
            let kept: Vec<usize> = (0..space.moves()).map(|m| levels.level(m)).collect();
            assert_eq!(kept, fresh(&x), "step {step}: levels after a move");
        }
    }
}
