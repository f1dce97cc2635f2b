//! Plans out of all proportion are refused, not attempted.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Plan, RunError, run};
use gwg_core::{Binary, Exact, Gibbs, LocallyBalanced, Sqrt, Target};
use gwg_models::{LatticeIsing, Rbm};
use std::num::NonZeroUsize;

fn small() -> Plan {
    Plan {
        chains: 3,
        warmup: 5,
        draws: 4,
        ..Plan::default()
    }
}

/// More than any address space holds, where one number each is kept.
const HUGE: usize = 1 << 50;

#[test]
fn what_no_memory_holds_is_too_large() {
    let lattice = LatticeIsing::<f32>::new(2, 3, 0.2, 0.0).unwrap();
    let machine = Rbm::<f32>::random(4, 3, 1).unwrap();
    for plan in [
        Plan {
            draws: HUGE,
            ..small()
        },
        Plan {
            chains: HUGE,
            draws: 1,
            ..small()
        },
        Plan {
            draws: usize::MAX,
            ..small()
        },
        Plan {
            chains: usize::MAX,
            ..small()
        },
    ] {
        let kernel = LocallyBalanced::local(Sqrt);
        let local = run(&Exact(&lattice), &kernel, &plan, &mut ());
        assert!(matches!(local, Err(RunError::TooLarge)), "{local:?}");
        let gibbs = run(&machine, &Gibbs::default(), &plan, &mut ());
        assert!(matches!(gibbs, Err(RunError::TooLarge)), "{gibbs:?}");
    }
}

#[test]
fn no_more_threads_start_than_there_are_chains() {
    let lattice = LatticeIsing::<f32>::new(2, 3, 0.2, 0.0).unwrap();
    let machine = Rbm::<f32>::random(4, 3, 1).unwrap();
    let plan = Plan {
        threads: NonZeroUsize::new(usize::MAX),
        ..small()
    };
    let one = Plan {
        threads: NonZeroUsize::new(1),
        ..small()
    };
    let kernel = LocallyBalanced::gwg();
    for (many, alone) in [
        (
            run(&lattice, &Gibbs::default(), &plan, &mut ()).unwrap(),
            run(&lattice, &Gibbs::default(), &one, &mut ()).unwrap(),
        ),
        (
            run(&gwg_core::Taylor(&machine), &kernel, &plan, &mut ()).unwrap(),
            run(&gwg_core::Taylor(&machine), &kernel, &one, &mut ()).unwrap(),
        ),
    ] {
        assert_eq!((many.threads, alone.threads), (3, 1));
        assert_eq!(many.last, alone.last);
        assert_eq!(
            many.quantity("log_prob").unwrap(),
            alone.quantity("log_prob").unwrap()
        );
    }
}

/// Uniform over the states with at least one 1.
struct Some1(Binary);

impl Target for Some1 {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        if x.contains(&1) {
            0.0
        } else {
            f64::NEG_INFINITY
        }
    }
}

impl gwg_core::Delta for Some1 {
    fn cache_len(&self) -> usize {
        0
    }

    fn init_cache(&self, x: &[u8], _: &mut [f64]) -> f64 {
        self.log_prob(x)
    }

    fn delta(&self, x: &[u8], _: &[f64], mv: gwg_core::Move) -> f64 {
        let ones = x.iter().filter(|s| **s == 1).count();
        if ones == 1 && mv.from == 1 {
            f64::NEG_INFINITY
        } else {
            0.0
        }
    }

    fn update(&self, _: &[u8], _: &mut [f64], _: gwg_core::Move) {}
}

#[test]
fn a_start_outside_the_constraints_is_told_where_to_begin() {
    let target = Some1(Binary::new(3));
    let from = |init| Plan { init, ..small() };
    let error = run(
        &target,
        &Gibbs::default(),
        &from(gwg_chains::Init::Zeros),
        &mut (),
    );
    let said = error.unwrap_err().to_string();
    assert!(
        said.contains("chain 0: log_prob is -inf where it starts") && said.contains("Init::States"),
        "{said}"
    );
    let states = gwg_chains::Init::States(vec![0, 1, 0]);
    run(&target, &Gibbs::default(), &from(states), &mut ()).unwrap();
}
