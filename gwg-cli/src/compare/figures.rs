//! The figures of a comparison.

mod varied;

use super::advice::rounded;
use super::estimate::Estimate;
use super::measure::Figures;
use super::section::{At, Row, Section};
use super::truth::Level;
use crate::chart::{Bar, Bars, Chart, Draw, Point, Reference, Scale, Series};
use crate::report::text::number;

pub(super) use varied::of_varied;

/// A figure: file name without extension, SVG, and caption.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) svg: String,
    pub(super) caption: &'static str,
}

const ESS: &str = "Effective sample size of the Hamming statistic. Error bars: one standard error, from the spread over groups of chains \
and, per second, over rounds of the run. The axis is logarithmic: compare the ends of bars, not their lengths. Hollow bars: the chains have not converged or the sampler is biased; the ESS is not compared.";
const STEP: &str = "The same per step of each chain, regardless of the cost of a step.";
const RMSE: &str = "Root mean squared error, over chains and means, of the running means of one chain, from its random initial state on (for samplers that adapt, from the end of warm-up on).";
const MMD_V: &str = "Squared maximum mean discrepancy between the current states of the chains and the truth, kernel exp(-mean Hamming distance), V-statistic as in the paper. The dashed line is its expectation for independent exact draws.";
const MMD_U: &str = "The same by the U-statistic, which is unbiased and tends to 0; negative values are not shown. Below the dashed line, its standard deviation for exact draws, it does not differ significantly from 0.";
const LOG_PROB: &str = "Mean over chains of f(x) at their current states.";

const RESIDUAL: &str = "Mean over chains and times of the squared difference between the observation and its mean given the chain's state.";
const SECONDS: &str = "The same against seconds, which includes the speed of each sampler.";

/// The horizontal axis of a curve.
#[derive(Clone, Copy)]
enum Against {
    Steps,
    Seconds,
}

impl Against {
    const fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Seconds => "seconds",
        }
    }

    fn scale(self) -> Scale<'static> {
        Scale::logarithmic(match self {
            Self::Steps => "steps of each chain, warm-up included",
            Self::Seconds => "seconds of all chains, warm-up included",
        })
    }

    fn of(self, at: &At) -> f64 {
        match self {
            Self::Steps => at.steps as f64,
            Self::Seconds => at.seconds,
        }
    }
}

/// All figures of a section; their names begin with `prefix`.
pub(super) fn of_section(section: &Section, prefix: &str, subtitle: &str) -> Vec<Figure> {
    let drawn = || {
        section
            .rows
            .iter()
            .filter(|row| row.entrant.style.is_some())
    };
    let mut all = vec![
        bars(
            section,
            prefix,
            subtitle,
            "ess-second",
            "ESS per second",
            ESS,
            |f| f.ess_per_second,
        ),
        bars(
            section,
            prefix,
            subtitle,
            "ess-step",
            "ESS per step",
            STEP,
            |f| f.ess_per_step,
        ),
    ];
    let level = |at: f64, label: &str| {
        let label = label.to_owned();
        (at > 0.0).then_some(Reference::Level { at, label })
    };
    let truth = section.truth.as_ref();
    let error = truth.and_then(|t| level(t.error, "standard error of the ground truth"));
    let (v, sd) = section.floor.unwrap_or((0.0, None));
    let exact = |found: Option<&Level>| {
        found.map(|found| Reference::Level {
            at: found.value,
            label: format!("exact ({})", found.source),
        })
    };
    let curves = [
        (
            "rmse",
            "RMSE of the means",
            Scale::logarithmic("RMSE"),
            error,
            RMSE,
        ),
        (
            "mmd_v",
            "MMD\u{b2} to the truth, V-statistic",
            Scale::logarithmic("MMD\u{b2} (V)"),
            level(v, "expectation for exact draws"),
            MMD_V,
        ),
        (
            "mmd_u",
            "MMD\u{b2} to the truth, U-statistic",
            Scale::logarithmic("MMD\u{b2} (U)"),
            level(sd.unwrap_or(0.0), "standard deviation for exact draws"),
            MMD_U,
        ),
        (
            "log_prob",
            "Mean log-probability",
            Scale::linear("mean f(x)"),
            exact(truth.and_then(|t| t.log_prob.as_ref())),
            LOG_PROB,
        ),
        (
            "residual",
            "Reconstruction error",
            Scale::logarithmic("mean squared residual"),
            exact(truth.and_then(|t| t.residual.as_ref())),
            RESIDUAL,
        ),
    ];
    for (metric, title, y, reference, caption) in curves {
        if !drawn().any(|r| r.last(metric).is_some()) {
            continue;
        }
        for against in [Against::Steps, Against::Seconds] {
            let name = format!("{prefix}{}-{}", metric.replace('_', "-"), against.name());
            let svg = Chart {
                id: &name,
                title: &format!("{title} against {}", against.name()),
                subtitle,
                describe: &described(section, metric, title),
                x: against.scale(),
                y,
                series: drawn().map(|row| series(row, metric, against)).collect(),
                references: reference.clone().into_iter().collect(),
            }
            .svg();
            let caption = match against {
                Against::Steps => caption,
                Against::Seconds => SECONDS,
            };
            all.push(Figure { name, svg, caption });
        }
    }
    all
}

fn series(row: &Row, metric: &str, against: Against) -> Series {
    let curve = row.curves.iter().find(|c| c.metric == metric);
    let points = curve.map_or(&[][..], |c| &c.points);
    Series {
        name: row.entrant.name.clone(),
        style: row.entrant.style.unwrap_or(0),
        draw: Draw::Both,
        points: points
            .iter()
            .map(|p| Point::new(against.of(p), p.value))
            .collect(),
    }
}

fn described(section: &Section, metric: &str, title: &str) -> String {
    let ends: Vec<String> = section
        .rows
        .iter()
        .filter_map(|r| Some(format!("{} {}", r.entrant.name, number(r.last(metric)?, 3))))
        .collect();
    format!(
        "{title} on {}, at the end: {}.",
        section.model,
        ends.join(", ")
    )
}

fn bars(
    section: &Section,
    prefix: &str,
    subtitle: &str,
    name: &str,
    title: &str,
    caption: &'static str,
    of: fn(&Figures) -> Option<Estimate>,
) -> Figure {
    let name = format!("{prefix}{name}");
    let bars: Vec<Bar> = section
        .rows
        .iter()
        .filter(|row| row.entrant.style.is_some())
        .map(|row| bar(row, of(&row.figures)))
        .collect();
    let values: Vec<String> = bars
        .iter()
        .map(|b| format!("{} {}", b.name, b.note))
        .collect();
    let svg = Bars {
        id: &name,
        title,
        subtitle,
        describe: &format!("{title} on {}: {}.", section.model, values.join(", ")),
        x: Scale::logarithmic(&title.replace("per ", "a ")),
        bars,
    }
    .svg();
    Figure { name, svg, caption }
}

fn bar(row: &Row, estimate: Option<Estimate>) -> Bar {
    let fault = row.candidate.fault();
    let mut note = estimate
        .map_or_else(|| "undefined".into(), rounded)
        .replace("+-", "\u{b1}");
    if let Some(fault) = &fault {
        note = format!("{note} ({fault})");
    }
    Bar {
        name: row.entrant.name.clone(),
        style: row.entrant.style.unwrap_or(0),
        value: estimate.map(|e| e.value),
        range: estimate.and_then(|e| Some((e.value - e.error?, e.value + e.error?))),
        note,
        hollow: fault.is_some(),
    }
}
