mod batch;
mod parametric;

use super::{AffectedMoves, Delta, Failure, Local, Multilinear, SymbolOf, Target};
use crate::{Error, Move, Real, Space};

/// The weighted sum of two targets on one space: `f(x) = a f0(x) + b f1(x)`.
///
/// With `a = 1 - t`, `b = t` it leads from `f0` at `t = 0` to `f1` at `t = 1`, as required by annealed importance
/// sampling and annealing between models; with `a = b = 1` it adds a base distribution to a model. The sum implements
/// those of [`Gradient`], [`Delta`], [`Local`] and [`Multilinear`] that both targets implement, with the fast paths
/// of each: `Taylor(Bridge)`, `Exact(Bridge)`, the sum tree and Gibbs sampling work as on a plain target. A
/// [`Clamp`](crate::Clamp) of a bridge and a bridge of bridges are targets as well.
///
/// Its [parameters](crate::Parametric) are those of the second target, and the first is fixed: training fits a model on top of a base distribution.
///
/// # Changing the weights
/// [`set_t`](Self::set_t) and [`set_weights`](Self::set_weights) change the target. What a kernel has cached for a
/// walker then belongs to the old weights: call [`Kernel::reevaluate`](crate::Kernel::reevaluate) before the next
/// step.
///
/// # Weights of 0 and hard constraints
/// A target with weight 0 is not evaluated: `f` is then `b f1` to the last bit, even if `f0(x)` is minus infinity,
/// and a step costs as much as on `f1` alone. With other weights, a state that is impossible for one of the two is
/// impossible for the sum. A negative weight requires that its target is finite everywhere.
///
/// # Unsupported capabilities
/// The sum has too many levels for [`Leveled`](crate::Leveled): use the sum tree instead of n-fold classes. It has no
/// [`Sweep`](crate::target::Sweep) either, because a sweep draws from the conditional distributions of one model and
/// has no access to the terms of the other.
///
/// # Cost
/// Those of both targets. The cache for [`Gradient`] contains the differences and `f` of both, `2 moves + 6` numbers
/// more than the two caches. [`Local`] sorts the moves that either target has changed and computes each difference
/// once per target.
///
/// ```
/// use gwg_core::{Binary, Bridge, Target};
///
/// struct Field(Binary, f64);
///
/// impl Target for Field {
///     type Real = f64;
///     type Space = Binary;
///     fn space(&self) -> &Binary {
///         &self.0
///     }
///     fn log_prob(&self, x: &[u8]) -> f64 {
///         self.1 * x.iter().map(|&s| f64::from(s)).sum::<f64>()
///     }
/// }
///
/// let mut bridge = Bridge::new(Field(Binary::new(3), -1.0), Field(Binary::new(3), 1.0), 0.25)?;
/// assert_eq!(bridge.log_prob(&[1, 1, 0]), -1.0);
/// bridge.set_t(1.0)?;
/// assert_eq!(bridge.log_prob(&[1, 1, 0]), 2.0);
/// # Ok::<(), gwg_core::Error>(())
/// ```
///
/// [`Gradient`]: crate::Gradient
#[derive(Clone, Copy, Debug)]
pub struct Bridge<A: Target, B> {
    first: A,
    second: B,
    weights: [A::Real; 2],
}

