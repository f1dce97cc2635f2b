//! No step allocates: counted, on the thread that steps.
//!
//! What a matrix product inside an RBM's gradient allocates is its library's own. With AVX2 that is one buffer a
//! thread, made by the first product, which belongs to `init`; elsewhere every product may allocate (once or twice).
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use allocation_counter::{AllocationInfo, measure};
use gwg_chains::{ChainSpec, Chains, ChainsOf, Generator, Tempering, generator};
use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::{
    BlockSweep, Exact, Gibbs, Kernel, LocallyBalanced, Real, Sqrt, StepCounts, Target, Taylor,
};
use gwg_models::{DenseIsing, DensePotts, LatticeIsing, LatticePotts, Rbm, SparseIsing};

/// Enough accepted moves for running sums to be made anew, which models of up to 1024 sites do after 2^16 of them.
const PAST_REFRESH: u64 = 200_000;

/// What `init` and then each of so many `steps` of a block allocate, on a thread that has done nothing before.
fn counted<T, K>(target: &T, kernel: &K, chains: usize, steps: &[u64]) -> Counted
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let work = || {
        let mut bits: Vec<Generator> = (0..chains as u64).map(|c| generator(3, c)).collect();
        let start: Vec<_> = bits
            .iter_mut()
            .map(|bits| random_configuration(target.space(), bits))
            .collect();
        let mut counts = vec![StepCounts::default(); chains];
        let mut owned = OwnedMemory::new(target, kernel, chains);
        let (mut walkers, scratch) = owned.walkers(target, kernel, &start, T::Real::ONE);
        let init = measure(|| kernel.init(target, &mut walkers, scratch));
        let mut advance = Vec::new();
        for &steps in steps {
            advance.push(measure(|| {
                kernel.advance(target, &mut walkers, scratch, &mut bits, &mut counts, steps);
            }));
        }
        let accepted = counts.iter().map(|counts| counts.accepted).min();
        Counted {
            init,
            advance,
            accepted: accepted.unwrap_or(0),
        }
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

struct Counted {
    init: AllocationInfo,
    advance: Vec<AllocationInfo>,
    /// Moves accepted by the walker that accepted fewest.
    accepted: u64,
}

/// Nothing at all, from the first step on and across a refresh.
fn allocates_nothing<T, K>(name: &str, target: &T, kernel: &K)
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let counted = counted(target, kernel, 2, &[1, PAST_REFRESH]);
    assert!(
        counted.accepted > 1 << 16,
        "{name}: no refresh after {} accepted moves",
        counted.accepted
    );
    for info in [counted.init].into_iter().chain(counted.advance) {
        assert_eq!(info, AllocationInfo::default(), "{name}");
    }
}

