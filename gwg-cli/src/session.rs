//! Observes a run started from the command line: writes the trace, reports progress, handles interrupts.

mod messages;
mod moves;
mod reporter;
mod rhat;
mod signals;

use crate::checkpoint::Checkpoints;
use gwg_chains::trace::Recorder;
use gwg_chains::{Batch, Checkpoint, Observer, Progress, StopFlag};
use gwg_core::Symbol;
pub(crate) use messages::{announce, error, is_json, note, update, use_json};
#[cfg(test)]
pub(crate) use moves::tests::fed as fed_moves;
pub(crate) use moves::{Interval, MoveHistory};
use reporter::Status;
pub(crate) use reporter::{ProgressReporter, StepsPer};
use rhat::RunningRhat;
pub(crate) use signals::{
    catch_interrupts, interrupted, interruption, stop, stop_flag, unless_interrupted,
};
use std::ops::ControlFlow;

/// A trace that cannot be written any further.
pub(crate) struct LostTrace {
    pub(crate) why: String,
    /// Whether it is at its path, with the draws of the last save.
    pub(crate) saved: bool,
}

pub(crate) struct Session {
    pub(crate) trace: Option<Recorder>,
    /// The error that stopped the trace; the run ends there, and the draws made so far are still reported.
    pub(crate) lost: Option<LostTrace>,
    pub(crate) checkpoints: Option<Checkpoints>,
    /// Said once all that can be refused has been checked.
    pub(crate) announcement: Option<String>,
    /// For the report.
    pub(crate) moves: MoveHistory,
    batch_draws: usize,
    reporter: ProgressReporter,
    acceptance: f64,
    rhat: RunningRhat,
}

impl Session {
    pub(crate) fn new(
        trace: Option<Recorder>,
        batch_draws: usize,
        reporter: ProgressReporter,
    ) -> Self {
        Self {
            trace,
            lost: None,
            checkpoints: None,
            announcement: None,
            moves: MoveHistory::default(),
            batch_draws,
            reporter,
            acceptance: f64::NAN,
            rhat: RunningRhat::default(),
        }
    }

    pub(crate) fn done(&self) {
        self.reporter.clear();
    }

    /// The trace cannot be continued after an error.
    fn lose(&mut self, error: &dyn std::error::Error) {
        self.lost = Some(LostTrace {
            why: error.to_string(),
            saved: self.trace.as_ref().is_some_and(Recorder::is_published),
        });
        self.trace = None;
    }
}

impl<S: Symbol> Observer<S> for Session {
    fn needs_states(&self) -> bool {
        self.trace.is_some()
    }

    fn batch_draws(&self) -> usize {
        self.batch_draws
    }

    fn stop_flag(&self) -> Option<StopFlag> {
        Some(stop_flag())
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if let Some(text) = self.announcement.take() {
            announce(&text);
        }
        if interrupted() || self.lost.is_some() {
            return ControlFlow::Break(());
        }
        let Self {
            reporter,
            acceptance,
            rhat,
            ..
        } = self;
        reporter.show(progress, || match progress {
            Progress::Sampling { .. } if !acceptance.is_nan() => Status {
                acceptance: Some(*acceptance),
                worst_rhat: rhat.largest(),
                ..Status::default()
            },
            _ => Status::default(),
        });
        ControlFlow::Continue(())
    }

    fn batch(
        &mut self,
        batch: &Batch<'_, S>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.moves.add(batch);
        if !self.reporter.silent() {
            self.acceptance = batch.accepted.iter().sum::<f64>() / batch.accepted.len() as f64;
            self.rhat.add(batch);
        }
        let written = self
            .trace
            .as_mut()
            .map_or(Ok(()), |trace| trace.batch(batch));
        if let Err(error) = written {
            self.lose(&*error);
        }
        Ok(())
    }

    fn checkpoint_due(&mut self, last: bool) -> bool {
        let trace = self.trace.is_some();
        self.checkpoints
            .as_ref()
            .is_some_and(|c| c.due(last, trace))
    }

    fn checkpoint(
        &mut self,
        checkpoint: &Checkpoint<'_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Some(checkpoints) = &mut self.checkpoints else {
            return Ok(());
        };
        if let Err(error) = checkpoints.write(checkpoint, self.trace.as_mut()) {
            self.lose(&*error);
        }
        Ok(())
    }
}

/// Observes a run without recording it: reports progress, and ends it on an interrupt.
pub(crate) struct Watch<'w> {
    pub(crate) name: &'w str,
    pub(crate) reporter: &'w mut ProgressReporter,
}

impl Observer for Watch<'_> {
    fn stop_flag(&self) -> Option<StopFlag> {
        Some(stop_flag())
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if interrupted() {
            return ControlFlow::Break(());
        }
        self.reporter.show(progress, || Status {
            name: self.name.to_owned(),
            ..Status::default()
        });
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_chains::Plan;
    use gwg_core::Binary;
    use std::fs;

    #[test]
    fn a_failing_trace_ends_the_run_and_keeps_its_draws() {
        let root = tempfile::tempdir().unwrap();
        let plan = Plan {
            chains: 1,
            ..Plan::default()
        };
        let trace = Recorder::create(&root.path().join("t"), &Binary::new(2), &plan).unwrap();
        // A file in place of the trace's folder causes the same write error as a full disk.
        let hidden = fs::read_dir(root.path()).unwrap().next().unwrap().unwrap();
        fs::remove_dir_all(hidden.path()).unwrap();
        fs::write(hidden.path(), "").unwrap();
        let mut session = Session::new(Some(trace), 100, ProgressReporter::new(true, None));
        let columns = ["log_prob", "hamming"].map(|name| (name.to_owned(), vec![0.0]));
        let quantities = columns.into_iter().collect();
        let batch = Batch {
            first_draw: 0,
            draws: 1,
            chains: 1,
            sites: 2,
            x: &[0u8, 1],
            quantities: &quantities,
            accepted: &[1.0],
            sites_changed: &[1.0],
        };
        session.batch(&batch).unwrap();
        let LostTrace { why, saved } = session.lost.as_ref().unwrap();
        assert!(session.trace.is_none() && !saved);
        assert!(
            why.contains("trace: ") || why.contains("t.partial"),
            "{why}"
        );
        let next = Observer::<u8>::progress(&mut session, Progress::Sampling { done: 1, of: 9 });
        assert!(next.is_break());
    }
}
