//! Runs and traces of 16-bit symbols: exact marginals, states that read back, tables of counts of any size.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::trace::{
    Batch, Recorder, SymbolType, TraceError, TraceReader, TraceSpec, TraceWriter,
};
use gwg_chains::{Outcome, Plan, Quantity, hamming, reference, run};
use gwg_core::check::chi_square;
use gwg_core::{Categorical, Delta, Gibbs, Move, RandomWalk, Space, Target};
use std::fs;
use std::num::NonZeroUsize;

const SITES: usize = 20;
const STATES: usize = 5000;
const CHAINS: usize = 4;
const DRAWS: usize = 2000;

/// The normal quantile that chi-square statistics of correct marginals exceed with probability 3e-7.
const HIGHEST: f64 = 5.0;

/// Independent sites with a table of weights each.
struct Independent {
    space: Categorical<u16>,
    weights: Vec<f64>,
}

impl Independent {
    /// Bells around a center of its own for each site; odd symbols are rarer than even ones.
    fn bells() -> Self {
        let weight = |site: usize, symbol: usize| {
            let center = (200 + 230 * site) as f64;
            -0.5 * ((symbol as f64 - center) / 900.0).powi(2) - 0.7 * (symbol % 2) as f64
        };
        let places = 0..SITES * STATES;
        Self {
            space: Categorical::wide(SITES, STATES).unwrap(),
            weights: places.map(|k| weight(k / STATES, k % STATES)).collect(),
        }
    }

    fn uniform(sites: usize, states: usize) -> Self {
        Self {
            space: Categorical::wide(sites, states).unwrap(),
            weights: Vec::new(),
        }
    }

    fn weight(&self, site: usize, symbol: usize) -> f64 {
        let place = site * self.space.states() + symbol;
        self.weights.get(place).copied().unwrap_or(0.0)
    }

    /// The exact probabilities of a site's symbols.
    fn marginal(&self, site: usize) -> Vec<f64> {
        let weights = (0..STATES).map(|symbol| self.weight(site, symbol).exp());
        let total: f64 = weights.clone().sum();
        weights.map(|w| w / total).collect()
    }
}

impl Target for Independent {
    type Real = f64;
    type Space = Categorical<u16>;

    fn space(&self) -> &Categorical<u16> {
        &self.space
    }

    fn log_prob(&self, x: &[u16]) -> f64 {
        let terms = x.iter().enumerate();
        terms.map(|(i, &s)| self.weight(i, s.into())).sum()
    }
}

impl Delta for Independent {
    fn delta(&self, _: &[u16], _: &[f64], mv: Move) -> f64 {
        self.weight(mv.site, mv.to.into()) - self.weight(mv.site, mv.from.into())
    }
}

/// Sums of a row over groups of its symbols.
fn grouped<N: Copy + std::iter::Sum>(
    row: &[N],
    groups: usize,
    group: impl Fn(usize) -> usize,
) -> Vec<N> {
    let of = |g: usize| {
        let cells = row.iter().enumerate().filter(|(s, _)| group(*s) == g);
        cells.map(|(_, n)| *n).sum()
    };
    (0..groups).map(of).collect()
}

/// Compares counts of symbols with the exact marginals: each site in two groupings, and every symbol over all sites.
fn assert_marginals(model: &Independent, counts: &[u64]) {
    let (mut symbols, mut expected) = (vec![0; STATES], vec![0.0; STATES]);
    for (site, row) in counts.chunks(STATES).enumerate() {
        let law = model.marginal(site);
        assert_eq!(row.iter().sum::<u64>(), (CHAINS * DRAWS) as u64);
        let groupings: [fn(usize) -> usize; 2] = [|s| s / 100, |s| s % 50];
        for group in groupings {
            let found = chi_square(&grouped(row, 50, group), &grouped(&law, 50, group));
            assert!(
                found.dof > 20.0 && found.z < HIGHEST,
                "site {site}: {found:?}"
            );
        }
        for symbol in 0..STATES {
            symbols[symbol] += row[symbol];
            expected[symbol] += law[symbol] / SITES as f64;
        }
    }
    let found = chi_square(&symbols, &expected);
    assert!(found.dof > 4900.0 && found.z < HIGHEST, "{found:?}");
}

fn plan(threads: usize) -> Plan<u16> {
    let high = |x: &[u16]| x.iter().filter(|&&s| s > 255).count() as f64;
    let high = Quantity::new("high", "symbols above 255", high).unwrap();
    let [.., overlap] = Quantity::built_in();
    Plan {
        chains: CHAINS,
        warmup: SITES as u64,
        draws: DRAWS,
        // A whole scan: draws are independent.
        thin: SITES as u64,
        seed: 11,
        quantities: vec![Quantity::log_prob(), Quantity::hamming(), high, overlap],
        threads: NonZeroUsize::new(threads),
        ..Plan::default()
    }
}

/// The symbols of all states of a trace, counted.
fn counted(trace: &TraceReader, states: usize) -> Vec<u64> {
    let mut counts = vec![0; trace.sites() * states];
    trace
        .for_each_x::<u16>(|_, _, rows| {
            for (k, &symbol) in rows.iter().enumerate() {
                counts[k % trace.sites() * states + usize::from(symbol)] += 1;
            }
        })
        .unwrap();
    counts
}

