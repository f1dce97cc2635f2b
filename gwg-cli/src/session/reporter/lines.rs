//! Progress in lines, of text or of JSON.

use super::{Rate, Status, short};
use crate::session::messages::write;
use gwg_chains::Progress;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Time between two lines of text, and between two of JSON.
const TEXT: Duration = Duration::from_secs(10);
const JSON: Duration = Duration::from_secs(1);

/// The latest of a run, for a line.
pub(crate) struct Lines {
    json: bool,
    started: Instant,
    last: Instant,
    rate: Rate,
    status: Status,
}

impl Lines {
    /// Shared with a thread that prints the lines that are due while the run is in one long step, until this is dropped.
    pub(super) fn start(rate: Rate, json: bool) -> Arc<Mutex<Self>> {
        let now = Instant::now();
        let lines = Arc::new(Mutex::new(Self {
            json,
            started: now,
            last: now,
            rate,
            status: Status::default(),
        }));
        let shared = Arc::downgrade(&lines);
        let every = if json { JSON } else { TEXT };
        let ticker = std::thread::Builder::new().name("progress".into());
        // Without it there are lines all the same, between steps.
        let _ = ticker.spawn(move || tick(&shared, every));
        lines
    }

    const fn every(&self) -> Duration {
        if self.json { JSON } else { TEXT }
    }

    pub(super) fn show(&mut self, progress: Progress, status: impl FnOnce() -> Status) {
        let new = self.rate.note(progress);
        if new {
            self.status = Status::default();
        }
        // The first line of a phase is not waited for where a program reads it.
        if self.last.elapsed() >= self.every() || new && self.json {
            self.status = status();
            self.print();
        }
    }

    fn print(&mut self) {
        let seconds = self.rate.seconds();
        let line = if self.json {
            self.object(seconds)
        } else {
            self.text(seconds)
        };
        write(&line);
        self.last = Instant::now();
    }

    fn text(&self, seconds: f64) -> String {
        let Rate {
            phase, done, of, ..
        } = self.rate;
        let all = self.started.elapsed().as_secs_f64();
        let steps = self.rate.steps(seconds);
        let steps = steps.map_or_else(String::new, |s| format!(", {} steps/s", short(s)));
        let status = self.status.text();
        let comma = if status.is_empty() { "" } else { ", " };
        format!("{phase}: {done} of {of} after {all:.0} s{steps}{comma}{status}")
    }

    fn object(&self, seconds: f64) -> String {
        let Rate {
            phase, done, of, ..
        } = self.rate;
        let Status {
            name,
            acceptance,
            worst_rhat,
        } = &self.status;
        json!({
            "message": "progress",
            "phase": phase,
            "name": Some(name).filter(|name| !name.is_empty()),
            "done": done,
            "of": of,
            "seconds": self.started.elapsed().as_secs_f64(),
            "steps_per_second": self.rate.steps(seconds),
            "acceptance": acceptance,
            "worst_rhat": worst_rhat.filter(|rhat| rhat.is_finite()),
            "seconds_left": self.rate.left(seconds),
        })
        .to_string()
    }
}

fn tick(lines: &Weak<Mutex<Lines>>, every: Duration) {
    loop {
        std::thread::sleep(every / 20);
        let Some(lines) = lines.upgrade() else {
            return;
        };
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        // The run itself has the time of a slice for a line of its own, with more in it.
        let due = every + Duration::from_millis(500);
        if !lines.rate.phase.is_empty() && lines.last.elapsed() >= due {
            lines.print();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::reporter::StepsPer;

    #[test]
    fn a_line_of_json_has_every_field() {
        let now = Instant::now();
        let steps_per = Some(StepsPer {
            step: 4.0,
            draw: 40.0,
        });
        let mut rate = Rate::new(steps_per, now);
        rate.note(Progress::Sampling { done: 0, of: 10 });
        rate.note(Progress::Sampling { done: 5, of: 10 });
        let mut lines = Lines {
            json: true,
            started: now,
            last: now,
            rate,
            status: Status {
                acceptance: Some(0.5),
                worst_rhat: Some(f64::INFINITY),
                ..Status::default()
            },
        };
        let object: serde_json::Value = serde_json::from_str(&lines.object(2.0)).unwrap();
        assert_eq!(object["phase"], "sampling");
        assert_eq!((&object["done"], &object["of"]), (&json!(5), &json!(10)));
        assert_eq!(object["steps_per_second"], json!(100.0));
        assert_eq!(object["seconds_left"], json!(2.0));
        assert_eq!(object["acceptance"], json!(0.5));
        assert!(object["worst_rhat"].is_null() && object["name"].is_null());
        lines.json = false;
        let text = lines.text(2.0);
        assert!(text.starts_with("sampling: 5 of 10 after 0 s, 100 steps/s, acceptance 0.500"));
    }
}
