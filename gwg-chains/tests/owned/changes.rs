//! Chains that are changed from outside: other parameters, temperatures, states.

use crate::numbers::numbers;
use gwg_chains::{ChainSpec, Chains, ChainsOf, RunError, Tempering};
use gwg_core::kernel::informed::{CyclicalLangevin, PathAuxiliary, Phase};
use gwg_core::{
    Exact, Gibbs, Informed, Jump, Kernel, LocallyBalanced, RandomWalk, Sqrt, Target, Taylor,
};
use gwg_models::{LatticeIsing, LatticePotts, Rbm};

fn spec() -> ChainSpec {
    ChainSpec {
        chains: 5,
        seed: 4,
        ..ChainSpec::default()
    }
}

/// Couplings and fields that sums are exact with: `f` made anew has the bits of a running sum.
fn exact_model() -> LatticeIsing<f64> {
    LatticeIsing::new(2, 4, 0.25, 0.125).unwrap()
}

fn after_a_change<K>(name: &str, kernel: &K)
where
    K: for<'m> Kernel<Taylor<&'m Rbm<f32>>> + Sync,
{
    let [first, second] = [1, 2].map(|seed| Rbm::<f32>::random(24, 10, seed).unwrap());
    let (before, after) = (Taylor(&first), Taylor(&second));
    for tempering in [None, Some(Tempering::geometric(2, 0.4).unwrap())] {
        let spec = ChainSpec {
            tempering,
            ..spec()
        };
        let mut chains: ChainsOf<Taylor<&Rbm<f32>>> = Chains::new(&before, kernel, &spec).unwrap();
        chains.warm_up(&before, kernel, 57).unwrap();
        let kept = numbers(&mut chains, &before, kernel);
        chains.reevaluate(&after, kernel).unwrap();
        let found = numbers(&mut chains, &after, kernel);
        for (chain, (kept, found)) in kept.iter().zip(&found).enumerate() {
            let (log_prob, wanted) = (chains.log_prob(chain), second.log_prob(chains.state(chain)));
            let error = (log_prob - wanted).abs();
            assert!(
                error < 1e-5 * (1.0 + wanted.abs()),
                "{name}: {log_prob}, {wanted}"
            );
            assert!((log_prob - first.log_prob(chains.state(chain))).abs() > 1e-3);
            assert_eq!(
                (&kept.state, &kept.tuning),
                (&found.state, &found.tuning),
                "{name}"
            );
            assert_eq!(kept.counts, found.counts, "{name}");
        }
        // Until the end of the chains' lives f is that of the second model.
        chains.advance(&after, kernel, 100).unwrap();
        for chain in 0..chains.len() {
            let wanted = second.log_prob(chains.state(chain));
            assert!((chains.log_prob(chain) - wanted).abs() < 1e-4 * (1.0 + wanted.abs()));
        }
    }
}

#[test]
fn chains_follow_a_model_whose_parameters_change() {
    after_a_change("GWG", &LocallyBalanced::gwg());
    after_a_change(
        "PathAuxiliary",
        &Informed::new(PathAuxiliary::pas(3.0).unwrap()),
    );
}

/// Generators, schedules and tuned values stay: on the same model, reevaluation changes no bit of the path.
fn stays_on_its_path<T, K>(name: &str, target: &T, kernel: &K)
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let mut chains: ChainsOf<T> = Chains::new(target, kernel, &spec()).unwrap();
    chains.warm_up(target, kernel, 23).unwrap();
    let mut reevaluated = chains.clone();
    for _ in 0..7 {
        reevaluated.reevaluate(target, kernel).unwrap();
        reevaluated.set_beta(1.0).unwrap();
        reevaluated.advance(target, kernel, 5).unwrap();
    }
    chains.advance(target, kernel, 35).unwrap();
    let [all, found] = [chains, reevaluated].map(|mut all| numbers(&mut all, target, kernel));
    assert_eq!(all, found, "{name}");
}

#[test]
fn reevaluation_keeps_generators_schedules_and_what_is_tuned() {
    let model = exact_model();
    stays_on_its_path("Gibbs", &model, &Gibbs::default());
    stays_on_its_path("RandomWalk", &model, &RandomWalk::default());
    stays_on_its_path("tree", &Exact(&model), &LocallyBalanced::local(Sqrt));
    stays_on_its_path("Jump", &Exact(&model), &Jump::local(Sqrt));
    stays_on_its_path("GWG", &Taylor(&model), &LocallyBalanced::gwg());
    let phases =
        [(1.0, 0.7), (0.3, 0.5), (0.1, 0.4)].map(|(step, balance)| Phase { step, balance });
    let cyclical = Informed::new(CyclicalLangevin::new(phases).unwrap().tuned());
    stays_on_its_path("CyclicalLangevin", &Taylor(&model), &cyclical);
}

