//! One kernel on one target, as chains see it: plain memory in, plain memory out.

mod memory;
mod walkers;

use crate::generator::Generator;
use gwg_core::kernel::StateVisitor;
use gwg_core::target::Failure;
use gwg_core::{Error, Kernel, MemoryLayout, Real, Space, StepCounts, SymbolOf, Target};
pub(crate) use memory::front;
pub use memory::{BlockMut, Extent, Pending};
use memory::{Buffers, OwnMemory};
use walkers::Walkers;

/// The most walkers that step together: a matrix product gains little beyond this many rows, and the working set of a block
/// leaves the cache.
pub(crate) const MOST_TOGETHER: usize = 128;

/// A kernel on a target, with both types erased: what [`Chains`](crate::Chains) are advanced by.
///
/// [`Bound`] makes one of any kernel and target. The methods are called for a block of walkers at a time, so that a call through this
/// trait costs nothing compared with the steps.
pub trait Stepper<R, S>: Sync {
    /// The number of sites.
    fn sites(&self) -> usize;

    /// The largest number of states of a site.
    fn states(&self) -> usize;

    /// The number of states of a site.
    fn states_at(&self, site: usize) -> usize;

    /// The symbol that a site is held at, where it is observed.
    fn observed(&self, site: usize) -> Option<S>;

    /// The number of sites that may change.
    fn free(&self) -> usize;

    /// `f(x)`.
    fn evaluate(&self, x: &[S]) -> f64;

    /// Why an evaluation of the target has failed, where one has: see [`Target::failure`].
    fn failure(&self) -> Option<&Failure> {
        None
    }

    /// True if walkers share work and step together.
    fn lockstep(&self) -> bool;

    /// How many chains of consecutive numbers, from 0 or a multiple on, share work: 1 where their numbers do not matter. Blocks have as many, or a multiple, whatever
    /// [`ChainSpec::block`](crate::ChainSpec::block) says.
    fn together(&self) -> usize {
        1
    }

    /// Notes the number of a walker's chain and replica, and the seed of the run, in what is [kept](Self::fresh) of a walker that has not begun yet: for steppers
    /// whose random numbers are not those of one chain. The default does nothing.
    fn number(&self, seed: u64, chain: u64, replica: u64, saved: &mut [u64]) {
        let _ = (seed, chain, replica, saved);
    }

    /// The memory of a walker.
    fn layout(&self) -> MemoryLayout;

    /// What a walker that has not begun yet keeps outside of its memory slices: numbers to be restored from, as many as will be saved. The
    /// running sum of `f` comes first, of [`Walker::LOG_PROB_WORDS`](gwg_core::Walker::LOG_PROB_WORDS) numbers.
    ///
    /// # Errors
    /// What the kernel refuses: a block that is too large, too many moves.
    fn fresh(&self) -> Result<Vec<u64>, Error>;

    /// Numbers of scratch for a block of `walkers` walkers.
    fn scratch_len(&self, walkers: usize) -> usize;

    /// True where steps log their moves where [`BlockMut::log`] says: see [`Kernel::logs_moves`].
    fn logs_moves(&self) -> bool {
        false
    }

    /// Does what is pending, then `steps` steps of every walker, adapting after each where `adapt`; fewer once
    /// [`BlockMut::stop`] is due.
    fn advance(
        &self,
        block: BlockMut<'_, R, S>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    );

    /// Appends what each walker of the block tunes.
    fn tuning(&self, block: BlockMut<'_, R, S>, all: &mut Vec<f64>);

    /// The kernel and the target by name, which saved chains are checked against.
    fn label(&self) -> String;
}

/// A kernel on a target.
#[derive(Debug)]
pub struct Bound<'k, T: ?Sized, K> {
    /// The target.
    pub target: &'k T,
    /// The kernel.
    pub kernel: &'k K,
}

impl<T, K> Stepper<T::Real, SymbolOf<T>> for Bound<'_, T, K>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    fn sites(&self) -> usize {
        self.target.space().sites()
    }

    fn states(&self) -> usize {
        self.target.space().states()
    }

    fn states_at(&self, site: usize) -> usize {
        self.target.space().states_at(site)
    }

    fn observed(&self, site: usize) -> Option<SymbolOf<T>> {
        self.target.space().observed(site)
    }

    fn free(&self) -> usize {
        self.target.space().free()
    }

    fn evaluate(&self, x: &[SymbolOf<T>]) -> f64 {
        self.target.log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.target.failure()
    }

    fn lockstep(&self) -> bool {
        self.kernel.lockstep(self.target)
    }

    fn layout(&self) -> MemoryLayout {
        self.kernel.layout(self.target)
    }

    fn fresh(&self) -> Result<Vec<u64>, Error> {
        let mut buffers = Buffers::new(self.layout());
        let own = OwnMemory {
            x: &mut [],
            memory: buffers.view(),
            log: None,
        };
        let mut walkers = Walkers::<T, K>::new();
        // Nothing has been saved yet.
        self.push(&mut walkers, own, Real::ONE, &[])?;
        let mut fresh = KeepWords(Vec::new());
        for walker in &mut walkers {
            walker.visit_state(self.kernel, &mut fresh);
        }
        Ok(fresh.0)
    }

    fn scratch_len(&self, walkers: usize) -> usize {
        self.kernel
            .scratch_len(self.target, walkers.min(MOST_TOGETHER))
    }

    fn logs_moves(&self) -> bool {
        self.kernel.logs_moves()
    }

    fn advance(
        &self,
        block: BlockMut<'_, T::Real, SymbolOf<T>>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        let stop = block.stop;
        self.each(block, |walkers, scratch, here| {
            if steps > 0 {
                crate::advance(
                    self.target,
                    self.kernel,
                    walkers,
                    scratch,
                    &mut bits[here.clone()],
                    &mut counts[here],
                    steps,
                    adapt,
                    stop,
                );
            }
        });
    }

    fn tuning(&self, block: BlockMut<'_, T::Real, SymbolOf<T>>, all: &mut Vec<f64>) {
        let (sites, walkers) = (self.target.space().sites(), block.betas.len());
        let (mut own, mut rest) = block.split(sites, self.layout());
        for k in 0..walkers {
            let mut walker = Walkers::<T, K>::new();
            let (beta, saved) = (rest.betas[k], rest.saved(k));
            if self.push(&mut walker, own.next(), beta, saved).is_err() {
                return;
            }
            let tuning = |parameter| {
                let state = &walker.first()?.state;
                self.kernel.tuning(self.target, state, parameter)
            };
            all.extend((0..).map_while(tuning));
        }
    }

    fn label(&self) -> String {
        std::any::type_name::<K>().to_owned()
    }
}

/// Keeps the visited numbers.
struct KeepWords(Vec<u64>);

impl StateVisitor for KeepWords {
    fn word(&mut self, value: &mut u64) {
        self.0.push(*value);
    }
}
