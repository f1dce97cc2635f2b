//! The legend below the plot.

use super::Draw;
use super::Series;
use super::canvas::{Canvas, WIDTH};
use super::marks::{line_class, mark};
use crate::report::text::shortened;

/// Width of a line sample, and height of a row.
const SAMPLE: f64 = 30.0;
const ROW: f64 = 19.0;
/// Space before the first column, and between columns.
const LEFT: f64 = 8.0;
const GAP: f64 = 14.0;
/// Width of a letter in a wide font, so that columns do not overlap.
const LETTER: f64 = 8.0;

/// Draws the legend; a single series without a name needs none.
pub(super) fn draw(canvas: &mut Canvas, series: &[Series]) {
    if series.iter().all(|s| s.name.is_empty()) {
        return;
    }
    let (rows, lefts) = columns(series);
    for (i, series) in series.iter().enumerate() {
        // Filled column by column.
        let (column, row) = (i / rows, i % rows);
        let left = lefts.get(column).copied().unwrap_or(LEFT);
        let right = lefts.get(column + 1).map_or(WIDTH, |next| next - GAP);
        let middle = canvas.top + ROW * (row as f64 + 0.5);
        if series.draw != Draw::Points {
            let class = line_class(series.style);
            canvas.line(&class, (left, middle), (left + SAMPLE, middle));
        }
        if series.draw != Draw::Line {
            mark(canvas, series.style, (left + 0.5 * SAMPLE, middle));
        }
        let most = ((right - left - SAMPLE - 8.0) / LETTER) as usize;
        let name = shortened(&series.name, most);
        canvas.text("key", (left + SAMPLE + 8.0, middle + 4.5), &name);
    }
    canvas.top += ROW * rows as f64 + 4.0;
}

/// Number of rows, and left edges of the columns: as many columns as fit.
fn columns(series: &[Series]) -> (usize, Vec<f64>) {
    let width = |s: &Series| SAMPLE + 8.0 + GAP + LETTER * s.name.chars().count() as f64;
    let with = |columns: usize| {
        let rows = series.len().div_ceil(columns).max(1);
        let mut left = LEFT;
        let mut lefts = Vec::new();
        for column in series.chunks(rows) {
            lefts.push(left);
            left += column.iter().map(width).fold(0.0, f64::max);
        }
        (rows, lefts, left)
    };
    let fitting = (2..=4.min(series.len())).rev().map(with);
    let found = fitting.into_iter().find(|c| c.2 - GAP <= WIDTH);
    let (rows, lefts, _) = found.unwrap_or_else(|| with(1));
    (rows, lefts)
}
