//! Horizontal bars: each has a line of text above it, so that names may be long and the page narrow.

use super::canvas::{Canvas, Plot, WIDTH, units};
use super::{Bar, Bars, STYLES};
use crate::report::axis::Axis;
use std::fmt::Write;

const ROW: f64 = 37.0;
const THICK: f64 = 11.0;

pub(super) fn draw(canvas: &mut Canvas, x: &Axis, bars: &Bars<'_>) {
    let plot = Plot {
        left: 8.0,
        right: WIDTH - 14.0,
        top: canvas.top + 2.0,
        bottom: canvas.top + 6.0 + ROW * bars.bars.len() as f64,
    };
    plot.across(canvas, x, bars.x.label);
    for (row, bar) in bars.bars.iter().enumerate() {
        one(canvas, &plot, x, bar, plot.top + ROW * row as f64);
    }
    canvas.top = plot.bottom + 42.0;
}

fn one(canvas: &mut Canvas, plot: &Plot, x: &Axis, bar: &Bar, top: f64) {
    canvas.text("said", (plot.left + 2.0, top + 14.0), &bar.name);
    canvas.text("said end", (plot.right, top + 14.0), &bar.note);
    let Some(value) = bar.value.filter(|v| x.shows(*v)) else {
        return;
    };
    let zero = if x.shows(0.0) {
        plot.x(x, 0.0)
    } else {
        plot.left
    };
    let end = plot.x(x, value);
    let (left, right) = (zero.min(end), zero.max(end));
    let class = if bar.hollow { "hollow" } else { "bar" };
    let mut element = String::new();
    let _ = write!(
        element,
        "<path class=\"{class} c{}\" d=\"M{} {}h{}v{THICK}h-{}z\"/>",
        bar.style % STYLES,
        units(left),
        units(top + 20.0),
        units(right - left),
        units(right - left)
    );
    canvas.push(&element);
    if let Some((low, high)) = bar.range.filter(|r| r.0.is_finite() && r.1.is_finite()) {
        let low = if x.shows(low) {
            plot.x(x, low)
        } else {
            plot.left
        };
        let (high, middle) = (plot.x(x, high), top + 20.0 + 0.5 * THICK);
        canvas.line("whisker", (low, middle), (high, middle));
        for end in [low, high] {
            canvas.line("whisker", (end, middle - 3.5), (end, middle + 3.5));
        }
    }
}
