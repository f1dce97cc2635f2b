//! A kernel selected at run time behaves like the selected kernel.

use super::*;
use gwg_core::check::OwnedMemory;
use gwg_core::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary, Phase,
};
use gwg_core::kernel::{AnyKernel, BlockGibbs, Cycle, HammingBall, Informed, Mixture, RandomWalk};

const G: AnyBalance = AnyBalance::Barker;

fn schedule() -> [Phase; 2] {
    [(0.8, 0.6), (0.3, 0.5)].map(|(step, balance)| Phase { step, balance })
}

/// The states of a walker after each of forty steps, half of them warm-up.
fn path<T: Target, K: Kernel<T>>(target: &T, kernel: &K) -> Vec<Vec<SymbolOf<T>>> {
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let start = vec![SymbolOf::<T>::default(); target.space().sites()];
    let (mut block, scratch) = owned.walkers(target, kernel, &[start], T::Real::ONE);
    kernel.init(target, &mut block, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
    (0..40)
        .map(|k| {
            kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
            if k < 20 {
                kernel.adapt(target, &mut block);
            }
            block[0].x.to_vec()
        })
        .collect()
}

#[test]
fn any_kernel_takes_the_path_of_the_wrapped_kernel() {
    let soft = Soft::new(categorical(), 1.5, 11);
    macro_rules! same {
        ($target:expr, $kernel:expr) => {
            let kernel = $kernel;
            let found = path(&soft, &AnyKernel::from(kernel));
            assert_eq!(found, path($target, &kernel), "{kernel:?}");
            assert!(found.iter().any(|x| *x != found[0]), "{kernel:?} moves");
        };
    }
    let taylor = &Taylor(&soft);
    same!(taylor, LocallyBalanced::evaluated(G));
    same!(taylor, Informed::new(MultiFlip::new(G, 3.0).unwrap()));
    same!(taylor, Informed::new(PathAuxiliary::new(G, 2.0).unwrap()));
    same!(
        taylor,
        Informed::new(DiscreteLangevin::new(G, 0.4).unwrap())
    );
    same!(taylor, Informed::new(Dlmc::forward(G, 2.0).unwrap()));
    same!(taylor, Informed::new(HammingWindow2::new(G)));
    same!(&soft, Gibbs::default());
    same!(&soft, BlockGibbs::new(2).unwrap());
    same!(&soft, HammingBall::new(3, 2).unwrap());
    same!(&soft, RandomWalk::default());
    let schedule = schedule();
    let cyclical = Informed::new(CyclicalLangevin::new(&schedule[..]).unwrap());
    assert_eq!(
        path(&soft, &AnyKernel::CyclicalLangevin(cyclical)),
        path(taylor, &cyclical)
    );
}

#[test]
fn compositions_of_any_kernels_are_exact() {
    let dlmc = AnyKernel::from(Informed::new(Dlmc::interpolated(G, 2.0).unwrap()));
    let gwg = AnyKernel::from(LocallyBalanced::evaluated(G));
    let walk = AnyKernel::from(RandomWalk::new(1.5).unwrap());
    let block = AnyKernel::from(BlockGibbs::new(2).unwrap());
    on_both(&categorical(), |soft, ring| {
        let mixture = Mixture::new(dlmc, walk, 0.3).unwrap();
        exact(soft, &mixture, true);
        exact(ring, &Mixture::new(mixture, gwg, 0.5).unwrap(), true);
        exact(soft, &Cycle::new(gwg, walk, (2, 1)).unwrap(), false);
        exact(ring, &Cycle::new(gwg, block, (1, 1)).unwrap(), false);
    });
    let soft = Soft::new(categorical(), 1.0, 3);
    visits(&soft, &Cycle::new(gwg, walk, (2, 2)).unwrap(), 10, 3);
    visits(&soft, &Mixture::new(dlmc, block, 0.5).unwrap(), 20, 4);
}

#[test]
fn parameters_of_a_cycle_are_those_of_the_first_and_then_those_of_the_second() {
    let soft = Soft::new(binary(), 1.5, 11);
    let walk = AnyKernel::from(RandomWalk::default());
    let fixed = AnyKernel::from(RandomWalk::new(2.0).unwrap());
    let pas = AnyKernel::from(Informed::new(PathAuxiliary::new(G, 2.0).unwrap()));
    let found = |a, b| {
        let kernel = Cycle::new(a, b, (1, 1)).unwrap();
        let mut owned = OwnedMemory::new(&soft, &kernel, 1);
        let (mut block, scratch) = owned.walkers(&soft, &kernel, &[vec![0; 5]], 1.0);
        kernel.init(&soft, &mut block, scratch);
        let tuning = |k| kernel.tuning(&soft, &block[0].state, k);
        (0..4).map_while(tuning).collect::<Vec<f64>>()
    };
    let schedule = [Phase {
        step: 0.5,
        balance: 0.5,
    }];
    let acs = CyclicalLangevin::new(&schedule[..]).unwrap().tuned();
    let acs = AnyKernel::CyclicalLangevin(Informed::new(acs));
    assert_eq!(found(acs, pas), [1.0, 2.0]);
    assert_eq!(found(walk, pas), [1.0, 2.0]);
    assert_eq!(found(pas, walk), [2.0, 1.0]);
    assert_eq!(found(fixed, pas), [2.0]);
    assert_eq!(found(pas, fixed), [2.0]);
    assert!(found(fixed, fixed).is_empty());
}
