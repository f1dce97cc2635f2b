//! What `--adapt` changes, said once.

use crate::session;
use gwg_learn::Schedule;

/// The given sweeps and rates, and what was said of others.
pub(super) struct Said {
    quiet: bool,
    sweeps: usize,
    schedule: Schedule,
    more: bool,
    smaller: bool,
}

impl Said {
    pub(super) fn new(sweeps: usize, schedule: Schedule, quiet: bool) -> Self {
        Self {
            quiet,
            sweeps,
            schedule,
            more: false,
            smaller: false,
        }
    }

    /// Says that there are more sweeps, or a smaller rate, where that is new.
    pub(super) fn follow(&mut self, update: u64, sweeps: usize, rate: f64) {
        for text in self.news(update, sweeps, rate) {
            if !self.quiet {
                session::announce(&text);
            }
        }
    }

    fn news(&mut self, update: u64, sweeps: usize, rate: f64) -> Vec<String> {
        let mut news = Vec::new();
        if sweeps > self.sweeps && !self.more {
            self.more = true;
            news.push(format!(
                "update {update}: chains move little (`moved`): {sweeps} sweeps per update, from here on as many as they need"
            ));
        }
        let given = self.schedule.at(update);
        if rate < given && !self.smaller {
            self.smaller = true;
            news.push(format!(
                "update {update}: the rate of {given} is too large for the chains (`moved`, `excess`): {rate:.3}, from here on as they allow"
            ));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_said_once() {
        let mut said = Said::new(2, Schedule::constant(0.5), true);
        assert!(said.news(1, 2, 0.5).is_empty());
        let news = said.news(20, 3, 0.5);
        assert!(news.len() == 1 && news[0].contains("update 20: chains move little"));
        assert!(said.news(21, 3, 0.5).is_empty());
        let news = said.news(50, 3, 0.4);
        assert!(news.len() == 1 && news[0].contains("the rate of 0.5 is too large"));
        assert!(said.news(51, 4, 0.3).is_empty());
    }
}