#[test]
fn a_temperature_set_later_is_that_of_the_start() {
    let (model, kernel) = (Exact(exact_model()), LocallyBalanced::local(Sqrt));
    let cold = ChainSpec {
        beta: 0.5,
        ..spec()
    };
    let mut at_start = Chains::new(&model, &kernel, &cold).unwrap();
    let mut all = Chains::new(&model, &kernel, &spec()).unwrap();
    let mut one_by_one = all.clone();
    let mut only_two = all.clone();
    let mut unchanged = all.clone();
    all.set_beta(0.5).unwrap();
    (0..5).for_each(|chain| one_by_one.set_chain_beta(chain, 0.5).unwrap());
    only_two.set_chain_beta(2, 0.5).unwrap();
    let betas: Vec<f64> = (0..5).map(|chain| only_two.beta(chain)).collect();
    assert_eq!(betas, [1.0, 1.0, 0.5, 1.0, 1.0]);
    let after = |chains: &mut Chains<f64>| {
        chains.advance(&model, &kernel, 100).unwrap();
        numbers(chains, &model, &kernel)
    };
    let wanted = after(&mut at_start);
    assert_eq!(after(&mut all), wanted);
    assert_eq!(after(&mut one_by_one), wanted);
    let (two, others) = (after(&mut only_two), after(&mut unchanged));
    for chain in 0..5 {
        let from = if chain == 2 { &wanted } else { &others };
        assert_eq!(two[chain], from[chain]);
    }
    assert_ne!(wanted[2], others[2]);
    for beta in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(matches!(all.set_beta(beta), Err(RunError::Beta { .. })));
        assert!(matches!(
            all.set_chain_beta(1, beta),
            Err(RunError::Beta { .. })
        ));
    }
}

/// Every replica has its fraction of the temperature, wherever swaps have brought it.
#[test]
fn replicas_follow_the_temperature_of_their_chain() {
    let (model, kernel) = (exact_model(), Gibbs::default());
    let tempering = Tempering {
        ladder: vec![1.0, 0.5, 0.25],
        swap_every: 3,
    };
    let spec = ChainSpec {
        tempering: Some(tempering),
        ..spec()
    };
    let mut chains = Chains::new(&model, &kernel, &spec).unwrap();
    for beta in [0.5, 2.0, 1.0] {
        chains.advance(&model, &kernel, 100).unwrap();
        chains.set_beta(beta).unwrap();
        assert!((0..5).all(|chain| chains.beta(chain) == beta));
        let betas = chains.swap_statistics().unwrap().betas;
        assert_eq!(betas, [beta, 0.5 * beta, 0.25 * beta]);
    }
    assert!(chains.swap_statistics().unwrap().round_trips > 0);
}

#[test]
fn a_chain_goes_on_from_the_state_that_it_is_put_at() {
    let model = LatticePotts::<f64>::new(2, 3, 3, 0.25).unwrap();
    let (target, kernel) = (Exact(&model), LocallyBalanced::local(Sqrt));
    let mut chains = Chains::new(&target, &kernel, &spec()).unwrap();
    chains.advance(&target, &kernel, 30).unwrap();
    let mut moved = chains.clone();
    let x = [0, 1, 2, 0, 1, 2, 0, 1, 2];
    moved.set_state(3, &x).unwrap();
    assert_eq!(moved.state(3), x);
    assert!(moved.log_prob(3).is_nan() && moved.counts(3) == chains.counts(3));
    moved.advance(&target, &kernel, 0).unwrap();
    assert_eq!(moved.log_prob(3), model.log_prob(&x));
    moved.advance(&target, &kernel, 40).unwrap();
    chains.advance(&target, &kernel, 40).unwrap();
    let wanted = numbers(&mut chains, &target, &kernel);
    let found = numbers(&mut moved, &target, &kernel);
    for chain in 0..5 {
        assert_eq!(found[chain] == wanted[chain], chain != 3);
        let f = model.log_prob(moved.state(chain));
        assert!((moved.log_prob(chain) - f).abs() < 1e-12);
    }
    let before = moved.clone();
    assert!(matches!(
        moved.set_state(1, &x[..8]),
        Err(RunError::InitShape {
            found: 8,
            sites: 9,
            ..
        })
    ));
    assert!(matches!(
        moved.set_state(1, &[0, 0, 3, 0, 0, 0, 0, 0, 0]),
        Err(RunError::InitSymbol {
            row: 1,
            site: 2,
            found: 3,
            states: 3
        })
    ));
    assert!(moved.states().eq(before.states()) && moved.save() == before.save());
}

#[test]
fn models_and_kernels_of_other_sizes_are_refused_and_change_nothing() {
    let (model, kernel) = (exact_model(), Gibbs::default());
    let mut chains = Chains::new(&model, &kernel, &spec()).unwrap();
    chains.advance(&model, &kernel, 10).unwrap();
    let before = chains.save();
    let longer = LatticeIsing::<f64>::new(2, 5, 0.25, 0.125).unwrap();
    let colored = LatticePotts::<f64>::new(2, 4, 3, 0.25).unwrap();
    let refused = [
        chains.advance(&longer, &kernel, 1),
        chains.warm_up(&longer, &kernel, 1),
        chains.reevaluate(&longer, &kernel),
        chains.advance(&colored, &kernel, 1),
        chains.advance(&Exact(&model), &LocallyBalanced::local(Sqrt), 1),
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert!(
            matches!(
                error,
                RunError::Shape {
                    sites: 16,
                    states: 2,
                    ..
                }
            ),
            "{error}"
        );
    }
    assert!(chains.save() == before);
}
