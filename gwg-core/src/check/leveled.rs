use super::random_configuration;
use crate::leveled::{Leveled, Levels};
use crate::{Bits, Delta, Real, Space, SplitMix64};
use std::{format, vec, vec::Vec};

struct Table(Vec<usize>);

impl Levels for Table {
    fn level(&self, m: usize) -> usize {
        self.0[m]
    }

    fn set_level(&mut self, m: usize, level: usize) {
        self.0[m] = level;
    }
}

/// Levels kept by `relevel` against those of `level`, and the differences of levels against `delta`, along a path of
/// `moves` random moves.
///
/// `tolerance` is relative to `1 + |difference|`.
///
/// # Panics
/// Where they differ, or a level is `levels()` or more.
pub fn leveled<T: Leveled + Delta>(target: &T, moves: usize, seed: u64, tolerance: f64) {
    let space = target.space();
    let mut bits = SplitMix64::new(seed);
    let mut x = random_configuration(space, &mut bits);
    let mut memory = vec![T::Real::ZERO; target.cache_len()];
    let fresh = |x: &[u8]| (0..space.moves()).map(|m| target.level(x, m)).collect();
    let mut levels = Table(fresh(&x));
    for step in 0..moves {
        target.init_cache(&x, &mut memory);
        for (m, &level) in levels.0.iter().enumerate() {
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
            let wanted = target.delta(&x, &memory, mv).to_f64();
            super::targets::assert_close(found, wanted, tolerance, || {
                format!("step {step}, move {m} on level {level}: difference")
            });
        }
        let m = bits.below(space.moves());
        let mv = space.decode(&x, m);
        if mv.from != mv.to {
            mv.apply(&mut x);
            target.relevel(&x, &mut levels, mv);
            assert_eq!(levels.0, fresh(&x), "step {step}: levels after move {m}");
        }
    }
}
