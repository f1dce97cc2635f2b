//! Horizontal bars: each has a line of text above it, so that names may be long and the page narrow.

use super::canvas::{Canvas, LETTER, Plot, WIDTH, units};
use super::{Bar, Bars, STYLES};
use crate::report::axis::Axis;
use std::fmt::Write;

const ROW: f64 = 37.0;
/// Height of the note's line, where it has no room beside the name.
const NOTE: f64 = 16.0;
const THICK: f64 = 11.0;

pub(super) fn draw(canvas: &mut Canvas, x: &Axis, bars: &Bars<'_>) {
    let width = |bar: &Bar| LETTER * (bar.name.chars().count() + bar.note.chars().count()) as f64;
    let (left, right) = (8.0, WIDTH - 14.0);
    let beside = bars.bars.iter().all(|bar| width(bar) + 16.0 < right - left);
    let note = if beside { 0.0 } else { NOTE };
    let plot = Plot {
        left,
        right,
        top: canvas.top + 2.0,
        bottom: canvas.top + 6.0 + (ROW + note) * bars.bars.len() as f64,
    };
    plot.across(canvas, x, bars.x.label);
    for (row, bar) in bars.bars.iter().enumerate() {
        let top = plot.top + (ROW + note) * row as f64;
        one(canvas, &plot, x, bar, (top, note));
    }
    canvas.top = plot.bottom + 42.0;
}

fn one(canvas: &mut Canvas, plot: &Plot, x: &Axis, bar: &Bar, (top, note): (f64, f64)) {
    canvas.text("said", (plot.left + 2.0, top + 14.0), &bar.name);
    canvas.text("said end", (plot.right, top + 14.0 + note), &bar.note);
    let top = top + note;
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