#[test]
fn the_counter_counts() {
    let info = measure(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!((info.count_total, info.bytes_total), (1, 100));
}

#[test]
fn gwg_on_local_models() {
    let local = LocallyBalanced::local(Sqrt);
    let lattice = LatticeIsing::<f32>::new(2, 20, 0.2, 0.1).unwrap();
    allocates_nothing("lattice Ising", &Exact(&lattice), &local);
    let sparse = SparseIsing::<f32>::erdos_renyi(200, 4.0, 1).unwrap();
    allocates_nothing("sparse Ising", &Exact(&sparse), &local);
    let potts = LatticePotts::<f32>::new(2, 10, 3, 0.2).unwrap();
    allocates_nothing("lattice Potts", &Exact(&potts), &local);
}

#[test]
fn gwg_on_dense_models() {
    let gwg = LocallyBalanced::gwg();
    let ising = DenseIsing::<f32>::random(100, 0.02, 1).unwrap();
    allocates_nothing("dense Ising", &Taylor(&ising), &gwg);
    let potts = DensePotts::<f32>::random(20, 5, 0.02, 1).unwrap();
    allocates_nothing("dense Potts", &Taylor(&potts), &gwg);
    let exact = LocallyBalanced::evaluated(Sqrt);
    allocates_nothing("dense Ising, exact", &Exact(&ising), &exact);
}

#[test]
fn gibbs() {
    let gibbs = Gibbs::default();
    let lattice = LatticeIsing::<f32>::new(2, 20, 0.2, 0.1).unwrap();
    allocates_nothing("lattice Ising", &lattice, &gibbs);
    let sparse = SparseIsing::<f32>::erdos_renyi(200, 4.0, 1).unwrap();
    allocates_nothing("sparse Ising", &sparse, &gibbs);
    let potts = DensePotts::<f32>::random(20, 5, 0.02, 1).unwrap();
    allocates_nothing("dense Potts", &potts, &gibbs);
    let rbm = Rbm::<f32>::random(100, 80, 1).unwrap();
    allocates_nothing("RBM", &rbm, &gibbs);
}

/// A machine whose product is small enough for gwg-linalg to make it itself.
#[test]
fn gwg_on_a_small_machine() {
    let rbm = Rbm::<f32>::random(64, 32, 1).unwrap();
    allocates_nothing("RBM 64/32", &Taylor(&rbm), &LocallyBalanced::gwg());
}

/// True where the matrix product keeps its packing buffer from one call to the next.
fn buffer_is_kept() -> bool {
    #[cfg(target_arch = "x86_64")]
    let kept = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    let kept = false;
    kept
}

fn machine<R: gwg_models::Scalar>(visible: usize, hidden: usize, chains: usize) {
    let rbm = Rbm::<R>::random(visible, hidden, 1).unwrap();
    let counted = counted(&Taylor(&rbm), &LocallyBalanced::gwg(), chains, &[1, 50, 50]);
    let name = format!("RBM {visible}/{hidden}, {chains} chains");
    println!(
        "{name}: init {:?}, 50 steps {:?}",
        counted.init, counted.advance[1]
    );
    if buffer_is_kept() {
        for info in counted.advance {
            assert_eq!(info, AllocationInfo::default(), "{name}");
        }
    } else {
        let [first, .., last] = &counted.advance[..] else {
            unreachable!("three runs were counted");
        };
        // As much for each product, and nothing that stays.
        assert_eq!(last.count_total, 50 * first.count_total, "{name}");
        assert_eq!(last.bytes_total, 50 * first.bytes_total, "{name}");
        assert_eq!(last.count_current, 0, "{name}");
    }
}

#[test]
fn gwg_on_machines() {
    for chains in [1, 3, 100] {
        machine::<f32>(784, 500, chains);
        machine::<f64>(100, 80, chains);
    }
}

/// [`Chains::advance`] on the calling thread, as often as it likes: one step, many, and what a change of temperature entails.
fn chains_allocate_nothing<T, K>(name: &str, target: &T, kernel: &K)
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let work = || {
        let tempering = Some(Tempering::geometric(2, 0.5).unwrap());
        for tempering in [None, tempering] {
            let spec = ChainSpec {
                chains: 3,
                tempering,
                ..ChainSpec::default()
            };
            let mut chains: ChainsOf<T> = Chains::new(target, kernel, &spec).unwrap();
            for steps in [1, 1, 0, 1000, 1] {
                let info = measure(|| chains.advance(target, kernel, steps).unwrap());
                assert_eq!(info, AllocationInfo::default(), "{name}: {steps} steps");
            }
            let info = measure(|| {
                chains.warm_up(target, kernel, 100).unwrap();
                chains.set_beta(0.7).unwrap();
                chains.set_chain_beta(1, 0.8).unwrap();
                chains.advance(target, kernel, 10).unwrap();
                chains.reevaluate(target, kernel).unwrap();
            });
            assert_eq!(info, AllocationInfo::default(), "{name}: changes");
        }
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap());
}

#[test]
fn owned_chains() {
    let lattice = LatticeIsing::<f32>::new(2, 20, 0.2, 0.1).unwrap();
    let target = Exact(&lattice);
    chains_allocate_nothing("n-fold", &target, &LocallyBalanced::n_fold(Sqrt));
    chains_allocate_nothing("tree", &target, &LocallyBalanced::local(Sqrt));
    chains_allocate_nothing("Gibbs", &lattice, &Gibbs::default());
    chains_allocate_nothing("BlockSweep", &lattice, &BlockSweep);
    let rbm = Rbm::<f32>::random(64, 32, 1).unwrap();
    chains_allocate_nothing("RBM 64/32", &Taylor(&rbm), &LocallyBalanced::gwg());
}
