//! Figures against the key in which the models differ.

use super::Figure;
use crate::chart::{Chart, Draw, Point, Scale, Series};
use crate::compare::Comparison;
use crate::compare::section::{Row, Section};
use crate::compare::varied::Varied;

/// Extracts a value and its error from a row.
type Of<'f> = &'f dyn Fn(&Row) -> Option<(f64, f64)>;

/// Plots ESS per second and the final RMSE against the key that varies.
pub(in crate::compare) fn of_varied(comparison: &Comparison<'_>, varied: &Varied) -> Vec<Figure> {
    let speed = |row: &Row| {
        let e = row
            .figures
            .ess_per_second
            .filter(|_| row.candidate.fault().is_none())?;
        let error = e.error.unwrap_or(0.0);
        Some((e.value, error))
    };
    let kinds: [(&str, &str, &'static str, Of<'_>); 2] = [
        (
            "ess-second",
            "ESS per second",
            "Effective draws per second against the key that varies, where the sampler's chains agree.",
            &speed,
        ),
        (
            "rmse",
            "RMSE",
            "Error of the means at the end of each run.",
            &|row| Some((row.last("rmse")?, 0.0)),
        ),
    ];
    let figure = |(file, title, caption, of): (&str, &str, &'static str, Of<'_>)| {
        let name = format!("varied-{file}");
        let series = lines(comparison, varied, of);
        if series.iter().all(|s| s.points.is_empty()) {
            return None;
        }
        let model = &comparison.sections.first()?.model;
        let kind = model.split(':').next().unwrap_or_default();
        let svg = Chart {
            id: &name,
            title: &format!("{title} against {}", varied.key),
            subtitle: &format!("{kind}; {}", comparison.allowance()),
            describe: &varied.text(),
            x: Scale::linear(&varied.key),
            y: Scale::logarithmic(title),
            series,
            references: Vec::new(),
        }
        .svg();
        Some(Figure { name, svg, caption })
    };
    kinds.into_iter().filter_map(figure).collect()
}

fn lines(comparison: &Comparison<'_>, varied: &Varied, of: Of<'_>) -> Vec<Series> {
    let mut found: Vec<Series> = Vec::new();
    let mut sections: Vec<(f64, &Section)> = varied
        .values
        .iter()
        .copied()
        .zip(&comparison.sections)
        .collect();
    sections.sort_by(|a, b| a.0.total_cmp(&b.0));
    for row in comparison.sections.iter().flat_map(|s| &s.rows) {
        let Some(style) = row.entrant.style else {
            continue;
        };
        if found.iter().any(|s| s.style == style) {
            continue;
        }
        let point = |(x, section): &(f64, &Section)| {
            let row = section
                .rows
                .iter()
                .find(|r| r.entrant.style == Some(style))?;
            let (y, error) = of(row)?;
            Some(if error > 0.0 {
                Point::between(*x, y, y - error, y + error)
            } else {
                Point::new(*x, y)
            })
        };
        found.push(Series {
            name: row.entrant.name.clone(),
            style,
            draw: Draw::Both,
            points: sections.iter().filter_map(point).collect(),
        });
    }
    found
}
