use super::block::{Book, front};
use super::tempered::TemperatureLadders;
use super::walkers::Lent;
use crate::generator::{Generator, RUN, generator, replica_generator};
use crate::plan::{Init, Plan, RunError};
use gwg_core::temper::Pair;
use gwg_core::{Bits, Kernel, Memory, MemoryLayout, Move, Real, Space, Target};

/// A lockstep block's product gains little beyond this many rows, and its working set leaves the cache.
const LARGEST_BLOCK: usize = 128;
/// Blocks a thread where chains do not share work: enough to even out, few enough to count in.
const BLOCKS_PER_THREAD: usize = 4;
/// Bytes between what two blocks write: cores that write to the same cache lines wait for each other.
const GAP: usize = 256;

/// What a run asks of its target and its kernel before it begins.
pub(super) struct Needs<'n> {
    pub(super) sites: usize,
    pub(super) states: usize,
    lockstep: bool,
    layout: MemoryLayout,
    /// Numbers of scratch for so many walkers.
    scratch: &'n dyn Fn(usize) -> usize,
    space: &'n dyn Starts,
}

impl<'n> Needs<'n> {
    pub(super) fn of<T: Target, K: Kernel<T>>(
        target: &'n T,
        kernel: &K,
        scratch: &'n dyn Fn(usize) -> usize,
    ) -> Self {
        let space = target.space();
        Self {
            sites: space.sites(),
            states: space.states(),
            lockstep: kernel.lockstep(),
            layout: kernel.layout(target),
            scratch,
            space,
        }
    }
}

/// Where chains may start.
trait Starts {
    fn states_at(&self, site: usize) -> usize;
    fn observed(&self, site: usize) -> Option<u8>;
}

impl<S: Space> Starts for S {
    fn states_at(&self, site: usize) -> usize {
        Space::states_at(self, site)
    }

    fn observed(&self, site: usize) -> Option<u8> {
        Space::observed(self, site)
    }
}

/// All memory of a run: a few flat allocations, lent to the chains.
pub(super) struct Storage<R> {
    x: Vec<u8>,
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
    scratch: Vec<R>,
    /// Inverse temperatures of a chain's replicas, the target's first.
    betas: Vec<f64>,
    levels: Vec<u32>,
    pairs: Vec<Pair>,
    /// Chains in a block; the last may have fewer.
    block: usize,
}

/// What is lent to a block.
pub(super) struct Loan<'a, R> {
    pub(super) book: Book<'a>,
    pub(super) lent: Vec<Lent<'a, R>>,
    pub(super) scratch: &'a mut [R],
}

impl<R: Real> Storage<R> {
    pub(super) fn new(needs: &Needs<'_>, plan: &Plan, threads: usize) -> Result<Self, RunError> {
        let (layout, sites, chains) = (needs.layout, needs.sites, plan.chains);
        let replicas = plan.replicas();
        let block = if needs.lockstep {
            let largest = plan.block.map_or(LARGEST_BLOCK, usize::from);
            chains.div_ceil(threads).min((largest / replicas).max(1))
        } else {
            chains.div_ceil(BLOCKS_PER_THREAD * threads)
        };
        let blocks = chains.div_ceil(block);
        let scratch = (needs.scratch)(block * replicas);
        let longest = layout
            .reals
            .max(layout.words)
            .max(layout.indices)
            .max(layout.moves)
            .max(sites)
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
            reals: filled(walkers * layout.reals, blocks, R::ZERO)?,
            words: filled(walkers * layout.words, blocks, 0)?,
            indices: filled(walkers * layout.indices, blocks, 0)?,
            moves: filled(walkers * layout.moves, blocks, Move::default())?,
            levels: filled(walkers, blocks, 0)?,
            pairs: filled(walkers, blocks, Pair::default())?,
            betas: plan.betas(),
            scratch: filled(blocks * scratch, blocks, R::ZERO)?,
            block,
        })
    }

    /// A loan for each block, every chain at its start.
    pub(super) fn loans(
        &mut self,
        needs: &Needs<'_>,
        plan: &Plan,
    ) -> Result<Vec<Loan<'_, R>>, RunError> {
        let (layout, replicas) = (needs.layout, plan.replicas());
        let scratch_len = (needs.scratch)(self.block * replicas);
        let (mut x, mut reals) = (&mut self.x[..], &mut self.reals[..]);
        let mut words = &mut self.words[..];
        let (mut indices, mut moves) = (&mut self.indices[..], &mut self.moves[..]);
        let mut scratch = &mut self.scratch[..];
        let (mut levels, mut pairs) = (&mut self.levels[..], &mut self.pairs[..]);
        let mut loans = Vec::new();
        for first_chain in (0..plan.chains).step_by(self.block) {
            let chains = first_chain..plan.chains.min(first_chain + self.block);
            let walkers = chains.len() * replicas;
            let (levels_here, pairs_here) =
                (front(&mut levels, walkers), front(&mut pairs, walkers));
            let ladders = TemperatureLadders::new(
                plan,
                chains.clone(),
                &self.betas,
                levels_here,
                pairs_here,
            )?;
            let (mut lent, mut bits) = (room(Some(walkers))?, apart(walkers)?);
            let each =
                chains.flat_map(|chain| (0..).zip(&self.betas).map(move |(r, &b)| (chain, r, b)));
            for (chain, replica, beta) in each {
                let memory = Memory {
                    reals: front(&mut reals, layout.reals),
                    words: front(&mut words, layout.words),
                    indices: front(&mut indices, layout.indices),
                    moves: front(&mut moves, layout.moves),
                };
                let mut own = replica_generator(plan.seed, chain as u64, replica);
                let x = front(&mut x, needs.sites);
                start(x, needs.space, plan, chain, &mut own);
                lent.push(Lent { x, beta, memory });
                bits.push(own);
            }
            loans.push(Loan {
                book: Book {
                    first_chain,
                    bits,
                    ladders,
                },
                lent,
                scratch: front(&mut scratch, scratch_len),
            });
            skip(&mut x);
            skip(&mut reals);
            skip(&mut words);
            skip(&mut indices);
            skip(&mut moves);
            skip(&mut scratch);
            skip(&mut levels);
            skip(&mut pairs);
        }
        Ok(loans)
    }
}

/// So many elements and a gap after each block, or an error where the machine has no room for it.
fn filled<E: Clone>(len: usize, blocks: usize, value: E) -> Result<Vec<E>, RunError> {
    full(Some(len + blocks * gap::<E>()), value)
}

/// Room for so many elements (`None`: more than can be counted), or an error where the machine has none for it.
pub(super) fn room<E>(len: Option<usize>) -> Result<Vec<E>, RunError> {
    let mut all = Vec::new();
    let reserved = len.and_then(|len| all.try_reserve_exact(len).ok());
    reserved.map(|()| all).ok_or(RunError::TooLarge)
}

/// So many elements, all the same.
pub(super) fn full<E: Clone>(len: Option<usize>, value: E) -> Result<Vec<E>, RunError> {
    let mut all = room(len)?;
    all.resize(len.unwrap_or(0), value);
    Ok(all)
}

const fn gap<E>() -> usize {
    GAP.div_ceil(size_of::<E>())
}

/// Room for so many elements, and a gap.
pub(super) fn apart<E>(len: usize) -> Result<Vec<E>, RunError> {
    room(len.checked_add(gap::<E>()))
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
fn start(x: &mut [u8], space: &dyn Starts, plan: &Plan, chain: usize, bits: &mut Generator) {
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
