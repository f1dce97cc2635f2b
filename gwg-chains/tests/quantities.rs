//! Named quantities: what is recorded is the function at the recorded states, for any threads and blocks, in batches, outcome and trace.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::trace::{Recorder, TraceReader};
use gwg_chains::{
    Batch, Observer, Outcome, Plan, Quantity, RunError, Tempering, hamming, reference, run,
};
use gwg_core::{Exact, Gibbs, LocallyBalanced, Sqrt, Target};
use gwg_models::{LatticeIsing, LatticePotts};
use proptest::prelude::*;
use std::num::NonZeroUsize;

/// Every state in the order (chain, draw), and the columns of all batches put together.
struct States {
    plan: Plan,
    sites: usize,
    batch_draws: usize,
    x: Vec<u8>,
    columns: Vec<(String, Vec<f64>)>,
}

impl States {
    fn new(plan: &Plan, sites: usize, batch_draws: usize) -> Self {
        let len = plan.chains * plan.draws;
        let column = |q: &Quantity| (q.name().to_owned(), vec![f64::NAN; len]);
        Self {
            plan: plan.clone(),
            sites,
            batch_draws,
            x: vec![0; len * sites],
            columns: plan.quantities.iter().map(column).collect(),
        }
    }

    fn state(&self, chain: usize, draw: usize) -> &[u8] {
        let row = chain * self.plan.draws + draw;
        &self.x[row * self.sites..][..self.sites]
    }
}

impl Observer for States {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        self.batch_draws
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        assert_eq!(batch.quantities.len(), self.columns.len());
        for chain in 0..batch.chains {
            let to = chain * self.plan.draws + batch.first_draw;
            let from = chain * batch.draws;
            let (n, draws) = (self.sites, batch.draws);
            self.x[to * n..(to + draws) * n].copy_from_slice(&batch.x[from * n..][..draws * n]);
            for (name, all) in &mut self.columns {
                let new = &batch.quantity(name).unwrap()[from..from + draws];
                all[to..to + draws].copy_from_slice(new);
            }
        }
        Ok(())
    }
}

