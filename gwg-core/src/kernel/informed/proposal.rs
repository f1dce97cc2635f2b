use crate::neighborhood::{BLOCK, Evaluation, is_long};
use crate::{Bits, MemoryLayout, Move, Real, Space, math};
use core::ops::Range;

/// The configuration of an evaluation, and the settings of its walker.
#[derive(Clone, Copy, Debug)]
pub struct ProposalContext<'s, S: Space, R> {
    /// The space.
    pub space: &'s S,
    /// The configuration of the evaluation.
    pub x: &'s [S::Symbol],
    /// The walker's inverse temperature; a value of 0 is replaced by one just above.
    pub beta: R,
    /// The walker's tuning parameter.
    pub tuning: f64,
    /// The walker's second tuning parameter: the exponent of the differences; unspecified of a proposal without one.
    pub exponent: f64,
    /// The walker's position in a cyclical schedule; 0 without one.
    pub phase: usize,
}

impl<S: Space, R> ProposalContext<'_, S, R> {
    /// The move indices of a site.
    #[inline(always)]
    #[must_use]
    pub fn moves_of(&self, site: usize) -> Range<usize> {
        moves_of(self.space, site)
    }

    /// The site of a move index.
    #[inline(always)]
    #[must_use]
    pub fn site_of(&self, m: usize) -> usize {
        self.space.site_of(m)
    }

    /// True if each site has one move, so that site and move indices are equal.
    #[inline(always)]
    #[must_use]
    pub fn one_move_a_site(&self) -> bool {
        self.space.moves() == self.space.sites()
    }
}

#[inline(always)]
pub(super) fn moves_of<S: Space>(space: &S, site: usize) -> Range<usize> {
    let end = if site + 1 < space.sites() {
        space.first_move(site + 1)
    } else {
        space.moves()
    };
    space.first_move(site)..end
}

/// The moves drawn in one step.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'p> {
    /// The move indices in the order drawn, at the configuration at which they were drawn.
    pub path: &'p [u32],
    /// The intended number of moves, if it is random; `path` is shorter if no weight was left.
    pub intended: usize,
}

/// Derivatives by the logarithm of the tuning parameter, and by the exponent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slopes {
    /// Of the log-probability of a path.
    pub log_prob: [f64; 2],
    /// Of the mean squared distance of a proposal.
    pub distance: [f64; 2],
}

/// A distribution over sets or sequences of moves from a configuration, determined by one evaluation.
///
/// [`Informed`](crate::Informed) turns it into a Metropolis-Hastings kernel. Contract:
/// - after [`weigh`](Self::weigh), [`draw`](Self::draw) draws a path with probability `s exp(log_prob(path))`, where
///   `s` depends on `intended` only;
/// - [`reverse_path`](Self::reverse_path) is an involution: after the moves, the reverse of the reverse path is the path;
/// - each site is changed at most once; methods leave the evaluation unchanged on return.
///
/// Under this contract the kernel is reversible: for each pair of a path and its reverse, the probability flows in
/// both directions are equal (Metropolis-Hastings with the path as an auxiliary variable), and so are their sums.
pub trait Proposal {
    /// True if a site may be drawn twice.
    const REPEATS: bool = false;

    /// True if the weights depend on the tuning parameter.
    const WEIGHS_BY_TUNING: bool = false;

    /// The tuning parameter before warm-up; `None` if there is nothing to tune.
    fn start(&self) -> Option<f64>;

    /// The smallest and the largest tuning parameter.
    fn range<S: Space>(&self, space: &S) -> (f64, f64);

    /// The second tuning parameter before warm-up, an exponent of the differences; `None` if there is none. A proposal that has one is tuned by
    /// [`slopes`](Self::slopes).
    fn exponent(&self) -> Option<f64> {
        None
    }

    /// Derivatives by the two tuning parameters, for the path from this evaluation; called in warm-up only.
    fn slopes<S: Space, R: Real>(
        &self,
        _: &ProposalContext<'_, S, R>,
        _: &Evaluation<'_, R>,
        _: &[u32],
    ) -> Slopes {
        Slopes::default()
    }

