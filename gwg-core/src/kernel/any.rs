use super::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary, Phase,
};
use super::part::{back, with};
use super::{
    BlockGibbs, BlockGibbsState, Gibbs, GibbsState, HammingBall, HammingBallState, Informed,
    Kernel, LocallyBalanced, RandomWalk, RandomWalkState, StateVisitor, StepCounts, WalkerOf,
};
use crate::neighborhood::{Evaluated, Evaluations};
use crate::{AnyBalance, Bits, Delta, Error, Gradient, Memory, MemoryLayout, MoveLog, Taylor};
use core::mem::replace;
use core::slice::from_mut;

/// A kernel selected at run time, with first-order differences if it uses differences: for programs that build
/// [`Cycle`](super::Cycle)s and [`Mixture`](super::Mixture)s from user input.
///
/// # Cost
/// That of the kernel. Walkers step one by one, so matrix products are not shared by a block.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum AnyKernel<'s> {
    /// Gibbs-With-Gradients, one move per step.
    LocallyBalanced(LocallyBalanced<Evaluated<AnyBalance>>),
    /// GWG-n.
    MultiFlip(Informed<MultiFlip<AnyBalance>>),
    /// PAS, PAFS.
    PathAuxiliary(Informed<PathAuxiliary<AnyBalance>>),
    /// DMALA.
    DiscreteLangevin(Informed<DiscreteLangevin<AnyBalance>>),
    /// ACS.
    CyclicalLangevin(Informed<CyclicalLangevin<&'s [Phase]>>),
    /// DLMC, DLMCf.
    Dlmc(Informed<Dlmc<AnyBalance>>),
    /// GWG with window 2.
    HammingWindow2(Informed<HammingWindow2<AnyBalance>>),
    /// One site from its conditional distribution.
    Gibbs(Gibbs),
    /// Several sites from their joint conditional distribution.
    BlockGibbs(BlockGibbs),
    /// A block of sites within a Hamming ball around its current state.
    HammingBall(HammingBall),
    /// Uniform proposals.
    RandomWalk(RandomWalk),
}

