//! Series and reference lines in a plot.

use super::canvas::{Canvas, LETTER, Plot, units};
use super::marks::{line_class, mark};
use super::{Draw, Point, Reference, STYLES, Series, range};
use crate::report::axis::Axis;

pub(super) fn draw(canvas: &mut Canvas, plot: &Plot, x: &Axis, y: &Axis, series: &Series) {
    let shown: Vec<&Point> = series
        .points
        .iter()
        .filter(|p| range::shown(x, y, p))
        .collect();
    let at = |p: &Point| (plot.x(x, p.x), plot.y(y, p.y));
    if series.draw != Draw::Points && shown.len() > 1 {
        let mut path = String::new();
        for (i, point) in shown.iter().enumerate() {
            let (x, y) = at(point);
            path.push(if i == 0 { 'M' } else { 'L' });
            path.push_str(&format!("{} {}", units(x), units(y)));
        }
        let class = line_class(series.style);
        canvas.push(&format!("<path class=\"{class}\" d=\"{path}\"/>"));
    }
    for point in &shown {
        error_bar(canvas, plot, (x, y), point, series.style);
    }
    // A line through one point would be invisible.
    if series.draw != Draw::Line || shown.len() == 1 {
        for point in &shown {
            mark(canvas, series.style, at(point));
        }
    }
}

fn error_bar(canvas: &mut Canvas, plot: &Plot, axes: (&Axis, &Axis), point: &Point, style: usize) {
    let Some((low, high)) = point.range.filter(|r| r.0.is_finite() && r.1.is_finite()) else {
        return;
    };
    let x = plot.x(axes.0, point.x);
    let bottom = if axes.1.shows(low) {
        plot.y(axes.1, low)
    } else {
        plot.bottom
    };
    let top = plot.y(axes.1, high);
    let class = format!("error c{}", style % STYLES);
    canvas.line(&class, (x, bottom), (x, top));
    for end in [bottom, top] {
        canvas.line(&class, (x - 3.0, end), (x + 3.0, end));
    }
}

pub(super) fn reference(
    canvas: &mut Canvas,
    plot: &Plot,
    x: &Axis,
    y: &Axis,
    reference: &Reference,
) {
    match reference {
        Reference::Level { at, label } if y.shows(*at) => {
            let at = plot.y(y, *at);
            canvas.line("reference", (plot.left, at), (plot.right, at));
            // Above the line, or below it if there is no room above.
            let text = if at - plot.top > 18.0 {
                at - 5.0
            } else {
                at + 15.0
            };
            // At the left, where curves that converge to a floor are still far above it.
            canvas.text("said", (plot.left + 5.0, text), label);
        }
        Reference::Upright { at, label } if x.shows(*at) => {
            let at = plot.x(x, *at);
            canvas.line("reference", (at, plot.top), (at, plot.bottom));
            let width = LETTER * label.chars().count() as f64;
            let (class, text) = if at + width + 5.0 < plot.right {
                ("said", at + 5.0)
            } else {
                ("said end", at - 5.0)
            };
            canvas.text(class, (text, plot.top + 13.0), label);
        }
        Reference::Diagonal { label } => {
            let (from, to) = (x.low().max(y.low()), x.high().min(y.high()));
            if from < to {
                let at = |v: f64| (plot.x(x, v), plot.y(y, v));
                canvas.line("reference", at(from), at(to));
                let end = at(to);
                canvas.text("said end", (end.0 - 8.0, end.1 + 13.0), label);
            }
        }
        _ => {}
    }
}
