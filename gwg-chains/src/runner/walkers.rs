//! What of a run is compiled for each kernel on each target; all else is compiled once.

use crate::generator::Generator;
use crate::plan::RunError;
use gwg_core::kernel::WalkerOf;
use gwg_core::temper::Exchange;
use gwg_core::{Kernel, Memory, Real, StepCounts, Target, Walker};
use std::ops::Range;

/// The walkers of a block, on whatever target, by whatever kernel.
pub(super) trait Walkers: Send {
    /// Brings all states up to their configurations and temperatures.
    fn init(&mut self);

    /// So many steps of every walker.
    fn step(&mut self, bits: &mut [Generator], counts: &mut [StepCounts], steps: u64, adapt: bool);

    /// How many there are.
    fn len(&self) -> usize;

    /// Where walker `k` stands, and `f` there.
    fn look(&self, k: usize) -> (&[u8], f64);

    /// Gives walker `k` another temperature; [`reweight`](Self::reweight) is to follow.
    fn set_beta(&mut self, k: usize, beta: f64);

    /// Brings all states up to their temperatures.
    fn reweight(&mut self);

    /// A round of swaps between some of the walkers, the replicas of one chain.
    fn swap(&mut self, replicas: Range<usize>, exchange: &mut Exchange<'_>, bits: &mut Generator);

    /// Appends what each walker has tuned.
    fn tuning(&self, all: &mut Vec<f64>);
}

/// What a walker is made of: its start, its temperature and its memory.
pub(super) struct Lent<'a, R> {
    pub(super) x: &'a mut [u8],
    pub(super) beta: f64,
    pub(super) memory: Memory<'a, R>,
}

struct Walking<'a, T: Target, K: Kernel<T>> {
    target: &'a T,
    kernel: &'a K,
    walkers: Vec<WalkerOf<'a, T, K>>,
    scratch: &'a mut [T::Real],
}

/// Walkers on `target` by `kernel`, in the order of what is lent; `walkers` is empty, with room for them.
pub(super) fn walkers<'a, T, K>(
    target: &'a T,
    kernel: &'a K,
    lent: Vec<Lent<'a, T::Real>>,
    scratch: &'a mut [T::Real],
    mut walkers: Vec<WalkerOf<'a, T, K>>,
) -> Result<Box<dyn Walkers + 'a>, RunError>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
    for<'x> K::State<'x>: Send,
{
    for lent in lent {
        let state = kernel.state(target, lent.memory)?;
        walkers.push(Walker::new(lent.x, Real::from_f64(lent.beta), state));
    }
    Ok(Box::new(Walking {
        target,
        kernel,
        walkers,
        scratch,
    }))
}

impl<T, K> Walkers for Walking<'_, T, K>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
    for<'x> K::State<'x>: Send,
{
    fn init(&mut self) {
        self.kernel
            .init(self.target, &mut self.walkers, self.scratch);
    }

    fn step(&mut self, bits: &mut [Generator], counts: &mut [StepCounts], steps: u64, adapt: bool) {
        crate::advance(
            self.target,
            self.kernel,
            &mut self.walkers,
            self.scratch,
            bits,
            counts,
            steps,
            adapt,
        );
    }

    fn len(&self) -> usize {
        self.walkers.len()
    }

    fn look(&self, k: usize) -> (&[u8], f64) {
        let w = &self.walkers[k];
        (w.x, w.log_prob())
    }

    fn set_beta(&mut self, k: usize, beta: f64) {
        self.walkers[k].beta = Real::from_f64(beta);
    }

    fn reweight(&mut self) {
        self.kernel
            .reweight(self.target, &mut self.walkers, self.scratch);
    }

    fn swap(&mut self, replicas: Range<usize>, exchange: &mut Exchange<'_>, bits: &mut Generator) {
        let walkers = &mut self.walkers[replicas];
        exchange.round(self.target, self.kernel, walkers, self.scratch, bits);
    }

    fn tuning(&self, all: &mut Vec<f64>) {
        for w in &self.walkers {
            let mut k = 0;
            while let Some(parameter) = self.kernel.tuning(self.target, &w.state, k) {
                all.push(parameter);
                k += 1;
            }
        }
    }
}
