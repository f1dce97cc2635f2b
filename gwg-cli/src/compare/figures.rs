//! The figures of a comparison.

mod varied;

use super::advice::said;
use super::estimate::Estimate;
use super::measure::Figures;
use super::section::{At, Row, Section};
use super::truth::Level;
use crate::chart::{Bar, Bars, Chart, Draw, Point, Reference, Scale, Series};
use crate::report::text::number;

pub(super) use varied::of_varied;

/// A figure: the name of its file without ending, the SVG, and what is said under it.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) svg: String,
    pub(super) caption: &'static str,
}

const ESS: &str = "Effective draws of the Hamming statistic. Bars: one standard error, from the spread between groups of chains, \
and of the rounds of the clock where it is per second. The axis is logarithmic: read the ends, not the lengths. Hollow: chains disagree or the sampler is biased, the figure does not count.";
const STEP: &str = "The same for each step of each chain, whatever a step costs.";
const RMSE: &str = "Root mean squared error, over chains and means, of what one chain has averaged until then, from its random start on (from the end of warm-up where a sampler adapts).";
const MMD_V: &str = "Squared maximum mean discrepancy of where the chains stand to the truth, kernel exp(-mean Hamming distance), V-statistic: the paper's. The dashed line is what independent draws of the truth itself come to.";
const MMD_U: &str = "The same by the U-statistic, which is unbiased: it tends to 0, and what chance makes negative is left out. Under the dashed line, its standard deviation for exact draws, it cannot be told from 0.";
const LOG_PROB: &str = "Mean over chains of f(x) where they stand.";

const RESIDUAL: &str = "Mean over chains and times of the squared difference between what was observed and what a chain's states say it is.";
const SECONDS: &str = "The same against seconds: what the speed of each sampler makes of it.";

/// What a figure is against.
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

/// All figures of a section; `prefix` begins their names.
pub(super) fn of_section(section: &Section, prefix: &str, subtitle: &str) -> Vec<Figure> {
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
    let error = truth.and_then(|t| level(t.error, "error of the truth itself"));
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
            level(v, "truth against truth"),
            MMD_V,
        ),
        (
            "mmd_u",
            "MMD\u{b2} to the truth, U-statistic",
            Scale::logarithmic("MMD\u{b2} (U)"),
            level(sd.unwrap_or(0.0), "noise of exact draws"),
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
        if !section.rows.iter().any(|r| r.last(metric).is_some()) {
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
                series: section
                    .rows
                    .iter()
                    .map(|row| series(row, metric, against))
                    .collect(),
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
        style: row.entrant.style,
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
        .map(|row| bar(row, of(&row.figures)))
        .collect();
    let said: Vec<String> = bars
        .iter()
        .map(|b| format!("{} {}", b.name, b.note))
        .collect();
    let svg = Bars {
        id: &name,
        title,
        subtitle,
        describe: &format!("{title} on {}: {}.", section.model, said.join(", ")),
        x: Scale::logarithmic(&title.replace("per ", "a ")),
        bars,
    }
    .svg();
    Figure { name, svg, caption }
}

fn bar(row: &Row, estimate: Option<Estimate>) -> Bar {
    let fault = row.standing.fault();
    let mut note = estimate
        .map_or_else(|| "undefined".into(), said)
        .replace("+-", "\u{b1}");
    if let Some(fault) = &fault {
        note = format!("{note} ({fault})");
    }
    Bar {
        name: row.entrant.name.clone(),
        style: row.entrant.style,
        value: estimate.map(|e| e.value),
        range: estimate.and_then(|e| Some((e.value - e.error?, e.value + e.error?))),
        note,
        hollow: fault.is_some(),
    }
}
