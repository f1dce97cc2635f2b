//! Learns a restricted Boltzmann machine from packed bits, keeps a ladder of its models, and estimates its test log-likelihood in several ways.
//!
//! `cargo run --release -p gwg-learn --example rbm_likelihood TRAIN.npy TEST.npy VISIBLE HIDDEN SECONDS RATE CHAINS SWEEPS THREADS`
use gwg_chains::Threads;
use gwg_learn::log_z::{Annealing, Origin, RbmPath, Schedule as Levels, verdict};
use gwg_learn::{
    Data, LadderBuilder, Penalty, RbmLayers, RbmOptions, RbmTrainer, Schedule, log_likelihood,
};
use std::error::Error;
use std::time::Instant;

fn read(file: &str, visible: usize) -> Result<Data, Box<dyn Error>> {
    let packed = gwg_models::io::read_states(file.as_ref(), visible.div_ceil(8))?;
    let rows = packed.symbols.chunks_exact(packed.columns);
    let bits = rows.flat_map(|row| (0..visible).map(|k| (row[k / 8] >> (7 - k % 8) & 1) as u8));
    Ok(Data::new(bits.collect(), visible, 2)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [
        train,
        test,
        visible,
        hidden,
        seconds,
        rate,
        chains,
        sweeps,
        threads,
    ] = &words[..]
    else {
        return Err("needs TRAIN TEST VISIBLE HIDDEN SECONDS RATE CHAINS SWEEPS THREADS".into());
    };
    let visible: usize = visible.parse()?;
    let (train, test) = (read(train, visible)?, read(test, visible)?);
    let (seconds, rate): (f64, f64) = (seconds.parse()?, rate.parse()?);
    let options = RbmOptions {
        hidden: hidden.parse()?,
        chains: chains.parse()?,
        sweeps: sweeps.parse()?,
        schedule: Schedule {
            rate,
            warmup: 100,
            decay_after: 30_000,
        },
        penalty: Penalty {
            l2: 1e-5,
            ..Penalty::default()
        },
        ..RbmOptions::default()
    };
    let threads = Threads::new(threads.parse()?)?;
    let mut trainer = RbmTrainer::new(&train, options, &threads)?;
    let first = RbmLayers {
        weights: vec![0.0; trainer.layers().weights.len()],
        ..trainer.layers().clone()
    };
    let mut builder = LadderBuilder::new(first.clone(), 100, 0.3, 1);
    let start = Instant::now();
    let mut last = 0.0;
    while start.elapsed().as_secs_f64() < seconds {
        let update = trainer.update();
        if update.update % 50 == 0 {
            let rows = trainer.chains().rows();
            let (acceptance, added) = builder.consider(trainer.layers(), &rows, 20);
            let time = start.elapsed().as_secs_f64();
            if added || time > last + 60.0 {
                last = time;
                println!(
                    "{} {time:.0} s: gradient {:.2e}, acceptance {acceptance:.2}, {} rungs",
                    update.update,
                    update.gradient,
                    builder.rungs().len()
                );
            }
        }
    }
    let top = trainer.layers().clone();
    let f = top.log_prob_of(test.symbols());
    let mut ladder = builder.finish(top.clone(), &trainer.chains().rows(), &threads);
    ladder.advance(300, 2, false);
    ladder.advance(600, 2, true);
    println!(
        "acceptance {:.2?}, arrivals {}",
        ladder.acceptance(),
        ladder.arrivals()
    );
    let by_ladder = ladder.log_z()?.estimate;
    let model = top.to_model()?;
    let base: Vec<f64> = first.visible_bias.iter().map(|&b| f64::from(b)).collect();
    let path = RbmPath::new(&model, &base, threads)?;
    let levels = Levels::linear(5000)?;
    let annealing = Annealing {
        path: &path,
        schedule: &levels,
        steps: 1,
        seed: 3,
    };
    let forward = annealing.forward(200)?;
    let mut states = ladder.rows();
    ladder.advance(100, 2, false);
    states.extend(ladder.rows());
    let reverse = annealing.reverse(&states, Origin::Chains)?;
    let all = [
        by_ladder,
        forward.estimate()?,
        reverse.estimate()?,
        forward.bar(&reverse)?,
    ];
    for estimate in all {
        let of = log_likelihood(&test, &f, &estimate);
        println!(
            "{}: log Z {:.3} +- {:.3}, test log-likelihood {:?}",
            estimate.method,
            estimate.value,
            estimate.standard_error,
            of.map(|of| (of.mean, of.error()))
        );
    }
    println!(
        "{:?}, {:.0} s",
        verdict(&all),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
