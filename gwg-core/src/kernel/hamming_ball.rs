mod ball;

pub(crate) use ball::Ball;

use super::joint::{LARGEST, Mover, arrive, choose, draw, follow, weigh};
use super::{Kernel, Scan, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::refresh_interval;
use crate::space::Symbol;
use crate::{Bits, Delta, Error, Memory, MemoryLayout, Move, MoveLog, Space};

/// The Hamming ball sampler (Titsias and Yau 2017): block Gibbs restricted to a ball of the block's joint states.
///
/// # Proposal
/// For the block `S`, draws an auxiliary `u` uniformly from the ball `H(x_S)` of joint states that differ from `x_S`
/// at no more than `radius` sites, then `x'_S` with probability proportional to `exp(beta f)` from the ball `H(u)`.
/// All balls have the same size, so both are Gibbs updates of `p(x) 1[u in H(x_S)]`: never rejected, and reversible
/// for a given block. Up to `2 radius` sites change at once.
///
/// Blocks are uniformly drawn subsets of the sites ([`Scan::Random`]), or consecutive sites in turn
/// ([`Scan::Systematic`]; the last may be shorter).
///
/// # Cost
/// A ball is traversed as a tree whose leaves are only evaluated: `sum_r C(block, r) (q - 1)^r` [`Delta::delta`]s and
/// exponentials, `r <= radius`, and two [`Delta::update`]s for each point nearer than `radius`. At most 65,536
/// points. Memory: one number per point, and `2 block + (block + 1)(radius + 1)` indices, in addition to the target's
/// cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HammingBall {
    block: usize,
    radius: usize,
    scan: Scan,
}

/// The per-walker state of Hamming ball sampling.
#[derive(Debug)]
pub struct HammingBallState<'a, R> {
    cache: &'a mut [R],
    weight: &'a mut [R],
    sites: &'a mut [u32],
    /// The symbols of the block before the step.
    before: &'a mut [u32],
    counts: &'a mut [u32],
    next: usize,
    age: u64,
}

impl<R> HammingBallState<'_, R> {
    /// The start of the next systematic block, as an index into the free sites.
    #[must_use]
    pub const fn next(&self) -> usize {
        self.next
    }

    /// Sets the start of the next systematic block to the `k`-th free site.
    pub const fn set_next(&mut self, k: usize) {
        self.next = k;
    }

    /// Stores the symbols of the block.
    #[inline(always)]
    fn keep<Y: Symbol>(&mut self, x: &[Y]) {
        for (&site, before) in self.sites.iter().zip(self.before.iter_mut()) {
            *before = x
                .get(site as usize)
                .copied()
                .map_or(0, |s| u32::from(s.widen()));
        }
    }

    /// The moves of the first `len` sites of the block from the stored symbols to the current ones.
    #[inline(always)]
    fn moves<Y: Symbol>(&self, x: &[Y], len: usize) -> impl Iterator<Item = Move> {
        let block = self.sites.iter().zip(self.before.iter()).take(len);
        block.map(|(&site, &before)| {
            let site = site as usize;
            let to = x.get(site).copied().map_or(0, Symbol::widen);
            let from = before as u16;
            Move { site, from, to }
        })
    }

    /// The number of sites, among the first `len` of the block, whose symbols differ from the stored ones.
    #[inline(always)]
    fn changed<Y: Symbol>(&self, x: &[Y], len: usize) -> u64 {
        let moves = self.moves(x, len);
        moves.map(|mv| u64::from(!mv.is_idle())).sum()
    }

    /// The sites of a block, to be set from outside.
    #[cfg(feature = "check")]
    pub(crate) fn sites_mut(&mut self) -> &mut [u32] {
        self.sites
    }
}

impl Default for HammingBall {
    /// Random blocks of ten sites, radius 1.
    fn default() -> Self {
        Self {
            block: 10,
            radius: 1,
            scan: Scan::Random,
        }
    }
}

