//! Adaptation that never stops, in a long run: a tuning parameter that goes up on acceptance and down on rejection by
//! the same factor, forever.

use super::binary;
use gwg_core::check::{Draws, Transitions, long_run};
use gwg_core::kernel::informed::{PathAuxiliary, Proposal};
use gwg_core::kernel::{StateVisitor, WalkerOf};
use gwg_core::neighborhood::Evaluations;
use gwg_core::*;

/// The kernel, and the ratio of its two tuning parameters; 1 is the unmodified kernel.
struct Forever<P>(Informed<P>, f64);

impl<T: Differences, P: Proposal> Kernel<T> for Forever<P> {
    type State<'a> = Evaluations<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        self.0.layout(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        self.0.scratch_len(target, walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        self.0.state(target, memory)
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        Kernel::<T>::restart(&self.0, state);
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.0.reevaluate(target, walkers, scratch);
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        Kernel::<T>::visit_state(&self.0, state, visitor);
    }

    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let before: Vec<u64> = counts.iter().map(|t| t.accepted).collect();
        self.0.step(target, walkers, scratch, bits, counts);
        for ((w, counts), before) in walkers.iter_mut().zip(counts).zip(before) {
            let tuning = self.0.tuning(target, &w.state, 0).unwrap();
            let next = if counts.accepted > before {
                tuning * self.1
            } else {
                tuning / self.1
            };
            self.0.set_tuning(target, w, next);
        }
    }
}

/// The transitions with the initial tuning parameter; a long run does not use them.
impl<T: Differences, P: Draws> Transitions<T> for Forever<P> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        self.0.transitions(target, walker, scratch, visit);
    }
}

/// 40,000 draws 40 steps apart; the quantile 4.5 has probability 3.4e-6.
fn quantile(factor: f64) -> f64 {
    let soft = binary();
    let kernel = Forever(Informed::new(PathAuxiliary::pas(2.0).unwrap()), factor);
    long_run(&Taylor(&soft), &kernel, 1.0, 5, 8_000, 40, 3).z
}

/// PAS, whose acceptance strongly depends on the state: with DMALA and DLMC, adapted in the same way, runs of this
/// length do not detect the bias.
#[test]
fn a_long_run_rejects_adaptation_that_never_stops() {
    let (frozen, forever) = (quantile(1.0), quantile(2.0));
    println!("PAS, adapted for ever: long run z = {forever:.1}, frozen {frozen:.1}");
    assert!(frozen.abs() < 4.5, "{frozen}");
    assert!(forever > 10.0, "{forever}");
}
