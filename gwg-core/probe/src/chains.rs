//! The chains that are run, each with memory in its own stack frame.

use crate::{machine, report, ring};
use gwg_core::{
    Binary, Bits, Categorical, Evaluated, Gibbs, Kernel, LocallyBalanced, Memory, MemoryLayout,
    Move, NFold, Scan, Space, SplitMix64, Sqrt, StepCounts, SumTree, Target, Taylor, Walker,
};
use ring::{IsingRing, PottsRing, STATES};

const SITES: usize = 16;
/// The number of steps that are counted, then of steps whose states are all hashed.
pub const COUNTED: u64 = 256;
const HASHED: u32 = 256;

const fn ising() -> IsingRing {
    IsingRing::new(Binary::new(SITES), 0.4)
}

fn potts() -> Option<PottsRing> {
    Categorical::new(SITES, STATES)
        .ok()
        .map(|space| PottsRing::new(space, 0.7))
}

/// Runs every chain selected by the features.
pub fn all(seed: u64) {
    #[cfg(feature = "tree")]
    tree(seed);
    #[cfg(feature = "n-fold")]
    n_fold(seed);
    #[cfg(feature = "evaluation")]
    evaluation(seed);
    #[cfg(feature = "gibbs")]
    gibbs(seed);
}

/// The fill value of the memory, so that reading unwritten memory changes the result. All bytes differ, so that it is
/// filled by a loop and not by a library function.
const WORD: u64 = 0xa5a4_a3a2_a1a0_9f9e;
const INDEX: u32 = 0xa5a4_a3a2;

/// The memory of a chain.
#[derive(Default)]
struct OwnedMemory<'a> {
    reals: &'a mut [f32],
    words: &'a mut [u64],
    indices: &'a mut [u32],
}

