//! The time of values and input gradients of a batch, and of gradients of the weights: `resnet_time CHANNELS BATCH THREADS REPETITIONS`.

use gwg_core::target::{Batch, Row};
use gwg_core::{Bits, Gradient, Parametric, RunningSum, Space, SplitMix64, Target};
use gwg_nets::{NeuralEnergy, Symbols, random, resnet};
use std::time::{Duration, Instant};

struct Rows {
    x: Vec<u8>,
    sites: usize,
    differences: Vec<f32>,
    f: Vec<RunningSum<f32>>,
}

impl Batch<f32, u8> for Rows {
    fn rows(&self) -> usize {
        self.f.len()
    }

    fn row(&mut self, k: usize) -> Row<'_, f32, u8> {
        let range = k * self.sites..(k + 1) * self.sites;
        Row::new(
            &mut self.x[range.clone()],
            (&[], None),
            (&mut [], &mut self.differences[range]),
            &mut self.f[k],
        )
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>());
    let mut next = |default| arguments.next().unwrap_or(Ok(default));
    let (channels, batch, threads, repetitions) = (next(16)?, next(100)?, next(1)?, next(10)?);
    let symbols = Symbols::Binary {
        low: 0.0,
        high: 1.0,
    };
    let energy = NeuralEnergy::new(random::<f32>(resnet(28, 28, symbols, channels), 1)?)?;
    let sites = energy.space().sites();
    let mut bits = SplitMix64::new(1);
    let share = batch / threads;
    let mut parts: Vec<_> = (0..threads)
        .map(|_| Rows {
            x: (0..share * sites).map(|_| bits.below(2) as u8).collect(),
            sites,
            differences: vec![0.0; share * sites],
            f: vec![RunningSum::from(0.0); share],
        })
        .collect();
    let (mut evaluations, mut learning) = (Vec::new(), Vec::new());
    for _ in 0..repetitions {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for part in &mut parts {
                scope.spawn(|| {
                    let mut scratch = vec![0.0; energy.gradient_scratch_len(share)];
                    energy.evaluate(part, &mut scratch);
                });
            }
        });
        evaluations.push(started.elapsed());
        let started = Instant::now();
        std::thread::scope(|scope| {
            for part in &parts {
                scope.spawn(|| {
                    let mut scratch = vec![0.0; energy.parameter_gradient_scratch_len(share)];
                    let mut gradient = vec![0.0; energy.parameter_count()];
                    let weights = vec![1.0; share];
                    let done =
                        energy.parameter_gradient(&part.x, &weights, &mut gradient, &mut scratch);
                    assert!(done.is_ok(), "lengths are as stated");
                });
            }
        });
        learning.push(started.elapsed());
    }
    println!(
        "{channels} channels, batch {batch}, {threads} threads: value and input gradient {:.1} ms, with gradient of {} weights {:.1} ms",
        median(evaluations),
        energy.parameter_count(),
        median(learning)
    );
    Ok(())
}
