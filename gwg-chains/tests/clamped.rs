//! Observed sites in a run: chains start at what was observed, stay there, and follow the conditional distribution.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::diagnostics::{Draws, mcse_mean, mean};
use gwg_chains::{Batch, Init, Observer, Plan, RunError, Tempering, run};
use gwg_core::check::configurations;
use gwg_core::{Clamp, Delta, Exact, Gibbs, LocallyBalanced, Mixed, Move, Space, Sqrt, Target};
use gwg_models::{DensePotts, LatticeIsing};

/// The configurations of a run, (draw, chain, site).
#[derive(Default)]
struct All(Vec<u8>);

impl Observer for All {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        1
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.extend_from_slice(batch.x);
        Ok(())
    }
}

/// Sites of different alphabets that each prefer a sum of three with the next.
struct Mixture<'a>(Mixed<'a>);

impl<'a> Target for Mixture<'a> {
    type Real = f64;
    type Space = Mixed<'a>;

    fn space(&self) -> &Mixed<'a> {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let pair = |p: &[u8]| (f64::from(p[0]) + f64::from(p[1]) - 3.0).powi(2);
        -0.2 * x.windows(2).map(pair).sum::<f64>()
    }
}

impl Delta for Mixture<'_> {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

fn plan(init: Init) -> Plan {
    Plan {
        chains: 3,
        warmup: 0,
        draws: 40,
        seed: 4,
        init,
        ..Plan::default()
    }
}

#[test]
fn random_starts_know_every_alphabet() {
    let alphabets = [2, 5, 3, 2, 7];
    let mut offsets = [0; 6];
    let target = Mixture(Mixed::new(&alphabets, &mut offsets).unwrap());
    for init in [Init::Random, Init::Zeros, Init::States(vec![1, 4, 2, 0, 6])] {
        let mut all = All::default();
        run(&target, &Gibbs::default(), &plan(init), &mut all).unwrap();
        for row in all.0.chunks(5) {
            assert!(target.0.contains(row), "{row:?}");
        }
    }
    let refused = run(
        &target,
        &Gibbs::default(),
        &plan(Init::States(vec![1, 4, 3, 0, 6])),
        &mut (),
    );
    assert!(matches!(
        refused,
        Err(RunError::InitSymbol {
            row: 0,
            site: 2,
            found: 3,
            states: 3
        })
    ));
}

#[test]
fn what_is_observed_stays_whatever_the_start() {
    let model = LatticeIsing::<f32>::new(2, 4, 0.2, 0.1).unwrap();
    let observed: Vec<Option<u8>> = (0..16)
        .map(|i| (i % 3 == 0).then_some((i % 2) as u8))
        .collect();
    let mut free = vec![0; 16];
    let clamp = Clamp::new(&model, &observed, &mut free).unwrap();
    let start = observed
        .iter()
        .map(|held| u16::from(held.unwrap_or(1)))
        .collect();
    for init in [Init::Random, Init::Zeros, Init::States(start)] {
        for tempering in [None, Some(Tempering::geometric(3, 0.2).unwrap())] {
            let plan = Plan {
                tempering,
                ..plan(init.clone())
            };
            let mut all = All::default();
            run(
                &Exact(&clamp),
                &LocallyBalanced::local(Sqrt),
                &plan,
                &mut all,
            )
            .unwrap();
            let mut moved = [false; 16];
            for row in all.0.chunks(16) {
                assert!(clamp.space().contains(row), "{row:?}");
                for (moved, (a, b)) in moved.iter_mut().zip(row.iter().zip(&all.0)) {
                    *moved |= a != b;
                }
            }
            let free: Vec<bool> = observed.iter().map(Option::is_none).collect();
            assert_eq!(&moved[..], free);
        }
    }
}

#[test]
fn nothing_observed_is_the_run_without_observations() {
    let model = DensePotts::<f64>::random(6, 4, 0.3, 2).unwrap();
    let observed = [None; 6];
    let mut free = [0; 6];
    let clamp = Clamp::new(&model, &observed, &mut free).unwrap();
    let kernel = LocallyBalanced::evaluated(Sqrt);
    let (mut plain, mut clamped) = (All::default(), All::default());
    run(&Exact(&model), &kernel, &plan(Init::Random), &mut plain).unwrap();
    run(&Exact(&clamp), &kernel, &plan(Init::Random), &mut clamped).unwrap();
    assert_eq!(plain.0, clamped.0);
}

#[test]
fn contradictions_and_nothing_to_do_are_refused() {
    let model = LatticeIsing::<f32>::new(1, 4, 0.2, 0.1).unwrap();
    let observed = [None, Some(1), None, None];
    let mut free = vec![0; 4];
    let clamp = Clamp::new(&model, &observed, &mut free).unwrap();
    let rows = vec![0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0];
    let refused = run(
        &clamp,
        &Gibbs::default(),
        &plan(Init::States(rows)),
        &mut (),
    );
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("row 2, site 1: found symbol 0, but 1 is observed there"),
        "{message}"
    );
    let all = [Some(0); 4];
    let clamp = Clamp::new(&model, &all, &mut free).unwrap();
    let refused = run(&clamp, &Gibbs::default(), &plan(Init::Random), &mut ());
    assert!(matches!(refused, Err(RunError::NothingFree { sites: 4 })));
}

#[test]
fn means_of_a_run_are_those_of_enumeration() {
    let model = DensePotts::<f32>::random(5, 3, 0.5, 2).unwrap();
    let observed = [None, Some(2), None, None, Some(0)];
    let mut free = vec![0; 5];
    let clamp = Clamp::new(&model, &observed, &mut free).unwrap();
    let states = configurations(clamp.space());
    let weights: Vec<f64> = states.iter().map(|x| model.log_prob(x).exp()).collect();
    let z: f64 = weights.iter().sum();
    let plan = Plan {
        chains: 4,
        warmup: 500,
        draws: 5_000,
        ..plan(Init::Random)
    };
    let mut all = All::default();
    run(
        &Exact(&clamp),
        &LocallyBalanced::evaluated(Sqrt),
        &plan,
        &mut all,
    )
    .unwrap();
    for site in [0, 2, 3] {
        for state in 0..3u8 {
            let hit = |x: &[u8]| f64::from(u8::from(x[site] == state));
            let truth = states
                .iter()
                .zip(&weights)
                .map(|(x, w)| w * hit(x))
                .sum::<f64>()
                / z;
            let chains: Vec<Vec<f64>> = (0..4)
                .map(|c| all.0.chunks(20).map(|draw| hit(&draw[c * 5..])).collect())
                .collect();
            let rows: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
            let draws = Draws::new(&rows).unwrap();
            let (found, error) = (mean(&draws).unwrap(), mcse_mean(&draws).unwrap());
            let z = (found - truth) / error;
            // Nine figures; the quantile 4.5 has probability 6.8e-6, both sides.
            assert!(
                z.abs() < 4.5,
                "site {site}, state {state}: {found}, {truth}"
            );
            assert!(error < 0.01, "{error}");
        }
    }
}
