//! The rounds of a run.

use super::pace::{Pace, Place};
use super::record::{Columns, Common, Tally};
use super::saved::{Checkpoint, SavedPlan, Stage};
use super::{InvalidValue, Outcome};
use crate::chains::Chains;
use crate::diagnostics::SiteDraws;
use crate::observer::{Batch, Observer, Progress};
use crate::plan::{Plan, RunError};
use crate::quantity::KeptDraws;
use crate::record::{Counting, SymbolCounts};
use crate::stepper::Stepper;
use crate::stop::StopFlag;
use gwg_core::{Real, Symbol};
use std::time::Instant;

/// Rounds of a warm-up, each at one temperature: enough for cooling, few enough to cost nothing.
const WARMUP_ROUNDS: u64 = 50;

pub(super) struct Run<'r, R, S> {
    pub(super) stepper: &'r dyn Stepper<R, S>,
    pub(super) common: Common<'r, S>,
    pub(super) plan: &'r Plan<S>,
    pub(super) saved_plan: SavedPlan,
    pub(super) chains: Chains<R, S>,
    pub(super) observer: &'r mut dyn Observer<S>,
    pub(super) tallies: Vec<Tally>,
    /// The symbols of all draws.
    pub(super) counts: SymbolCounts,
    /// Those of the parts of a round before its last.
    pub(super) round_counts: SymbolCounts,
    /// Whether there are such parts.
    pub(super) in_parts: bool,
    pub(super) kept: KeptDraws,
    /// Draws of a round at most.
    pub(super) round: usize,
    /// The place of all chains.
    pub(super) stage: Stage,
    /// Whether the chains are at different places, or cannot go on.
    pub(super) broken: bool,
    /// Whether a round was cut short for a checkpoint.
    pub(super) due: bool,
    pub(super) pace: Pace,
    /// Ends the run from outside.
    pub(super) stop: StopFlag,
}

