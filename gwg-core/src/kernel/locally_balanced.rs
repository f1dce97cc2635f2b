use super::{Kernel, Tally, WalkerOf};
use crate::{
    Balance, Bits, Error, Lens, Memory, NFold, Neighbourhood, Sqrt, SumTree, Surveyed, Target,
    accept,
};

/// One move in proportion to `g(exp(2 beta d / temperature))`, then Metropolis-Hastings.
///
/// # Proposal
/// `q(m|x) = g(exp(2 beta d_m(x) / tau)) / Z(x)` over all moves that change `x`, `tau = 2` unless set otherwise.
/// - `g = sqrt` on [`Taylor`](crate::Taylor): **Gibbs-With-Gradients**, `q = softmax(beta d / 2)`
///   (Grathwohl et al. 2021, algorithm 1);
/// - any `g` on [`Exact`](crate::Exact): the locally informed kernel of Zanella (2020), accepted with
///   `min(1, Z(x)/Z(y))`.
///
/// # Acceptance
/// `min(1, exp(beta (f(y) - f(x))) q(x|y) / q(y|x))`, the reverse probability over the forward one.
///
/// # Cost
/// That of the neighbourhood: one evaluation ([`Surveyed`]), `O(degree log D)` ([`SumTree`]) or `O(degree)` ([`NFold`]).
#[derive(Clone, Copy, Debug)]
pub struct LocallyBalanced<N> {
    neighbourhood: N,
}

impl LocallyBalanced<Surveyed<Sqrt>> {
    /// Gibbs-With-Gradients, for any target.
    #[must_use]
    pub const fn gwg() -> Self {
        Self::surveyed(Sqrt)
    }
}

impl<G: Balance> LocallyBalanced<Surveyed<G>> {
    /// With the balancing function `balance`, on surveys: for any target.
    #[must_use]
    pub const fn surveyed(balance: G) -> Self {
        Self {
            neighbourhood: Surveyed {
                balance,
                temperature: 2.0,
            },
        }
    }

    /// With another proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.neighbourhood.temperature = positive_temperature(temperature)?;
        Ok(self)
    }
}

impl<G: Balance> LocallyBalanced<SumTree<G>> {
    /// With the balancing function `balance`, on a tree of weights: for [`Local`](crate::Local) targets.
    #[must_use]
    pub const fn local(balance: G) -> Self {
        Self {
            neighbourhood: SumTree {
                balance,
                temperature: 2.0,
            },
        }
    }

    /// With another proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.neighbourhood.temperature = positive_temperature(temperature)?;
        Ok(self)
    }
}

impl<G: Balance> LocallyBalanced<NFold<G>> {
    /// With the balancing function `balance`, on classes of equal weight: for [`Leveled`](crate::Leveled) targets.
    #[must_use]
    pub const fn n_fold(balance: G) -> Self {
        Self {
            neighbourhood: NFold {
                balance,
                temperature: 2.0,
            },
        }
    }

    /// With another proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.neighbourhood.temperature = positive_temperature(temperature)?;
        Ok(self)
    }
}

pub(super) fn positive_temperature(temperature: f64) -> Result<f64, Error> {
    if temperature > 0.0 && temperature.is_finite() {
        Ok(temperature)
    } else {
        Err(Error::Temperature)
    }
}

impl<N> LocallyBalanced<N> {
    /// The neighbourhood, for enumerating it.
    #[must_use]
    pub const fn neighbourhood(&self) -> &N {
        &self.neighbourhood
    }
}

impl<T: Target, N: Neighbourhood<T>> Kernel<T> for LocallyBalanced<N> {
    type State<'a> = N::State<'a>;

    fn lockstep(&self) -> bool {
        N::LOCKSTEP
    }

    fn lens(&self, target: &T) -> Lens {
        self.neighbourhood.lens(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        self.neighbourhood.scratch_len(target, walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<N::State<'a>, Error> {
        let law = &self.neighbourhood;
        memory.make(law.lens(target), |memory| law.state(target, memory))
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], scratch: &mut [T::Real]) {
        self.neighbourhood.init(target, walkers, scratch);
    }

    fn retemper<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.neighbourhood.retemper(target, walkers, scratch);
    }

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        tally: &mut [Tally],
    ) {
        let law = &self.neighbourhood;
        if !N::LOCKSTEP {
            for ((w, bits), tally) in walkers.iter_mut().zip(bits).zip(tally) {
                count::<T, N>(tally, law.step(target, w, scratch, bits));
            }
            return;
        }
        // A walker that is not settled must not draw either.
        for ((w, bits), _) in walkers.iter_mut().zip(bits.iter_mut()).zip(&*tally) {
            law.draw(target, w, bits);
        }
        law.propose(target, walkers, scratch);
        for ((w, bits), tally) in walkers.iter_mut().zip(bits).zip(tally) {
            let accepted = accept::accept(law.ratio(target, w), bits);
            law.settle(target, w, accepted, scratch);
            count::<T, N>(tally, accepted);
        }
    }
}

#[inline(always)]
fn count<T: Target, N: Neighbourhood<T>>(tally: &mut Tally, accepted: bool) {
    let (values, gradients) = N::EVALUATIONS;
    tally.steps += 1;
    tally.accepted += u64::from(accepted);
    tally.hops += u64::from(accepted);
    tally.values += values;
    tally.gradients += gradients;
}
