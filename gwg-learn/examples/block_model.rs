//! A stochastic block model with neural log-odds: three planted classes of 30 nodes, two whose nodes are joined among themselves, and one whose nodes are
//! joined with those of the first class and not with each other. No class is observed: classes are found up to their names.
//!
//! `cargo run --release -p gwg-learn --example block_model`
use gwg_chains::{Bound, Threads};
use gwg_core::{Gibbs, LocallyBalanced, Target, Taylor};
use gwg_learn::Schedule;
use gwg_learn::latent::{
    BindPosterior, BlockGraph, BlockModel, EmError, EmOptions, LogOdds, MonteCarloEm,
};
use std::error::Error;
use std::time::Instant;

const NODES: usize = 90;
const PERMUTATIONS: [[u8; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// The part of nodes with the right class, by the best of all names of classes.
fn accuracy(found: &[u8], truth: &[u8]) -> f64 {
    let right = |names: &[u8; 3]| {
        let pairs = found.iter().zip(truth);
        pairs.filter(|&(&a, &b)| names[usize::from(a)] == b).count()
    };
    let best = PERMUTATIONS.iter().map(right).max();
    best.unwrap_or(0) as f64 / truth.len() as f64
}

/// Trains from random networks, as some runs end at a local maximum, and prints the state with the largest `f` of all.
fn train(
    name: &str,
    graph: &BlockGraph,
    truth: &[u8],
    bind: &BindPosterior<'_, BlockModel<f32>>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut best = (f64::NEG_INFINITY, Vec::new(), Vec::new());
    for seed in 0..4 {
        let options = EmOptions {
            chains: 4,
            steps: NODES as u64,
            anneal: 500,
            schedule: Schedule::constant(0.03),
            seed,
            ..EmOptions::default()
        };
        let model = BlockModel::random(graph.clone(), 3, 2, &[8], seed)?;
        let rows = model.observe_nothing()?;
        let mut em = MonteCarloEm::new(model, &rows, options, &Threads::one())?;
        for _ in 0..1000 {
            em.update(bind)?;
        }
        for z in em.states().chunks_exact(NODES) {
            let f = em.model().log_prob(z);
            if f > best.0 {
                best = (f, z.to_vec(), em.model().log_odds().to_vec());
            }
        }
    }
    let (f, z, eta) = best;
    println!(
        "{name}: log p(z, A) {f:.1}, accuracy {:.3}, {:.1} s; log-odds {eta:.1?}",
        accuracy(&z, truth),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let truth: Vec<u8> = (0..NODES).map(|k| (k / 30) as u8).collect();
    let logit = |p: f32| (p / (1.0 - p)).ln();
    let upper = [0.3, 0.05, 0.3, 0.3, 0.05, 0.05].map(logit);
    let empty = BlockGraph::new(NODES, &[], &[])?;
    let planted = BlockModel::new(empty, LogOdds::table(3, upper.to_vec())?, vec![0.0; 3])?;
    let graph = planted.draw_graph(&truth, 1)?;
    let planted = planted.with_graph(graph.clone())?;
    println!(
        "{} edges; truth: log p(z, A) {:.1}",
        graph.edge_count(),
        planted.log_prob(&truth)
    );
    let (gwg, gibbs) = (LocallyBalanced::gwg(), Gibbs::default());
    train("GWG", &graph, &truth, &|target, with| {
        with(&Bound {
            target: &Taylor(target),
            kernel: &gwg,
        })
    })?;
    train("Gibbs", &graph, &truth, &|target,
                                     with|
     -> Result<(), EmError> {
        with(&Bound {
            target,
            kernel: &gibbs,
        })
    })
}
