//! Checkerboard sweeps of the Ising lattice, vectorized.

use super::LatticeIsing;
use super::thresholds::{Thresholds, UNITS};
use crate::bonds::{ones, unequal_bonds};
use crate::checkerboard::{Checkerboard, Phase};
use crate::number::{byte, symbol};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, StepCounts};

/// The numbers of pairs of sites that are processed together; a row uses the widest group that still fits. A random
/// word of 64 bits serves four pairs.
const WIDE: usize = 16;
const MIDDLE: usize = 8;
const NARROW: usize = 4;

/// A count of the sites changed, kept per lane, because a sum over lanes costs more than the draws.
#[derive(Default)]
struct Hops {
    lanes: [u16; WIDE],
    /// The number of groups since the lanes were last emptied; no lane has counted more.
    groups: u16,
    total: u64,
}

impl Hops {
    #[inline(always)]
    fn add<const N: usize>(&mut self, changed: &[u16; N]) {
        for (lane, &changed) in self.lanes.iter_mut().zip(changed) {
            *lane = lane.wrapping_add(changed);
        }
        self.groups += 1;
        if self.groups == u16::MAX {
            self.flush();
        }
    }

    #[inline(always)]
    fn flush(&mut self) {
        self.total += self.lanes.iter().map(|&lane| u64::from(lane)).sum::<u64>();
        (self.lanes, self.groups) = ([0; WIDE], 0);
    }

    #[inline(always)]
    fn flushed(mut self) -> u64 {
        self.flush();
        self.total
    }
}

/// The `N` pairs of sites starting at `at`, the first site of each in the low byte.
#[inline(always)]
fn load<const N: usize>(x: &[u8], at: usize) -> [u16; N] {
    let bytes = x.get(at..).unwrap_or(&[]).as_chunks::<2>().0;
    let mut pairs = [0; N];
    if let Some(bytes) = bytes.first_chunk::<N>() {
        for (pair, &bytes) in pairs.iter_mut().zip(bytes) {
            *pair = u16::from_le_bytes(bytes);
        }
    }
    pairs
}

#[inline(always)]
fn store<const N: usize>(x: &mut [u8], at: usize, pairs: &[u16; N]) {
    let bytes = x.get_mut(at..).unwrap_or(&mut []).as_chunks_mut::<2>().0;
    if let Some(bytes) = bytes.first_chunk_mut::<N>() {
        for (bytes, pair) in bytes.iter_mut().zip(pairs) {
            *bytes = pair.to_le_bytes();
        }
    }
}

/// The sites of one color in one row.
struct Row<const ROWS: usize> {
    start: usize,
    side: usize,
    beside: [usize; ROWS],
}

impl<const ROWS: usize> Row<ROWS> {
    /// Draws one site of each of `N` pairs, of which the first starts at `at` in the row: the second site of each
    /// pair if `ODD`, otherwise the first. Returns a mask of those that changed.
    #[inline(always)]
    fn group<const N: usize, const ODD: bool, const DEGREE: usize, B: Bits>(
        &self,
        x: &mut [u8],
        at: usize,
        table: &Thresholds,
        bits: &mut B,
    ) -> [u16; N] {
        let mine = |pair: u16| if ODD { pair >> 8 } else { pair & 0xff };
        let other = |pair: u16| if ODD { pair & 0xff } else { pair >> 8 };
        let center: [u16; N] = load(x, self.start + at);
        let mut beside = [0; N];
        for row in self.beside {
            let pairs: [u16; N] = load(x, row + at);
            for (sum, pair) in beside.iter_mut().zip(pairs) {
                *sum = pair.wrapping_add(*sum);
            }
        }
        // The neighbor in the adjacent pair: the one before or after it, outside the group in one lane.
        let mut beyond = [0; N];
        if ODD {
            let next = at + 2 * N;
            let edge = if next == self.side { 0 } else { next };
            for (beyond, &pair) in beyond.iter_mut().zip(center.iter().skip(1)) {
                *beyond = other(pair);
            }
            if let Some(last) = beyond.last_mut() {
                *last = symbol(x, self.start + edge);
            }
        } else {
            let edge = (if at == 0 { self.side } else { at }) - 1;
            for (beyond, &pair) in beyond.iter_mut().skip(1).zip(&center) {
                *beyond = other(pair);
            }
            if let Some(first) = beyond.first_mut() {
                *first = symbol(x, self.start + edge);
            }
        }
        let mut ones = [0; N];
        for (j, ones) in ones.iter_mut().enumerate() {
            *ones = mine(beside[j])
                .wrapping_add(other(center[j]))
                .wrapping_add(beyond[j]);
        }
        let drawn = table.draw::<N, DEGREE, B>(&ones, N, bits);
        let (mut pairs, mut changed) = ([0; N], [0; N]);
        for (((pair, changed), &old), &new) in
            pairs.iter_mut().zip(&mut changed).zip(&center).zip(&drawn)
        {
            *changed = (mine(old) ^ new) & 1;
            *pair = if ODD {
                old & 0xff | new << 8
            } else {
                old & 0xff00 | new
            };
        }
        store(x, self.start + at, &pairs);
        changed
    }

    /// The number of neighbors that are 1 of the site at a position of the row.
    #[inline(always)]
    fn ones(&self, x: &[u8], position: usize) -> u16 {
        let left = (if position == 0 { self.side } else { position }) - 1;
        let next = position + 1;
        let right = if next == self.side { 0 } else { next };
        let in_row = byte(x, self.start + left).wrapping_add(byte(x, self.start + right));
        let beside = self.beside.iter().map(|row| byte(x, row + position));
        u16::from(beside.fold(in_row, u8::wrapping_add))
    }

