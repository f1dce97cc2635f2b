//! Learns a Potts model from a `.npy` file of rows of symbols, with a text file of weights if there is one.
//!
//! `cargo run --release -p gwg-learn --example potts_train DATA.npy SITES STATES UPDATES RATE [WEIGHTS]`
use gwg_chains::Threads;
use gwg_learn::{Data, PottsOptions, PottsTrainer, Schedule};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, sites, states, updates, rate, rest @ ..] = &words[..] else {
        return Err("needs DATA.npy SITES STATES UPDATES RATE [WEIGHTS]".into());
    };
    let rows = gwg_models::io::read_states(Path::new(file), sites.parse()?)?;
    let symbols = rows.symbols.iter().map(|&s| s as u8).collect();
    let mut data = Data::new(symbols, rows.columns, states.parse()?)?;
    if let [weights, ..] = rest {
        let text = std::fs::read_to_string(weights)?;
        data = data.with_weights(text.lines().map(str::parse).collect::<Result<_, _>>()?)?;
    }
    let threads = Threads::all()?;
    let options = PottsOptions {
        schedule: Schedule::constant(rate.parse()?),
        ..PottsOptions::default()
    };
    let start = Instant::now();
    let mut trainer = PottsTrainer::new(&data, options, &threads)?;
    println!("moments {:.2} s", start.elapsed().as_secs_f64());
    let updates: u64 = updates.parse()?;
    for _ in 0..updates {
        let update = trainer.update();
        if update.update.is_power_of_two() || update.update % 200 == 0 {
            println!(
                "{} {:.1} s: Pearson {:.4}, slope {:.3}, gradient {:.2e}",
                update.update,
                start.elapsed().as_secs_f64(),
                update.correlations.pearson(),
                update.correlations.slope(),
                update.gradient
            );
        }
    }
    let hash = trainer.model().coupling().iter().fold(0_u64, |hash, p| {
        (hash ^ u64::from(p.to_bits())).wrapping_mul(0x0100_0000_01b3)
    });
    println!("{hash:016x}");
    Ok(())
}
