//! Sampling of the posterior.

use super::posterior::{Prior, isolated, posterior, within};
use crate::failure::Failure;
use crate::flags::DenoiseFlags;
use crate::memory;
use crate::sampling::refused;
use crate::session::{self, ProgressReporter, Watch};
use gwg_chains::{ChainSpec, Chains, Init, Observer, Progress, bytes_of_run};
use gwg_core::StepCounts;
use gwg_models::io::BinaryImage;
use gwg_registry::{DynStepper, SamplerSpec};
use serde::Serialize;
use std::time::Instant;

/// Rounds of the warm-up, after each of which the share of flipped pixels is estimated.
const ROUNDS: u64 = 10;
/// Sweeps at the start in which the curve has several points each, and how many.
const FINE: (u64, u64) = (4, 16);

/// Bytes that the model takes for each pixel while it is made.
const PER_PIXEL: u64 = 400;

/// What the chains have seen.
pub(super) struct Sampled {
    /// How often each pixel was black, and of how many states.
    black: Vec<u64>,
    states: u64,
    pub(super) flips: f64,
    /// Steps of each chain per sweep.
    pub(super) steps_per_sweep: u64,
    /// Of all chains, after the warm-up.
    pub(super) counts: StepCounts,
    pub(super) seconds: f64,
    pub(super) curve: Vec<Point>,
    pub(super) interrupted: bool,
}

/// The shares of wrong pixels after so many steps of each chain, the warm-up included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Point {
    steps: u64,
    /// Of the states of the chains at the moment.
    states: f64,
    /// Of the mean of all states since the warm-up; `None` before.
    mean: Option<f64>,
}

impl Sampled {
    /// The image of the pixels that are black with a probability above one half; the noisy pixel where it is one half.
    pub(super) fn image(&self, noisy: &BinaryImage) -> BinaryImage {
        let pixels = self.black.iter().zip(noisy.pixels());
        let pixels = pixels.map(|(&black, &noisy)| match (2 * black).cmp(&self.states) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => noisy,
            std::cmp::Ordering::Greater => 1,
        });
        noisy.with_pixels(pixels.collect())
    }
}

/// A run under way.
struct Run<'r> {
    noisy: &'r BinaryImage,
    truth: Option<&'r BinaryImage>,
    chains: Chains<f32>,
    stepper: Box<DynStepper<f32>>,
    reporter: ProgressReporter,
    steps: u64,
    done: Sampled,
}

pub(super) fn run(
    flags: &DenoiseFlags,
    sampler: &SamplerSpec,
    noisy: &BinaryImage,
    truth: Option<&BinaryImage>,
) -> Result<Sampled, Failure> {
    let prior = Prior {
        coupling: flags.coupling,
        diagonal: flags.coupling * flags.diagonal,
    };
    let pixels = noisy.pixels().len();
    // Couplings of up to four neighbors, twice while they are arranged.
    let what = format!("a model of {pixels} pixels");
    let needed = (pixels as u64).saturating_mul(PER_PIXEL);
    memory::check(&what, needed, "cut the image into parts")?;
    let flips = flags.flips.unwrap_or_else(|| isolated(noisy));
    let bind = |flips| {
        let model = posterior(noisy, prior, flips)?;
        sampler.bind(&model).map_err(refused)
    };
    let stepper: Box<DynStepper<f32>> = bind(flips)?;
    let plan = gwg_chains::Plan {
        chains: flags.chains,
        draws: 1,
        ..gwg_chains::Plan::default()
    };
    // The starts have two bytes for each pixel.
    let starts = (flags.chains as u64).saturating_mul(2 * pixels as u64);
    let needed = bytes_of_run(&*stepper, &plan)?.saturating_add(starts);
    let what = format!("--chains: {} chains of {pixels} pixels", flags.chains);
    memory::check(&what, needed, "use fewer, or a part of the image")?;
    let start: Vec<u16> = noisy.pixels().iter().map(|&pixel| pixel.into()).collect();
    let spec = ChainSpec {
        chains: flags.chains,
        seed: flags.work.seed,
        init: Init::States(start.repeat(flags.chains)),
        threads: flags.work.pool()?,
        ..ChainSpec::default()
    };
    let per_sweep = pixels as f64 / sampler.sites_updated(pixels, 2);
    let mut run = Run {
        noisy,
        truth,
        chains: Chains::with(&*stepper, &spec)?,
        stepper,
        reporter: ProgressReporter::new(flags.work.quiet, None),
        steps: 0,
        done: Sampled {
            black: vec![0; pixels],
            states: 0,
            flips,
            steps_per_sweep: (per_sweep.round() as u64).max(1),
            counts: StepCounts::default(),
            seconds: 0.0,
            curve: Vec::new(),
            interrupted: false,
        },
    };
    run.point();
    for round in 0..ROUNDS {
        let sweeps = |round| flags.warmup * round / ROUNDS;
        for sweep in sweeps(round)..sweeps(round + 1) {
            run.sweep(true)?;
            let of = flags.warmup;
            run.progress(Progress::Warmup {
                done: sweep + 1,
                of,
            });
        }
        if flags.flips.is_none() && flags.warmup > 0 && !run.done.interrupted {
            run.done.flips = within(run.changed());
            run.stepper = bind(run.done.flips)?;
            run.chains.reevaluate_with(&*run.stepper)?;
        }
    }
    run.chains.clear_counts();
    let began = Instant::now();
    for sweep in 0..flags.sweeps {
        run.sweep(false)?;
        run.count();
        run.point();
        let (done, of) = (sweep + 1, flags.sweeps);
        run.progress(Progress::Sampling { done, of });
    }
    run.done.seconds = began.elapsed().as_secs_f64();
    run.reporter.clear();
    if run.done.states == 0 {
        run.count();
    }
    run.done.counts = run.chains.total_counts();
    Ok(run.done)
}

