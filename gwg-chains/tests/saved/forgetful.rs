//! Kernels whose save lacks one number: the comparison with uninterrupted chains finds it missing.

use crate::interrupt::interrupt;
use crate::ring::Ring;
use crate::table::PHASES;
use gwg_chains::{Bound, ChainSpec, Chains, Init};
use gwg_core::kernel::informed::{CyclicalLangevin, PathAuxiliary};
use gwg_core::kernel::{StateVisitor, WalkerOf};
use gwg_core::{
    Bits, BlockGibbs, Error, Exact, Gibbs, Informed, Jump, Kernel, LocallyBalanced, Memory,
    MemoryLayout, Mixture, Move, RandomWalk, Scan, Sqrt, StepCounts, Target, Taylor,
};
use gwg_models::LatticeIsing;

/// A kernel that does not visit the number `skipped` of its state.
#[derive(Debug)]
struct Forgetful<K> {
    kernel: K,
    skipped: usize,
}

/// Passes on all visits but one.
struct AllBut<'v, V> {
    visitor: &'v mut V,
    visits: usize,
    skipped: usize,
}

impl<V: StateVisitor> StateVisitor for AllBut<'_, V> {
    fn word(&mut self, value: &mut u64) {
        if self.visits != self.skipped {
            self.visitor.word(value);
        }
        self.visits += 1;
    }
}

impl<T: Target, K: Kernel<T>> Kernel<T> for Forgetful<K> {
    type State<'a> = K::State<'a>;

    fn lockstep(&self, target: &T) -> bool {
        self.kernel.lockstep(target)
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        self.kernel.layout(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        self.kernel.scratch_len(target, walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<K::State<'a>, Error> {
        self.kernel.state(target, memory)
    }

    fn restart<'a>(&self, state: &mut K::State<'a>) {
        self.kernel.restart(state);
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, K>],
        scratch: &mut [T::Real],
    ) {
        self.kernel.reevaluate(target, walkers, scratch);
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, K>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        self.kernel.follow(target, walker, scratch, changes)
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut K::State<'a>, visitor: &mut V) {
        let mut all_but = AllBut {
            visitor,
            visits: 0,
            skipped: self.skipped,
        };
        self.kernel.visit_state(state, &mut all_but);
    }

    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, K>],
        scratch: &mut [T::Real],
    ) {
        self.kernel.reweight(target, walkers, scratch);
    }

    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, K>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        self.kernel.step(target, walkers, scratch, bits, counts);
    }

    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, K>]) {
        self.kernel.adapt(target, walkers);
    }

    fn tuning<'a>(&self, target: &T, state: &K::State<'a>, k: usize) -> Option<f64> {
        self.kernel.tuning(target, state, k)
    }
}

/// Nothing is missed where nothing is skipped; each of the skipped numbers is.
fn found_out<T, K>(name: &str, targets: [&T; 2], make: impl Fn() -> K, skipped: &[(usize, &str)])
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let without = |skipped: usize| {
        let kernels = [(); 2].map(|()| Forgetful {
            kernel: make(),
            skipped,
        });
        let [a, b] = [0, 1].map(|k| Bound {
            target: targets[k],
            kernel: &kernels[k],
        });
        interrupt([&a, &b], 1)
    };
    assert_eq!(without(usize::MAX), Ok(()), "{name}");
    for &(number, what) in skipped {
        let found = without(number);
        println!("{name} without {what}: {found:?}");
        assert!(found.is_err(), "{name}: nobody missed {what}");
    }
}

