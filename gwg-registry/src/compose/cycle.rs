use super::parts::Parts;
use crate::model::DynStepper;
use gwg_chains::{BlockMut, Generator, Stepper};
use gwg_core::{Error, MemoryLayout, Real, StepCounts, Symbol};

/// Several steppers in turn: a step is a whole turn of all of them, so many steps of each.
///
/// Leaves invariant what all do. Systematic scans and cycles of step sizes go on from turn to turn.
pub(crate) struct Cycle<R, S> {
    parts: Parts<R, S>,
    steps: Vec<u64>,
    label: String,
}

impl<R: Real, S: Symbol> Cycle<R, S> {
    /// `steps[k]` steps of the `k`-th stepper.
    pub(crate) fn new(
        steppers: Vec<Box<DynStepper<R, S>>>,
        steps: Vec<u64>,
        label: String,
    ) -> Result<Self, Error> {
        Ok(Self {
            parts: Parts::new(steppers)?,
            steps,
            label,
        })
    }
}

/// What a composition answers as its parts do.
macro_rules! forward {
    () => {
        fn sites(&self) -> usize {
            self.parts.first().map_or(0, |s| s.sites())
        }

        fn states(&self) -> usize {
            self.parts.first().map_or(0, |s| s.states())
        }

        fn states_at(&self, site: usize) -> usize {
            self.parts.first().map_or(0, |s| s.states_at(site))
        }

        fn observed(&self, site: usize) -> Option<S> {
            self.parts.first()?.observed(site)
        }

        fn free(&self) -> usize {
            self.parts.first().map_or(0, |s| s.free())
        }

        fn evaluate(&self, x: &[S]) -> f64 {
            self.parts.first().map_or(0.0, |s| s.evaluate(x))
        }

        fn failure(&self) -> Option<&gwg_core::target::Failure> {
            self.parts.first()?.failure()
        }

        fn lockstep(&self) -> bool {
            self.parts.lockstep()
        }

        fn together(&self) -> usize {
            self.parts.together()
        }

        fn number(&self, seed: u64, chain: u64, replica: u64, saved: &mut [u64]) {
            self.parts.number(seed, chain, replica, saved);
        }

        fn scratch_len(&self, walkers: usize) -> usize {
            self.parts.scratch_len(walkers)
        }

        fn label(&self) -> String {
            self.label.clone()
        }
    };
}
pub(super) use forward;

impl<R: Real, S: Symbol> Stepper<R, S> for Cycle<R, S> {
    forward!();

    fn layout(&self) -> MemoryLayout {
        self.parts.total().layout
    }

    fn fresh(&self) -> Result<Vec<u64>, Error> {
        Ok(self.parts.fresh().to_vec())
    }

    fn advance(
        &self,
        mut block: BlockMut<'_, R, S>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        self.parts.note(&mut block);
        let all = block.betas.len();
        // Walkers that share work stay together; others take all their steps one after the other.
        let together = if self.parts.lockstep() { all } else { 1 };
        for first in (0..all).step_by(together.max(1)) {
            let here = first..all.min(first + together);
            if steps == 0 {
                let (none, nothing) = (&mut [][..], &mut [][..]);
                self.parts
                    .advance(0, &mut block, here, none, nothing, 0, false);
                continue;
            }
            for _ in 0..steps {
                for (part, &n) in self.steps.iter().enumerate() {
                    if block.stop.is_due() {
                        return;
                    }
                    let range = here.clone();
                    self.parts
                        .advance(part, &mut block, range, bits, counts, n, adapt);
                }
            }
        }
    }

    fn tuning(&self, mut block: BlockMut<'_, R, S>, all: &mut Vec<f64>) {
        self.parts.tuning(&mut block, all);
    }
}
