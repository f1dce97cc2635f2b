//! The rounds of a run.

use super::record::{Columns, Common, Tally};
use super::{InvalidValue, Outcome};
use crate::chains::Chains;
use crate::diagnostics::SiteDraws;
use crate::observer::{Batch, Observer, Progress};
use crate::plan::{Plan, RunError};
use crate::quantity::QuantityDraws;
use crate::record::{Counting, SymbolCounts};
use crate::stepper::Stepper;
use gwg_core::{Real, Symbol};
use std::time::Instant;

/// Rounds of a warm-up: enough for progress reports, interruption and cooling, few enough to cost nothing.
const WARMUP_ROUNDS: u64 = 50;

pub(super) struct Run<'r, R, S> {
    pub(super) stepper: &'r dyn Stepper<R, S>,
    pub(super) common: Common<'r, S>,
    pub(super) plan: &'r Plan<S>,
    pub(super) chains: Chains<R, S>,
    pub(super) observer: &'r mut dyn Observer<S>,
    /// The symbols of all draws.
    pub(super) counts: SymbolCounts,
    /// Draws of a round at most.
    pub(super) round: usize,
}

impl<R: Real, S: Symbol> Run<'_, R, S> {
    /// `series` has zeros for all draws of the plan, `columns` for those of a round.
    pub(super) fn drive(
        mut self,
        series: QuantityDraws,
        columns: Columns<S>,
    ) -> Result<Outcome<S>, RunError> {
        let started = Instant::now();
        let mut outcome = Outcome::empty(self.plan.chains, self.chains.threads().count());
        self.warm_up(&mut outcome)?;
        outcome.seconds.0 = started.elapsed();
        self.chains.clear_counts();
        outcome.tuning = self.chains.tuning_with(self.stepper)?;
        let started = Instant::now();
        outcome.quantities = series;
        self.sample(columns, &mut outcome)?;
        outcome.quantities.cut(self.plan.draws, outcome.draws);
        outcome.symbol_counts = self.counts.into_counts();
        outcome.seconds.1 = started.elapsed();
        outcome.counts = self.chains.total_counts();
        outcome.last = self.chains.states().flatten().copied().collect();
        outcome.swaps = self.chains.swap_statistics();
        Ok(outcome)
    }

    fn warm_up(&mut self, outcome: &mut Outcome<S>) -> Result<(), RunError> {
        let of = self.plan.warmup;
        let round = of.div_ceil(WARMUP_ROUNDS).max(1);
        let mut done = 0;
        while done < of && !outcome.interrupted {
            let steps = round.min(of - done);
            if let Some(beta) = self.plan.warmup_beta(done / round, of.div_ceil(round)) {
                self.chains.set_beta(beta)?;
            }
            let advanced = self
                .chains
                .advance_with(self.stepper, steps, self.plan.adapt);
            ends(advanced, outcome)?;
            done += steps;
            let progress = Progress::Warmup { done, of };
            outcome.interrupted |= self.observer.progress(progress).is_break();
        }
        Ok(())
    }

    fn sample(
        &mut self,
        mut columns: Columns<S>,
        outcome: &mut Outcome<S>,
    ) -> Result<(), RunError> {
        let of = self.plan.draws;
        let blocks = self.chains.blocks();
        let tallies = blocks
            .iter()
            .map(|b| Tally::new(&self.common, self.plan, b));
        let mut tallies = tallies.collect::<Result<Vec<_>, _>>()?;
        while outcome.draws < of && !outcome.interrupted {
            columns.resize(self.plan.chains, self.round.min(of - outcome.draws));
            if !self.draw(&mut columns, &mut tallies, outcome)? {
                break;
            }
            self.count(&columns, &mut tallies);
            outcome
                .quantities
                .copy(of, outcome.draws, &columns.quantities, columns.draws);
            let batch = self.batch(outcome.draws, &columns);
            self.observer.batch(&batch).map_err(RunError::Observer)?;
            outcome.draws += columns.draws;
            let done = outcome.draws;
            let progress = Progress::Sampling { done, of };
            outcome.interrupted = self.observer.progress(progress).is_break() && done < of;
        }
        outcome.sites = sites(tallies, outcome.draws);
        Ok(())
    }

    /// Counts the symbols of a round.
    fn count(&mut self, columns: &Columns<S>, tallies: &mut [Tally]) {
        match self.common.counting {
            Counting::PerBlock => {
                for tally in tallies {
                    self.counts.merge(&mut tally.symbols);
                }
            }
            Counting::PerRound => self.counts.add_all(&columns.x, self.chains.threads()),
            Counting::Off => {}
        }
    }

    /// Makes the draws of a round; false if the model's values were not numbers or it could not be evaluated.
    fn draw(
        &mut self,
        columns: &mut Columns<S>,
        tallies: &mut [Tally],
        outcome: &mut Outcome<S>,
    ) -> Result<bool, RunError> {
        let (common, stepper) = (&self.common, self.stepper);
        self.chains
            .each_block(columns.split(tallies), |block, mut part| {
                common.record(stepper, block, &mut part);
            });
        ends(self.chains.judge(self.stepper), outcome)?;
        if !outcome.interrupted {
            common.compare_chains(columns, self.plan.chains);
        }
        Ok(!outcome.interrupted)
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
