//! What is kept of a run so that every curve can be drawn once the truth is known.

use super::clock::Clock;
use crate::session::{Speaker, Watch};
use gwg_chains::{Batch, Observer, Outcome, Progress, RunError};
use std::ops::ControlFlow;

/// Watches one run.
pub(super) struct Recorder<'r> {
    name: &'r str,
    speaker: &'r mut Speaker,
    shape: Shape,
    checkpoints: Vec<usize>,
    /// Whether the states of the chains are kept at each checkpoint.
    keep: bool,
    /// How often each cell was seen, (chain, cell).
    sums: Vec<u32>,
    moments: Vec<Moment>,
    clock: Clock,
}

/// Chains, and the cells whose means are followed: a site's state 1, or every state of every site.
#[derive(Clone, Copy, Debug)]
struct Shape {
    chains: usize,
    sites: usize,
    states: usize,
}

impl Shape {
    const fn cells(&self) -> usize {
        if self.states == 2 {
            self.sites
        } else {
            self.sites * self.states
        }
    }
}

/// The run at a checkpoint.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// Recorded states of each chain until then.
    pub(super) draws: usize,
    /// Seconds of sampling until then.
    pub(super) seconds: f64,
    /// Mean over the chains of `f` where they stand.
    pub(super) log_prob: f64,
    /// Mean over chains of the cells' running means.
    pub(super) means: Vec<f64>,
    /// Mean over chains and cells of the squares of the running means.
    pub(super) square: f64,
    /// Where the chains stand, (chain, site); empty unless kept.
    pub(super) states: Vec<u8>,
}

impl Moment {
    /// Root of the mean squared error, over chains and cells, of what one chain knows of the means.
    pub(super) fn rmse(&self, truth: &[f64]) -> Option<f64> {
        if truth.len() != self.means.len() || truth.is_empty() {
            return None;
        }
        let pairs = self.means.iter().zip(truth);
        let cross: f64 = pairs.map(|(m, t)| t * (t - 2.0 * m)).sum();
        let squared = self.square + cross / truth.len() as f64;
        squared.is_finite().then(|| squared.max(0.0).sqrt())
    }
}

/// What is left of a run.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) moments: Vec<Moment>,
    /// Seconds of sampling of each round, and the draws it made.
    pub(super) rounds: Vec<(usize, f64)>,
    /// Means of the cells over the chains of even and of odd number.
    pub(super) halves: [Vec<f64>; 2],
}

impl<'r> Recorder<'r> {
    pub(super) fn new(
        name: &'r str,
        speaker: &'r mut Speaker,
        (chains, sites, states): (usize, usize, usize),
        checkpoints: Vec<usize>,
        keep: bool,
    ) -> Result<Self, RunError> {
        let shape = Shape {
            chains,
            sites,
            states,
        };
        let len = cells(chains, shape.cells())?;
        Ok(Self {
            name,
            speaker,
            shape,
            checkpoints,
            keep,
            sums: vec![0; len],
            moments: Vec::new(),
            clock: Clock::default(),
        })
    }

    /// Draws `from..to` of a batch.
    fn add(&mut self, batch: &Batch<'_>, from: usize, to: usize) {
        let Shape { sites, states, .. } = self.shape;
        let rows = self.sums.chunks_exact_mut(self.shape.cells());
        for (row, x) in rows.zip(batch.x.chunks_exact(batch.draws * sites)) {
            for x in x.chunks_exact(sites).take(to).skip(from) {
                if states == 2 {
                    for (sum, &s) in row.iter_mut().zip(x) {
                        *sum += u32::from(s);
                    }
                } else {
                    for (cells, &s) in row.chunks_exact_mut(states).zip(x) {
                        if let Some(sum) = cells.get_mut(usize::from(s)) {
                            *sum += 1;
                        }
                    }
                }
            }
        }
    }

