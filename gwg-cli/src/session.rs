//! Observes a run started from the command line: writes the trace, reports progress, handles interrupts.

mod rhat;

use crate::failure::Failure;
use gwg_chains::trace::Recorder;
use gwg_chains::{Batch, Observer, Progress};
use gwg_core::Symbol;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rhat::RunningRhat;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io::{IsTerminal, Write as _};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// The signal that was received, 0 if none; the run ends after the current round.
static STOP: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// Makes SIGINT and SIGTERM end the run in order; a second signal ends the process at once.
///
/// SIGHUP is not caught, so that `nohup` keeps protecting a run.
pub(crate) fn catch_interrupts() -> Result<(), Failure> {
    let received = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let number = usize::try_from(signal).unwrap_or(1);
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&received))
            .and_then(|_| flag::register(signal, Arc::clone(&received)))
            .and_then(|_| flag::register_usize(signal, Arc::clone(&STOP), number))
            .map_err(|error| Failure::run(format!("signal {signal} cannot be caught: {error}")))?;
    }
    Ok(())
}

/// True once a signal has been received.
pub(crate) fn interrupted() -> bool {
    STOP.load(Ordering::SeqCst) != 0
}

/// The failure of an interrupted command: its exit code is 128 plus the signal number.
pub(crate) fn interruption() -> Failure {
    Failure::Interrupted(u8::try_from(STOP.load(Ordering::SeqCst)).unwrap_or(0))
}

pub(crate) struct Session {
    pub(crate) trace: Option<Recorder>,
    /// The error that stopped the trace; the run ends there, and the draws made so far are still reported.
    pub(crate) lost: Option<String>,
    batch_draws: usize,
    reporter: ProgressReporter,
    acceptance: f64,
    rhat: RunningRhat,
}

impl Session {
    pub(crate) fn new(trace: Option<Recorder>, batch_draws: usize, quiet: bool) -> Self {
        Self {
            trace,
            lost: None,
            batch_draws,
            reporter: ProgressReporter::new(quiet),
            acceptance: f64::NAN,
            rhat: RunningRhat::default(),
        }
    }

    pub(crate) fn done(&self) {
        self.reporter.clear();
    }
}

impl<S: Symbol> Observer<S> for Session {
    fn needs_states(&self) -> bool {
        self.trace.is_some()
    }

    fn batch_draws(&self) -> usize {
        self.batch_draws
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if interrupted() || self.lost.is_some() {
            return ControlFlow::Break(());
        }
        if self.reporter.due() {
            let (phase, done, of) = counted(progress);
            let mut line = String::new();
            if matches!(progress, Progress::Sampling { .. }) {
                line = format!("acceptance {:.3}", self.acceptance);
                if let Some(rhat) = self.rhat.largest() {
                    line = format!("{line}, R-hat {rhat:.3}");
                }
            }
            self.reporter.report(phase, done, of, &line);
        }
        ControlFlow::Continue(())
    }

    fn batch(
        &mut self,
        batch: &Batch<'_, S>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if !self.reporter.silent() {
            self.acceptance = batch.accepted.iter().sum::<f64>() / batch.accepted.len() as f64;
            self.rhat.add(batch);
        }
        let written = self
            .trace
            .as_mut()
            .map_or(Ok(()), |trace| trace.batch(batch));
        if let Err(error) = written {
            self.lost = Some(error.to_string());
            self.trace = None;
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
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if interrupted() {
            return ControlFlow::Break(());
        }
        if self.reporter.due() {
            let (phase, done, of) = counted(progress);
            self.reporter.report(phase, done, of, self.name);
        }
        ControlFlow::Continue(())
    }
}

/// The phase of a run, the number of steps or draws done in it, and their total.
fn counted(progress: Progress) -> (&'static str, u64, u64) {
    match progress {
        Progress::Warmup { done, of } => ("warm-up", done, of),
        Progress::Sampling { done, of } => ("sampling", done as u64, of as u64),
    }
}

/// Progress output: a bar on a terminal, a line every ten seconds elsewhere, or nothing.
pub(crate) enum ProgressReporter {
    Silent,
    Bar { bar: ProgressBar, last: Instant },
    Lines { last: Instant, started: Instant },
}

impl ProgressReporter {
    pub(crate) fn new(quiet: bool) -> Self {
        let now = Instant::now();
        if quiet {
            Self::Silent
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(
                "{prefix:>8} [{bar:32}] {pos}/{len}  {msg}  {eta} left",
            ) {
                bar.set_style(style.progress_chars("=> "));
            }
            Self::Bar { bar, last: now }
        } else {
            Self::Lines {
                last: now,
                started: now,
            }
        }
    }

    const fn silent(&self) -> bool {
        matches!(self, Self::Silent)
    }

    pub(crate) fn due(&self) -> bool {
        match self {
            Self::Silent => false,
            Self::Bar { last, .. } => last.elapsed() >= Duration::from_millis(200),
            Self::Lines { last, .. } => last.elapsed() >= Duration::from_secs(10),
        }
    }

    pub(crate) fn report(&mut self, phase: &str, done: u64, of: u64, line: &str) {
        match self {
            Self::Silent => {}
            Self::Bar { bar, last } => {
                if bar.prefix() != phase {
                    bar.reset();
                    bar.set_prefix(phase.to_owned());
                }
                bar.set_length(of);
                bar.set_position(done);
                bar.set_message(line.to_owned());
                *last = Instant::now();
            }
            Self::Lines { last, started } => {
                let comma = if line.is_empty() { "" } else { ", " };
                // A closed stream is no reason to end the run.
                let _ = writeln!(
                    std::io::stderr(),
                    "{phase}: {done} of {of} after {:.0} s{comma}{line}",
                    started.elapsed().as_secs_f64()
                );
                *last = Instant::now();
            }
        }
    }

    pub(crate) fn clear(&self) {
        if let Self::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
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
        let mut session = Session::new(Some(trace), 100, true);
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
        let said = session.lost.as_ref().unwrap();
        assert!(
            session.trace.is_none() && said.contains("trace: "),
            "{said}"
        );
        let next = Observer::<u8>::progress(&mut session, Progress::Sampling { done: 1, of: 9 });
        assert!(next.is_break());
    }
}