    /// The length of the cyclical schedule.
    fn phases(&self) -> usize {
        1
    }

    /// Computes the weights from the evaluation's differences. `scratch` has [`proposal_scratch_len`] numbers, here
    /// and below.
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
    );

    /// Draws a path of at most `path.len()` moves; returns its length, and the length intended.
    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize);

    /// The log-probability of drawing the path, given `intended`: for the forward path at the current state, for the
    /// reverse path at the proposal.
    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64;

    /// Writes the reverse path to `back`. `changes` are the net changes that `path` makes to `x`; they are not made
    /// in `x` on entry or on return. Returns false if there is no reverse path.
    ///
    /// The default writes the reverse moves in reverse order.
    fn reverse_path<S: Space>(
        &self,
        space: &S,
        x: &mut [S::Symbol],
        path: &[u32],
        changes: &[Move],
        back: &mut [u32],
    ) -> bool {
        let _ = x;
        for ((slot, &m), &mv) in back.iter_mut().rev().zip(path).zip(changes) {
            *slot = space.undo(m as usize, mv) as u32;
        }
        true
    }
}

/// The memory that [`Informed`](crate::Informed) requires per walker: two evaluations of `moves` differences and
/// weights with `memory` numbers of the target's cache, a path, its reverse, and scratch.
#[must_use]
pub const fn layout_for(sites: usize, moves: usize, memory: usize) -> MemoryLayout {
    MemoryLayout {
        reals: 2 * (memory + 2 * moves + moves.div_ceil(BLOCK))
            + proposal_scratch_len(sites, moves),
        words: 0,
        indices: 2 * sites,
        moves: sites,
    }
}

/// The length of the scratch slice of a [`Proposal`], in numbers, whose content is not kept between calls.
#[must_use]
pub const fn proposal_scratch_len(sites: usize, moves: usize) -> usize {
    2 * sites + moves + moves.div_ceil(BLOCK)
}

/// Log-weights are limited to this magnitude, in both directions alike. The distribution is still exact, and no
/// exponential overflows or underflows in `f32`, nor its square in `f64`.
const LARGEST_LOG_WEIGHT: f64 = 40.0;

#[inline(always)]
pub(super) fn cut<R: Real>(log_weight: R) -> R {
    let limit = R::from_f64(LARGEST_LOG_WEIGHT);
    log_weight.min(limit).max(-limit)
}

/// The sum of `ln f` over many positive `f`, with few logarithms.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogProduct {
    product: f64,
    logs: f64,
}

impl LogProduct {
    pub(super) const ONE: Self = Self {
        product: 1.0,
        logs: 0.0,
    };

    #[inline(always)]
    pub(super) fn times(&mut self, factor: f64) {
        let product = self.product * factor;
        if product > 1e-250 && product < 1e250 {
            self.product = product;
        } else {
            self.logs += Real::ln(self.product) + Real::ln(factor);
            self.product = 1.0;
        }
    }

    #[inline(always)]
    pub(super) fn ln(self) -> f64 {
        self.logs + Real::ln(self.product)
    }
}

/// The sum of the weights of one site.
#[inline(always)]
pub(super) fn site_sum<R: Real>(weight: &[R], moves: Range<usize>) -> R {
    let own = match weight.get(moves) {
        Some(&[w]) => return w,
        Some(own) if is_long::<R>(own.len()) => return math::sum(own),
        Some(own) => own,
        None => return R::ZERO,
    };
    let (rows, tail) = own.as_chunks::<4>();
    let mut lanes = [R::ZERO; 4];
    for row in rows {
        for (lane, &w) in lanes.iter_mut().zip(row) {
            *lane += w;
        }
    }
    let [a, b, c, d] = lanes;
    tail.iter().fold((a + c) + (b + d), |sum, &w| sum + w)
}
