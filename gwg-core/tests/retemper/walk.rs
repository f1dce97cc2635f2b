//! Takes two walkers through a change of temperature, in one function, so that each kernel is compiled once per target.

use crate::counted::Asked;
use crate::kernels::Job;
use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::kernel::WalkerOf;
use gwg_core::*;

const AFTERWARDS: usize = 25;

/// The method that prepares the walkers for their new temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Change {
    Init,
    Retemper,
    /// To the new temperature, to the old one, and to the new one again.
    ThereAndBack,
    Nothing,
}

/// The numbers of warm-up steps at one temperature and of steps at another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    pub(crate) seed: u64,
    pub(crate) betas: (f64, f64),
    /// A multiple of the cycle length, because `init` restarts cycles.
    pub(crate) before: usize,
}

/// The walkers after the change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trail {
    pub(crate) states: Vec<Vec<u16>>,
    pub(crate) log_prob: Vec<u64>,
    pub(crate) tuning: Option<u64>,
    pub(crate) counts: [StepCounts; 2],
}

/// The evaluations of the target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bill {
    pub(crate) change: Asked,
    pub(crate) steps: Asked,
}

fn make<T: Target, K: Kernel<T>>(
    target: &T,
    kernel: &K,
    block: &mut [WalkerOf<'_, T, K>],
    scratch: &mut [T::Real],
    (change, betas): (Change, [T::Real; 2]),
) {
    let [old, new] = betas;
    let way = match change {
        Change::ThereAndBack => &[new, old, new][..],
        _ => &[new],
    };
    for &beta in way {
        block.iter_mut().for_each(|w| w.beta = beta);
        match change {
            Change::Init => kernel.init(target, block, scratch),
            Change::Nothing => {}
            Change::Retemper | Change::ThereAndBack => kernel.reweight(target, block, scratch),
        }
    }
}

impl Walk {
    fn through<T: Target, K: Kernel<T>>(
        &self,
        target: &T,
        kernel: &K,
        change: Change,
        take: &dyn Fn() -> Asked,
    ) -> (Trail, Bill) {
        let betas: [T::Real; 2] = [self.betas.0, self.betas.1].map(Real::from_f64);
        let mut bits = [0, 1].map(|k| SplitMix64::new(SplitMix64::mix(self.seed ^ k)));
        let start = [0, 1].map(|_| random_configuration(target.space(), &mut bits[0]));
        let mut owned = OwnedMemory::new(target, kernel, 2);
        let (mut block, scratch) = owned.walkers(target, kernel, &start, betas[0]);
        let mut counts = [StepCounts::default(); 2];
        let (mut states, mut log_prob, mut asked) = (vec![], vec![], Asked::default());
        kernel.init(target, &mut block, scratch);
        for step in 0..self.before + AFTERWARDS {
            if step == self.before {
                take();
                make(target, kernel, &mut block, scratch, (change, betas));
                asked = take();
            }
            kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
            if step < self.before {
                kernel.adapt(target, &mut block);
            } else {
                let symbols = block.iter().map(|w| w.x.iter().map(|s| s.widen()));
                states.extend(symbols.map(Vec::from_iter));
                log_prob.extend(block.iter().map(|w| w.log_prob().to_bits()));
            }
        }
        let bill = Bill {
            change: asked,
            steps: take(),
        };
        let tuning = kernel.tuning(target, &block[0].state, 0).map(f64::to_bits);
        let trail = Trail {
            states,
            log_prob,
            tuning,
            counts,
        };
        (trail, bill)
    }
}

/// Takes each kernel through a change, and keeps the result.
pub(crate) struct Through<'c> {
    pub(crate) walk: Walk,
    pub(crate) change: Change,
    pub(crate) take: &'c dyn Fn() -> Asked,
    pub(crate) found: Vec<(String, Trail, Bill)>,
}

impl Job for Through<'_> {
    fn run<T: Target, K: Kernel<T>>(&mut self, name: &str, target: &T, kernel: &K) {
        let (trail, bill) = self.walk.through(target, kernel, self.change, self.take);
        self.found.push((name.into(), trail, bill));
    }
}