/// The per-walker state of an [`AnyKernel`].
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap, and a walker has one state"
)]
pub enum AnyState<'a, R> {
    /// The state of the kernels that evaluate differences.
    Evaluations(Evaluations<'a, R>),
    /// The state of [`Gibbs`].
    Gibbs(GibbsState<'a, R>),
    /// The state of [`BlockGibbs`].
    BlockGibbs(BlockGibbsState<'a, R>),
    /// The state of [`HammingBall`].
    HammingBall(HammingBallState<'a, R>),
    /// The state of [`RandomWalk`].
    RandomWalk(RandomWalkState<'a, R>),
    /// A placeholder while the kernel uses the state.
    OwnedMemory,
}

/// Evaluates `$body` with the selected kernel, and the target in the form that this kernel requires.
macro_rules! kernel {
    ($any:expr, $on:expr, |$kernel:ident, $target:ident| $body:expr) => {
        kernel!(@ $any, $on, $kernel, $target, $body,
            [LocallyBalanced MultiFlip PathAuxiliary DiscreteLangevin CyclicalLangevin Dlmc HammingWindow2],
            [Gibbs BlockGibbs HammingBall RandomWalk])
    };
    (@ $any:expr, $on:expr, $kernel:ident, $target:ident, $body:expr,
        [$($evaluated:ident)*], [$($other:ident)*]) => {
        match $any {
            $(AnyKernel::$evaluated($kernel) => {
                let $target = &Taylor($on);
                $body
            })*
            $(AnyKernel::$other($kernel) => {
                let $target = $on;
                $body
            })*
        }
    };
}

/// Evaluates `$body` with the walker as one of the selected kernel; does nothing if its state is of another kernel.
macro_rules! lend {
    ($any:expr, $on:expr, $walker:expr, |$kernel:ident, $target:ident, $lent:ident| $body:expr) => {
        lend!(@ $any, $on, $walker, $kernel, $target, $lent, $body,
            [LocallyBalanced MultiFlip PathAuxiliary DiscreteLangevin CyclicalLangevin Dlmc HammingWindow2],
            [Gibbs BlockGibbs HammingBall RandomWalk])
    };
    (@ $any:expr, $on:expr, $walker:expr, $kernel:ident, $target:ident, $lent:ident, $body:expr,
        [$($evaluated:ident)*], [$($other:ident)*]) => {{
        let walker = $walker;
        match ($any, replace(&mut walker.state, AnyState::OwnedMemory)) {
            $((AnyKernel::$evaluated($kernel), AnyState::Evaluations(state)) => {
                let ($target, mut part) = (&Taylor($on), with(walker, state));
                let $lent = from_mut(&mut part);
                $body;
                walker.state = AnyState::Evaluations(back(walker, part));
            })*
            $((AnyKernel::$other($kernel), AnyState::$other(state)) => {
                let ($target, mut part) = ($on, with(walker, state));
                let $lent = from_mut(&mut part);
                $body;
                walker.state = AnyState::$other(back(walker, part));
            })*
            (_, state) => walker.state = state,
        }
    }};
}

/// Evaluates `$body` with the kernel and its state; does nothing if the state is of another kernel.
macro_rules! visit {
    ($any:expr, $state:expr, |$kernel:ident, $inner:ident| $evaluated_body:expr, $body:expr) => {
        visit!(@ $any, $state, $kernel, $inner, $evaluated_body, $body,
            [LocallyBalanced MultiFlip PathAuxiliary DiscreteLangevin CyclicalLangevin Dlmc HammingWindow2],
            [Gibbs BlockGibbs HammingBall RandomWalk])
    };
    (@ $any:expr, $state:expr, $kernel:ident, $inner:ident, $evaluated_body:expr, $body:expr,
        [$($evaluated:ident)*], [$($other:ident)*]) => {
        match ($any, $state) {
            $((AnyKernel::$evaluated($kernel), AnyState::Evaluations($inner)) => {
                $evaluated_body
            })*
            $((AnyKernel::$other($kernel), AnyState::$other($inner)) => $body,)*
            _ => {}
        }
    };
}

impl<T: Gradient + Delta> Kernel<T> for AnyKernel<'_> {
    type State<'a> = AnyState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        kernel!(self, target, |kernel, on| kernel.layout(on))
    }

    fn scratch_len(&self, target: &T, _: usize) -> usize {
        kernel!(self, target, |kernel, on| kernel.scratch_len(on, 1))
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        let taylor = &Taylor(target);
        Ok(match self {
            Self::LocallyBalanced(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::MultiFlip(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::PathAuxiliary(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::DiscreteLangevin(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::CyclicalLangevin(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::Dlmc(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::HammingWindow2(k) => AnyState::Evaluations(k.state(taylor, memory)?),
            Self::Gibbs(k) => AnyState::Gibbs(k.state(target, memory)?),
            Self::BlockGibbs(k) => AnyState::BlockGibbs(k.state(target, memory)?),
            Self::HammingBall(k) => AnyState::HammingBall(k.state(target, memory)?),
            Self::RandomWalk(k) => AnyState::RandomWalk(k.state(target, memory)?),
        })
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        visit!(
            self,
            state,
            |kernel, state| Kernel::<Taylor<&T>>::restart(kernel, state),
            Kernel::<T>::restart(kernel, state)
        );
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            lend!(self, target, w, |kernel, target, lent| {
                kernel.reevaluate(target, lent, scratch);
            });
        }
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        visit!(
            self,
            state,
            |kernel, state| Kernel::<Taylor<&T>>::visit_state(kernel, state, visitor),
            Kernel::<T>::visit_state(kernel, state, visitor)
        );
    }

    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            lend!(self, target, w, |kernel, target, lent| {
                kernel.reweight(target, lent, scratch);
            });
        }
    }

    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        for w in walkers {
            lend!(self, target, w, |kernel, target, lent| kernel
                .adapt(target, lent));
        }
    }

    fn tuning<'a>(&self, target: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        let taylor = &Taylor(target);
        match (self, state) {
            (Self::MultiFlip(kernel), AnyState::Evaluations(state)) => {
                kernel.tuning(taylor, state, k)
            }
            (Self::PathAuxiliary(kernel), AnyState::Evaluations(state)) => {
                kernel.tuning(taylor, state, k)
            }
            (Self::DiscreteLangevin(kernel), AnyState::Evaluations(state)) => {
                kernel.tuning(taylor, state, k)
            }
            (Self::CyclicalLangevin(kernel), AnyState::Evaluations(state)) => {
                kernel.tuning(taylor, state, k)
            }
            (Self::Dlmc(kernel), AnyState::Evaluations(state)) => kernel.tuning(taylor, state, k),
            (Self::RandomWalk(kernel), AnyState::RandomWalk(state)) => {
                kernel.tuning(target, state, k)
            }
            _ => None,
        }
    }

    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let (bits, counts) = (from_mut(bits), from_mut(counts));
            lend!(self, target, w, |kernel, target, lent| {
                kernel.step(target, lent, scratch, bits, counts);
            });
        }
    }
}

/// Converts a kernel to one selected at run time.
macro_rules! from {
    ($($variant:ident: $kernel:ty),* $(,)?) => {
        $(impl From<$kernel> for AnyKernel<'_> {
            fn from(kernel: $kernel) -> Self {
                Self::$variant(kernel)
            }
        })*
    };
}

from! {
    LocallyBalanced: LocallyBalanced<Evaluated<AnyBalance>>,
    MultiFlip: Informed<MultiFlip<AnyBalance>>,
    PathAuxiliary: Informed<PathAuxiliary<AnyBalance>>,
    DiscreteLangevin: Informed<DiscreteLangevin<AnyBalance>>,
    Dlmc: Informed<Dlmc<AnyBalance>>,
    HammingWindow2: Informed<HammingWindow2<AnyBalance>>,
    Gibbs: Gibbs,
    BlockGibbs: BlockGibbs,
    HammingBall: HammingBall,
    RandomWalk: RandomWalk,
}

#[cfg(feature = "check")]
impl<T: Gradient + Delta> crate::check::Transitions<T> for AnyKernel<'_> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[crate::SymbolOf<T>], f64),
    ) {
        lend!(self, target, walker, |kernel, target, lent| {
            for lent in lent {
                kernel.transitions(target, lent, scratch, visit);
            }
        });
    }
}
