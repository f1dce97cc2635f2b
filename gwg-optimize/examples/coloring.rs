//! Colors graphs: value and seconds to it, for each seed.
//!
//! ```sh
//! cargo run --release -p gwg-optimize --example coloring -- 15 10 5 le450_15b.col    # colors, seconds per seed, seeds, files
//! ```

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use gwg_optimize::Search;
use gwg_optimize::coloring::read_coloring;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [colors, seconds, seeds, files @ ..] = words.as_slice() else {
        return Err("usage: coloring COLORS SECONDS SEEDS FILE...".into());
    };
    let limit = Duration::from_secs_f64(seconds.parse()?);
    for file in files {
        let problem = read_coloring(Path::new(file), colors.parse()?)?;
        let sites = problem.sites();
        println!(
            "{file}: {sites} vertices, {} edges, core of {}",
            problem.edges(),
            problem.core()
        );
        for seed in 0..seeds.parse()? {
            let started = Instant::now();
            let mut best = (f64::INFINITY, Duration::ZERO);
            let mut found = |value: f64, _: &[u8]| best = (value, started.elapsed());
            let calls = std::cell::Cell::new(0_u64);
            problem.restart(seed, None, &mut found, &|| {
                calls.set(calls.get() + 1);
                started.elapsed() >= limit
            });
            let (value, at) = best;
            println!(
                "  seed {seed}: {value} conflicts after {:.4} s; {} thousand moves, {:.3} s",
                at.as_secs_f64(),
                calls.get(),
                started.elapsed().as_secs_f64()
            );
        }
    }
    Ok(())
}
