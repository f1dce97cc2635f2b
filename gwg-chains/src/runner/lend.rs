use super::block::{Block, front};
use super::tempered::Rungs;
use crate::generator::{RUN, generator, replica_generator};
use crate::plan::{Init, Plan, RunError};
use crate::record::SymbolCounts;
use gwg_core::temper::Pair;
use gwg_core::{Bits, Kernel, Lens, Memory, Move, Real, Space, Tally, Target, Walker};

/// A lockstep block's product gains little beyond this many rows, and its working set leaves the cache.
const LARGEST_BLOCK: usize = 128;
/// Blocks a thread where chains do not share work: enough to even out, few enough to count in.
const BLOCKS_PER_THREAD: usize = 4;
/// Bytes between what two blocks write: cores that write to the same cache lines wait for each other.
const GAP: usize = 256;

/// All memory of a run: a few flat allocations, lent to the chains.
pub(super) struct Storage<R> {
    x: Vec<u8>,
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
    scratch: Vec<R>,
    reference: Vec<u8>,
    /// Inverse temperatures of a chain's replicas, the target's first.
    betas: Vec<f64>,
    levels: Vec<u32>,
    pairs: Vec<Pair>,
    lens: Lens,
    /// Chains in a block; the last may have fewer.
    block: usize,
}

impl<R: Real> Storage<R> {
    pub(super) fn new<T, K>(
        target: &T,
        kernel: &K,
        plan: &Plan,
        threads: usize,
    ) -> Result<Self, RunError>
    where
        T: Target<Real = R>,
        K: Kernel<T>,
    {
        let lens = kernel.lens(target);
        let (sites, chains) = (target.space().sites(), plan.chains);
        let replicas = plan.replicas();
        let block = if kernel.lockstep() {
            let largest = plan.block.map_or(LARGEST_BLOCK, usize::from);
            chains.div_ceil(threads).min((largest / replicas).max(1))
        } else {
            chains.div_ceil(BLOCKS_PER_THREAD * threads)
        };
        let blocks = chains.div_ceil(block);
        let scratch = kernel.scratch_len(target, block * replicas);
        let longest = lens
            .reals
            .max(lens.words)
            .max(lens.indices)
            .max(lens.moves)
            .max(1);
        if chains
            .checked_mul(replicas)
            .and_then(|n| n.checked_mul(longest))
            .and_then(|n| n.checked_mul(16))
            .is_none_or(|n| n > isize::MAX as usize)
        {
            return Err(RunError::TooLarge);
        }
        let walkers = chains * replicas;
        Ok(Self {
            x: filled(walkers * sites, blocks, 0)?,
            reals: filled(walkers * lens.reals, blocks, R::ZERO)?,
            words: filled(walkers * lens.words, blocks, 0)?,
            indices: filled(walkers * lens.indices, blocks, 0)?,
            moves: filled(walkers * lens.moves, blocks, Move::default())?,
            levels: filled(walkers, blocks, 0)?,
            pairs: filled(walkers, blocks, Pair::default())?,
            betas: plan.betas(),
            scratch: filled(blocks * scratch, blocks, R::ZERO)?,
            reference: reference(sites, target.space().states(), plan.seed),
            lens,
            block,
        })
    }

