//! The sweeps: sums of neighbors by logic, draws by comparison.

use super::counter::Counter;
use super::random::{Random, below, coin_and_below};
use super::table::Table;
use super::words::{GROUP, Plain, Words};
use super::{LANES, MultiSpin, Run, Turn, seen};
use std::ops::Range;

/// What a call of [`MultiSpin::sweep`] does.
pub(super) struct Sweeps<'s, F> {
    pub(super) model: &'s MultiSpin,
    pub(super) words: &'s mut [u64],
    pub(super) tables: &'s [Table],
    pub(super) key: u64,
    pub(super) sweeps: Range<u64>,
    pub(super) stop: F,
}

/// Sweeps made, and the sites changed by each lane.
type Done = (u64, [u64; LANES]);

/// Makes the sweeps with the widest words of the machine.
pub(super) fn run<F: Fn() -> bool>(sweeps: Sweeps<'_, F>) -> Done {
    #[cfg(all(feature = "dense", target_arch = "x86_64"))]
    if let Some(words) = pulp::x86::V3::try_new() {
        return words.vectorize(Vectorized { words, sweeps });
    }
    sweeps.run(Plain)
}

#[cfg(all(feature = "dense", target_arch = "x86_64"))]
struct Vectorized<'s, F> {
    words: pulp::x86::V3,
    sweeps: Sweeps<'s, F>,
}

#[cfg(all(feature = "dense", target_arch = "x86_64"))]
impl<F: Fn() -> bool> pulp::NullaryFnOnce for Vectorized<'_, F> {
    type Output = Done;

    #[inline(always)]
    fn call(self) -> Done {
        self.sweeps.run(self.words)
    }
}

impl<F: Fn() -> bool> Sweeps<'_, F> {
    #[inline(always)]
    fn run<W: Words>(self, words: W) -> Done {
        match (self.model.degree, self.model.coded) {
            (2, false) => self.on::<W, 2, 1, 3, false>(words),
            (2, true) => self.on::<W, 2, 1, 3, true>(words),
            (4, false) => self.on::<W, 4, 2, 5, false>(words),
            (4, true) => self.on::<W, 4, 2, 5, true>(words),
            (6, false) => self.on::<W, 6, 3, 7, false>(words),
            (6, true) => self.on::<W, 6, 3, 7, true>(words),
            (_, false) => self.on::<W, 8, 4, 9, false>(words),
            (_, true) => self.on::<W, 8, 4, 9, true>(words),
        }
    }

    /// Of `D` neighbors, whose sums have `HALF` magnitudes other than 0, and `SUMS` values.
    #[inline(always)]
    fn on<W: Words, const D: usize, const HALF: usize, const SUMS: usize, const CODED: bool>(
        self,
        words: W,
    ) -> Done {
        let Self {
            model,
            words: x,
            tables,
            key,
            sweeps,
            stop,
        } = self;
        let (mut made, mut changed) = (0, Counter::new(words));
        for sweep in sweeps {
            if stop() {
                break;
            }
            let mut random = Random::new(words, key, sweep);
            for Run { class, groups } in &model.runs {
                let own = &model.own[groups.clone()];
                let beside = &model.beside[groups.start * D..groups.end * D];
                let beside = beside.as_chunks::<D>().0;
                let (parts, turns) = ((own, beside), &model.turns[..]);
                let (random, changed) = (&mut random, &mut changed);
                let table = &tables[*class];
                if table.is_even() {
                    let draw = Even::<HALF>(table.bits().as_chunks().0);
                    each::<W, D, CODED, _>(words, (&mut *x, turns), parts, &draw, random, changed);
                } else {
                    let draw = Field::<SUMS>(table.bits().as_chunks().0);
                    each::<W, D, CODED, _>(words, (&mut *x, turns), parts, &draw, random, changed);
                }
            }
            made += 1;
        }
        (made, changed.totals(words))
    }
}

/// The bits of the number of neighbors that pull a spin to 1, the lowest first.
#[inline(always)]
fn pulling<W: Words, const D: usize, const CODED: bool>(
    words: W,
    (x, turns): (&[u64], &[Turn]),
    beside: &[[u32; GROUP]; D],
) -> [W::Group; 4] {
    let neighbor = |k: usize| {
        let all = beside[k].map(|other| {
            if CODED {
                seen(x, turns, other)
            } else {
                x[other as usize]
            }
        });
        words.load(all)
    };
    let zero = words.splat(0);
    match D {
        2 => {
            let (one, two) = words.half_add(neighbor(0), neighbor(1));
            [one, two, zero, zero]
        }
        4 => {
            let (one, a) = words.full_add(neighbor(0), neighbor(1), neighbor(2));
            let (one, b) = words.half_add(one, neighbor(3));
            let (two, four) = words.half_add(a, b);
            [one, two, four, zero]
        }
        6 => {
            let (one, a) = words.full_add(neighbor(0), neighbor(1), neighbor(2));
            let (other, b) = words.full_add(neighbor(3), neighbor(4), neighbor(5));
            let (one, c) = words.half_add(one, other);
            let (two, four) = words.full_add(a, b, c);
            [one, two, four, zero]
        }
        _ => {
            let (one, a) = words.full_add(neighbor(0), neighbor(1), neighbor(2));
            let (other, b) = words.full_add(neighbor(3), neighbor(4), neighbor(5));
            let (one, c) = words.full_add(one, other, neighbor(6));
            let (one, d) = words.half_add(one, neighbor(7));
            let (two, e) = words.full_add(a, b, c);
            let (two, f) = words.half_add(two, d);
            let (four, eight) = words.half_add(e, f);
            [one, two, four, eight]
        }
    }
}

