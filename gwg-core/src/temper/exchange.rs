use super::Ladder;
use crate::kernel::WalkerOf;
use crate::{Bits, Error, Kernel, Real, Target, Walker, accept};
use core::mem::swap;
use core::slice::from_mut;

/// The Metropolis-Hastings ratio of two walkers at inverse temperatures `beta.0`, `beta.1` and with
/// `log_prob.0`, `log_prob.1` that would exchange their temperatures:
/// `exp((beta.0 - beta.1)(log_prob.1 - log_prob.0))`.
#[inline]
#[must_use]
pub fn swap_ratio(beta: (f64, f64), log_prob: (f64, f64)) -> f64 {
    Real::exp((beta.0 - beta.1) * (log_prob.1 - log_prob.0))
}

/// What became of the swaps between a level and the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Swaps tried.
    pub tried: u64,
    /// Swaps made.
    pub swapped: u64,
}

/// Which walker is at which level of a ladder, and the swaps between neighboring levels.
///
/// # Order
/// Deterministic, even and odd rounds in turn: levels 0 and 1, 2 and 3, .. try to swap, then 1 and 2, 3 and 4,
/// ... Each round leaves the product of the `exp(beta f)` invariant and is reversible; their
/// alternation is not, and carries a state down the ladder and up again in a number of rounds that
/// grows with the levels instead of their square (Okabe et al. 2001; Syed et al. 2022).
///
/// # Cost
/// A uniform number for each pair, and [`Kernel::reweight`] of the two walkers of each swap: no evaluation of `f` by the
/// kernels of this crate but [`BlockSweep`](crate::BlockSweep).
#[derive(Debug)]
pub struct Exchange<'a> {
    ladder: Ladder<'a>,
    walker_at: &'a mut [u32],
    pairs: &'a mut [Pair],
    rounds: u64,
}

impl<'a> Exchange<'a> {
    /// Walker `k` at level `k` of `ladder`, in lent memory: an index for each level, and a [`Pair`] for
    /// each but the last.
    ///
    /// # Errors
    /// [`Error::Memory`] where a slice is shorter than that.
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

    /// The same in memory that another exchange has left, after so many rounds: goes on from there. `walker_at` is to name each
    /// walker once.
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

    /// Gives every walker the temperature of its level. Before [`Kernel::init`]; again after a resume.
    pub fn assign<R: Real, S, Y>(&self, walkers: &mut [Walker<'_, R, S, Y>]) {
        for (&k, &beta) in self.walker_at.iter().zip(self.ladder.betas()) {
            if let Some(w) = walkers.get_mut(k as usize) {
                w.beta = R::from_f64(beta);
            }
        }
    }

    /// One round of swaps between the walkers of a block, one for each level, with bits of their own.
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

    /// One round of swaps between whatever has temperatures: `look(all, k)` gives the inverse temperature of replica `k` and `f` where it
    /// is, `exchange(all, [a, b])` exchanges the temperatures of two of them.
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

    /// What became of the swaps between each level and the next.
    #[must_use]
    pub const fn pairs(&self) -> &[Pair] {
        self.pairs
    }

    /// Forgets what became of the swaps so far: at the end of a warm-up.
    pub fn clear_pairs(&mut self) {
        self.pairs.fill(Pair::default());
    }

    /// Rounds made.
    #[must_use]
    pub const fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Goes on from where another exchange was: the walker at each level, and the rounds it had made.
    ///
    /// # Errors
    /// [`Error::Levels`] unless `walker_at` names each of as many walkers as there are levels once.
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