    /// Draws the one to three pairs that remain after the groups.
    #[inline(always)]
    fn rest<const ODD: bool, const DEGREE: usize, B: Bits>(
        &self,
        x: &mut [u8],
        at: usize,
        used: usize,
        table: &Thresholds,
        bits: &mut B,
    ) -> u64 {
        let mut ones = [0; 4];
        for (k, ones) in ones.iter_mut().enumerate().take(used) {
            *ones = self.ones(x, at + 2 * k + usize::from(ODD));
        }
        let drawn = table.draw::<4, DEGREE, B>(&ones, used, bits);
        let mut changed = 0;
        for (k, &new) in drawn.iter().enumerate().take(used) {
            let site = self.start + at + 2 * k + usize::from(ODD);
            if let Some(old) = x.get_mut(site) {
                changed += u64::from((u16::from(*old) ^ new) & 1);
                *old = new as u8;
            }
        }
        changed
    }

    #[inline(always)]
    fn half<const ODD: bool, const DEGREE: usize, B: Bits>(
        &self,
        x: &mut [u8],
        table: &Thresholds,
        bits: &mut B,
        hops: &mut Hops,
    ) {
        let (mut at, mut pairs) = (0, self.side / 2);
        while pairs >= WIDE {
            hops.add(&self.group::<WIDE, ODD, DEGREE, B>(x, at, table, bits));
            (at, pairs) = (at + 2 * WIDE, pairs - WIDE);
        }
        if pairs >= MIDDLE {
            hops.add(&self.group::<MIDDLE, ODD, DEGREE, B>(x, at, table, bits));
            (at, pairs) = (at + 2 * MIDDLE, pairs - MIDDLE);
        }
        if pairs >= NARROW {
            hops.add(&self.group::<NARROW, ODD, DEGREE, B>(x, at, table, bits));
            (at, pairs) = (at + 2 * NARROW, pairs - NARROW);
        }
        if pairs > 0 {
            hops.total += self.rest::<ODD, DEGREE, B>(x, at, pairs, table, bits);
        }
    }

    #[inline(always)]
    fn last<B: Bits>(&self, x: &mut [u8], table: &Thresholds, bits: &mut B) -> u64 {
        let new = table.draw_one(self.ones(x, self.side - 1), bits);
        x.get_mut(self.start + self.side - 1).map_or(0, |old| {
            let changed = u64::from((*old ^ new) & 1);
            *old = new;
            changed
        })
    }
}

impl<R: Real> LatticeIsing<R> {
    /// Returns the number of sites changed.
    // Not inlined, so that it is compiled for 16-byte registers: the compiler's code for wider ones is slower.
    #[inline(never)]
    fn sweep_one<const ROWS: usize, const DEGREE: usize, B: Bits>(
        &self,
        x: &mut [u8],
        beta: R,
        held: Held<'_, u8>,
        bits: &mut B,
    ) -> u64 {
        let table = Thresholds::new(self, beta);
        let board = Checkerboard::new(&self.torus);
        let side = self.torus.side();
        let (mut hops, mut restored) = (Hops::default(), 0);
        for color in 0..board.colors() {
            for (start, phase, beside) in board.rows(color) {
                let row = Row::<ROWS> {
                    start,
                    side,
                    beside,
                };
                match phase {
                    Phase::Even => row.half::<false, DEGREE, B>(x, &table, bits, &mut hops),
                    Phase::Odd => row.half::<true, DEGREE, B>(x, &table, bits, &mut hops),
                    Phase::Last => hops.total += row.last(x, &table, bits),
                }
            }
            restored += held.restore(x);
        }
        hops.flushed() - restored
    }

    /// `f(x)`, from an exact count of bonds between unequal spins.
    #[inline(always)]
    fn value(&self, x: &[u8]) -> f64 {
        let bonds = (self.torus.dims() * self.torus.sites()) as i64;
        let agreement = 2 * (bonds - 2 * unequal_bonds(x, &self.torus) as i64);
        let magnetization = 2 * ones(x) as i64 - self.torus.sites() as i64;
        self.theta.to_f64() * agreement as f64 + self.bias.to_f64() * magnetization as f64
    }
}

/// Checkerboard sweeps: two colors, three if the side is odd. A site is drawn with 16 random bits, and 48 more if
/// these do not decide: with its exact conditional probability to within `2^-64`. `f` is recomputed from integers
/// after each sweep.
impl<R: Real> Sweep for LatticeIsing<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        _: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            counts.sites_changed += match self.torus.dims() {
                1 => self.sweep_one::<0, 2, B>(w.x, w.beta, w.held, bits),
                2 => self.sweep_one::<2, 4, B>(w.x, w.beta, w.held, bits),
                3 => self.sweep_one::<4, 6, B>(w.x, w.beta, w.held, bits),
                _ => self.sweep_one::<6, 8, B>(w.x, w.beta, w.held, bits),
            };
            counts.accepted += 1;
            let f = self.value(w.x);
            w.set_log_prob(f);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let table = Thresholds::new(self, beta);
        Checkerboard::new(&self.torus).law(&self.torus, x, held, visit, |x, site, p| {
            let mut ones = 0;
            self.torus.neighbors(site, |j| ones += symbol(x, j));
            let one = table.exact(ones) as f64 / UNITS;
            p.extend([1.0 - one, one]);
        });
    }
}
