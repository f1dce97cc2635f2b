//! Learns four modes of 40 sites by Boltzmann machines, at several rates, without and with a ladder, and without and with the rules of
//! `Adaptation`: exact log-likelihoods, in nats per row.
//!
//! `cargo run --release -p gwg-learn --example learning_rates DATA_SEED SWEEPS UPDATES RATE..`
use gwg_chains::{Threads, generator};
use gwg_core::Bits;
use gwg_learn::log_z::ExactRbm;
use gwg_learn::{
    Adaptation, Data, GrowingLadder, GrowthOptions, RbmLayers, RbmOptions, RbmTrainer, Schedule,
};
use gwg_models::Rbm;
use std::error::Error;

const SITES: usize = 40;
const HIDDEN: usize = 12;
const WEIGHTS: [f64; 4] = [0.4, 0.3, 0.2, 0.1];
/// The probability with which a symbol of a mode is changed.
const NOISE: f64 = 0.04;
const ROWS: usize = 2000;
/// Likelihoods in the second half of the updates.
const LOOKS: u64 = 10;

/// Rows about four random states.
fn data(seed: u64) -> Result<Data, Box<dyn Error>> {
    let mut bits = generator(seed, 0);
    let modes: Vec<u8> = (0..WEIGHTS.len() * SITES)
        .map(|_| bits.below(2) as u8)
        .collect();
    let mut rows = Vec::with_capacity(ROWS * SITES);
    for _ in 0..ROWS {
        let mut left = bits.unit::<f64>();
        let mut own = 0;
        while own + 1 < WEIGHTS.len() && left >= WEIGHTS[own] {
            left -= WEIGHTS[own];
            own += 1;
        }
        let mode = &modes[own * SITES..(own + 1) * SITES];
        rows.extend(
            mode.iter()
                .map(|&s| s ^ u8::from(bits.unit::<f64>() < NOISE)),
        );
    }
    Ok(Data::new(rows, SITES, 2)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [seed, sweeps, updates, rates @ ..] = &words[..] else {
        return Err("needs DATA_SEED SWEEPS UPDATES RATE..".into());
    };
    let (data, updates) = (data(seed.parse()?)?, updates.parse()?);
    println!(
        "rate  ladder  rules   log-likelihood at the end, mean and least of the second half; last rate, sweeps, excess"
    );
    let moving = Adaptation {
        excess: [0.0, f64::INFINITY],
        ..Adaptation::default()
    };
    for rate in rates {
        for with in [false, true] {
            for (rules, adapt) in [
                ("none  ", None),
                ("moved ", Some(moving)),
                ("both  ", Some(Adaptation::default())),
            ] {
                let options = RbmOptions {
                    hidden: HIDDEN,
                    schedule: Schedule::constant(rate.parse()?),
                    sweeps: sweeps.parse()?,
                    adapt,
                    ..RbmOptions::default()
                };
                let ladder = if with { "yes" } else { "no " };
                let found = learn(&data, options, with, updates)?;
                println!("{rate:<5} {ladder}     {rules}  {found}");
            }
        }
    }
    Ok(())
}

/// Learns the data, and says what came of it.
fn learn(
    data: &Data,
    options: RbmOptions,
    with: bool,
    updates: u64,
) -> Result<String, Box<dyn Error>> {
    let threads = Threads::one();
    let mut trainer = RbmTrainer::new(data, options, &threads)?;
    let first = RbmLayers {
        weights: vec![0.0; SITES * HIDDEN],
        ..trainer.layers().clone()
    };
    let mut ladder = with.then(|| GrowingLadder::new(first, GrowthOptions::default(), &threads));
    let mut all = Vec::new();
    let mut last = String::new();
    for _ in 0..updates {
        let update = trainer.update();
        last = format!(
            "{:.4} {:3} {:.2}",
            update.rate, update.sweeps, update.excess
        );
        if let Some(ladder) = &mut ladder {
            // About as much work as the chains of the trainer.
            let growth = ladder.options();
            let work = ladder.ladder().len() * growth.chains * (growth.sweeps + 2);
            let every = work.div_ceil(update.sweeps * trainer.chains().len());
            if update.update.is_multiple_of(every.max(1) as u64) {
                trainer.exchange(ladder);
            }
        }
        if update.update > updates / 2 && update.update.is_multiple_of(updates / 2 / LOOKS) {
            all.push(exact(trainer.layers(), data, &threads)?);
        }
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let end = all.last().copied().unwrap_or(f64::NAN);
    Ok(format!("{end:8.3} {mean:8.3} {least:8.3}   {last}"))
}

/// The mean log-likelihood, by the sum over the states of the hidden units.
fn exact(layers: &RbmLayers, data: &Data, threads: &Threads) -> Result<f64, Box<dyn Error>> {
    let wide = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x)).collect();
    let biases = (wide(&layers.visible_bias), wide(&layers.hidden_bias));
    let machine = Rbm::new(wide(&layers.weights), biases.0, biases.1)?;
    let log_z = ExactRbm::new(&machine, threads)?.log_z();
    let f = layers.log_prob_of(data.symbols());
    Ok(f.iter().sum::<f64>() / f.len() as f64 - log_z)
}
