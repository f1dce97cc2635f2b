//! Nanoseconds per update of a site in Gibbs sweeps of a dense Potts model.
//!
//! `cargo run --release -p gwg-learn --example potts_sweeps [SITES STATES CHAINS THREADS]`

use gwg_chains::Threads;
use gwg_learn::{PairPotts, PottsChains, PottsTables};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<usize> = std::env::args()
        .skip(1)
        .map(|word| word.parse())
        .collect::<Result<_, _>>()?;
    let [sites, states, chains, threads] = words[..] else {
        return Err("needs SITES STATES CHAINS THREADS".into());
    };
    let threads = Threads::new(threads.try_into()?)?;
    let mut model = PairPotts::<f32>::zeros(sites, states)?;
    for (k, value) in model.coupling_mut().iter_mut().enumerate() {
        *value = 0.1 * (k as f32).sin();
    }
    let tables = PottsTables::new(&model, &threads);
    let uniform = vec![1.0; sites * states];
    let mut all = PottsChains::new((sites, states), chains, 1, &uniform, &threads);
    for _ in 0..3 {
        let start = Instant::now();
        all.sweep(&tables, 10);
        let updates = (10 * sites * chains) as f64;
        let time = start.elapsed().as_secs_f64();
        println!(
            "{:.1} ns per update, {:.1} ms per sweep",
            time / updates * 1e9,
            time * 100.0
        );
    }
    Ok(())
}
