use super::pairwise::forward_pairwise;
use super::{AffectedMoves, Batch, Delta, Failure, Gradient, Held, HeldRows, Local, Multilinear};
use super::{Pairwise, Sweep, SweepBatch, SymbolOf, Target};
use crate::leveled::{Leveled, Levels};
use crate::space::Clamped;
use crate::{Bits, Error, Move, Real, Space, StepCounts};

/// Another target, conditioned on observed symbols: `p(x_free | x_observed)`, known up to a constant.
///
/// Any kernel on a `Clamp` samples the free sites and does not change the observed ones. Walkers start at
/// configurations that [`contains`](Space::contains) accepts.
///
/// # Cost
/// That of the other target, whose batched evaluation and cache are used, plus a lookup for each difference that a
/// move affects, and the mask of [`Clamped`]. Differences of idle moves are unspecified.
///
/// ```
/// use gwg_core::{Binary, Clamp, Delta, Gibbs, Kernel, Memory, Move, SplitMix64, StepCounts, Target, Walker};
///
/// /// Three spins in a row, with equal neighbors favored.
/// struct Row(Binary);
///
/// impl Target for Row {
///     type Real = f64;
///     type Space = Binary;
///     fn space(&self) -> &Binary {
///         &self.0
///     }
///     fn log_prob(&self, x: &[u8]) -> f64 {
///         x.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64
///     }
/// }
///
/// impl Delta for Row {
///     fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
///         let mut y = [x[0], x[1], x[2]];
///         mv.apply(&mut y);
///         self.log_prob(&y) - self.log_prob(x)
///     }
/// }
///
/// let observed = [Some(1), None, Some(0)];
/// let mut free = [0; 1];
/// let target = Clamp::new(Row(Binary::new(3)), &observed, &mut free)?;
/// let (kernel, mut x, mut reals) = (Gibbs::default(), [1, 1, 0], [0.0; 4]);
/// let memory = Memory { reals: &mut reals, ..Memory::default() };
/// let mut walkers = [Walker::new(&mut x, 1.0, kernel.state(&target, memory)?)];
/// kernel.init(&target, &mut walkers, &mut []);
/// let (mut bits, mut counts) = ([SplitMix64::new(1)], [StepCounts::default()]);
/// kernel.advance(&target, &mut walkers, &mut [], &mut bits, &mut counts, 100);
/// assert_eq!((walkers[0].x[0], walkers[0].x[2]), (1, 0));
/// # Ok::<(), gwg_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Clamp<'a, T: Target> {
    target: T,
    space: Clamped<'a, T::Space>,
}

impl<'a, T: Target> Clamp<'a, T> {
    /// Conditions `target` on `observed[i]` at each site `i` for which it is `Some`; the list of free sites is
    /// written to the front of `free`.
    ///
    /// # Errors
    /// Those of [`Clamped::new`].
    pub fn new(
        target: T,
        observed: &'a [Option<SymbolOf<T>>],
        free: &'a mut [u32],
    ) -> Result<Self, Error> {
        let space = Clamped::new(target.space().clone(), observed, free)?;
        Ok(Self { target, space })
    }

    /// The target without observations.
    #[must_use]
    pub const fn inner(&self) -> &T {
        &self.target
    }
}

impl<'a, T: Target> Target for Clamp<'a, T> {
    type Real = T::Real;
    type Space = Clamped<'a, T::Space>;

    #[inline]
    fn space(&self) -> &Self::Space {
        &self.space
    }

    #[inline]
    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.target.log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.target.failure()
    }
}

impl<T: Gradient> Gradient for Clamp<'_, T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64 {
        self.target.value_and_gradient(x, gradient, scratch)
    }

    fn gradient_cache_len(&self) -> usize {
        self.target.gradient_cache_len()
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        self.target.gradient_scratch_len(rows)
    }

    // The differences of observed sites are computed too: a kernel masks them, and the target may use them in its
    // next evaluation.
    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<Self::Real, SymbolOf<T>>, scratch: &mut [Self::Real]) {
        self.target.evaluate(batch, scratch);
    }
}

impl<T: Delta> Delta for Clamp<'_, T> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.target.cache_len()
    }

    #[inline]
    fn init_cache(&self, x: &[SymbolOf<T>], cache: &mut [Self::Real]) -> f64 {
        self.target.init_cache(x, cache)
    }

    #[inline(always)]
    fn delta(&self, x: &[SymbolOf<T>], cache: &[Self::Real], mv: Move) -> Self::Real {
        if mv.is_idle() {
            return Self::Real::ZERO;
        }
        self.target.delta(x, cache, mv)
    }

    #[inline(always)]
    fn update(&self, x: &[SymbolOf<T>], cache: &mut [Self::Real], mv: Move) {
        self.target.update(x, cache, mv);
    }
}

impl<T: Local> Local for Clamp<'_, T> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.target.max_affected()
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[SymbolOf<T>],
        cache: &mut [Self::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, Self::Real>,
    ) {
        let before = affected.len();
        self.target.update_affected(x, cache, mv, affected);
        affected.retain_from(before, |m| self.space.is_free(self.space.site_of(m)));
    }
}

/// The levels of the other target, and one more: that of the moves of observed sites, on which moves stay. (With a
/// target that already has [`MAX_LEVELS`](crate::leveled::MAX_LEVELS) levels, kernels return
/// [`Error::TooManyLevels`].)
impl<T: Leveled> Leveled for Clamp<'_, T> {
    #[inline]
    fn levels(&self) -> usize {
        self.target.levels() + 1
    }

    #[inline]
    fn frozen_level(&self) -> Option<usize> {
        Some(self.target.levels())
    }

    #[inline]
    fn level_difference(&self, level: usize) -> T::Real {
        if level < self.target.levels() {
            self.target.level_difference(level)
        } else {
            T::Real::NEG_INFINITY
        }
    }

    #[inline]
    fn level(&self, x: &[SymbolOf<T>], m: usize) -> usize {
        if self.space.is_free(self.space.site_of(m)) {
            self.target.level(x, m)
        } else {
            self.target.levels()
        }
    }

    #[inline(always)]
    fn relevel(&self, x: &[SymbolOf<T>], levels: &mut Levels<'_>, mv: Move) {
        self.target.relevel(x, levels, mv);
    }
}

/// Sweeps of the free sites, if those of the other target [hold sites](Sweep::holds_sites), with the symbols given here
/// for all chains. A clamp of a clamp has no sweeps.
impl<T: Sweep> Sweep for Clamp<'_, T> {
    fn sweeps_together(&self) -> bool {
        self.target.sweeps_together()
    }

    fn has_sweeps(&self) -> bool {
        self.target.has_sweeps() && self.target.holds_sites()
    }

    fn sweep_cache_len(&self) -> usize {
        self.target.sweep_cache_len()
    }

    fn sweep_scratch_len(&self, rows: usize) -> usize {
        self.target.sweep_scratch_len(rows)
    }

    fn prepare(&self, batch: &mut dyn SweepBatch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        self.target.prepare(batch, scratch);
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<T::Real, SymbolOf<T>>,
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let mut batch = HeldRows::new(batch, self.space.held());
        self.target.sweep(&mut batch, scratch, bits, counts);
    }

    fn sweep_probabilities(
        &self,
        x: &[SymbolOf<T>],
        beta: T::Real,
        _: Held<'_, SymbolOf<T>>,
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let held = self.space.held();
        self.target.sweep_probabilities(x, beta, held, visit);
    }
}

forward_pairwise!([T: Pairwise] Clamp<'_, T>, self => self.target);

impl<T: Multilinear> Multilinear for Clamp<'_, T> {}
