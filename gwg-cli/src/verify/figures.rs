//! The figures: bounds against measured ratios, and spectral gaps against temperature.

use crate::chart::{Chart, Draw, Point, Reference, Scale, Series};
use gwg_bench::theory::{Row, Sweep, Verification};

/// File names without extension.
pub(super) const NAMES: [&str; 7] = [
    "bound-variance",
    "bound-gap",
    "temperatures-ising",
    "temperatures-ising-diagonal",
    "temperatures-rbm",
    "temperatures-mlp",
    "temperatures-one-hot-mlp",
];

/// Families in the order of the file names above.
const FAMILIES: [&str; 5] = ["ising", "ising+diagonal", "rbm", "mlp", "one-hot mlp"];

/// Smaller bounds are drawn at the left edge.
const SMALLEST: f64 = 1e-4;

/// All figures with their file names.
pub(super) fn all(found: &Verification) -> Vec<(&'static str, String)> {
    let [variance, gap, temperatures @ ..] = NAMES;
    let mut drawn = vec![
        (
            variance,
            bound(found, variance, "minimum ratio of variances", |row| {
                row.extremal
            }),
        ),
        (gap, bound(found, gap, "ratio of gaps", Row::gap_ratio)),
    ];
    for (name, family) in temperatures.into_iter().zip(FAMILIES) {
        drawn.push((name, sweeps(found, name, family)));
    }
    drawn
}

fn bound(found: &Verification, id: &str, truth: &str, of: impl Fn(&Row) -> f64) -> String {
    let kinds = ["c", "c_diag", "c_convex", "c_range", "c_edge"];
    let series = kinds.iter().enumerate().map(|(style, kind)| {
        let value = |row: &Row| row.constants.named().into_iter().find(|c| c.0 == *kind);
        let points = found
            .rows
            .iter()
            .filter_map(|row| Some(Point::new(value(row)?.1, of(row))));
        Series {
            name: (*kind).to_owned(),
            style,
            draw: Draw::Points,
            points: points.collect(),
        }
    });
    let title = format!("Bound against measured {truth}");
    Chart {
        id,
        title: &title,
        subtitle: "temperatures 1, 2 and 4; a point below the line would violate the theorem",
        describe: "Each point is one target at one temperature: the theoretical bound on the horizontal axis, the measured ratio on the vertical axis. \
                   Both axes are logarithmic; no point lies below the diagonal.",
        x: Scale {
            range: Some((SMALLEST, 1.0)),
            ..Scale::logarithmic("bound; smaller bounds are drawn at the left edge")
        },
        y: Scale::logarithmic(truth),
        series: series.collect(),
        references: vec![Reference::Diagonal {
            label: String::new(),
        }],
    }
    .svg()
}

fn sweeps(found: &Verification, id: &str, family: &str) -> String {
    let mine = found.sweeps.iter().filter(|s| s.family == family);
    let mut series = Vec::new();
    for (style, sweep) in mine.enumerate() {
        let size = sweep
            .model
            .strip_prefix(family)
            .unwrap_or(&sweep.model)
            .trim_start();
        series.push(Series {
            name: format!("{size}, Q~"),
            style,
            draw: Draw::Line,
            points: points(sweep, &sweep.first_order, 1),
        });
        series.push(Series {
            name: format!("{size}, Q"),
            style,
            draw: Draw::Points,
            points: points(sweep, &sweep.exact, 4),
        });
    }
    let title = format!("Gap against proposal temperature: {family}");
    Chart {
        id,
        title: &title,
        subtitle: "lines: Q~ (first-order differences); marks: Q (exact ones)",
        describe: "The spectral gap over proposal temperatures from 0.5 to 8, a line for each target, with a mark at temperature 2.",
        x: Scale::logarithmic("proposal temperature"),
        y: Scale::linear("spectral gap"),
        series,
        references: vec![Reference::Upright {
            at: 2.0,
            label: "2".into(),
        }],
    }
    .svg()
}

fn points(sweep: &Sweep, gaps: &[f64], step: usize) -> Vec<Point> {
    let pairs = sweep.temperatures.iter().zip(gaps).step_by(step);
    pairs.map(|(t, g)| Point::new(*t, *g)).collect()
}
