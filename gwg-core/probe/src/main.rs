//! Proof by linking: three kernels run on two targets, and nothing of std, alloc or the panic
//! machinery is left. The panic handler calls a function that does not exist, so the link fails if
//! any path to a panic survives.
#![no_std]
#![no_main]

mod memory;
mod ring;

use core::hint::black_box;
use gwg_core::{
    Binary, Bits, Categorical, Gibbs, Kernel, Lens, LocallyBalanced, Memory, Move, Scan,
    SplitMix64, Sqrt, SumTree, Surveyed, Tally, Target, Taylor, Walker,
};
use ring::{IsingRing, PottsRing};

const SITES: usize = 16;
const STATES: usize = 4;
const ISING: Lens = SumTree::<Sqrt>::lens_for(SITES, 0, 3);
const POTTS: Lens = Surveyed::<Sqrt>::lens_for(SITES * STATES, 0);

fn hash(x: &[u8], log_prob: f64, tally: Tally) -> u64 {
    let mut h = log_prob.to_bits() ^ tally.accepted;
    for &s in x {
        h = SplitMix64::mix(h ^ u64::from(s));
    }
    h
}

/// A chain from all zeros; 0 where the memory lent is too short.
fn chain<T, K>(target: &T, kernel: &K, memory: Memory<'_, f32>, (seed, steps): (u64, u64)) -> u64
where
    T: Target<Real = f32>,
    K: Kernel<T>,
{
    let Ok(state) = kernel.state(target, memory) else {
        return 0;
    };
    let mut x = [0; SITES];
    let mut walkers = [Walker::new(&mut x, 1.0, state)];
    let (mut bits, mut tally) = ([SplitMix64::new(seed)], [Tally::default()]);
    kernel.init(target, &mut walkers, &mut []);
    kernel.advance(target, &mut walkers, &mut [], &mut bits, &mut tally, steps);
    let [walker] = walkers;
    hash(walker.x, walker.log_prob, tally[0]) ^ bits[0].next_u64()
}

fn ising_ring(run: (u64, u64)) -> u64 {
    let target = Taylor(IsingRing {
        space: Binary::new(SITES),
        coupling: 0.4,
        field: 0.1,
    });
    let mut reals = [0.0; ISING.reals];
    let (mut words, mut indices) = ([0; ISING.words], [0; ISING.indices]);
    let memory = Memory {
        reals: &mut reals,
        words: &mut words,
        indices: &mut indices,
        ..Memory::default()
    };
    chain(&target, &LocallyBalanced::local(Sqrt), memory, run)
}

/// Gibbs-With-Gradients on surveys, then Gibbs.
fn potts_ring(run: (u64, u64)) -> u64 {
    let Ok(space) = Categorical::new(SITES, STATES) else {
        return 0;
    };
    let target = PottsRing {
        space,
        coupling: 0.7,
    };
    let (mut reals, mut moves) = ([0.0; POTTS.reals], [Move::default(); POTTS.moves]);
    let memory = Memory {
        reals: &mut reals,
        moves: &mut moves,
        ..Memory::default()
    };
    let gwg = chain(&Taylor(&target), &LocallyBalanced::gwg(), memory, run);
    let memory = Memory {
        reals: &mut reals,
        ..Memory::default()
    };
    gwg ^ chain(&target, &Gibbs { scan: Scan::Random }, memory, run)
}

// The three attributes below are what a program without an operating system has for a start; nothing else here is unsafe.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    let run = black_box((7, 1000));
    #[cfg(feature = "panic")]
    black_box(black_box(&[0u8; 4][..])[black_box(3)]);
    black_box(ising_ring(run) ^ potts_ring(run));
    #[allow(clippy::empty_loop, reason = "there is no one to return to")]
    loop {}
}

unsafe extern "C" {
    fn a_path_to_a_panic_survives() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never linked; see above.
    unsafe { a_path_to_a_panic_survives() }
}
