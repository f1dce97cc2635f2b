use super::Ladder;
use crate::kernel::WalkerOf;
use crate::{Bits, Error, Kernel, Real, Target, Walker, accept};
use core::mem::swap;
use core::slice::from_mut;

/// The Metropolis-Hastings ratio of exchanging the temperatures of two walkers at inverse temperatures `beta.0`,
/// `beta.1` with `log_prob.0`, `log_prob.1`: `exp((beta.0 - beta.1)(log_prob.1 - log_prob.0))`.
#[inline]
#[must_use]
pub fn swap_ratio(beta: (f64, f64), log_prob: (f64, f64)) -> f64 {
    Real::exp((beta.0 - beta.1) * (log_prob.1 - log_prob.0))
}

/// Counts of the swaps between a level and the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Swaps proposed.
    pub tried: u64,
    /// Swaps accepted.
    pub swapped: u64,
}

/// The assignment of walkers to the levels of a ladder, and the swaps between neighboring levels.
///
/// # Order
/// Deterministic, alternating even and odd rounds: swaps are proposed between levels 0 and 1, 2 and 3, ..., then
/// between 1 and 2, 3 and 4, .... Each round leaves the product of the `exp(beta f)` invariant and is reversible;
/// their alternation is not, and moves a state down the ladder and up again in a number of rounds that grows linearly
/// with the number of levels instead of quadratically (Okabe et al. 2001; Syed et al. 2022).
///
/// # Cost
/// Per round: one uniform number per pair, and [`Kernel::reweight`] of the two walkers of each accepted swap. No
/// kernel of this crate evaluates `f` for that except [`BlockSweep`](crate::BlockSweep).
#[derive(Debug)]
pub struct Exchange<'a> {
    ladder: Ladder<'a>,
    walker_at: &'a mut [u32],
    pairs: &'a mut [Pair],
    rounds: u64,
}

impl<'a> Exchange<'a> {
    /// Assigns walker `k` to level `k` of `ladder`. The caller provides the memory: an index per level, and a
    /// [`Pair`] per level but the last.
    ///
    /// # Errors
    /// [`Error::Memory`] if a slice is shorter than that.
    pub fn new(
        ladder: Ladder<'a>,
        walker_at: &'a mut [u32],
        pairs: &'a mut [Pair],
    ) -> Result<Self, Error> {
        let levels = ladder.levels();
        let walker_at = front(walker_at, levels, "walker_at")?;
        let pairs = front(pairs, levels - 1, "pairs")?;
        pairs.fill(Pair::default());
        for (k, walker) in (0u32..).zip(walker_at.iter_mut()) {
            *walker = k;
        }
        Ok(Self {
            ladder,
            walker_at,
            pairs,
            rounds: 0,
        })
    }

    /// Continues in the memory of a previous exchange, after `rounds` rounds. `walker_at` must contain each walker once.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn continued(
        ladder: Ladder<'a>,
        walker_at: &'a mut [u32],
        pairs: &'a mut [Pair],
        rounds: u64,
    ) -> Result<Self, Error> {
        let levels = ladder.levels();
        let walker_at = front(walker_at, levels, "walker_at")?;
        let pairs = front(pairs, levels - 1, "pairs")?;
        Ok(Self {
            ladder,
            walker_at,
            pairs,
            rounds,
        })
    }

    /// Sets every walker's `beta` to that of its level. Call it before [`Kernel::init`], and again after a resume.
    pub fn assign<R: Real, S, Y>(&self, walkers: &mut [Walker<'_, R, S, Y>]) {
        for (&k, &beta) in self.walker_at.iter().zip(self.ladder.betas()) {
            if let Some(w) = walkers.get_mut(k as usize) {
                w.beta = R::from_f64(beta);
            }
        }
    }

    /// Makes one round of swaps between the walkers of a block, one per level, with separate bits.
    ///
    /// Afterwards the walkers are ready to step.
    pub fn round<'w, T: Target, K: Kernel<T>, B: Bits + ?Sized>(
        &mut self,
        target: &T,
        kernel: &K,
        walkers: &mut [WalkerOf<'w, T, K>],
        scratch: &mut [T::Real],
        bits: &mut B,
    ) {
        let mut walkers = walkers;
        let look = |walkers: &&mut [WalkerOf<'w, T, K>], k: usize| {
            walkers.get(k).map(Walker::temperature_and_value)
        };
        self.round_of(&mut walkers, bits, look, |walkers, pair| {
            if let Ok([a, b]) = walkers.get_disjoint_mut(pair) {
                swap(&mut a.beta, &mut b.beta);
                kernel.reweight(target, from_mut(a), scratch);
                kernel.reweight(target, from_mut(b), scratch);
            }
        });
    }

    /// Makes one round of swaps between arbitrary replicas: `look(all, k)` returns the inverse temperature of replica
    /// `k` and its `f`; `exchange(all, [a, b])` exchanges the temperatures of two replicas.
    pub fn round_of<I, B: Bits + ?Sized>(
        &mut self,
        all: &mut I,
        bits: &mut B,
        look: impl Fn(&I, usize) -> Option<(f64, f64)>,
        mut exchange: impl FnMut(&mut I, [usize; 2]),
    ) {
        let first = (self.rounds % 2) as usize;
        self.rounds += 1;
        let levels = self.walker_at.get_mut(first..).unwrap_or(&mut []);
        let counts = self.pairs.iter_mut().skip(first).step_by(2);
        for (pair, counts) in levels.chunks_exact_mut(2).zip(counts) {
            let [cold, hot] = pair else { continue };
            let both = [*cold as usize, *hot as usize];
            let (Some(a), Some(b)) = (look(all, both[0]), look(all, both[1])) else {
                continue;
            };
            let ratio = swap_ratio((a.0, b.0), (a.1, b.1));
            counts.tried += 1;
            if accept::accept(ratio, bits) {
                exchange(all, both);
                swap(cold, hot);
                counts.swapped += 1;
            }
        }
    }

    /// The ladder.
    #[must_use]
    pub const fn ladder(&self) -> Ladder<'a> {
        self.ladder
    }

    /// The walker at each level.
    #[must_use]
    pub const fn walker_at(&self) -> &[u32] {
        self.walker_at
    }

    /// The counts of swaps between each level and the next.
    #[must_use]
    pub const fn pairs(&self) -> &[Pair] {
        self.pairs
    }

    /// Resets the counts of swaps, for example at the end of a warm-up.
    pub fn clear_pairs(&mut self) {
        self.pairs.fill(Pair::default());
    }

    /// The number of rounds made.
    #[must_use]
    pub const fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Continues from the state of a previous exchange: the walker at each level, and the number of rounds made.
    ///
    /// # Errors
    /// [`Error::Levels`] unless `walker_at` contains each walker once, with as many walkers as levels.
    pub fn resume(&mut self, walker_at: &[u32], rounds: u64) -> Result<(), Error> {
        let levels = self.walker_at.len();
        let names_all = (0..levels as u32).all(|walker| walker_at.contains(&walker));
        if walker_at.len() != levels || !names_all {
            return Err(Error::Levels);
        }
        for (own, &walker) in self.walker_at.iter_mut().zip(walker_at) {
            *own = walker;
        }
        self.rounds = rounds;
        Ok(())
    }
}

fn front<'a, E>(
    slice: &'a mut [E],
    needed: usize,
    name: &'static str,
) -> Result<&'a mut [E], Error> {
    let found = slice.len();
    slice.get_mut(..needed).ok_or(Error::Memory {
        slice: name,
        found,
        needed,
    })
}
