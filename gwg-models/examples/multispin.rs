//! Flips per nanosecond of sweeps of 64 chains of an Ising lattice, or of one chain, one thread.
//!
//! `cargo run --release -p gwg-models --example multispin [SIDE [DIMS [BIAS [chains|sites]]]]`
use gwg_models::{LatticeIsing, MultiSpin, Spins};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let mut next = |default: &str| words.next().unwrap_or(default.into());
    let (side, dims, bias) = (next("40").parse()?, next("2").parse()?, next("0").parse()?);
    let model = LatticeIsing::<f32>::new(dims, side, 0.1, bias)?;
    let graph = match next("chains").as_str() {
        "sites" => model.spin_blocks().ok_or("no 64 equal blocks")?,
        _ => model.spin_graph()?,
    };
    let spins = MultiSpin::new(&graph, |_| true)?;
    let mut states = spins.state();
    let words = states.words().len() as u64;
    let sweeps = 1 + 20_000_000 / words;
    for turn in 0..5 {
        let start = Instant::now();
        let numbers = turn * sweeps..(turn + 1) * sweeps;
        let (_, changed) = spins.sweep(&mut states, 1.0, 1, numbers, || false);
        let (time, flips) = (start.elapsed(), 64 * sweeps * words);
        println!(
            "{:.2} flips/ns, {:.3} of them change the spin, mean f per site {:.4}",
            flips as f64 / time.as_nanos() as f64,
            changed.iter().sum::<u64>() as f64 / flips as f64,
            spins.log_prob(&states).iter().sum::<f64>() / (64 * words) as f64
        );
    }
    Ok(())
}