impl<A, B> Bridge<A, B>
where
    A: Target,
    B: Target<Real = A::Real, Space = A::Space>,
{
    /// Creates the target `(1 - t) first + t second`. Cost: `O(sites)`.
    ///
    /// # Errors
    /// [`Error::Fraction`] unless `0 <= t <= 1`; [`Error::Spaces`] if the two spaces differ.
    pub fn new(first: A, second: B, t: f64) -> Result<Self, Error> {
        let mut bridge = Self::weighted(first, second, [0.0, 0.0])?;
        bridge.set_t(t)?;
        Ok(bridge)
    }

    /// Creates the target `first + second`, for example of a base distribution and a model. Cost: `O(sites)`.
    ///
    /// # Errors
    /// [`Error::Spaces`] if the two spaces differ.
    pub fn sum(first: A, second: B) -> Result<Self, Error> {
        Self::weighted(first, second, [1.0, 1.0])
    }

    /// Creates the target `weights[0] first + weights[1] second`. Cost: `O(sites)`.
    ///
    /// # Errors
    /// [`Error::Weights`] if a weight is infinite or NaN; [`Error::Spaces`] if the two spaces differ.
    pub fn weighted(first: A, second: B, weights: [f64; 2]) -> Result<Self, Error> {
        same_space(first.space(), second.space())?;
        let mut bridge = Self {
            first,
            second,
            weights: [A::Real::ZERO; 2],
        };
        bridge.set_weights(weights)?;
        Ok(bridge)
    }

    /// Sets the weights to `1 - t` and `t`. [`Kernel::reevaluate`](crate::Kernel::reevaluate) must follow for every walker.
    ///
    /// # Errors
    /// [`Error::Fraction`] unless `0 <= t <= 1`; the weights are unchanged in that case.
    pub fn set_t(&mut self, t: f64) -> Result<(), Error> {
        if (0.0..=1.0).contains(&t) {
            self.set_weights([1.0 - t, t])
        } else {
            Err(Error::Fraction)
        }
    }

    /// Sets both weights. [`Kernel::reevaluate`](crate::Kernel::reevaluate) must follow for every walker.
    ///
    /// # Errors
    /// [`Error::Weights`] if one is infinite or NaN, also in the precision of the targets; the weights are unchanged
    /// in that case.
    pub fn set_weights(&mut self, weights: [f64; 2]) -> Result<(), Error> {
        let weights = weights.map(A::Real::from_f64);
        if weights.iter().all(|w| w.is_finite()) {
            self.weights = weights;
            Ok(())
        } else {
            Err(Error::Weights)
        }
    }
}

impl<A: Target, B> Bridge<A, B> {
    /// The first target.
    #[must_use]
    pub const fn first(&self) -> &A {
        &self.first
    }

    /// The second target.
    #[must_use]
    pub const fn second(&self) -> &B {
        &self.second
    }

    /// The weights `a` and `b`, rounded to the precision of the targets.
    #[must_use]
    pub const fn weights(&self) -> [A::Real; 2] {
        self.weights
    }

    /// True for each target whose weight is not 0.
    #[inline(always)]
    fn used(&self) -> [bool; 2] {
        self.weights.map(|w| w != A::Real::ZERO)
    }

    /// `a first() + b second()`, where a term with weight 0 is 0 for any number.
    #[inline(always)]
    fn combine(
        &self,
        first: impl FnOnce() -> A::Real,
        second: impl FnOnce() -> A::Real,
    ) -> A::Real {
        let [a, b] = self.weights;
        match self.used() {
            [true, true] => a * first() + b * second(),
            [true, false] => a * first(),
            [false, true] => b * second(),
            [false, false] => A::Real::ZERO,
        }
    }

    /// The same in 64 bits.
    #[inline(always)]
    fn combine_wide(&self, first: impl FnOnce() -> f64, second: impl FnOnce() -> f64) -> f64 {
        let [a, b] = self.weights.map(Real::to_f64);
        match self.used() {
            [true, true] => a * first() + b * second(),
            [true, false] => a * first(),
            [false, true] => b * second(),
            [false, false] => 0.0,
        }
    }
}

/// Rejects two spaces whose sites, moves, encodings or observations differ.
fn same_space<S: Space>(first: &S, second: &S) -> Result<(), Error> {
    let shape = |space: &S| (space.sites(), space.moves(), space.gradient_len());
    if shape(first) != shape(second) || first.squared_length() != second.squared_length() {
        return Err(Error::Spaces { site: None });
    }
    let at = |space: &S, site| (space.states_at(site), space.observed(site));
    match (0..first.sites()).find(|&site| at(first, site) != at(second, site)) {
        None => Ok(()),
        different => Err(Error::Spaces { site: different }),
    }
}

