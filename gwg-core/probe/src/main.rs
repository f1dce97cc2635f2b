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
    SplitMix64, Sqrt, SumTree, Surveyed, Tally, Taylor, Walker,
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

fn ising_ring(seed: u64, steps: u64) -> u64 {
    let target = Taylor(IsingRing {
        space: Binary::new(SITES),
        coupling: 0.4,
        field: 0.1,
    });
    let kernel = LocallyBalanced::local(Sqrt);
    let mut x = [0; SITES];
    let (mut reals, mut indices) = ([0.0; ISING.reals], [0; ISING.indices]);
    let memory = Memory {
        reals: &mut reals,
        indices: &mut indices,
        moves: &mut [],
    };
    let Ok(state) = kernel.state(&target, memory) else {
        return 0;
    };
    let mut walkers = [Walker::new(&mut x, 1.0, state)];
    let (mut bits, mut tally) = ([SplitMix64::new(seed)], [Tally::default()]);
    kernel.init(&target, &mut walkers, &mut []);
    kernel.advance(&target, &mut walkers, &mut [], &mut bits, &mut tally, steps);
    let [walker] = walkers;
    hash(walker.x, walker.log_prob, tally[0]) ^ bits[0].next_u64()
}

fn potts_ring(seed: u64, steps: u64) -> u64 {
    let Ok(space) = Categorical::new(SITES, STATES) else {
        return 0;
    };
    let target = Taylor(PottsRing {
        space,
        coupling: 0.7,
    });
    let kernel = LocallyBalanced::gwg();
    let mut x = [0; SITES];
    let (mut reals, mut moves) = ([0.0; POTTS.reals], [Move::default(); POTTS.moves]);
    let memory = Memory {
        reals: &mut reals,
        indices: &mut [],
        moves: &mut moves,
    };
    let Ok(state) = kernel.state(&target, memory) else {
        return 0;
    };
    let mut walkers = [Walker::new(&mut x, 1.0, state)];
    let (mut bits, mut tally) = ([SplitMix64::new(seed)], [Tally::default()]);
    kernel.init(&target, &mut walkers, &mut []);
    kernel.advance(&target, &mut walkers, &mut [], &mut bits, &mut tally, steps);
    let [walker] = walkers;
    hash(walker.x, walker.log_prob, tally[0]) ^ bits[0].next_u64()
}

fn gibbs_ring(seed: u64, steps: u64) -> u64 {
    let Ok(space) = Categorical::new(SITES, STATES) else {
        return 0;
    };
    let target = PottsRing {
        space,
        coupling: 0.7,
    };
    let kernel = Gibbs { scan: Scan::Random };
    let mut x = [0; SITES];
    let mut reals = [0.0; 2 * STATES];
    let memory = Memory {
        reals: &mut reals,
        indices: &mut [],
        moves: &mut [],
    };
    let Ok(state) = kernel.state(&target, memory) else {
        return 0;
    };
    let mut walkers = [Walker::new(&mut x, 1.0, state)];
    let (mut bits, mut tally) = ([SplitMix64::new(seed)], [Tally::default()]);
    kernel.init(&target, &mut walkers, &mut []);
    kernel.advance(&target, &mut walkers, &mut [], &mut bits, &mut tally, steps);
    let [walker] = walkers;
    hash(walker.x, walker.log_prob, tally[0])
}

// The three attributes below are what a program without an operating system has for a start; nothing else here is unsafe.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    let (seed, steps) = (black_box(7), black_box(1000));
    #[cfg(feature = "panic")]
    black_box(black_box(&[0u8; 4][..])[black_box(3)]);
    black_box(ising_ring(seed, steps) ^ potts_ring(seed, steps) ^ gibbs_ring(seed, steps));
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
