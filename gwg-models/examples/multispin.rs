//! Flips per nanosecond of sweeps of 64 chains of an Ising lattice, one thread.
//!
//! `cargo run --release -p gwg-models --example multispin [SIDE [DIMS [BIAS]]]`
use gwg_models::{LatticeIsing, MultiSpin, Spins};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let mut next = |default: &str| words.next().unwrap_or(default.into());
    let (side, dims, bias) = (next("40").parse()?, next("2").parse()?, next("0").parse()?);
    let model = LatticeIsing::<f32>::new(dims, side, 0.1, bias)?;
    let spins = MultiSpin::new(&model.spin_graph()?, |_| true)?;
    let start = vec![0_u8; spins.sites()];
    let mut states = vec![0; spins.words()];
    spins.gather(&mut states, |_| Some(&start[..]));
    let sweeps = 1 + 20_000_000 / spins.sites() as u64;
    for turn in 0..5 {
        let start = Instant::now();
        let numbers = turn * sweeps..(turn + 1) * sweeps;
        let (_, changed) = spins.sweep(&mut states, 1.0, 1, numbers, || false);
        let (time, flips) = (start.elapsed(), 64 * sweeps * spins.sites() as u64);
        println!(
            "{:.2} flips/ns, {:.3} of them change the spin, mean f per site {:.4}",
            flips as f64 / time.as_nanos() as f64,
            changed.iter().sum::<u64>() as f64 / flips as f64,
            spins.log_prob(&states).iter().sum::<f64>() / (64 * spins.sites()) as f64
        );
    }
    Ok(())
}