impl HammingBall {
    /// Creates the kernel with random blocks of `block` sites and balls of radius `radius`; both are limited by the
    /// number of free sites.
    ///
    /// # Errors
    /// [`Error::Block`] if `block` is 0; [`Error::Radius`] if `radius` is 0.
    pub const fn new(block: usize, radius: usize) -> Result<Self, Error> {
        if block == 0 {
            return Err(Error::Block { found: block });
        }
        if radius == 0 {
            return Err(Error::Radius { found: radius });
        }
        Ok(Self {
            block,
            radius,
            scan: Scan::Random,
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

    /// The radius on this space.
    #[must_use]
    pub fn radius<S: Space>(&self, space: &S) -> usize {
        self.radius.min(self.block(space))
    }

    /// The number of points of the largest ball, if it is at most the limit.
    fn ball_len<S: Space>(&self, space: &S) -> Option<usize> {
        let (block, others) = (self.block(space), space.states().saturating_sub(1));
        let (mut len, mut sphere) = (1usize, 1usize);
        for r in 0..self.radius(space) {
            // C(b, r + 1) (q - 1)^(r + 1); the division is exact.
            let ways = sphere.checked_mul(block - r)?.checked_mul(others)?;
            sphere = ways / (r + 1);
            len = len.checked_add(sphere)?;
        }
        (len <= LARGEST).then_some(len)
    }

    /// The ball around the joint state of the first `len` sites of the block.
    #[inline(always)]
    pub(crate) fn ball<'w, T: Delta>(
        &self,
        target: &'w T,
        walker: &'w mut WalkerOf<'_, T, Self>,
        len: usize,
    ) -> (Ball<'w>, Mover<'w, T>, &'w mut [T::Real]) {
        let log_prob = walker.log_prob();
        let state = &mut walker.state;
        let sites = state.sites.get(..len).unwrap_or(&[]);
        let radius = self.radius(target.space());
        let ball = Ball::new(target.space(), sites, radius, state.counts);
        let mover = Mover::new(target, walker.x, state.cache, log_prob);
        (ball, mover, state.weight)
    }
}

impl<T: Delta> Kernel<T> for HammingBall {
    type State<'a> = HammingBallState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        let (space, block) = (target.space(), self.block(target.space()));
        MemoryLayout {
            reals: target.cache_len() + self.ball_len(space).unwrap_or(0),
            words: 0,
            indices: 2 * block + (block + 1) * (self.radius(space) + 1),
            moves: 0,
        }
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        memory.make(self.layout(target), |mut memory| {
            let (space, block) = (target.space(), self.block(target.space()));
            let ball = self
                .ball_len(space)
                .ok_or(Error::Block { found: self.block })?;
            Ok(HammingBallState {
                cache: memory.reals(target.cache_len())?,
                weight: memory.reals(ball)?,
                sites: memory.indices(block)?,
                before: memory.indices(block)?,
                counts: memory.indices((block + 1) * (self.radius(space) + 1))?,
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
        let HammingBallState {
            cache: _,
            weight: _,
            sites: _,
            before: _,
            counts: _,
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
            let beta = w.beta;
            w.state.keep(w.x);
            let (ball, mut mover, weight) = self.ball(target, w, len);
            ball.go(&mut mover, bits.below(ball.points()));
            let total = weigh(beta, ball.weights(&mut mover, weight));
            let weight = weight.get(..ball.points()).unwrap_or(&[]);
            let drawn = draw(weight, bits.unit::<f64>() * total).unwrap_or(0);
            ball.go(&mut mover, drawn);
            let (gain, updates) = (mover.gain, mover.updates);
            arrive(&mut w.log_prob, gain);
            w.state.age += updates;
            counts.steps += 1;
            counts.accepted += 1;
            counts.sites_changed += w.state.changed(w.x, len);
            w.moves.add_changes(w.state.moves(w.x, len));
            if w.state.age >= refresh_interval(sites) {
                w.log_prob = target.init_cache(w.x, w.state.cache).into();
                w.state.age = 0;
            }
        }
    }
}
