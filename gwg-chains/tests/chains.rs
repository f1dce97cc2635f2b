//! Owned chains: the bits of a run, whatever the threads, the blocks, the other chains and the lengths of the calls.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "owned/broken.rs"]
mod broken;
#[path = "owned/changes.rs"]
mod changes;
#[path = "owned/numbers.rs"]
mod numbers;

use gwg_chains::{Batch, ChainSpec, Chains, ChainsOf, Observer, Plan, Tempering, Threads, run};
use gwg_core::kernel::informed::{CyclicalLangevin, DiscreteLangevin, PathAuxiliary, Phase};
use gwg_core::{
    BlockSweep, Exact, Gibbs, Informed, Jump, Kernel, LocallyBalanced, RandomWalk, Space, Sqrt,
    StepCounts, SymbolOf, Target, Taylor,
};
use gwg_models::{DensePotts, LatticeIsing, Rbm};
use numbers::{Numbers, numbers};
use proptest::prelude::*;
use std::num::NonZeroUsize;

fn threads(count: usize) -> Threads {
    Threads::new(NonZeroUsize::new(count).unwrap()).unwrap()
}

/// A test on some kernel and target.
trait Check {
    fn check<T, K>(&self, name: &str, target: &T, kernel: &K)
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync;
}

fn on_all_kernels(check: &impl Check) {
    let lattice = LatticeIsing::<f32>::new(2, 5, 0.3, 0.1).unwrap();
    let exact = Exact(&lattice);
    check.check("n-fold", &exact, &LocallyBalanced::n_fold(Sqrt));
    check.check("tree", &exact, &LocallyBalanced::local(Sqrt));
    check.check("Jump", &exact, &Jump::local(Sqrt));
    check.check("BlockSweep", &lattice, &BlockSweep);
    let rbm = Rbm::<f32>::random(20, 9, 2).unwrap();
    check.check("RBM, GWG", &Taylor(&rbm), &LocallyBalanced::gwg());
    check.check("RBM, Gibbs", &rbm, &Gibbs::default());
    check.check("RBM, BlockSweep", &rbm, &BlockSweep);
    let potts = DensePotts::<f64>::random(9, 4, 0.3, 4).unwrap();
    let taylor = Taylor(&potts);
    let path = Informed::new(PathAuxiliary::pas(2.5).unwrap());
    check.check("PathAuxiliary", &taylor, &path);
    let langevin = Informed::new(DiscreteLangevin::dmala(0.3).unwrap());
    check.check("DiscreteLangevin", &taylor, &langevin);
    let phases =
        [(1.0, 0.7), (0.3, 0.5), (0.1, 0.4)].map(|(step, balance)| Phase { step, balance });
    let cyclical = Informed::new(CyclicalLangevin::new(phases).unwrap().tuned());
    check.check("CyclicalLangevin", &taylor, &cyclical);
    check.check("RandomWalk", &potts, &RandomWalk::default());
}

/// Draws as an observer sees them.
#[derive(Default)]
struct Draws {
    x: Vec<u8>,
    log_prob: Vec<f64>,
    accepted: Vec<f64>,
    sites_changed: Vec<f64>,
}

impl Observer for Draws {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        1
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.x.extend_from_slice(batch.x);
        self.log_prob
            .extend_from_slice(batch.quantity("log_prob").unwrap());
        self.accepted.extend_from_slice(batch.accepted);
        self.sites_changed.extend_from_slice(batch.sites_changed);
        Ok(())
    }
}

/// [`run`] against a loop over [`Chains`], written out.
struct RunIsALoop(Option<Tempering>);

impl Check for RunIsALoop {
    fn check<T, K>(&self, name: &str, target: &T, kernel: &K)
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync,
    {
        let plan = Plan {
            chains: 3,
            warmup: 70,
            draws: 12,
            thin: 3,
            seed: 6,
            beta: 0.8,
            tempering: self.0.clone(),
            threads: NonZeroUsize::new(2),
            ..Plan::default()
        };
        let mut drawn = Draws::default();
        let outcome = run(target, kernel, &plan, &mut drawn).unwrap();

        let spec = ChainSpec {
            chains: plan.chains,
            seed: plan.seed,
            beta: plan.beta,
            tempering: plan.tempering.clone(),
            ..ChainSpec::default()
        };
        let mut chains = Chains::new(target, kernel, &spec).unwrap();
        chains.warm_up(target, kernel, plan.warmup).unwrap();
        chains.clear_counts();
        let mut looped = Draws::default();
        let mut before = vec![StepCounts::default(); plan.chains];
        for _ in 0..plan.draws {
            chains.advance(target, kernel, plan.thin).unwrap();
            for (chain, before) in before.iter_mut().enumerate() {
                looped.x.extend_from_slice(chains.state(chain));
                looped.log_prob.push(chains.log_prob(chain));
                let counts = chains.counts(chain);
                let steps = counts.steps - before.steps;
                let accepted = counts.accepted - before.accepted;
                looped.accepted.push(accepted as f64 / steps as f64);
                let changed = counts.sites_changed - before.sites_changed;
                looped.sites_changed.push(changed as f64 / plan.thin as f64);
                *before = counts;
            }
        }
        assert_eq!(drawn.x, looped.x, "{name}");
        assert_eq!(drawn.accepted, looped.accepted, "{name}");
        assert_eq!(drawn.sites_changed, looped.sites_changed, "{name}");
        // What is recorded is rounded, so that equal states have equal values.
        for (a, b) in drawn.log_prob.iter().zip(&looped.log_prob) {
            assert!((a - b).abs() < 1e-3, "{name}: {a}, {b}");
        }
        assert!(chains.states().flatten().eq(&outcome.last), "{name}");
        assert_eq!(outcome.counts, chains.total_counts(), "{name}");
        assert_eq!(
            outcome.tuning,
            chains.tuning(target, kernel).unwrap(),
            "{name}"
        );
        assert_eq!(outcome.swaps, chains.swap_statistics(), "{name}");
    }
}

