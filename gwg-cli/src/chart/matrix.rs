//! A square map of cells, row 1 at the top.

use super::canvas::{Canvas, LETTER, WIDTH, units};
use crate::report::axis::Axis;

/// Height of a row of the legend, and the side of its squares.
const ROW: f64 = 19.0;
const SWATCH: f64 = 12.0;
/// The least side of a cell, so that a pair of many is seen.
const LEAST: f64 = 1.6;

/// Cells of one look.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// In the legend, as plain text; layers without a name are not in it.
    pub(crate) name: String,
    /// The class of its color: `c0` .. or `ink`.
    pub(crate) class: &'static str,
    pub(crate) opacity: f64,
    /// Rows and columns of a cell.
    pub(crate) size: usize,
    /// Row and column of the first corner of each cell, from 0.
    pub(crate) cells: Vec<(usize, usize)>,
}

/// A square map of cells over numbered rows and columns.
#[derive(Clone, Debug)]
pub(crate) struct Matrix<'a> {
    /// See [`Chart`](super::Chart) for this field and the following ones.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) subtitle: &'a str,
    pub(crate) describe: &'a str,
    /// What is numbered from 1 on both axes.
    pub(crate) axis: &'a str,
    /// Rows, and columns.
    pub(crate) size: usize,
    /// Drawn in this order.
    pub(crate) layers: Vec<Layer>,
}

impl Matrix<'_> {
    /// The SVG.
    ///
    /// # Cost
    /// O(cells); about 20 bytes per cell.
    pub(crate) fn svg(&self) -> String {
        let mut canvas = Canvas::new(self.id, self.title, self.subtitle, self.describe);
        let Some(axis) = Axis::whole(0.5, self.size as f64 + 0.5, 8) else {
            canvas.nothing();
            return canvas.finish();
        };
        let longest = axis.ticks.iter().map(|t| t.1.chars().count()).max();
        let left = 16.0 + LETTER * longest.unwrap_or(0) as f64;
        let top = canvas.top + 24.0;
        let side = WIDTH - 16.0 - left;
        let frame = Frame { left, top, side };
        frame.axes(&mut canvas, &axis, self.axis);
        for layer in &self.layers {
            frame.cells(&mut canvas, self.size, layer);
        }
        canvas.top = top + side + 42.0;
        self.legend(&mut canvas);
        canvas.finish()
    }

    fn legend(&self, canvas: &mut Canvas) {
        let mut left = 8.0;
        for layer in self.layers.iter().filter(|l| !l.name.is_empty()) {
            let width = SWATCH + 6.0 + 8.0 * layer.name.chars().count() as f64 + 14.0;
            if left > 8.0 && left + width > WIDTH {
                left = 8.0;
                canvas.top += ROW;
            }
            let y = canvas.top + 0.5 * (ROW - SWATCH);
            canvas.push(&format!(
                "<path class=\"cell {}\" fill-opacity=\"{}\" d=\"M{} {}h{SWATCH}v{SWATCH}h-{SWATCH}z\"/>",
                layer.class,
                layer.opacity,
                units(left),
                units(y)
            ));
            let text = (left + SWATCH + 6.0, canvas.top + 0.5 * ROW + 4.5);
            canvas.text("key", text, &layer.name);
            left += width;
        }
        canvas.top += ROW + 4.0;
    }
}

/// The square of the cells.
struct Frame {
    left: f64,
    top: f64,
    side: f64,
}

impl Frame {
    fn axes(&self, canvas: &mut Canvas, axis: &Axis, name: &str) {
        let (right, bottom) = (self.left + self.side, self.top + self.side);
        let mut free = f64::NEG_INFINITY;
        for (place, label) in &axis.ticks {
            let (x, y) = (self.left + place * self.side, self.top + place * self.side);
            canvas.line("grid", (self.left, y), (right, y));
            canvas.line("grid", (x, self.top), (x, bottom));
            canvas.text("soft end", (self.left - 6.0, y + 4.0), label);
            let half = 0.5 * LETTER * label.chars().count() as f64;
            if x - half > free && x + half <= WIDTH {
                canvas.text("soft mid", (x, bottom + 16.0), label);
                free = x + half + 4.0;
            }
        }
        canvas.push(&format!(
            "<path class=\"grid\" d=\"M{} {}h{2}v{2}h-{2}z\"/>",
            units(self.left),
            units(self.top),
            units(self.side)
        ));
        canvas.line("grid", (self.left, self.top), (right, bottom));
        canvas.text("name", (6.0, self.top - 12.0), name);
        canvas.text("name mid", (0.5 * (self.left + right), bottom + 34.0), name);
    }

    fn cells(&self, canvas: &mut Canvas, size: usize, layer: &Layer) {
        let cell = self.side / size.max(1) as f64;
        let mut path = String::new();
        for &(row, column) in &layer.cells {
            // Blocks at the end are cut.
            let span = |from: usize| layer.size.min(size.saturating_sub(from)) as f64 * cell;
            let (wide, high) = (span(column).max(LEAST), span(row).max(LEAST));
            path.push_str(&format!(
                "M{} {}h{w}v{}h-{w}z",
                fine(self.left + column as f64 * cell),
                fine(self.top + row as f64 * cell),
                fine(high),
                w = fine(wide)
            ));
        }
        if !path.is_empty() {
            canvas.push(&format!(
                "<path class=\"cell {}\" fill-opacity=\"{}\" d=\"{path}\"/>",
                layer.class, layer.opacity
            ));
        }
    }
}

/// A length to two decimals, so that cells touch.
fn fine(x: f64) -> String {
    let hundredths = (100.0 * x).round() / 100.0 + 0.0;
    format!("{hundredths}")
}