#[test]
fn a_save_that_lacks_one_number_is_noticed() {
    let models = [(); 2].map(|()| Ring::<f32>::new("mixed"));
    let plain = [&models[0], &models[1]];
    let scan = [(0, "the scan position")];
    found_out("Gibbs", plain, Gibbs::default, &scan);
    found_out("BlockGibbs", plain, || BlockGibbs::new(2).unwrap(), &scan);
    let walk = [(0, "the number of sites"), (2, "the number of adaptations")];
    found_out("RandomWalk", plain, RandomWalk::default, &walk);
    let mixture = || Mixture::new(Gibbs::default(), RandomWalk::default(), 0.4).unwrap();
    let parts = [
        (0, "the scan position of the first kernel"),
        (2, "the number of sites of the second kernel"),
        (6, "which kernel is up to the state"),
    ];
    found_out("Mixture", plain, mixture, &parts);

    let taylor = plain.map(Taylor);
    let taylor = [&taylor[0], &taylor[1]];
    let path = || Informed::new(PathAuxiliary::pas(2.5).unwrap());
    let path_numbers = [
        (0, "which evaluation is the current one"),
        (9, "the path length"),
        (10, "the number of adaptations"),
    ];
    found_out("PathAuxiliary", taylor, path, &path_numbers);
    let cyclical = || Informed::new(CyclicalLangevin::new(PHASES).unwrap().tuned());
    let phase = [(9, "the factor on the step sizes"), (12, "the phase")];
    found_out("CyclicalLangevin", taylor, cyclical, &phase);

    let exact = plain.map(Exact);
    let exact = [&exact[0], &exact[1]];
    let total = [(0, "the sum of the weights")];
    found_out("tree", exact, || LocallyBalanced::local(Sqrt), &total);
    let jump = [
        (0, "the sum of the rates"),
        (2, "the interval"),
        (4, "the number of adaptations"),
    ];
    found_out("Jump", exact, || Jump::local(Sqrt), &jump);

    // More moves than one partial sum covers: the total decides which block a move is drawn from. Cold, so that steps are
    // rejected, which depends on f.
    let large = [(); 2].map(|()| Taylor(LatticeIsing::<f32>::new(2, 7, 0.8, 0.3).unwrap()));
    let large = [&large[0], &large[1]];
    let evaluations = [
        (0, "which evaluation is the current one"),
        (1, "f of the current evaluation"),
        (4, "the sum of the weights"),
        (5, "the logarithm of that sum"),
    ];
    found_out("GWG", large, LocallyBalanced::gwg, &evaluations);
    let lattices = [(); 2].map(|()| Exact(LatticeIsing::<f32>::new(2, 4, 0.3, 0.1).unwrap()));
    let lattices = [&lattices[0], &lattices[1]];
    let classes = [(0, "the sum of the weights")];
    found_out(
        "n-fold",
        lattices,
        || LocallyBalanced::n_fold(Sqrt),
        &classes,
    );
}

/// What is counted towards the next refresh shows only when it falls due, after 2^16 moves.
#[test]
fn a_refresh_falls_due_at_the_same_move() {
    let model = Ring::<f32>::new("categorical");
    let target = Exact(&model);
    let spec = ChainSpec {
        chains: 1,
        ..ChainSpec::default()
    };
    let after = |skipped: usize| {
        let kernel = Forgetful {
            kernel: LocallyBalanced::local(Sqrt),
            skipped,
        };
        let mut whole = Chains::new(&target, &kernel, &spec).unwrap();
        let mut parts = whole.clone();
        whole.advance(&target, &kernel, 120_000).unwrap();
        for _ in 0..2 {
            parts.advance(&target, &kernel, 60_000).unwrap();
        }
        assert!(whole.counts(0).accepted > 1 << 16);
        (whole.save() == parts.save(), whole, parts)
    };
    assert!(after(usize::MAX).0);
    let (same, whole, parts): (bool, Chains<f32>, Chains<f32>) = after(1);
    assert!(!same && whole.log_prob(0) != parts.log_prob(0));
}

/// Why states alone are no save: chains that begin anew at them, with the seed that they had, repeat random numbers that
/// have been used already.
#[test]
fn chains_begun_anew_at_their_states_use_their_random_numbers_twice() {
    let model = LatticeIsing::<f64>::new(2, 4, 0.0, 0.0).unwrap();
    let kernel = Gibbs { scan: Scan::Random };
    let spec = ChainSpec {
        init: Init::Zeros,
        ..ChainSpec::default()
    };
    let mut chains = Chains::new(&model, &kernel, &spec).unwrap();
    chains.advance(&model, &kernel, 200).unwrap();
    let states: Vec<u16> = chains.states().flatten().map(|&s| s.into()).collect();
    let mut anew = Chains::new(
        &model,
        &kernel,
        &ChainSpec {
            init: Init::States(states),
            ..spec
        },
    )
    .unwrap();
    // Sites are independent of each other and of the state before: the second run draws what the first one drew.
    anew.advance(&model, &kernel, 200).unwrap();
    assert!(anew.states().eq(chains.states()));
    let mut further = chains.clone();
    further.advance(&model, &kernel, 200).unwrap();
    assert!(further.states().ne(chains.states()));
}
