//! A custom kernel: two sites exchange their symbols, so that the number of each symbol is conserved (Kawasaki 1966).
//!
//! A kernel is an immutable value. The state of a walker is in slices that the caller provides, here the cache of the
//! target; a step neither allocates nor panics.

use gwg_core::kernel::{StateVisitor, WalkerOf};
use gwg_core::*;

struct Exchange;

/// The per-walker state.
struct Cache<'a, R>(&'a mut [R]);

impl<T: Delta> Kernel<T> for Exchange {
    type State<'a> = Cache<'a, T::Real>;

    /// Walkers share no work: each takes all its steps before the next one.
    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        MemoryLayout {
            reals: target.cache_len(),
            ..MemoryLayout::default()
        }
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(
        &self,
        target: &T,
        mut memory: Memory<'a, T::Real>,
    ) -> Result<Self::State<'a>, Error> {
        Ok(Cache(memory.reals(target.cache_len())?))
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            let f = target.init_cache(w.x, w.state.0);
            w.set_log_prob(f);
        }
    }

    /// All numbers that a path depends on are in the slices.
    fn visit_state<'a, V: StateVisitor>(&self, _: &mut Self::State<'a>, _: &mut V) {}

    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        _: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let sites = target.space().sites();
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            counts.steps += 1;
            let (i, j) = (bits.below(sites), bits.below(sites));
            let (a, b) = (w.x[i].widen(), w.x[j].widen());
            if a == b {
                continue;
            }
            // `delta` takes a move that has not been made, `update` one that has.
            let (first, second) = (
                Move {
                    site: i,
                    from: a,
                    to: b,
                },
                Move {
                    site: j,
                    from: b,
                    to: a,
                },
            );
            let d = target.delta(w.x, w.state.0, first);
            first.apply(w.x);
            target.update(w.x, w.state.0, first);
            let d = d + target.delta(w.x, w.state.0, second);
            // The proposal is symmetric: the ratio is that of the target at the walker's inverse temperature.
            if accept::accept((w.beta * d).exp(), bits) {
                second.apply(w.x);
                target.update(w.x, w.state.0, second);
                w.add_log_prob(d);
                counts.accepted += 1;
                counts.sites_changed += 2;
            } else {
                first.revert(w.x);
                target.update(w.x, w.state.0, first.reversed());
            }
        }
    }
}

/// A row of spins, with a gain of 0.8 per pair of equal neighbors.
struct Row(Binary);

impl Target for Row {
    type Real = f64;
    type Space = Binary;
    fn space(&self) -> &Binary {
        &self.0
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        0.8 * x.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64
    }
}

impl Delta for Row {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

fn main() -> Result<(), Error> {
    let (target, kernel) = (Row(Binary::new(6)), Exchange);
    let mut x = [1, 0, 1, 0, 1, 0];
    let mut walkers = [Walker::new(
        &mut x,
        1.0,
        kernel.state(&target, Memory::default())?,
    )];
    kernel.init(&target, &mut walkers, &mut []);
    let (mut bits, mut counts) = ([SplitMix64::new(1)], [StepCounts::default()]);
    let (draws, mut sum) = (200_000, 0.0);
    for _ in 0..draws {
        kernel.step(&target, &mut walkers, &mut [], &mut bits, &mut counts);
        sum += walkers[0].log_prob();
    }
    // Compared with all 20 states with three ones.
    let states = (0..64u8).map(|k| [0, 1, 2, 3, 4, 5].map(|i| k >> i & 1));
    let (mut z, mut f) = (0.0, 0.0);
    for x in states.filter(|x| x.iter().sum::<u8>() == 3) {
        z += Real::exp(target.log_prob(&x));
        f += Real::exp(target.log_prob(&x)) * target.log_prob(&x);
    }
    let (found, wanted) = (sum / f64::from(draws), f / z);
    println!("mean f {found:.3}, by enumeration {wanted:.3}");
    assert!((found - wanted).abs() < 0.02);
    assert_eq!(walkers[0].x.iter().sum::<u8>(), 3);
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Error> {
    main()
}
