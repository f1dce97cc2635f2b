//! The results of `gwg optimize`.

use super::problem::ProblemSpec;
use super::run::Found;
use crate::flags::OptimizeFlags;
use crate::list;
use gwg_optimize::{Limits, Search, TimeToTarget};
use serde::Serialize;

/// The `--summary` object.
#[derive(Debug, Serialize)]
pub(super) struct OptimizeResult {
    version: &'static str,
    problem: String,
    sites: usize,
    states: usize,
    sense: &'static str,
    method: String,
    seed: u64,
    threads: usize,
    /// Of each run; `None` where there is none.
    limits: Bounds,
    best: Option<Best>,
    /// What all sites of 0, and all of 1, are worth: they show a factor of two, or a sign.
    value_of_zeros: f64,
    value_of_ones: f64,
    /// Whether these two states are feasible.
    #[serde(skip)]
    uniform_feasible: [bool; 2],
    known: Option<f64>,
    /// By how much the best is worse than `known`.
    gap: Option<f64>,
    target: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    successes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tts99: Option<Time>,
    restarts: u64,
    /// Of all runs.
    seconds: f64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    interrupted: bool,
}

#[derive(Debug, Serialize)]
struct Bounds {
    seconds: Option<f64>,
    restarts: Option<u64>,
    moves: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Best {
    value: f64,
    feasible: bool,
    /// When it was found.
    seconds: f64,
}

/// `None`: infinite.
#[derive(Debug, Serialize)]
struct Time {
    seconds: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
}

impl OptimizeResult {
    pub(super) fn new(
        flags: &OptimizeFlags,
        spec: &ProblemSpec,
        search: &dyn Search,
        (limits, threads): (Limits, usize),
        found: &Found,
    ) -> Self {
        // One color has no symbol 1.
        let last = u8::try_from(search.states() - 1).unwrap_or(u8::MAX);
        let all = |symbol: u8| search.value(&vec![symbol.min(last); search.sites()]);
        let [zeros, ones] = [0, 1].map(all);
        let best = found.best.as_ref().map(|best| {
            let (value, feasible) = search.value(&best.x);
            Best {
                value,
                feasible,
                seconds: best.seconds,
            }
        });
        let gap = best.as_ref().zip(flags.known).map(|(best, known)| {
            let gap = known - best.value;
            match search.sense() {
                gwg_optimize::Sense::Max => gap,
                gwg_optimize::Sense::Min => -gap,
            }
        });
        let time = flags.target.map(|_| {
            let time = TimeToTarget::new(found.seconds, found.successes);
            let finite = |t: f64| Some(t).filter(|t| t.is_finite());
            Time {
                seconds: finite(time.seconds),
                lower: finite(time.lower),
                upper: finite(time.upper),
            }
        });
        Self {
            version: env!("CARGO_PKG_VERSION"),
            problem: spec.text.clone(),
            sites: search.sites(),
            states: search.states(),
            sense: search.sense().name(),
            method: flags.method.clone(),
            seed: flags.work.seed,
            threads,
            limits: Bounds {
                seconds: limits.seconds,
                restarts: limits.restarts,
                moves: limits.moves,
            },
            best,
            value_of_zeros: zeros.0,
            value_of_ones: ones.0,
            uniform_feasible: [zeros.1, ones.1],
            known: flags.known,
            gap,
            target: flags.target,
            repeats: flags.target.map(|_| found.runs),
            successes: flags.target.map(|_| found.successes),
            tts99: time,
            restarts: found.restarts,
            seconds: found.seconds,
            interrupted: crate::session::interrupted(),
        }
    }

    pub(super) fn table(&self) -> String {
        let mut rows = vec![
            ("problem".to_owned(), self.problem.clone()),
            ("sites".to_owned(), self.sites.to_string()),
        ];
        let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
        row(
            &format!("best ({})", self.sense),
            match &self.best {
                Some(best) => {
                    let feasible = feasibility(best.feasible);
                    format!(
                        "{}{feasible}, found after {:.3} s",
                        best.value, best.seconds
                    )
                }
                None => "no feasible solution found; run longer".to_owned(),
            },
        );
        if let (Some(known), Some(gap)) = (self.known, self.gap) {
            row("best known", format!("{known}, gap {gap}"));
        }
        let [zeros, ones] = self.uniform_feasible.map(feasibility);
        let (a, b) = (self.value_of_zeros, self.value_of_ones);
        row("all 0, all 1", format!("{a}{zeros}, {b}{ones}"));
        if let (Some(target), Some(successes), Some(runs)) =
            (self.target, self.successes, self.repeats)
        {
            row(
                "target",
                format!("{target}, reached in {successes} of {runs} runs"),
            );
        }
        if let Some(time) = &self.tts99 {
            row("time to target", time.text());
        }
        row(
            "restarts",
            format!("{} in {:.2} s", self.restarts, self.seconds),
        );
        list::described(&rows)
    }
}

impl Time {
    fn text(&self) -> String {
        let shown =
            |t: Option<f64>| t.map_or_else(|| "infinity".to_owned(), |t| format!("{t:.3} s"));
        format!(
            "{} with probability 0.99 (95% interval {} to {})",
            shown(self.seconds),
            shown(self.lower),
            shown(self.upper)
        )
    }
}

const fn feasibility(feasible: bool) -> &'static str {
    if feasible { "" } else { " (not feasible)" }
}
