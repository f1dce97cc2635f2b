mod cursor;

pub(crate) use cursor::Cursor;

use super::joint::{LARGEST, arrive, choose, draw, follow};
use super::{Kernel, Scan, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::refresh_interval;
use crate::{Bits, Delta, Error, Memory, MemoryLayout, Move, MoveLog, Space};
use core::mem::take;

/// Block Gibbs sampling: draws a block of sites from its exact joint conditional distribution.
///
/// # Proposal
/// `p(x_S = a | x_-S) = softmax_a(beta f(x with x_S = a))` over all `q^block` joint states `a` of the block `S`;
/// never rejected. Blocks are consecutive sites in turn ([`Scan::Systematic`]; the last may be shorter), or uniformly
/// drawn subsets of the sites ([`Scan::Random`], reversible).
///
/// # Cost
/// Joint states are visited in the order of a reflected Gray code, each one move away from the previous one, except
/// that those of the block's first site are only evaluated: per step about `q^block` [`Delta::delta`]s and
/// exponentials, and `q^(block - 1)` [`Delta::update`]s. `q^block <= 65536`. A step updates *one block*: `D / block`
/// steps are a sweep. Memory: `q^block` numbers and `block` indices in addition to the target's cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockGibbs {
    block: usize,
    scan: Scan,
}

/// The per-walker state of block Gibbs sampling.
#[derive(Debug)]
pub struct BlockGibbsState<'a, R> {
    cache: &'a mut [R],
    weight: &'a mut [R],
    sites: &'a mut [u32],
    next: usize,
    age: u64,
}

impl<R> BlockGibbsState<'_, R> {
    /// The start of the next systematic block, as an index into the free sites.
    #[must_use]
    pub const fn next(&self) -> usize {
        self.next
    }

    /// Sets the start of the next systematic block to the `k`-th free site.
    pub const fn set_next(&mut self, k: usize) {
        self.next = k;
    }

    /// The sites of a block, to be set from outside.
    #[cfg(feature = "check")]
    pub(crate) fn sites_mut(&mut self) -> &mut [u32] {
        self.sites
    }
}

impl BlockGibbs {
    /// Creates the kernel with blocks of `block` consecutive sites, in turn; a block contains all free sites if there
    /// are fewer.
    ///
    /// # Errors
    /// [`Error::Block`] if `block` is 0.
    pub const fn new(block: usize) -> Result<Self, Error> {
        if block == 0 {
            return Err(Error::Block { found: block });
        }
        Ok(Self {
            block,
            scan: Scan::Systematic,
        })
    }

    /// Sets how blocks are chosen.
    #[must_use]
    pub const fn with_scan(mut self, scan: Scan) -> Self {
        self.scan = scan;
        self
    }

    /// How blocks are chosen.
    #[must_use]
    pub const fn scan(&self) -> Scan {
        self.scan
    }

    /// The number of sites per block on this space.
    #[must_use]
    pub fn block<S: Space>(&self, space: &S) -> usize {
        self.block.min(space.free())
    }

    /// `q^block`, if it is at most the limit.
    fn joint_len<S: Space>(&self, space: &S) -> Option<usize> {
        let block = u32::try_from(self.block(space)).ok()?;
        let joint = space.states().checked_pow(block)?;
        (joint <= LARGEST).then_some(joint)
    }

    /// Computes the weights of the joint states of the first `len` sites of the block.
    #[inline(always)]
    pub(crate) fn conditional<'w, T: Delta>(
        target: &'w T,
        walker: &'w mut WalkerOf<'_, T, Self>,
        len: usize,
    ) -> Cursor<'w, T> {
        let at = (walker.log_prob(), walker.beta);
        let state = &mut walker.state;
        let block = state.sites.get(..len).unwrap_or(&[]);
        Cursor::enumerate(target, walker.x, state.cache, at, block, state.weight)
    }
}

impl<T: Delta> Kernel<T> for BlockGibbs {
    type State<'a> = BlockGibbsState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        MemoryLayout {
            reals: target.cache_len() + self.joint_len(target.space()).unwrap_or(0),
            words: 0,
            indices: self.block(target.space()),
            moves: 0,
        }
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        memory.make(self.layout(target), |mut memory| {
            let space = target.space();
            let joint = self
                .joint_len(space)
                .ok_or(Error::Block { found: self.block })?;
            Ok(BlockGibbsState {
                cache: memory.reals(target.cache_len())?,
                weight: memory.reals(joint)?,
                sites: memory.indices(self.block(space))?,
                next: 0,
                age: 0,
            })
        })
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        state.next = 0;
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.log_prob = target.init_cache(w.x, w.state.cache).into();
            w.state.age = 0;
        }
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        let state = &mut walker.state;
        state.age += changes.len() as u64;
        follow(target, walker.x, state.cache, changes)
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        let BlockGibbsState {
            cache: _,
            weight: _,
            sites: _,
            next,
            age,
        } = state;
        visitor.count(next);
        visitor.word(age);
    }

    /// The state does not depend on `beta`.
    fn reweight<'a>(&self, _: &T, _: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {}

    #[inline(always)]
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
            let state = &mut w.state;
            let len = choose(
                self.scan,
                target.space(),
                &mut state.next,
                state.sites,
                bits,
            );
            let mut moves = take(&mut w.moves);
            let mut cursor = Self::conditional(target, w, len);
            let drawn = draw(cursor.weights(), bits.unit::<f64>() * cursor.total());
            let drawn = drawn.unwrap_or(0);
            let hops = cursor.go(drawn);
            let (gain, updates) = cursor.done();
            moves.add_changes(cursor.moves(drawn));
            w.moves = moves;
            arrive(&mut w.log_prob, gain);
            w.state.age += updates;
            counts.steps += 1;
            counts.accepted += 1;
            counts.sites_changed += hops;
            if w.state.age >= refresh_interval(sites) {
                w.log_prob = target.init_cache(w.x, w.state.cache).into();
                w.state.age = 0;
            }
        }
    }
}
