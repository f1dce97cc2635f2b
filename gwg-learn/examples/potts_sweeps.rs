//! Nanoseconds per update of a site in sweeps of a dense Potts model, of Gibbs draws or Metropolis moves.
//!
//! `cargo run --release -p gwg-learn --example potts_sweeps SITES STATES CHAINS THREADS [MODEL.dat]`
//!
//! Without a file of adabmDCA, the couplings are 0.1 sin k, in which about a third of the proposals are accepted.

use gwg_chains::Threads;
use gwg_learn::{PairPotts, PottsChains, PottsMoves, PottsTables, read_params};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let numbers: Vec<usize> = words
        .by_ref()
        .take(4)
        .map(|word| word.parse())
        .collect::<Result<_, _>>()?;
    let [sites, states, chains, threads] = numbers[..] else {
        return Err("needs SITES STATES CHAINS THREADS".into());
    };
    let threads = Threads::new(threads.try_into()?)?;
    let mut model = PairPotts::<f32>::zeros(sites, states)?;
    for (k, value) in model.coupling_mut().iter_mut().enumerate() {
        *value = 0.1 * (k as f32).sin();
    }
    if let Some(path) = words.next() {
        let read = read_params(path.as_ref(), None)?.model;
        let narrow = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
        model = PairPotts::new(sites, states, narrow(read.field()), narrow(read.coupling()))?;
    }
    for moves in [PottsMoves::Gibbs, PottsMoves::Metropolis] {
        let tables = PottsTables::with_moves(&model, moves, &threads);
        let uniform = vec![1.0; sites * states];
        let mut all = PottsChains::new((sites, states), chains, 1, &uniform, &threads);
        for _ in 0..4 {
            let start = Instant::now();
            all.sweep(&tables, 10);
            let updates = (10 * sites * chains) as f64;
            let time = start.elapsed().as_secs_f64();
            println!(
                "{moves:?}: {:.1} ns per update, {:.2} ms per sweep",
                time / updates * 1e9,
                time * 100.0
            );
        }
    }
    Ok(())
}