impl<A, B> Target for Bridge<A, B>
where
    A: Target,
    B: Target<Real = A::Real, Space = A::Space>,
{
    type Real = A::Real;
    type Space = A::Space;

    #[inline]
    fn space(&self) -> &Self::Space {
        self.first.space()
    }

    fn log_prob(&self, x: &[SymbolOf<A>]) -> f64 {
        self.combine_wide(|| self.first.log_prob(x), || self.second.log_prob(x))
    }

    fn failure(&self) -> Option<&Failure> {
        self.first.failure().or_else(|| self.second.failure())
    }
}

/// Splits a slice in two, the first part with length `at`, or shorter if the slice is.
#[inline(always)]
fn cut<R>(slice: &[R], at: usize) -> (&[R], &[R]) {
    slice.split_at_checked(at).unwrap_or((slice, &[]))
}

/// The same for a mutable slice.
#[inline(always)]
fn cut_mut<R>(slice: &mut [R], at: usize) -> (&mut [R], &mut [R]) {
    let at = at.min(slice.len());
    slice.split_at_mut_checked(at).unwrap_or_default()
}

impl<A, B> Delta for Bridge<A, B>
where
    A: Delta,
    B: Delta<Real = A::Real, Space = A::Space>,
{
    #[inline]
    fn cache_len(&self) -> usize {
        self.first.cache_len() + self.second.cache_len()
    }

    fn init_cache(&self, x: &[SymbolOf<A>], cache: &mut [A::Real]) -> f64 {
        let (first, second) = cut_mut(cache, self.first.cache_len());
        self.combine_wide(
            || self.first.init_cache(x, first),
            || self.second.init_cache(x, second),
        )
    }

    #[inline(always)]
    fn delta(&self, x: &[SymbolOf<A>], cache: &[A::Real], mv: Move) -> A::Real {
        let (first, second) = cut(cache, self.first.cache_len());
        self.combine(
            || self.first.delta(x, first, mv),
            || self.second.delta(x, second, mv),
        )
    }

    #[inline(always)]
    fn update(&self, x: &[SymbolOf<A>], cache: &mut [A::Real], mv: Move) {
        let (first, second) = cut_mut(cache, self.first.cache_len());
        let [a, b] = self.used();
        if a {
            self.first.update(x, first, mv);
        }
        if b {
            self.second.update(x, second, mv);
        }
    }
}

impl<A, B> Local for Bridge<A, B>
where
    A: Local,
    B: Local<Real = A::Real, Space = A::Space>,
{
    /// For the moves of both: a move that both change is listed twice until the lists are merged.
    #[inline]
    fn max_affected(&self) -> usize {
        self.first.max_affected() + self.second.max_affected()
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[SymbolOf<A>],
        cache: &mut [A::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, A::Real>,
    ) {
        let from = affected.len();
        let ([a, b], used) = (self.weights, self.used());
        let (first, second) = cut_mut(cache, self.first.cache_len());
        if used[0] {
            self.first.update_affected(x, first, mv, affected);
        }
        if used[1] {
            self.second.update_affected(x, second, mv, affected);
        }
        match used {
            [true, true] => {
                let space = self.space();
                affected.merge_from(from, |m| {
                    let mv = space.decode(x, m);
                    a * self.first.delta(x, first, mv) + b * self.second.delta(x, second, mv)
                });
            }
            _ => affected.map_from(from, |_, d| (a + b) * d),
        }
    }
}

impl<A, B> Multilinear for Bridge<A, B>
where
    A: Multilinear,
    B: Multilinear + Target<Real = A::Real, Space = A::Space>,
{
}