    /// The moment after draw `draw` of a batch.
    fn moment(&self, batch: &Batch<'_>, draw: usize) -> Moment {
        let draws = batch.first_draw + draw + 1;
        let (cells, chains) = (self.shape.cells(), self.shape.chains as f64);
        let share = 1.0 / draws as f64;
        let mut means = vec![0.0; cells];
        let mut square = 0.0;
        for row in self.sums.chunks_exact(cells) {
            for (mean, &sum) in means.iter_mut().zip(row) {
                let here = f64::from(sum) * share;
                *mean += here / chains;
                square += here * here;
            }
        }
        let here = |c: usize| c * batch.draws + draw;
        let log_prob: f64 = (0..batch.chains).map(|c| batch.log_prob[here(c)]).sum();
        let mut states = Vec::new();
        if self.keep {
            for chain in 0..batch.chains {
                let row = here(chain) * batch.sites;
                states.extend_from_slice(&batch.x[row..row + batch.sites]);
            }
        }
        Moment {
            draws,
            seconds: 0.0,
            log_prob: log_prob / chains,
            means,
            square: square / (chains * cells as f64),
            states,
        }
    }

    /// What the run leaves.
    pub(super) fn finish(self, outcome: &Outcome) -> Record {
        self.speaker.clear();
        let round = gwg_chains::batch_draws(self.shape.chains, self.shape.sites);
        let stretches = self.clock.stretches(outcome.seconds.1);
        let mut left = outcome.draws;
        let rounds: Vec<(usize, f64)> = stretches
            .into_iter()
            .map(|seconds| {
                let draws = round.min(left);
                left -= draws;
                (draws, seconds)
            })
            .collect();
        let mut moments = self.moments;
        for moment in &mut moments {
            moment.seconds = seconds_at(&rounds, moment.draws);
        }
        let half = |first: usize| {
            let rows = self
                .sums
                .chunks_exact(self.shape.cells())
                .skip(first)
                .step_by(2);
            let mut means = vec![0.0; self.shape.cells()];
            let mut chains = 0.0;
            for row in rows {
                chains += 1.0;
                for (mean, &sum) in means.iter_mut().zip(row) {
                    *mean += f64::from(sum);
                }
            }
            let share = 1.0 / (chains * outcome.draws as f64);
            means.iter_mut().for_each(|mean| *mean *= share);
            means
        };
        Record {
            moments,
            halves: [half(0), half(1)],
            rounds,
        }
    }
}

/// How many sums all chains have, where there is memory for them.
pub(super) fn cells(chains: usize, of_one: usize) -> Result<usize, RunError> {
    let len = chains.checked_mul(of_one).ok_or(RunError::TooLarge)?;
    let room = Vec::<u32>::new().try_reserve_exact(len);
    room.map(|()| len).map_err(|_| RunError::TooLarge)
}

/// Seconds until a draw; within a round all draws take as long.
pub(super) fn seconds_at(rounds: &[(usize, f64)], draws: usize) -> f64 {
    let mut left = draws;
    let mut seconds = 0.0;
    for &(here, took) in rounds {
        if left < here {
            return seconds + took * left as f64 / here as f64;
        }
        left -= here;
        seconds += took;
    }
    seconds
}

impl Observer for Recorder<'_> {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        gwg_chains::batch_draws(self.shape.chains, self.shape.sites)
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let Self { name, speaker, .. } = self;
        Watch { name, speaker }.progress(progress)
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let began = self.clock.stop();
        let mut from = 0;
        while from < batch.draws {
            let next = self.checkpoints.get(self.moments.len()).copied();
            let here = next.map_or(batch.draws, |n| n - batch.first_draw);
            let to = here.min(batch.draws);
            self.add(batch, from, to);
            if to == here && next.is_some() {
                let moment = self.moment(batch, to - 1);
                self.moments.push(moment);
            }
            from = to;
        }
        self.clock.resume(began);
        Ok(())
    }
}
