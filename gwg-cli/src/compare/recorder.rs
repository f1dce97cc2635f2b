//! Records what the curves need; they are computed later, once the truth is known.

use super::clock::Clock;
use crate::session::{ProgressReporter, Watch, stop_flag};
use gwg_chains::diagnostics::SiteDraws;
use gwg_chains::{Batch, Observer, Outcome, Progress, RunError, StopFlag};
use std::ops::ControlFlow;

/// Observes one run.
pub(super) struct Recorder<'r> {
    name: &'r str,
    reporter: &'r mut ProgressReporter,
    shape: Shape,
    checkpoints: Vec<usize>,
    /// Whether to keep the states of the chains at each checkpoint.
    keep: bool,
    /// Number of times each cell was visited, (chain, cell).
    sums: Vec<u32>,
    /// Number of times each cell was visited by all chains after the burn-in.
    after_burn: Vec<u64>,
    /// `f`, evaluated here and not by the run, so that its time is not counted.
    log_prob: &'r dyn Fn(&[u8]) -> f64,
    /// Its values at all draws of each chain.
    log_probs: Vec<Vec<f64>>,
    /// The symbols of the draws after the burn-in.
    kept: SiteDraws,
    burn: usize,
    /// States of each chain that are yet to be judged: many at a time, so that the threads of the run seldom wait.
    waiting: Vec<Vec<u8>>,
    moments: Vec<Moment>,
    clock: Clock,
}

/// Bytes of states that wait to be judged at most, and those of one more batch.
const MOST_WAITING: usize = 16 << 20;

/// What is computed of the draws.
pub(super) struct Wanted<'r> {
    /// Draws after which there is a point of the curves.
    pub(super) checkpoints: Vec<usize>,
    /// Whether to keep the states of the chains at each of them.
    pub(super) keep: bool,
    /// The draws of the burn-in.
    pub(super) burn: usize,
    /// `f`.
    pub(super) log_prob: &'r dyn Fn(&[u8]) -> f64,
}

/// Number of chains, and of cells. A cell is state 1 of a site, or every state of every site with more than two states.
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
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub(super) struct Moment {
    /// Recorded states of each chain so far.
    pub(super) draws: usize,
    /// Seconds of sampling so far.
    pub(super) seconds: f64,
    /// Mean over the chains of `f` at their current states.
    pub(super) log_prob: f64,
    /// Mean over chains of the cells' running means.
    pub(super) means: Vec<f64>,
    /// Mean over chains and cells of the squares of the running means.
    pub(super) square: f64,
    /// Current states of the chains, (chain, site); empty unless kept.
    pub(super) states: Vec<u8>,
}

impl Moment {
    /// Root mean squared error, over chains and cells, of one chain's running means.
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

/// The result of a recorded run.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) moments: Vec<Moment>,
    /// For each round, the draws made and the seconds of sampling.
    pub(super) rounds: Vec<(usize, f64)>,
    /// `f` at all draws, (chain, draw).
    pub(super) log_prob: Vec<f64>,
    /// The symbols of the draws after the burn-in.
    pub(super) sites: SiteDraws,
    /// Means of the cells over all chains after the burn-in; NaN where no draw is.
    pub(super) means: Vec<f64>,
    /// Means of the cells over the even-numbered and over the odd-numbered chains.
    pub(super) halves: [Vec<f64>; 2],
}

impl<'r> Recorder<'r> {
    pub(super) fn new(
        name: &'r str,
        reporter: &'r mut ProgressReporter,
        (chains, sites, states): (usize, usize, usize),
        wanted: Wanted<'r>,
    ) -> Result<Self, RunError> {
        let Wanted {
            checkpoints,
            keep,
            burn,
            log_prob,
        } = wanted;
        let shape = Shape {
            chains,
            sites,
            states,
        };
        let len = cells(chains, shape.cells())?;
        Ok(Self {
            name,
            reporter,
            shape,
            checkpoints,
            keep,
            sums: vec![0; len],
            after_burn: vec![0; shape.cells()],
            log_prob,
            log_probs: vec![Vec::new(); chains],
            kept: SiteDraws::new(sites, states, chains, chains),
            burn,
            waiting: vec![Vec::new(); chains],
            moments: Vec::new(),
            clock: Clock::default(),
        })
    }

