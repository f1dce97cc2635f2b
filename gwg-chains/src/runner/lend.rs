use super::block::{Block, front};
use crate::generator::{RUN, generator};
use crate::plan::{Init, Plan, RunError};
use crate::record::SymbolCounts;
use gwg_core::{Bits, Kernel, Lens, Memory, Move, Real, Space, Tally, Target, Walker};

/// A lockstep block's product gains little beyond this many rows, and its working set leaves the cache.
const LARGEST_BLOCK: usize = 128;
/// Blocks a thread where chains do not share work: enough to even out, few enough to count in.
const BLOCKS_PER_THREAD: usize = 4;

/// All memory of a run: a few flat allocations, lent to the chains.
pub(super) struct Storage<R> {
    x: Vec<u8>,
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
    scratch: Vec<R>,
    reference: Vec<u8>,
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
        let block = if kernel.lockstep() {
            let largest = plan.block.map_or(LARGEST_BLOCK, usize::from);
            chains.div_ceil(threads).min(largest)
        } else {
            chains.div_ceil(BLOCKS_PER_THREAD * threads)
        };
        let scratch = kernel.scratch_len(target, block) * chains.div_ceil(block);
        let longest = lens
            .reals
            .max(lens.words)
            .max(lens.indices)
            .max(lens.moves)
            .max(1);
        if chains
            .checked_mul(longest)
            .and_then(|n| n.checked_mul(16))
            .is_none_or(|n| n > isize::MAX as usize)
        {
            return Err(RunError::TooLarge);
        }
        Ok(Self {
            x: filled(chains * sites, 0)?,
            reals: filled(chains * lens.reals, R::ZERO)?,
            words: filled(chains * lens.words, 0)?,
            indices: filled(chains * lens.indices, 0)?,
            moves: filled(chains * lens.moves, Move::default())?,
            scratch: filled(scratch, R::ZERO)?,
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
        let scratch_len = kernel.scratch_len(target, self.block);
        let (mut x, mut reals) = (&mut self.x[..], &mut self.reals[..]);
        let mut words = &mut self.words[..];
        let (mut indices, mut moves) = (&mut self.indices[..], &mut self.moves[..]);
        let mut scratch = &mut self.scratch[..];
        let mut blocks = Vec::new();
        for first_chain in (0..plan.chains).step_by(self.block) {
            let chains = first_chain..plan.chains.min(first_chain + self.block);
            let mut block = Block {
                first_chain,
                walkers: Vec::new(),
                scratch: front(&mut scratch, scratch_len),
                bits: Vec::new(),
                tally: vec![Tally::default(); chains.len()],
                total: Tally::default(),
                counts: SymbolCounts::new(space.sites(), space.states()),
                reference: &self.reference,
            };
            for chain in chains {
                let memory = Memory {
                    reals: front(&mut reals, self.lens.reals),
                    words: front(&mut words, self.lens.words),
                    indices: front(&mut indices, self.lens.indices),
                    moves: front(&mut moves, self.lens.moves),
                };
                let mut bits = generator(plan.seed, chain as u64);
                let own = front(&mut x, space.sites());
                start(own, space, plan, chain, &mut bits);
                let state = kernel.state(target, memory)?;
                block
                    .walkers
                    .push(Walker::new(own, R::from_f64(plan.beta), state));
                block.bits.push(bits);
            }
            blocks.push(block);
        }
        Ok(blocks)
    }
}

/// A vector, or an error where the machine has no room for it.
fn filled<E: Clone>(len: usize, value: E) -> Result<Vec<E>, RunError> {
    let mut all = Vec::new();
    all.try_reserve_exact(len).map_err(|_| RunError::TooLarge)?;
    all.resize(len, value);
    Ok(all)
}

/// The fixed random state of a run with `seed`, to which the Hamming distances of its draws are taken.
#[must_use]
pub fn reference(sites: usize, states: usize, seed: u64) -> Vec<u8> {
    uniform(sites, states, &mut generator(seed, RUN))
}

fn uniform(sites: usize, states: usize, bits: &mut impl Bits) -> Vec<u8> {
    (0..sites).map(|_| bits.below(states) as u8).collect()
}

fn start<S: Space>(x: &mut [u8], space: &S, plan: &Plan, chain: usize, bits: &mut impl Bits) {
    match &plan.init {
        Init::Zeros => x.fill(0),
        Init::Random => x.copy_from_slice(&uniform(space.sites(), space.states(), bits)),
        Init::States(rows) => {
            let row = if rows.len() == x.len() { 0 } else { chain };
            x.copy_from_slice(&rows[row * x.len()..(row + 1) * x.len()]);
        }
    }
}
