//! Every kernel on every space, in both precisions, plain and as replicas.

use crate::interrupt::{STEPS, interrupt};
use crate::ring::Ring;
use gwg_chains::{Bound, Stepper};
use gwg_core::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary, Phase,
    UnadjustedLangevin,
};
use gwg_core::kernel::{AnyKernel, Cycle, HammingBall, Mixture};
use gwg_core::target::Sweep;
use gwg_core::{
    AnyBalance, Barker, BlockGibbs, BlockSweep, Clamp, Exact, Gibbs, Informed, Jump, Kernel,
    Leveled, LocallyBalanced, RandomWalk, Real, Scan, Sqrt, Symbol, Target, Taylor,
};
use gwg_models::fhmm::{Fhmm, Law};
use gwg_models::{
    DensePotts, LatticeIsing, LatticeOrdinal, LatticePotts, Rbm, Scalar, SparseIsing,
};

pub(crate) const PHASES: [Phase; 3] = [phase(0.8, 0.7), phase(0.3, 0.5), phase(0.1, 0.4)];

const fn phase(step: f64, balance: f64) -> Phase {
    Phase { step, balance }
}

/// What was checked, and what of it failed.
#[derive(Default)]
struct Table {
    space: String,
    precision: &'static str,
    failures: Vec<String>,
}

impl Table {
    fn row<T, K>(&mut self, name: &str, targets: [&T; 2], kernels: [K; 2])
    where
        T: Target + Sync,
        K: Kernel<T> + Sync,
    {
        let [a, b] = [0, 1].map(|k| Bound {
            target: targets[k],
            kernel: &kernels[k],
        });
        self.checked(name, [&a, &b]);
    }

    fn checked<R: Real, S: Symbol>(&mut self, name: &str, steppers: [&dyn Stepper<R, S>; 2]) {
        for replicas in [1, 3] {
            let found = interrupt(steppers, replicas);
            let verdict = match &found {
                Ok(()) => "ok",
                Err(difference) => difference,
            };
            let (space, precision) = (&self.space, self.precision);
            let row = format!("{name:<28} {space:<24} {precision} {replicas} {STEPS:>3} {verdict}");
            println!("{row}");
            if found.is_err() {
                self.failures.push(row);
            }
        }
    }
}

/// The kernel twice, made twice.
macro_rules! rows {
    ($table:ident, $targets:expr, $($name:literal: $kernel:expr;)*) => {
        $($table.row($name, $targets, [$kernel, $kernel]);)*
    };
}

fn every_kernel<R: Real + Send + Sync>(table: &mut Table, space: &str, clamped: bool) {
    let models = [(); 2].map(|()| Ring::<R>::new(space));
    let observed: Vec<Option<u8>> = (0..7)
        .map(|site| (clamped && site % 3 == 1).then_some((site / 3) as u8 % 2))
        .collect();
    let mut free = [vec![0; 7], vec![0; 7]];
    let [first, second] = &mut free;
    let a = Clamp::new(&models[0], &observed, first).unwrap();
    let b = Clamp::new(&models[1], &observed, second).unwrap();
    table.space = format!("{space}{}", if clamped { ", clamped" } else { "" });

    let targets = [&Taylor(&a), &Taylor(&b)];
    let dmala = || DiscreteLangevin::dmala(0.3).unwrap();
    rows! { table, targets,
        "GWG": LocallyBalanced::gwg();
        "MultiFlip": Informed::new(MultiFlip::gwg(2.0).unwrap());
        "PathAuxiliary": Informed::new(PathAuxiliary::pas(2.5).unwrap());
        "PathAuxiliary, Gumbel": Informed::new(PathAuxiliary::pas(2.5).unwrap().with_gumbel());
        "DiscreteLangevin": Informed::new(dmala());
        "DiscreteLangevin, fixed": Informed::new(dmala()).fixed();
        "DiscreteLangevin, tuned temperature": Informed::new(dmala().tuned_temperature());
        "CyclicalLangevin, tuned": Informed::new(CyclicalLangevin::new(PHASES).unwrap().tuned());
        "CyclicalLangevin": Informed::new(CyclicalLangevin::new(PHASES).unwrap());
        "Dlmc, interpolated": Informed::new(Dlmc::interpolated(Sqrt, 2.0).unwrap());
        "Dlmc, forward": Informed::new(Dlmc::forward(Sqrt, 2.0).unwrap());
        "HammingWindow2": Informed::new(HammingWindow2::gwg());
        "UnadjustedLangevin": UnadjustedLangevin::biased(dmala());
        "Jump, evaluated": Jump::evaluated(Sqrt);
    }
    let targets = [&Exact(&a), &Exact(&b)];
    rows! { table, targets,
        "LocallyBalanced, evaluated": LocallyBalanced::evaluated(Barker);
        "LocallyBalanced, tree": LocallyBalanced::local(Sqrt);
        "Jump, tree": Jump::local(Sqrt);
    }
    let systematic = Gibbs::default();
    let random = Gibbs { scan: Scan::Random };
    let pairs = || BlockGibbs::new(2).unwrap();
    let ball = || HammingBall::new(3, 1).unwrap();
    let walk = RandomWalk::default;
    rows! { table, [&a, &b],
        "Gibbs, systematic": systematic;
        "Gibbs, random": random;
        "BlockGibbs, systematic": pairs();
        "BlockGibbs, random": pairs().with_scan(Scan::Random);
        "HammingBall, systematic": ball();
        "HammingBall, random": ball().with_scan(Scan::Random);
        "RandomWalk, tuned": walk();
        "RandomWalk": RandomWalk::new(1.5).unwrap();
        "Cycle": Cycle::new(systematic, walk(), (3, 2)).unwrap();
        "Mixture": Mixture::new(systematic, walk(), 0.4).unwrap();
    }
    let balance = AnyBalance::Sqrt;
    let cyclical = || CyclicalLangevin::new(&PHASES[..]).unwrap().tuned();
    let path = || AnyKernel::from(Informed::new(PathAuxiliary::new(balance, 2.5).unwrap()));
    rows! { table, [&a, &b],
        "AnyKernel, GWG": AnyKernel::from(LocallyBalanced::evaluated(balance));
        "AnyKernel, PathAuxiliary": path();
        "AnyKernel, CyclicalLangevin": AnyKernel::CyclicalLangevin(Informed::new(cyclical()));
        "AnyKernel, Gibbs": AnyKernel::from(systematic);
        "AnyKernel, BlockGibbs": AnyKernel::from(pairs());
        "AnyKernel, HammingBall": AnyKernel::from(ball());
        "AnyKernel, RandomWalk": AnyKernel::from(walk());
        "Cycle of AnyKernel": Cycle::new(path(), AnyKernel::from(systematic), (2, 3)).unwrap();
        "Mixture of AnyKernel": Mixture::new(path(), AnyKernel::from(walk()), 0.5).unwrap();
    }
}

