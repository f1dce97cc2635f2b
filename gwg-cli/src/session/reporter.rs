//! Progress output.

mod lines;
mod style;

use super::messages::is_json;
use gwg_chains::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lines::Lines;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two changes of the bar.
const BAR: Duration = Duration::from_millis(200);

/// A bar on a terminal that can show one, lines elsewhere, or nothing.
pub(crate) enum ProgressReporter {
    Silent,
    Bar {
        bar: ProgressBar,
        last: Instant,
        rate: Rate,
    },
    Lines(Arc<Mutex<Lines>>),
}

/// Steps of all chains in a unit of progress: a step of each chain, or a draw of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepsPer {
    pub(crate) step: f64,
    pub(crate) draw: f64,
}

/// What is known at a moment besides how much is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Status {
    /// What runs, where it is one of several.
    pub(crate) name: String,
    pub(crate) acceptance: Option<f64>,
    pub(crate) worst_rhat: Option<f64>,
}

impl Status {
    fn text(&self) -> String {
        let acceptance = self.acceptance.map(|a| format!("acceptance {a:.3}"));
        let rhat = self.worst_rhat.map(|rhat| format!("R-hat {rhat:.3}"));
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        let parts: Vec<String> = [name, acceptance, rhat].into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// How much of a phase is done, since when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    steps_per: Option<StepsPer>,
    /// What follows the warm-up.
    main: &'static str,
    phase: &'static str,
    began: Instant,
    /// What was done when the phase was first seen.
    from: u64,
    done: u64,
    of: u64,
}

impl Rate {
    fn new(steps_per: Option<StepsPer>, now: Instant) -> Self {
        Self {
            steps_per,
            main: SAMPLING,
            phase: "",
            began: now,
            from: 0,
            done: 0,
            of: 0,
        }
    }

    /// Notes the progress; true where a phase begins.
    fn note(&mut self, progress: Progress) -> bool {
        let (phase, done, of) = counted(progress, self.main);
        let new = self.phase != phase || done < self.done;
        if new {
            (self.phase, self.began, self.from) = (phase, Instant::now(), done);
        }
        (self.done, self.of) = (done, of);
        new
    }

    /// Units of progress per second.
    fn units(&self, seconds: f64) -> Option<f64> {
        let units = (self.done - self.from) as f64 / seconds;
        Some(units).filter(|units| units.is_finite() && *units > 0.0)
    }

    /// Steps of all chains per second, where a unit is known to be so many.
    fn steps(&self, seconds: f64) -> Option<f64> {
        let per = self.steps_per?;
        let per = if self.phase == WARMUP {
            per.step
        } else {
            per.draw
        };
        Some(per * self.units(seconds)?)
    }

    fn left(&self, seconds: f64) -> Option<f64> {
        Some((self.of - self.done) as f64 / self.units(seconds)?)
    }

    fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}

impl ProgressReporter {
    pub(crate) fn new(quiet: bool, steps_per: Option<StepsPer>) -> Self {
        Self::of(quiet, Rate::new(steps_per, Instant::now()))
    }

    /// Of updates of a training run.
    pub(crate) fn of_learning(quiet: bool) -> Self {
        let rate = Rate::new(None, Instant::now());
        let main = "learning";
        Self::of(quiet, Rate { main, ..rate })
    }

    fn of(quiet: bool, rate: Rate) -> Self {
        if quiet {
            return Self::Silent;
        }
        if is_json() || !style::shows_bar() {
            return Self::Lines(Lines::start(rate, is_json()));
        }
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
        let template = "{prefix:>8} [{bar:32}] {pos}/{len}  {msg}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        let last = Instant::now();
        Self::Bar { bar, last, rate }
    }

    pub(super) const fn silent(&self) -> bool {
        matches!(self, Self::Silent)
    }

    /// Notes the progress, and shows it where it is time to, with the status.
    pub(super) fn show(&mut self, progress: Progress, status: impl FnOnce() -> Status) {
        match self {
            Self::Silent => {}
            Self::Bar { bar, last, rate } => {
                if rate.note(progress) {
                    bar.reset();
                    bar.set_prefix(rate.phase);
                }
                if last.elapsed() < BAR {
                    return;
                }
                bar.set_length(rate.of);
                bar.set_position(rate.done);
                let steps = rate.steps(rate.seconds());
                let steps = steps.map_or_else(String::new, |s| format!("{} steps/s ", short(s)));
                bar.set_message(steps + &status().text());
                *last = Instant::now();
            }
            Self::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.show(progress, status);
            }
        }
    }

    pub(crate) fn clear(&self) {
        if let Self::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}

const WARMUP: &str = "warm-up";
const SAMPLING: &str = "sampling";

/// The phase of a run, the number of steps or draws done in it, and their total.
fn counted(progress: Progress, main: &'static str) -> (&'static str, u64, u64) {
    match progress {
        Progress::Warmup { done, of } => (WARMUP, done, of),
        Progress::Sampling { done, of } => (main, done as u64, of as u64),
    }
}

/// A rate to two digits.
fn short(x: f64) -> String {
    crate::report::text::number(x, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_of_the_phase_and_of_all_chains() {
        let steps_per = Some(StepsPer {
            step: 4.0,
            draw: 400.0,
        });
        let mut rate = Rate::new(steps_per, Instant::now());
        assert!(rate.note(Progress::Warmup { done: 10, of: 50 }));
        assert!(!rate.note(Progress::Warmup { done: 30, of: 50 }));
        assert_eq!((rate.steps(2.0), rate.left(2.0)), (Some(40.0), Some(2.0)));
        assert!(rate.note(Progress::Sampling { done: 0, of: 9 }));
        assert_eq!((rate.steps(2.0), rate.left(2.0)), (None, None));
        rate.note(Progress::Sampling { done: 3, of: 9 });
        assert_eq!((rate.steps(2.0), rate.left(2.0)), (Some(600.0), Some(4.0)));
        // The next sampler of a comparison.
        assert!(rate.note(Progress::Sampling { done: 1, of: 9 }));
        assert_eq!(rate.left(0.0), None);
    }

    #[test]
    fn a_status_names_what_is_known() {
        let status = Status {
            name: "gwg".into(),
            acceptance: Some(0.5),
            worst_rhat: None,
        };
        assert_eq!(status.text(), "gwg, acceptance 0.500");
        assert_eq!(Status::default().text(), "");
    }
}