    /// The blocks, each chain at its start.
    pub(super) fn blocks<'a, T, K>(
        &'a mut self,
        target: &T,
        kernel: &K,
        plan: &Plan,
    ) -> Result<Vec<Block<'a, R, K::State<'a>>>, RunError>
    where
        T: Target<Real = R>,
        K: Kernel<T>,
    {
        let space = target.space();
        let replicas = plan.replicas();
        let scratch_len = kernel.scratch_len(target, self.block * replicas);
        let (mut x, mut reals) = (&mut self.x[..], &mut self.reals[..]);
        let mut words = &mut self.words[..];
        let (mut indices, mut moves) = (&mut self.indices[..], &mut self.moves[..]);
        let mut scratch = &mut self.scratch[..];
        let (mut levels, mut pairs) = (&mut self.levels[..], &mut self.pairs[..]);
        let mut blocks = Vec::new();
        for first_chain in (0..plan.chains).step_by(self.block) {
            let chains = first_chain..plan.chains.min(first_chain + self.block);
            let walkers = chains.len() * replicas;
            let (levels_here, pairs_here) =
                (front(&mut levels, walkers), front(&mut pairs, walkers));
            let mut block = Block {
                first_chain,
                walkers: apart(walkers),
                scratch: front(&mut scratch, scratch_len),
                bits: apart(walkers),
                tally: apart(walkers),
                total: Tally::default(),
                counts: SymbolCounts::new(space.sites(), space.states()),
                reference: &self.reference,
                rungs: Rungs::new(plan, chains.clone(), &self.betas, levels_here, pairs_here)?,
            };
            let each =
                chains.flat_map(|chain| (0..).zip(&self.betas).map(move |(r, &b)| (chain, r, b)));
            for (chain, replica, beta) in each {
                let memory = Memory {
                    reals: front(&mut reals, self.lens.reals),
                    words: front(&mut words, self.lens.words),
                    indices: front(&mut indices, self.lens.indices),
                    moves: front(&mut moves, self.lens.moves),
                };
                let mut bits = replica_generator(plan.seed, chain as u64, replica);
                let own = front(&mut x, space.sites());
                start(own, space, plan, chain, &mut bits);
                let state = kernel.state(target, memory)?;
                block
                    .walkers
                    .push(Walker::new(own, R::from_f64(beta), state));
                block.bits.push(bits);
                block.tally.push(Tally::default());
            }
            blocks.push(block);
            skip(&mut x);
            skip(&mut reals);
            skip(&mut words);
            skip(&mut indices);
            skip(&mut moves);
            skip(&mut scratch);
            skip(&mut levels);
            skip(&mut pairs);
        }
        Ok(blocks)
    }
}

/// So many elements and a gap after each block, or an error where the machine has no room for it.
fn filled<E: Clone>(len: usize, blocks: usize, value: E) -> Result<Vec<E>, RunError> {
    let len = len + blocks * gap::<E>();
    let mut all = Vec::new();
    all.try_reserve_exact(len).map_err(|_| RunError::TooLarge)?;
    all.resize(len, value);
    Ok(all)
}

const fn gap<E>() -> usize {
    GAP.div_ceil(size_of::<E>())
}

/// Room for so many elements, and a gap.
fn apart<E>(len: usize) -> Vec<E> {
    Vec::with_capacity(len + gap::<E>())
}

/// Passes over the gap after a block.
fn skip<E>(slice: &mut &mut [E]) {
    front(slice, gap::<E>());
}

/// The fixed random state of a run with `seed`, to which the Hamming distances of its draws are taken.
#[must_use]
pub fn reference(sites: usize, states: usize, seed: u64) -> Vec<u8> {
    let mut bits = generator(seed, RUN);
    (0..sites).map(|_| bits.below(states) as u8).collect()
}

/// Where a chain starts: a configuration of the space, what is observed included.
fn start<S: Space>(x: &mut [u8], space: &S, plan: &Plan, chain: usize, bits: &mut impl Bits) {
    match &plan.init {
        Init::Zeros => x.fill(0),
        Init::Random => {
            for (site, symbol) in x.iter_mut().enumerate() {
                *symbol = bits.below(space.states_at(site)) as u8;
            }
        }
        Init::States(rows) => {
            let row = if rows.len() == x.len() { 0 } else { chain };
            x.copy_from_slice(&rows[row * x.len()..(row + 1) * x.len()]);
        }
    }
    // After the draws: a chain's random numbers are the same whatever is observed.
    for (site, symbol) in x.iter_mut().enumerate() {
        *symbol = space.observed(site).unwrap_or(*symbol);
    }
}