fn n_fold<T: Leveled + Sync>(table: &mut Table, space: &str, targets: [&T; 2]) {
    table.space = space.into();
    let targets = targets.map(Exact);
    let targets = [&targets[0], &targets[1]];
    rows! { table, targets,
        "LocallyBalanced, n-fold": LocallyBalanced::n_fold(Sqrt);
        "Jump, n-fold": Jump::n_fold(Sqrt);
    }
}

fn sweeps<T: Sweep + Sync>(table: &mut Table, space: &str, make: impl Fn() -> T) {
    table.space = space.into();
    rows! { table, [&make(), &make()], "BlockSweep": BlockSweep; }
}

/// Models whose own cache, levels or sweeps have to come back.
fn models<R: Scalar>(table: &mut Table) {
    let lattice = || LatticeIsing::<R>::new(2, 4, 0.3, 0.1).unwrap();
    let (a, b) = (lattice(), lattice());
    n_fold(table, "lattice Ising", [&a, &b]);
    let observed: Vec<Option<u8>> = (0..16).map(|i| (i % 5 == 1).then_some(i % 2)).collect();
    let mut free = [vec![0; 16], vec![0; 16]];
    let [first, second] = &mut free;
    let clamped = [
        Clamp::new(&a, &observed, first).unwrap(),
        Clamp::new(&b, &observed, second).unwrap(),
    ];
    n_fold(table, "lattice Ising, clamped", [&clamped[0], &clamped[1]]);

    let rbm = || Rbm::<R>::random(40, 6, 1).unwrap();
    let edges = || SparseIsing::<R>::erdos_renyi(15, 3.0, 1).unwrap();
    sweeps(table, "lattice Ising", lattice);
    sweeps(table, "sparse Ising", edges);
    sweeps(table, "lattice Potts", || {
        LatticePotts::<R>::new(2, 3, 4, 0.3).unwrap()
    });
    sweeps(table, "lattice ordinal", || {
        LatticeOrdinal::<R>::new(2, 3, 5, 0.1, 0.05).unwrap()
    });
    sweeps(table, "RBM", rbm);
    sweeps(table, "hidden Markov", || {
        Fhmm::<R>::random(6, 3, Law::default(), 2).unwrap()
    });

    table.space = "RBM".into();
    let (a, b) = (rbm(), rbm());
    rows! { table, [&Taylor(&a), &Taylor(&b)],
        "GWG": LocallyBalanced::gwg();
        "PathAuxiliary": Informed::new(PathAuxiliary::pas(2.5).unwrap());
    }
    rows! { table, [&a, &b], "Gibbs, systematic": Gibbs::default(); }
    table.space = "dense Potts".into();
    let potts = || DensePotts::<R>::random(8, 5, 0.3, 1).unwrap();
    let (a, b) = (potts(), potts());
    rows! { table, [&Taylor(&a), &Taylor(&b)],
        "DiscreteLangevin": Informed::new(DiscreteLangevin::dmala(0.3).unwrap());
    }
    table.space = "sparse Ising".into();
    let (a, b) = (edges(), edges());
    rows! { table, [&Exact(&a), &Exact(&b)], "LocallyBalanced, tree": LocallyBalanced::local(Sqrt); }
}

fn all<R: Scalar>(precision: &'static str) {
    let mut table = Table {
        precision,
        ..Table::default()
    };
    println!("kernel, space, precision, replicas, steps");
    for space in ["binary", "categorical", "ordinal", "mixed"] {
        for clamped in [false, true] {
            every_kernel::<R>(&mut table, space, clamped);
        }
    }
    models::<R>(&mut table);
    assert!(table.failures.is_empty(), "{:#?}", table.failures);
}

#[test]
fn restored_chains_continue_with_the_same_bits_in_f32() {
    all::<f32>("f32");
}

#[test]
fn restored_chains_continue_with_the_same_bits_in_f64() {
    all::<f64>("f64");
}