/// Where the number whose bits are given is `n`.
#[inline(always)]
fn equals<W: Words>(words: W, bits: [W::Group; 4], n: usize, most: usize) -> W::Group {
    let mut all = words.splat(!0);
    for (k, &bit) in bits.iter().enumerate() {
        // Bits that no number has.
        if most >> k == 0 {
            continue;
        }
        all = if n >> k & 1 == 1 {
            words.and(all, bit)
        } else {
            words.without(all, bit)
        };
    }
    all
}

/// How spins are drawn, given the bits of the numbers of their neighbors that pull them to 1. A trait, as closures are not compiled for the vectors of their caller.
trait Draw {
    fn draw<W: Words, const D: usize>(
        &self,
        words: W,
        up: [W::Group; 4],
        random: &mut Random<W>,
    ) -> W::Group;
}

/// Without a field: as most neighbors, or a coin where there is no majority, unless drawn against them.
struct Even<'t, const HALF: usize>(&'t [[u64; HALF]]);

impl<const HALF: usize> Draw for Even<'_, HALF> {
    #[inline(always)]
    fn draw<W: Words, const D: usize>(
        &self,
        words: W,
        up: [W::Group; 4],
        random: &mut Random<W>,
    ) -> W::Group {
        let (coin, against) = coin_and_below(words, self.0, random);
        if D == 4 {
            let [odd, two, four, _] = up;
            let most = words.or(four, words.and(two, odd));
            let of_even = words.without(against[HALF - 1], two);
            let of_even = words.or(words.and(two, coin), of_even);
            let flip = words.or(words.and(odd, against[0]), words.without(of_even, odd));
            return words.xor(most, flip);
        }
        let mut new = words.and(equals(words, up, D / 2, D), coin);
        for (k, &against) in against.iter().enumerate() {
            let more = equals(words, up, D / 2 + k + 1, D);
            let fewer = equals(words, up, D / 2 - k - 1, D);
            new = words.or(new, words.without(more, against));
            new = words.or(new, words.and(fewer, against));
        }
        new
    }
}

/// In a field: one number for each number of neighbors.
struct Field<'t, const SUMS: usize>(&'t [[u64; SUMS]]);

impl<const SUMS: usize> Draw for Field<'_, SUMS> {
    #[inline(always)]
    fn draw<W: Words, const D: usize>(
        &self,
        words: W,
        up: [W::Group; 4],
        random: &mut Random<W>,
    ) -> W::Group {
        let one = below(words, self.0, random);
        let mut new = words.splat(0);
        for (n, &one) in one.iter().enumerate() {
            new = words.or(new, words.and(equals(words, up, n, D), one));
        }
        new
    }
}

/// Draws the sites of groups, four groups at a time.
#[inline(always)]
fn each<W: Words, const D: usize, const CODED: bool, P: Draw>(
    words: W,
    (x, turns): (&mut [u64], &[Turn]),
    (own, beside): (&[[u32; GROUP]], &[[[u32; GROUP]; D]]),
    draw: &P,
    random: &mut Random<W>,
    changed: &mut Counter<W>,
) {
    for (own, beside) in own.chunks(4).zip(beside.chunks(4)) {
        let mut flips = [words.splat(0); 4];
        for ((own, beside), flips) in own.iter().zip(beside).zip(&mut flips) {
            let up = pulling::<W, D, CODED>(words, (x, turns), beside);
            let new = draw.draw::<W, D>(words, up, random);
            *flips = write(words, x, own, new);
        }
        changed.add(words, flips);
    }
}

/// Writes new spins; where they differ from the old ones.
#[inline(always)]
fn write<W: Words>(words: W, x: &mut [u64], own: &[u32; GROUP], new: W::Group) -> W::Group {
    let old = words.load(own.map(|site| x[site as usize]));
    let mut flips = words.xor(old, new);
    let sink = x.len() as u32 - 1;
    if own[GROUP - 1] == sink {
        let filled = own.map(|site| if site == sink { 0 } else { !0 });
        flips = words.and(flips, words.load(filled));
    }
    for (&site, word) in own.iter().zip(words.store(new)) {
        x[site as usize] = word;
    }
    flips
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LatticeIsing, Spins};
    use gwg_core::{Bits, SplitMix64};

    #[test]
    fn vectors_and_words_give_the_same_bits() {
        let lattices = [
            (1, 7, 0.3, 0.0),
            (2, 6, 0.2, 0.0),
            (2, 5, -0.2, 0.1),
            (3, 4, 0.1, 0.0),
            (4, 3, 0.05, -0.2),
        ];
        for (dims, side, theta, bias) in lattices {
            let model = LatticeIsing::<f64>::new(dims, side, theta, bias).unwrap();
            let spins = MultiSpin::new(&model.spin_graph().unwrap(), |_| true).unwrap();
            let mut bits = SplitMix64::new(3);
            let mut widest = spins.state();
            let sites = spins.sites();
            widest.words[..sites].fill_with(|| bits.next_u64());
            let mut plain = widest.clone();
            let done = spins.sweep(&mut widest, 0.7, 9, 2..12, || false);
            let sweeps = Sweeps {
                model: &spins,
                words: &mut plain.words,
                tables: &widest.tables,
                key: 9,
                sweeps: 2..12,
                stop: || false,
            };
            assert_eq!(done, sweeps.run(Plain));
            assert_eq!(widest.words, plain.words);
        }
    }
}
