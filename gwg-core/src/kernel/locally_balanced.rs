use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::Temperature;
use crate::{
    Balance, Bits, Error, Evaluated, Memory, MemoryLayout, Move, NFold, Neighborhood, Real, Sqrt,
    SumTree, Target, accept,
};

/// Draws one move with probability proportional to `g(exp(2 beta d / temperature))`, then accepts or rejects it with
/// Metropolis-Hastings.
///
/// # Proposal
/// `q(m|x) = g(exp(2 beta d_m(x) / tau)) / Z(x)` over all moves that change `x`; `tau` is 2 by default.
/// - `g = sqrt` on [`Taylor`](crate::Taylor): **Gibbs-With-Gradients**, `q = softmax(beta d / 2)`
///   (Grathwohl et al. 2021, algorithm 1);
/// - any `g` on [`Exact`](crate::Exact): the locally informed kernel of Zanella (2020), accepted with probability
///   `min(1, Z(x)/Z(y))`.
///
/// # Acceptance
/// `min(1, exp(beta (f(y) - f(x))) q(x|y) / q(y|x))`, the reverse probability over the forward one, times
/// [`accept::KEEP`]: on large models nearly all of these minima are 1, and a chain of binary symbols that accepted
/// every move would change the parity of `x` in every step.
///
/// # Cost
/// That of the neighborhood: one evaluation ([`Evaluated`]), `O(degree log D)` ([`SumTree`]) or `O(degree)` ([`NFold`]).
#[derive(Clone, Copy, Debug)]
pub struct LocallyBalanced<N> {
    neighborhood: N,
}

impl LocallyBalanced<Evaluated<Sqrt>> {
    /// Creates Gibbs-With-Gradients, for any target.
    #[must_use]
    pub const fn gwg() -> Self {
        Self::evaluated(Sqrt)
    }
}

impl<G: Balance> LocallyBalanced<Evaluated<G>> {
    /// Creates the kernel with the balancing function `balance`, on evaluations: for any target.
    #[must_use]
    pub const fn evaluated(balance: G) -> Self {
        Self {
            neighborhood: Evaluated {
                balance,
                temperature: Temperature::TWO,
            },
        }
    }

    /// Sets the proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.neighborhood.temperature = Temperature::new(temperature)?;
        Ok(self)
    }
}

impl<G: Balance> LocallyBalanced<SumTree<G>> {
    /// Creates the kernel with the balancing function `balance`, on a sum tree: for [`Local`](crate::Local) targets.
    #[must_use]
    pub const fn local(balance: G) -> Self {
        Self {
            neighborhood: SumTree {
                balance,
                temperature: Temperature::TWO,
            },
        }
    }

    /// Sets the proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.neighborhood.temperature = Temperature::new(temperature)?;
        Ok(self)
    }
}

impl<G: Balance> LocallyBalanced<NFold<G>> {
    /// Creates the kernel with the balancing function `balance`, on classes of equal weight: for
    /// [`Leveled`](crate::Leveled) targets.
    #[must_use]
    pub const fn n_fold(balance: G) -> Self {
        Self {
            neighborhood: NFold {
                balance,
                temperature: Temperature::TWO,
            },
        }
    }

    /// Sets the proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.neighborhood.temperature = Temperature::new(temperature)?;
        Ok(self)
    }
}

impl<N> LocallyBalanced<N> {
    /// The neighborhood, for its enumeration.
    #[must_use]
    pub const fn neighborhood(&self) -> &N {
        &self.neighborhood
    }
}

impl<T: Target, N: Neighborhood<T>> Kernel<T> for LocallyBalanced<N> {
    type State<'a> = N::State<'a>;

    fn lockstep(&self, _: &T) -> bool {
        N::LOCKSTEP
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        self.neighborhood.layout(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        self.neighborhood.scratch_len(target, walkers)
    }

    #[inline(always)]
    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<N::State<'a>, Error> {
        let law = &self.neighborhood;
        memory.make(law.layout(target), |memory| law.state(target, memory))
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.neighborhood.reevaluate(target, walkers, scratch);
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        self.neighborhood.follow(target, walker, scratch, changes)
    }

    fn logs_moves(&self) -> bool {
        N::LOGS_MOVES
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut N::State<'a>, visitor: &mut V) {
        self.neighborhood.visit_state(state, visitor);
    }

    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.neighborhood.reweight(target, walkers, scratch);
    }

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let law = &self.neighborhood;
        if !N::LOCKSTEP {
            for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
                count::<T, N>(counts, law.step(target, w, scratch, bits));
            }
            return;
        }
        // A walker without counts does not step, so it must not draw either.
        for ((w, bits), _) in walkers.iter_mut().zip(bits.iter_mut()).zip(&*counts) {
            law.draw(target, w, bits);
        }
        law.propose(target, walkers, scratch);
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let ratio = law.ratio(target, w);
            let accepted = accept::lazy(ratio, bits);
            counts.invalid += u64::from(ratio.is_nan());
            law.commit_or_revert(target, w, accepted, scratch);
            count::<T, N>(counts, accepted);
        }
    }
}

#[inline(always)]
fn count<T: Target, N: Neighborhood<T>>(counts: &mut StepCounts, accepted: bool) {
    let (values, gradients) = N::EVALUATIONS;
    counts.steps += 1;
    counts.accepted += u64::from(accepted);
    counts.sites_changed += u64::from(accepted);
    counts.values += values;
    counts.gradients += gradients;
}
