//! Searches for the best truth values of formulas: value and seconds to it, for each seed.
//!
//! ```sh
//! cargo run --release -p gwg-optimize --example max_sat -- 10 5 formula.cnf    # seconds per seed, seeds, files
//! ```

use std::cell::Cell;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use gwg_optimize::Search;
use gwg_optimize::max_sat::read_max_sat;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [seconds, seeds, files @ ..] = words.as_slice() else {
        return Err("usage: max_sat SECONDS SEEDS FILE...".into());
    };
    let limit = Duration::from_secs_f64(seconds.parse()?);
    for file in files {
        let problem = read_max_sat(Path::new(file))?;
        let (clauses, hard) = (problem.clauses().len(), problem.clauses().hard());
        println!(
            "{file}: {} variables, {clauses} clauses, {hard} hard",
            problem.sites()
        );
        for seed in 0..seeds.parse()? {
            let started = Instant::now();
            let mut best = (f64::INFINITY, Duration::ZERO);
            let calls = Cell::new(0_u64);
            problem.restart(
                seed,
                None,
                &mut |value, _| best = (value, started.elapsed()),
                &|| {
                    calls.set(calls.get() + 1);
                    started.elapsed() >= limit
                },
            );
            let (value, at) = best;
            println!(
                "  seed {seed}: {value} after {:.4} s; {} thousand moves, {:.3} s",
                at.as_secs_f64(),
                calls.get(),
                started.elapsed().as_secs_f64()
            );
        }
    }
    Ok(())
}
