use crate::kernel::joint::{Mover, alphabet, turned, weigh};
use crate::target::SymbolOf;
use crate::{Delta, Move, Real};
use core::num::NonZeroUsize;

/// The weights of a block's joint states, and a walker that moves among them.
///
/// Weight `k` is that of the joint state in row `k / r` of the Gray code of all sites but the first, with the first
/// site, of `r` symbols, `k % r` symbols (cyclically) after its old one. Weight 0 is that of the old joint state.
pub(crate) struct Cursor<'w, T: Delta> {
    mover: Mover<'w, T>,
    block: &'w [u32],
    weight: &'w [T::Real],
    total: f64,
    /// The current row of the mover.
    row: usize,
    /// The old symbol of the first site.
    start: u16,
}

impl<'w, T: Delta> Cursor<'w, T> {
    /// Computes the weight of every joint state of `block`, starting from the one in `x`.
    #[inline(always)]
    pub(crate) fn enumerate(
        target: &'w T,
        x: &'w mut [SymbolOf<T>],
        memory: &'w mut [T::Real],
        (log_prob, beta): (f64, T::Real),
        block: &'w [u32],
        weight: &'w mut [T::Real],
    ) -> Self {
        let mut mover = Mover::new(target, x, memory, log_prob);
        let (mut joint, mut row, mut start) = (0, 0, 0);
        if let Some((&inner, outer)) = block.split_first() {
            let states = alphabet(target.space(), inner as usize);
            start = mover.symbol(inner as usize);
            for (k, weights) in weight.chunks_exact_mut(states.get()).enumerate() {
                if k > 0 {
                    let Some(mv) = gray(&mover, outer, k) else {
                        break;
                    };
                    mover.make(mv);
                }
                row = k;
                joint += states.get();
                for (by, w) in weights.iter_mut().enumerate() {
                    let to = turned(start, by, states);
                    let gain = mover.gain_after(mover.set(inner as usize, to));
                    *w = T::Real::from_f64(gain);
                }
            }
        }
        let weight = weight.get_mut(..joint).unwrap_or(&mut []);
        let total = weigh(beta, weight);
        Self {
            mover,
            block,
            weight,
            total,
            row,
            start,
        }
    }

    pub(crate) fn weights(&self) -> &[T::Real] {
        self.weight
    }

    /// The sum of the weights.
    pub(crate) fn total(&self) -> f64 {
        self.total
    }

    /// Moves the walker to the joint state with index `k`; returns the number of sites that differ from the old state.
    #[inline(always)]
    pub(crate) fn go(&mut self, k: usize) -> u64 {
        let Some((&inner, outer)) = self.block.split_first() else {
            return 0;
        };
        let states = alphabet(self.mover.target.space(), inner as usize);
        let (row, by) = (k / states, k % states);
        let (mut here, mut there) = (self.row, row);
        let mut hops = u64::from(by != 0);
        for &site in outer {
            let site = site as usize;
            let states = alphabet(self.mover.target.space(), site);
            let (old, new) = (digit(here, states), digit(there, states));
            let by = states.get() + new - old;
            let to = turned(self.mover.symbol(site), by, states);
            self.mover.make(self.mover.set(site, to));
            hops += u64::from(new != 0);
            (here, there) = (here / states, there / states);
        }
        let to = turned(self.start, by, states);
        self.mover.make(self.mover.set(inner as usize, to));
        self.row = row;
        hops
    }

    /// The moves from the old joint state to that with index `k`, in which the walker is.
    pub(crate) fn moves(&self, k: usize) -> impl Iterator<Item = Move> {
        let space = self.mover.target.space();
        let mut rest = k;
        let mut inner = true;
        self.block.iter().map(move |&site| {
            let site = site as usize;
            let states = alphabet(space, site);
            let by = if inner {
                rest % states
            } else {
                digit(rest, states)
            };
            inner = false;
            rest /= states;
            let to = self.mover.symbol(site);
            let from = turned(to, states.get() - by, states);
            Move { site, from, to }
        })
    }

    /// [`Mover::gain`] and the number of cache updates so far.
    #[inline(always)]
    pub(crate) fn done(&self) -> (f64, u64) {
        (self.mover.gain, self.mover.updates)
    }

    #[cfg(feature = "check")]
    pub(crate) fn x(&self) -> &[SymbolOf<T>] {
        self.mover.x
    }
}

/// The lowest digit of row `row` of the reflected Gray code: the cyclic distance of its site's symbol from the old one.
///
/// Rows are numbered in the mixed base of the alphabets, the lowest digit first; a digit decreases if the number
/// above it is odd (Knuth, The Art of Computer Programming 4A, 7.2.1.1).
#[inline(always)]
fn digit(row: usize, states: NonZeroUsize) -> usize {
    let (digit, above) = (row % states, row / states);
    if above.is_multiple_of(2) {
        digit
    } else {
        states.get() - 1 - digit
    }
}

/// The move from row `row - 1` to row `row`; `None` after the last one.
#[inline(always)]
fn gray<T: Delta>(mover: &Mover<'_, T>, sites: &[u32], row: usize) -> Option<Move> {
    let mut rest = row;
    for &site in sites {
        let states = alphabet(mover.target.space(), site as usize);
        let above = rest / states;
        if rest % states != 0 {
            let up = if above.is_multiple_of(2) {
                1
            } else {
                states.get() - 1
            };
            let to = (usize::from(mover.symbol(site as usize)) + up) % states;
            return Some(mover.set(site as usize, to as u16));
        }
        rest = above;
    }
    None
}