/// Runs a chain from all zeros and prints the hashes of its path on one line.
#[inline(always)]
fn chain<T, K>(name: &str, target: &T, kernel: &K, lent: OwnedMemory<'_>, seed: u64)
where
    T: Target<Real = f32, Space: Space<Symbol = u8>>,
    K: Kernel<T>,
{
    let (mut bits, mut counts) = ([SplitMix64::new(seed)], [StepCounts::default()]);
    let mut hash = 0;
    {
        let (mut x, mut moves) = ([0; SITES], [Move::default()]);
        let memory = Memory {
            reals: &mut *lent.reals,
            words: &mut *lent.words,
            indices: &mut *lent.indices,
            moves: &mut moves,
        };
        let Ok(state) = kernel.state(target, memory) else {
            return report::name("too little memory\n");
        };
        let mut walkers = [Walker::new(&mut x, 1.0, state)];
        kernel.init(target, &mut walkers, &mut []);
        let mut steps = COUNTED;
        for _ in 0..HASHED + 1 {
            machine::mark();
            kernel.advance(target, &mut walkers, &mut [], &mut bits, &mut counts, steps);
            machine::mark();
            let [walker] = &walkers;
            hash = state_hash(hash, walker.x, walker.log_prob_rounded());
            steps = 1;
        }
    }
    let ([counts], [bits]) = (counts, &mut bits);
    report::name(name);
    report::number(hash);
    report::number(memory_hash(lent));
    report::number(counts.accepted);
    report::number(bits.next_u64());
    report::end();
}

/// Hashes a state: symbols of two bits, as many as fit into a word.
fn state_hash(hash: u64, x: &[u8], log_prob: f32) -> u64 {
    let word = x.iter().fold(0u32, |word, &s| word << 2 | u32::from(s));
    absorb(hash, u64::from(log_prob.to_bits()) << 32 | u64::from(word))
}

fn absorb(hash: u64, n: u64) -> u64 {
    SplitMix64::mix(hash ^ n)
}

/// Hashes weights and sums to the last bit, because roundings rarely affect the states.
fn memory_hash(lent: OwnedMemory<'_>) -> u64 {
    let mut hash = 0;
    for r in unknown(lent.reals) {
        hash = absorb(hash, r.to_bits().into());
    }
    for &word in unknown(lent.words) {
        hash = absorb(hash, word);
    }
    for &i in unknown(lent.indices) {
        hash = absorb(hash, i.into());
    }
    hash
}

/// A slice of a length unknown to the compiler, so that it does not unroll loops completely.
fn unknown<E>(slice: &[E]) -> &[E] {
    if slice.is_empty() {
        slice
    } else {
        core::hint::black_box(slice)
    }
}

/// Gibbs-With-Gradients on a sum tree: the ring is multilinear, so exact differences are first-order ones.
#[cfg(feature = "tree")]
fn tree(seed: u64) {
    #[inline(always)]
    fn with<
        T: gwg_core::Local<Real = f32, Space: Space<Symbol = u8>>,
        const R: usize,
        const W: usize,
    >(
        name: &str,
        target: &T,
        seed: u64,
    ) {
        let mut reals = [f32::NAN; R];
        let mut words = [WORD; W];
        let mut indices = [INDEX; R];
        let lent = OwnedMemory {
            reals: &mut reals,
            words: &mut words,
            indices: &mut indices,
        };
        chain(name, target, &LocallyBalanced::local(Sqrt), lent, seed);
    }
    const ISING: MemoryLayout = SumTree::<Sqrt>::layout_for(SITES, 0, IsingRing::TOUCHED);
    with::<_, { ISING.reals }, { ISING.words }>("ising gwg-tree", &Taylor(ising()), seed);
    #[cfg(feature = "potts")]
    if let Some(potts) = potts() {
        const POTTS: MemoryLayout =
            SumTree::<Sqrt>::layout_for(SITES * STATES, 0, PottsRing::TOUCHED);
        with::<_, { POTTS.reals }, { POTTS.words }>("potts gwg-tree", &Taylor(potts), seed);
    }
}

/// Gibbs-With-Gradients on classes of moves with equal weight.
#[cfg(feature = "n-fold")]
fn n_fold(seed: u64) {
    const ISING: MemoryLayout = NFold::<Sqrt>::layout_for(SITES);
    let mut words = [WORD; ISING.words];
    let mut indices = [INDEX; ISING.indices];
    let lent = OwnedMemory {
        words: &mut words,
        indices: &mut indices,
        ..OwnedMemory::default()
    };
    chain(
        "ising gwg-n-fold",
        &Taylor(ising()),
        &LocallyBalanced::n_fold(Sqrt),
        lent,
        seed,
    );
}

/// Gibbs-With-Gradients with one gradient per step, as for any target.
#[cfg(feature = "evaluation")]
fn evaluation(seed: u64) {
    #[inline(always)]
    fn with<T: gwg_core::Gradient<Real = f32, Space: Space<Symbol = u8>>, const R: usize>(
        name: &str,
        target: &T,
        seed: u64,
    ) {
        let mut reals = [f32::NAN; R];
        let lent = OwnedMemory {
            reals: &mut reals,
            ..OwnedMemory::default()
        };
        chain(name, &Taylor(target), &LocallyBalanced::gwg(), lent, seed);
    }
    const ISING: MemoryLayout = Evaluated::<Sqrt>::layout_for(SITES, 0);
    with::<_, { ISING.reals }>("ising gwg-evaluation", &ising(), seed);
    #[cfg(feature = "potts")]
    if let Some(potts) = potts() {
        const POTTS: MemoryLayout = Evaluated::<Sqrt>::layout_for(SITES * STATES, 0);
        with::<_, { POTTS.reals }>("potts gwg-evaluation", &potts, seed);
    }
}

#[cfg(feature = "gibbs")]
fn gibbs(seed: u64) {
    let kernel = Gibbs { scan: Scan::Random };
    let mut reals = [f32::NAN; 2 * STATES];
    let lent = OwnedMemory {
        reals: &mut reals,
        ..OwnedMemory::default()
    };
    chain("ising gibbs", &ising(), &kernel, lent, seed);
    #[cfg(feature = "potts")]
    if let Some(potts) = potts() {
        let lent = OwnedMemory {
            reals: &mut reals,
            ..OwnedMemory::default()
        };
        chain("potts gibbs", &potts, &kernel, lent, seed);
    }
}
