//! Learns a restricted Boltzmann machine from packed bits, and says how long an update takes beside its products alone.
//!
//! `cargo run --release -p gwg-learn --example rbm_train PACKED.npy VISIBLE HIDDEN UPDATES RATE SWEEPS THREADS`
use gwg_chains::Threads;
use gwg_learn::{Data, RbmOptions, RbmTrainer, Schedule};
use gwg_linalg::{Matrix, add_transposed_left_product, product, product_transposed};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, visible, hidden, updates, rate, sweeps, threads] = &words[..] else {
        return Err("needs PACKED.npy VISIBLE HIDDEN UPDATES RATE SWEEPS THREADS".into());
    };
    let visible: usize = visible.parse()?;
    let packed = gwg_models::io::read_states(file.as_ref(), visible.div_ceil(8))?;
    let bits = packed
        .symbols
        .chunks_exact(packed.columns)
        .flat_map(|row| (0..visible).map(|k| (row[k / 8] >> (7 - k % 8) & 1) as u8));
    let data = Data::new(bits.collect(), visible, 2)?;
    let options = RbmOptions {
        hidden: hidden.parse()?,
        schedule: Schedule::constant(rate.parse()?),
        sweeps: sweeps.parse()?,
        ..RbmOptions::default()
    };
    let threads = Threads::new(threads.parse()?)?;
    let mut trainer = RbmTrainer::new(&data, options.clone(), &threads)?;
    let start = Instant::now();
    let updates: u64 = updates.parse()?;
    for _ in 0..updates {
        let update = trainer.update();
        if update.update.is_power_of_two() {
            let time = start.elapsed().as_secs_f64();
            println!(
                "{} {time:.1} s: gradient {:.2e}",
                update.update, update.gradient
            );
        }
    }
    let own = start.elapsed().as_secs_f64() / updates as f64;
    let (h, rows) = (options.hidden, options.batch);
    let w = vec![0.01_f32; visible * h];
    let (mut a, mut b) = (vec![1.0_f32; rows * visible], vec![1.0_f32; rows * h]);
    let mut g = vec![0.0_f32; visible * h];
    let start = Instant::now();
    for _ in 0..updates {
        let w = Matrix::new(&w, visible, h)?;
        for _ in 0..options.sweeps + 2 {
            product(rows, &mut a, w, &mut b)?;
        }
        for _ in 0..options.sweeps {
            product_transposed(rows, &mut b, w, &mut a)?;
        }
        for _ in 0..2 {
            let (a, b) = (Matrix::new(&a, rows, visible)?, Matrix::new(&b, rows, h)?);
            add_transposed_left_product(a, b, &mut g)?;
        }
    }
    let bare = start.elapsed().as_secs_f64() / updates as f64;
    println!(
        "{:.2} ms an update, {:.2} ms its products on one thread: {:.2}",
        own * 1e3,
        bare * 1e3,
        own / bare
    );
    Ok(())
}