#[test]
fn marginals_of_five_thousand_states_are_exact_and_read_back() {
    let model = Independent::bells();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let plan = plan(2);
    let mut recorder = Recorder::create(&path, model.space(), &plan).unwrap();
    let outcome = run(&model, &Gibbs::default(), &plan, &mut recorder).unwrap();
    recorder.finish().unwrap();
    assert_marginals(&model, &outcome.symbol_counts);

    let trace = TraceReader::open(&path).unwrap();
    assert_eq!(trace.symbols(), SymbolType::U16);
    assert_eq!(trace.attributes()["states"], STATES);
    assert!(
        fs::read_to_string(path.join("posterior/x/zarr.json"))
            .unwrap()
            .contains("\"uint16\"")
    );
    assert_eq!(counted(&trace, STATES), outcome.symbol_counts);
    let stored = trace.quantities().unwrap();
    for (name, values) in outcome.quantities.iter() {
        assert_eq!(stored.get(name), Some(values), "{name}");
    }
    let fixed: Vec<u16> = reference(SITES, STATES, plan.seed);
    let (distances, high) = (stored.get("hamming").unwrap(), stored.get("high").unwrap());
    trace
        .for_each_x::<u16>(|chain, first, rows| {
            for (k, x) in rows.chunks(SITES).enumerate() {
                let at = chain * DRAWS + first + k;
                assert_eq!(distances[at], hamming(x, &fixed) as f64);
                assert_eq!(high[at], x.iter().filter(|&&s| s > 255).count() as f64);
            }
            if first + rows.len() / SITES == DRAWS {
                assert_eq!(
                    &rows[rows.len() - SITES..],
                    &outcome.last[chain * SITES..][..SITES]
                );
            }
        })
        .unwrap();

    let cut = trace.x_chunk::<u8>(0, 0).unwrap_err();
    assert!(
        matches!(&cut, TraceError::Metadata { field, .. } if field == "data_type")
            && cut.to_string().contains("16-bit"),
        "{cut}"
    );
    assert!(
        trace
            .for_each_x::<u8>(|_, _, _| panic!("cut symbols"))
            .is_err()
    );
}

/// Few draws of many states.
fn short(sites: usize, states: usize, threads: usize) -> (Outcome<u16>, Vec<u64>) {
    let model = Independent::uniform(sites, states);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let plan = Plan {
        draws: 7,
        thin: 100,
        ..plan(threads)
    };
    let unobserved = run(&model, &RandomWalk::default(), &plan, &mut ()).unwrap();
    let mut recorder = Recorder::create(&path, model.space(), &plan).unwrap();
    let outcome = run(&model, &RandomWalk::default(), &plan, &mut recorder).unwrap();
    recorder.finish().unwrap();
    assert_eq!(outcome.symbol_counts, unobserved.symbol_counts);
    let trace = TraceReader::open(&path).unwrap();
    (outcome, counted(&trace, states))
}

#[test]
fn large_tables_of_counts_are_those_of_the_states() {
    // Below and above the size of which each block has a copy.
    for (sites, states) in [(20, 5000), (30, 40_000)] {
        let (outcome, counts) = short(sites, states, 1);
        assert_eq!(outcome.symbol_counts, counts);
        let (many, _) = short(sites, states, 3);
        assert_eq!(many.symbol_counts, counts);
        assert_eq!(many.quantities, outcome.quantities);
    }
}

#[test]
fn tables_that_would_be_too_large_are_left_empty() {
    let model = Independent::uniform(1025, 65_536);
    let outcome = run(
        &model,
        &RandomWalk::default(),
        &Plan {
            draws: 3,
            ..plan(2)
        },
        &mut (),
    )
    .unwrap();
    assert!(outcome.symbol_counts.is_empty());
    assert!(outcome.last.iter().any(|&s| s > 40_000));
    assert_eq!(outcome.quantity("hamming").unwrap().len(), CHAINS * 3);
}

#[test]
fn narrow_traces_are_read_as_wide_symbols_and_the_types_are_not_mixed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let spec = TraceSpec {
        stats: Vec::new(),
        ..TraceSpec::new(1, 3)
    };
    let mut writer = TraceWriter::create(&path, spec.clone()).unwrap();
    let wide = Batch {
        draws: 1,
        x: &[0_u16, 300, 2],
        stats: &[],
    };
    let error = writer.append(&wide).unwrap_err().to_string();
    assert!(
        error.contains("bits of a symbol") && error.contains("is 16"),
        "{error}"
    );
    writer
        .append(&Batch {
            draws: 1,
            x: &[0_u8, 255, 2],
            stats: &[],
        })
        .unwrap();
    writer.finish().unwrap();
    let trace = TraceReader::open(&path).unwrap();
    assert_eq!(trace.symbols(), SymbolType::U8);
    assert_eq!(trace.x_chunk::<u8>(0, 0).unwrap(), [0, 255, 2]);
    assert_eq!(trace.x_chunk::<u16>(0, 0).unwrap(), [0, 255, 2]);

    let model = Independent::uniform(3, 300);
    let refused = Recorder::with_spec(&folder.path().join("u"), spec, &plan(1));
    assert!(
        matches!(
            refused,
            Err(TraceError::Spec {
                field: "symbols",
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(
        TraceSpec::of_run(model.space(), &plan(1)).symbols,
        SymbolType::U16
    );
}