impl Run<'_> {
    /// Moves every chain by a sweep, and adds the points of the curve before its end.
    fn sweep(&mut self, warmup: bool) -> Result<(), Failure> {
        let all = self.done.steps_per_sweep;
        let fine = self.steps < FINE.0 * all;
        let parts = if fine { FINE.1 } else { 1 };
        let upto = |part: u64| (u128::from(all) * u128::from(part) / u128::from(parts)) as u64;
        for part in 0..parts {
            let steps = upto(part + 1) - upto(part);
            if self.done.interrupted || session::interrupted() {
                self.done.interrupted = true;
                return Ok(());
            }
            if steps == 0 {
                continue;
            }
            self.chains
                .advance_until(&*self.stepper, steps, warmup, session::stop())?;
            if session::interrupted() {
                self.done.interrupted = true;
                return Ok(());
            }
            self.steps += steps;
            if warmup && (fine || part + 1 == parts) || fine && part + 1 < parts {
                self.point();
            }
        }
        Ok(())
    }

    /// The share of pixels in which the states differ from the noisy image.
    fn changed(&self) -> f64 {
        share(&self.chains, self.noisy)
    }

    /// Adds the states to the mean.
    fn count(&mut self) {
        if self.done.interrupted && self.done.states > 0 {
            return;
        }
        for x in self.chains.states() {
            self.done.states += 1;
            for (black, &pixel) in self.done.black.iter_mut().zip(x) {
                *black += u64::from(pixel);
            }
        }
    }

    /// Adds a point to the curve, where there is a truth.
    fn point(&mut self) {
        let Some(truth) = self.truth else {
            return;
        };
        let mean = (self.done.states > 0).then(|| self.done.image(self.noisy).difference(truth));
        let point = Point {
            steps: self.steps,
            states: share(&self.chains, truth),
            mean,
        };
        self.done.curve.push(point);
    }

    fn progress(&mut self, progress: Progress) {
        let mut watch = Watch {
            name: "",
            reporter: &mut self.reporter,
        };
        let next = Observer::<u8>::progress(&mut watch, progress);
        let over = match progress {
            Progress::Sampling { done, of } => done == of,
            Progress::Warmup { .. } => false,
        };
        self.done.interrupted |= next.is_break() && !over;
    }
}

/// The share of pixels in which the states of the chains differ from an image.
fn share(chains: &Chains<f32>, image: &BinaryImage) -> f64 {
    let differences = chains.states().map(|x| {
        let pairs = x.iter().zip(image.pixels());
        pairs.filter(|(a, b)| a != b).count()
    });
    let all = chains.len() * image.pixels().len();
    differences.sum::<usize>() as f64 / all as f64
}