impl<R: Real, S: Symbol> Run<'_, R, S> {
    /// `columns` has memory for a round.
    pub(super) fn drive(mut self, columns: Columns<S>) -> Result<Outcome<S>, RunError> {
        let started = Instant::now();
        let mut outcome = Outcome::empty(self.plan.chains, self.chains.threads().count());
        if let Stage::Warmup { done } = self.stage {
            self.warm_up(done, &mut outcome)?;
            outcome.seconds.0 = started.elapsed();
        }
        if let Stage::Sampling { draws, into } = self.stage {
            outcome.tuning = self.chains.tuning_with(self.stepper)?;
            (outcome.draws, outcome.restored) = (draws, draws);
            let started = Instant::now();
            self.sample(columns, into, &mut outcome)?;
            outcome.seconds.1 = started.elapsed();
        }
        if !self.broken && self.observer.checkpoint_due(true) {
            self.save()?;
        }
        if let Stage::Warmup { .. } = self.stage {
            self.chains.clear_counts();
            outcome.tuning = self.chains.tuning_with(self.stepper)?;
        }
        outcome.sites = sites(self.tallies, outcome.draws);
        outcome.quantities = self.kept.finish();
        outcome.symbol_counts = self.counts.into_counts();
        outcome.counts = self.chains.total_counts();
        outcome.last = self.chains.states().flatten().copied().collect();
        outcome.swaps = self.chains.swap_statistics();
        Ok(outcome)
    }

    fn warm_up(&mut self, mut done: u64, outcome: &mut Outcome<S>) -> Result<(), RunError> {
        let of = self.plan.warmup;
        let round = of.div_ceil(WARMUP_ROUNDS).max(1);
        if of > 0 {
            outcome.interrupted = self.is_ended(Progress::Warmup { done, of });
        }
        while done < of && !outcome.interrupted {
            if done.is_multiple_of(round)
                && let Some(beta) = self.plan.warmup_beta(done / round, of.div_ceil(round))
            {
                self.chains.set_beta(beta)?;
            }
            let steps = self.pace.steps((round - done % round).min(of - done));
            let began = Instant::now();
            let stop = Pace::stop(&self.stop, began);
            let (stepper, adapt) = (self.stepper, self.plan.adapt);
            let advanced = self.chains.advance_until(stepper, steps, adapt, stop);
            ends(advanced, outcome)?;
            self.broken = outcome.interrupted || stop.is_due();
            if self.broken {
                outcome.interrupted = true;
                break;
            }
            self.pace.took(steps, began.elapsed());
            done += steps;
            self.stage = Stage::Warmup { done };
            outcome.interrupted = self.is_ended(Progress::Warmup { done, of });
            if !outcome.interrupted && self.observer.checkpoint_due(false) {
                self.save()?;
            }
        }
        if !outcome.interrupted {
            self.chains.clear_counts();
            for (tally, block) in self.tallies.iter_mut().zip(self.chains.blocks()) {
                tally.count_from(block);
            }
            self.stage = Stage::Sampling { draws: 0, into: 0 };
        }
        Ok(())
    }

    /// Makes the draws from `into` steps into the first of them on.
    fn sample(
        &mut self,
        mut columns: Columns<S>,
        mut into: u64,
        outcome: &mut Outcome<S>,
    ) -> Result<(), RunError> {
        let of = self.plan.draws;
        let done = outcome.draws;
        outcome.interrupted |= self.is_ended(Progress::Sampling { done, of });
        while outcome.draws < of && !outcome.interrupted {
            columns.resize(self.plan.chains, self.round.min(of - outcome.draws));
            let drawn = self.draw(&mut columns, into, outcome)?;
            into = drawn.into;
            if drawn.draw > 0 {
                self.pass(&mut columns, drawn, outcome)?;
            }
            let draws = outcome.draws;
            self.stage = Stage::Sampling { draws, into };
            if drawn.draw > 0 {
                let ended = self.is_ended(Progress::Sampling { done: draws, of });
                outcome.interrupted = (outcome.interrupted || ended) && draws < of;
            }
            let due = std::mem::take(&mut self.due) || self.observer.checkpoint_due(false);
            if due && draws < of && !outcome.interrupted {
                self.save()?;
            }
        }
        Ok(())
    }

    /// Passes the draws of a round on.
    fn pass(
        &mut self,
        columns: &mut Columns<S>,
        drawn: Place,
        outcome: &mut Outcome<S>,
    ) -> Result<(), RunError> {
        let whole = drawn.draw == columns.draws;
        columns.cut(self.plan.chains, drawn.draw);
        self.common.compare_chains(columns, self.plan.chains);
        self.count(columns, whole);
        let values = columns.quantities.iter().map(|(_, values)| values);
        self.kept.add(values, columns.draws);
        let batch = self.batch(outcome.draws, columns);
        self.observer.batch(&batch).map_err(RunError::Observer)?;
        outcome.draws += columns.draws;
        Ok(())
    }

    /// Hands a checkpoint over.
    fn save(&mut self) -> Result<(), RunError> {
        let checkpoint = Checkpoint {
            plan: &self.saved_plan,
            stage: self.stage,
            chains: self.chains.save(),
            tallies: if let Stage::Sampling { .. } = self.stage {
                &self.tallies
            } else {
                &[]
            },
            counts: self.counts.counts(),
            kept: &self.kept,
        };
        self.observer
            .checkpoint(&checkpoint)
            .map_err(RunError::Observer)
    }

    /// Reports the progress; true if the run is to end.
    fn is_ended(&mut self, progress: Progress) -> bool {
        self.stop.is_set() || self.observer.progress(progress).is_break()
    }

    /// Counts the symbols of a round. What the blocks have counted last is of draws that are not kept, unless the round is `whole`.
    fn count(&mut self, columns: &Columns<S>, whole: bool) {
        match self.common.counting {
            Counting::PerBlock => {
                if std::mem::take(&mut self.in_parts) {
                    self.counts.merge(&mut self.round_counts);
                }
                if whole {
                    for tally in &mut self.tallies {
                        self.counts.merge(&mut tally.symbols);
                    }
                }
            }
            Counting::PerRound => self.counts.add_all(&columns.x, self.chains.threads()),
            Counting::Off => {}
        }
    }

    /// Makes the draws of a round from `into` steps into the first of them on, and returns the place where it ends: before its end where the run is
    /// ended or a checkpoint is due, at its beginning if the model's values were not numbers or it could not be evaluated.
    ///
    /// Time decides how many steps are made at once, so that the observer is called often whatever a draw takes.
    fn draw(
        &mut self,
        columns: &mut Columns<S>,
        into: u64,
        outcome: &mut Outcome<S>,
    ) -> Result<Place, RunError> {
        let (of, round, thin) = (self.plan.draws, columns.draws, self.common.thin);
        let mut at = Place { draw: 0, into };
        while at.draw < round {
            let (slice, began) = (self.pace.slice(at, round, thin), Instant::now());
            let stop = Pace::stop(&self.stop, began);
            let (common, stepper) = (&self.common, self.stepper);
            let parts = columns.split(&mut self.tallies);
            self.chains.each_block(parts, |block, mut part| {
                common.record(stepper, block, &mut part, slice, stop);
            });
            ends(self.chains.judge(self.stepper), outcome)?;
            if outcome.interrupted {
                self.broken = true;
                return Ok(Place::default());
            }
            if stop.is_due() {
                (self.broken, outcome.interrupted) = (true, true);
                return Ok(at);
            }
            self.pace.took(slice.steps, began.elapsed());
            at = slice.end(thin);
            if at.draw == round {
                break;
            }
            if self.common.counting == Counting::PerBlock {
                for tally in &mut self.tallies {
                    self.round_counts.merge(&mut tally.symbols);
                }
                self.in_parts = true;
            }
            let done = outcome.draws + at.draw;
            outcome.interrupted = self.is_ended(Progress::Sampling { done, of });
            self.due = self.observer.checkpoint_due(false);
            if outcome.interrupted || self.due {
                break;
            }
        }
        Ok(at)
    }

    fn batch<'b>(&self, first_draw: usize, columns: &'b Columns<S>) -> Batch<'b, S> {
        Batch {
            first_draw,
            draws: columns.draws,
            chains: self.plan.chains,
            sites: self.common.sites,
            x: &columns.x,
            quantities: &columns.quantities,
            accepted: &columns.accepted,
            sites_changed: &columns.sites_changed,
        }
    }
}

/// The symbols of all blocks, of the draws that the run keeps.
fn sites(tallies: Vec<Tally>, draws: usize) -> Option<SiteDraws> {
    let parts = tallies.into_iter().filter_map(|tally| tally.sites);
    let mut all = parts.reduce(|mut all, part| {
        all.append(part);
        all
    })?;
    all.cut(draws);
    Some(all)
}

/// Ends the run, and keeps what was drawn, if the model's values are not numbers or it cannot be evaluated.
fn ends<S>(advanced: Result<(), RunError>, outcome: &mut Outcome<S>) -> Result<(), RunError> {
    match advanced {
        Err(RunError::NotANumber {
            chain,
            steps,
            found,
        }) => {
            outcome.interrupted = true;
            outcome.invalid = Some(InvalidValue {
                chain,
                steps,
                found,
            });
            Ok(())
        }
        Err(RunError::Model(failure)) => {
            outcome.interrupted = true;
            outcome.failure = Some(failure);
            Ok(())
        }
        other => other,
    }
}