    /// Adds draws `from..to` of a batch.
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

    /// Keeps the states of a batch, and judges them if there are many.
    fn receive(&mut self, batch: &Batch<'_>) {
        let rows = batch.x.chunks_exact(batch.draws * self.shape.sites);
        for (all, row) in self.waiting.iter_mut().zip(rows) {
            all.extend_from_slice(row);
        }
        if self.waiting.iter().map(Vec::len).sum::<usize>() > MOST_WAITING {
            self.judge();
        }
    }

    /// Evaluates `f` at the waiting states, and keeps their symbols.
    fn judge(&mut self) {
        for (chain, all) in self.waiting.iter_mut().enumerate() {
            let values = &mut self.log_probs[chain];
            for x in all.chunks_exact(self.shape.sites) {
                if values.len() >= self.burn {
                    self.kept.add(chain, x);
                    count(&mut self.after_burn, x, self.shape.states);
                }
                values.push((self.log_prob)(x));
            }
            all.clear();
        }
    }

    /// The checkpoint after draw `draw` of a batch.
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
        let values = self.log_probs.iter().map(|values| values[draws - 1]);
        let log_prob: f64 = values.sum();
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

    /// Finishes the record of a run.
    pub(super) fn finish(mut self, outcome: &Outcome) -> Record {
        let round = gwg_chains::batch_draws(self.shape.chains, self.shape.sites);
        let stretches = std::mem::take(&mut self.clock).stretches(outcome.seconds.1);
        let mut left = outcome.draws;
        let rounds: Vec<(usize, f64)> = stretches
            .into_iter()
            .map(|seconds| {
                let draws = round.min(left);
                left -= draws;
                (draws, seconds)
            })
            .collect();
        self.finish_timed(outcome.draws, rounds)
    }

    /// Finishes the record of so many draws of each chain; for each round, the draws made and the seconds.
    pub(super) fn finish_timed(mut self, draws: usize, rounds: Vec<(usize, f64)>) -> Record {
        self.judge();
        self.reporter.clear();
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
            let share = 1.0 / (chains * draws as f64);
            means.iter_mut().for_each(|mean| *mean *= share);
            means
        };
        let kept = draws.saturating_sub(self.burn) * self.shape.chains;
        let means = self.after_burn.iter().map(|&n| n as f64 / kept as f64);
        Record {
            means: means.collect(),
            moments,
            halves: [half(0), half(1)],
            log_prob: self.log_probs.concat(),
            sites: self.kept,
            rounds,
        }
    }
}

/// Counts the cells of a state.
fn count(sums: &mut [u64], x: &[u8], states: usize) {
    if states == 2 {
        for (sum, &s) in sums.iter_mut().zip(x) {
            *sum += u64::from(s);
        }
        return;
    }
    for (cells, &s) in sums.chunks_exact_mut(states).zip(x) {
        if let Some(sum) = cells.get_mut(usize::from(s)) {
            *sum += 1;
        }
    }
}

/// Allocation size of the sums of all chains; an error if memory does not suffice.
pub(super) fn cells(chains: usize, of_one: usize) -> Result<usize, RunError> {
    let len = chains.checked_mul(of_one).ok_or(RunError::TooLarge)?;
    let room = Vec::<u32>::new().try_reserve_exact(len);
    room.map(|()| len).map_err(|_| RunError::TooLarge)
}

/// Seconds until a draw, interpolated linearly within a round.
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

    fn stop_flag(&self) -> Option<StopFlag> {
        Some(stop_flag())
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let Self { name, reporter, .. } = self;
        Watch { name, reporter }.progress(progress)
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let began = self.clock.stop();
        self.receive(batch);
        let mut from = 0;
        while from < batch.draws {
            let next = self.checkpoints.get(self.moments.len()).copied();
            let here = next.map_or(batch.draws, |n| n - batch.first_draw);
            let to = here.min(batch.draws);
            self.add(batch, from, to);
            if to == here && next.is_some() {
                self.judge();
                let moment = self.moment(batch, to - 1);
                self.moments.push(moment);
            }
            from = to;
        }
        self.clock.resume(began);
        Ok(())
    }
}