/// A function without any structure.
fn hash(x: &[u8]) -> f64 {
    let mixed = x.iter().fold(7_u64, |h, &s| {
        (h ^ u64::from(s)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    (mixed >> 11) as f64
}

fn custom() -> Quantity {
    Quantity::new("hash", "a hash of the state", hash).unwrap()
}

fn plan(quantities: Vec<Quantity>) -> Plan {
    Plan {
        chains: 5,
        warmup: 10,
        draws: 23,
        thin: 2,
        seed: 3,
        quantities,
        ..Plan::default()
    }
}

/// What the table of [`Quantity`] says of Ising models, written down again.
fn expected(
    name: &str,
    model: &LatticeIsing<f64>,
    seen: &States,
    chain: usize,
    draw: usize,
) -> f64 {
    let x = seen.state(chain, draw);
    let n = x.len() as f64;
    let spin = |s: u8| if s == 1 { 1.0 } else { -1.0 };
    match name {
        "log_prob" => model.log_prob(x),
        "hamming" => {
            let fixed: Vec<u8> = reference(x.len(), 2, seen.plan.seed);
            x.iter().zip(&fixed).filter(|(a, b)| a != b).count() as f64
        }
        "mean_symbol" => x.iter().map(|&s| f64::from(s)).sum::<f64>() / n,
        "magnetization" => x.iter().map(|&s| spin(s)).sum::<f64>() / n,
        "energy_per_site" => -model.log_prob(x) / n,
        "overlap" => {
            let y = seen.state((chain + 1) % seen.plan.chains, draw);
            x.iter()
                .zip(y)
                .map(|(&a, &b)| spin(a) * spin(b))
                .sum::<f64>()
                / n
        }
        "hash" => hash(x),
        other => panic!("no expectation for {other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn recorded_values_are_the_functions_at_the_recorded_states(
        threads in 1usize..4, block in 1usize..4, batch_draws in 1usize..30, replicas in 1usize..4,
        chains in 2usize..6, seed in any::<u64>(), order in any::<u64>(),
    ) {
        let model = LatticeIsing::<f64>::new(2, 4, 0.2, 0.1).unwrap();
        let mut quantities: Vec<Quantity> = Quantity::built_in().into_iter().chain([custom()]).collect();
        let places = quantities.len();
        quantities.swap(order as usize % places, (order >> 32) as usize % places);
        let plan = Plan {
            chains,
            seed,
            threads: NonZeroUsize::new(threads),
            block: NonZeroUsize::new(block),
            tempering: Some(Tempering::geometric(replicas, 0.3).unwrap()),
            ..plan(quantities)
        };
        let mut seen = States::new(&plan, 16, batch_draws);
        let outcome = run(&Exact(&model), &LocallyBalanced::local(Sqrt), &plan, &mut seen).unwrap();
        let names: Vec<&str> = outcome.quantities.names().collect();
        prop_assert!(names.iter().copied().eq(plan.quantities.iter().map(Quantity::name)));
        for ((name, values), (_, batched)) in outcome.quantities.iter().zip(&seen.columns) {
            prop_assert_eq!(values, &batched[..]);
            for (row, &value) in values.iter().enumerate() {
                let wanted = expected(name, &model, &seen, row / plan.draws, row % plan.draws);
                prop_assert!((value - wanted).abs() <= 1e-10 * wanted.abs().max(1.0), "{name}: {value} for {wanted}");
            }
        }
        // Without an observer that keeps states.
        let unobserved = run(&Exact(&model), &LocallyBalanced::local(Sqrt), &plan, &mut ()).unwrap();
        prop_assert_eq!(unobserved.quantities, outcome.quantities);
    }
}

#[test]
fn potts_overlaps_are_one_for_equal_states_and_a_quarter_less_per_differing_site() {
    let model = LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    let plan = Plan {
        chains: 3,
        ..plan(vec![Quantity::overlap(), Quantity::mean_symbol()])
    };
    let mut seen = States::new(&plan, 9, 4);
    let outcome = run(&model, &Gibbs::default(), &plan, &mut seen).unwrap();
    let overlaps = outcome.quantity("overlap").unwrap();
    for (row, &overlap) in overlaps.iter().enumerate() {
        let (chain, draw) = (row / 23, row % 23);
        let differ = hamming(seen.state(chain, draw), seen.state((chain + 1) % 3, draw));
        // (3 (9 - d) / 9 - 1) / 2
        assert!((overlap - (1.0 - differ as f64 / 6.0)).abs() < 1e-12);
    }
    let distinct = overlaps.iter().any(|&a| (a - overlaps[0]).abs() > 0.1);
    assert!(distinct, "a test of one value");
}

fn ising_run(plan: &Plan, observer: &mut dyn Observer) -> Result<Outcome, RunError> {
    let model = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap();
    run(
        &Exact(&model),
        &LocallyBalanced::local(Sqrt),
        plan,
        observer,
    )
}

#[test]
fn values_that_are_not_numbers_are_recorded_and_not_summarized() {
    let odd = |x: &[u8]| {
        if x.iter().filter(|&&s| s == 1).count() % 2 == 1 {
            f64::NAN
        } else {
            f64::INFINITY
        }
    };
    let wild = Quantity::new("wild", "never finite", odd).unwrap();
    let plan = plan(vec![Quantity::log_prob(), wild]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let model = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap();
    let mut trace = Recorder::create(&path, model.space(), &plan).unwrap();
    let outcome = ising_run(&plan, &mut trace).unwrap();
    trace.finish().unwrap();

    let values = outcome.quantity("wild").unwrap();
    assert!(values.iter().any(|v| v.is_nan()) && values.contains(&f64::INFINITY));
    let stored = TraceReader::open(&path).unwrap().stat("wild").unwrap();
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&stored), bits(values));

    let summary = outcome.summary();
    assert_eq!(summary.get("wild"), Some(&Default::default()));
    assert!(summary.get("log_prob").is_some_and(|s| s.rhat.is_some()));
    assert!(summary.largest_rhat().is_none() && summary.get("hamming").is_none());
}

#[test]
fn a_trace_has_all_quantities_of_its_run() {
    let built_in = Quantity::built_in().into_iter();
    let another = Quantity::new("Alpha", "first", |x: &[u8]| f64::from(x[0])).unwrap();
    let mut plan = plan(built_in.chain([custom(), another]).collect());
    plan.quantities.reverse();
    let model = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut trace = Recorder::create(&path, model.space(), &plan).unwrap();
    let outcome = ising_run(&plan, &mut trace).unwrap();
    trace.finish().unwrap();
    let read = TraceReader::open(&path).unwrap().quantities().unwrap();
    let names: Vec<&str> = read.names().collect();
    let built_in = Quantity::<u8>::built_in();
    let order = built_in.iter().map(Quantity::name).chain(["Alpha", "hash"]);
    assert!(order.eq(names.iter().copied()), "{names:?}");
    for (name, values) in read.iter() {
        assert_eq!(Some(values), outcome.quantity(name), "{name}");
    }
}

#[test]
fn nothing_may_be_recorded() {
    let outcome = ising_run(&plan(Vec::new()), &mut ()).unwrap();
    assert!(outcome.quantities.is_empty() && outcome.draws == 23);
    assert_eq!(outcome.summary().largest_rhat(), None);
}