#[test]
fn a_run_is_a_loop_over_chains() {
    on_all_kernels(&RunIsALoop(None));
    let tempering = Tempering {
        swap_every: 4,
        ..Tempering::geometric(3, 0.3).unwrap()
    };
    on_all_kernels(&RunIsALoop(Some(tempering)));
}

fn spec(first_chain: u64, chains: usize) -> ChainSpec {
    ChainSpec {
        first_chain,
        chains,
        seed: 8,
        ..ChainSpec::default()
    }
}

/// Chains after some warm-up and some steps.
fn advanced<T, K>(target: &T, kernel: &K, spec: &ChainSpec) -> Vec<Numbers<SymbolOf<T>>>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let mut chains: ChainsOf<T> = Chains::new(target, kernel, spec).unwrap();
    chains.warm_up(target, kernel, 20).unwrap();
    chains.advance(target, kernel, 40).unwrap();
    numbers(&mut chains, target, kernel)
}

struct SomeOfMany;

impl Check for SomeOfMany {
    fn check<T, K>(&self, name: &str, target: &T, kernel: &K)
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync,
    {
        let tempering = Some(Tempering::geometric(3, 0.3).unwrap());
        for tempering in [None, tempering] {
            let of = |first_chain, chains| {
                let spec = ChainSpec {
                    tempering: tempering.clone(),
                    ..spec(first_chain, chains)
                };
                advanced(target, kernel, &spec)
            };
            let (all, some) = (of(0, 10), of(3, 5));
            assert_eq!(all[3..8], some, "{name}");
            assert_ne!(all[2..7], some, "{name}");
        }
    }
}

#[test]
fn chains_are_the_same_alone_and_among_others() {
    on_all_kernels(&SomeOfMany);
}

struct AnyThreads([Threads; 2]);

impl Check for AnyThreads {
    fn check<T, K>(&self, name: &str, target: &T, kernel: &K)
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync,
    {
        let one = advanced(target, kernel, &spec(0, 7));
        for threads in &self.0 {
            for block in [None, Some(1), Some(2), Some(5), Some(100)] {
                let spec = ChainSpec {
                    threads: threads.clone(),
                    block: block.and_then(NonZeroUsize::new),
                    ..spec(0, 7)
                };
                let count = threads.count();
                let found = advanced(target, kernel, &spec);
                assert_eq!(found, one, "{name}: {count} threads, blocks of {block:?}");
            }
        }
    }
}

#[test]
fn any_threads_and_blocks_give_the_same_bits() {
    on_all_kernels(&AnyThreads([threads(2), threads(3)]));
    on_all_kernels(&AnyThreads([threads(1), Threads::one()]));
}

/// Steps in calls of these lengths, adapting or not, against one call.
struct Calls<'c>(&'c [u64]);

impl Check for Calls<'_> {
    fn check<T, K>(&self, name: &str, target: &T, kernel: &K)
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync,
    {
        let all = self.0.iter().sum();
        let mut long: ChainsOf<T> = Chains::new(target, kernel, &spec(0, 3)).unwrap();
        let mut short = long.clone();
        long.warm_up(target, kernel, all).unwrap();
        long.advance(target, kernel, all).unwrap();
        for &steps in self.0 {
            short.warm_up(target, kernel, steps).unwrap();
        }
        for &steps in self.0 {
            short.advance(target, kernel, steps).unwrap();
        }
        let [long, short] = [long, short].map(|mut all| numbers(&mut all, target, kernel));
        assert_eq!(long, short, "{name}: calls of {:?}", self.0);
    }
}

#[test]
fn many_short_calls_are_one_long_call() {
    on_all_kernels(&Calls(&[1; 300]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn calls_of_any_lengths_are_one_long_call(calls in prop::collection::vec(0u64..40, 1..12)) {
        on_all_kernels(&Calls(&calls));
    }
}

#[test]
fn chains_own_all_that_they_need() {
    fn owned<T: Send + Sync + 'static>() {}
    owned::<Chains<f32>>();
    owned::<Chains<f64, u16>>();
    owned::<gwg_chains::SavedChains>();

    let kernel = Gibbs::default();
    let mut chains = {
        let model = LatticeIsing::<f32>::new(2, 5, 0.3, 0.1).unwrap();
        Chains::new(&model, &kernel, &spec(0, 4)).unwrap()
    };
    let model = LatticeIsing::<f32>::new(2, 5, 0.3, 0.1).unwrap();
    let moved = std::thread::spawn(move || {
        chains.advance(&model, &kernel, 100).unwrap();
        chains.total_counts().steps
    });
    assert_eq!(moved.join().unwrap(), 400);
}
