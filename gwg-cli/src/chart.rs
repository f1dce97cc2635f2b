//! Charts as SVG text: series on two axes, horizontal bars, and square maps of cells.
//!
//! A chart can be used alone or in a page: it contains its styles, follows the reader's light or dark theme, and has a
//! title and a description for screen readers. Series differ in color, marker and dash pattern, so that color alone
//! never distinguishes them. Equal inputs give equal bytes.

mod bars;
mod canvas;
mod legend;
mod marks;
mod matrix;
mod range;
mod series;

#[cfg(test)]
mod tests;

use canvas::{Canvas, HEIGHT};
pub(crate) use matrix::{Layer, Matrix};

/// Number of styles in the style sheet; higher style numbers wrap around.
pub(crate) const STYLES: usize = 10;

/// One axis of a chart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale<'a> {
    /// The quantity, with its unit.
    pub(crate) label: &'a str,
    /// Whether the axis is logarithmic; values that are not positive are then omitted.
    pub(crate) logarithmic: bool,
    /// The displayed range, if it is not that of the data; values outside are drawn at the edge.
    pub(crate) range: Option<(f64, f64)>,
}

impl<'a> Scale<'a> {
    /// A linear axis over the range of the data.
    pub(crate) const fn linear(label: &'a str) -> Self {
        Self {
            label,
            logarithmic: false,
            range: None,
        }
    }

    /// A decimal logarithmic axis over the range of the data.
    pub(crate) const fn logarithmic(label: &'a str) -> Self {
        Self {
            logarithmic: true,
            ..Self::linear(label)
        }
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Draw {
    Line,
    Points,
    /// A line, with a marker at each point.
    Both,
}

/// A point with the lower and upper end of its error bar. Points that are not finite are omitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) range: Option<(f64, f64)>,
}

impl Point {
    pub(crate) const fn new(x: f64, y: f64) -> Self {
        Self { x, y, range: None }
    }

    /// With an error bar from `low` to `high`.
    pub(crate) const fn between(x: f64, y: f64, low: f64, high: f64) -> Self {
        Self {
            x,
            y,
            range: Some((low, high)),
        }
    }
}

/// A sequence of points with one style.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Its name in the legend, as plain text.
    pub(crate) name: String,
    /// Its color, marker and dash pattern; a style number looks the same in every chart.
    pub(crate) style: usize,
    pub(crate) draw: Draw,
    /// The points, in the order in which the line connects them.
    pub(crate) points: Vec<Point>,
}

/// A reference line.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// The line y = x, if both axes show part of it.
    Diagonal { label: String },
    /// A horizontal line.
    Level { at: f64, label: String },
    /// A vertical line.
    Upright { at: f64, label: String },
}

/// A chart of series on two axes.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    /// Prefix of the element ids: unique in a page, of letters, digits and hyphens.
    pub(crate) id: &'a str,
    /// Plain text, as are all texts here.
    pub(crate) title: &'a str,
    /// A smaller line under the title; may be empty.
    pub(crate) subtitle: &'a str,
    /// A description of the picture for screen readers.
    pub(crate) describe: &'a str,
    pub(crate) x: Scale<'a>,
    pub(crate) y: Scale<'a>,
    pub(crate) series: Vec<Series>,
    pub(crate) references: Vec<Reference>,
}

impl Chart<'_> {
    /// The SVG; if no point can be shown, it contains a message instead.
    ///
    /// # Cost
    /// O(points); about 20 bytes per point.
    pub(crate) fn svg(&self) -> String {
        let mut canvas = Canvas::new(self.id, self.title, self.subtitle, self.describe);
        let (Some(x), Some(y)) = (range::across(self), range::up(self)) else {
            canvas.nothing();
            return canvas.finish();
        };
        let plot = canvas.plot(HEIGHT, &y);
        plot.axes(&mut canvas, (&x, self.x.label), (&y, self.y.label));
        // Drawn first, so that reference lines do not cover data.
        for reference in &self.references {
            series::reference(&mut canvas, &plot, &x, &y, reference);
        }
        for series in &self.series {
            series::draw(&mut canvas, &plot, &x, &y, series);
        }
        legend::draw(&mut canvas, &self.series);
        canvas.finish()
    }
}

/// One bar. An undefined value gives a row with only its note.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) name: String,
    /// Its color: see [`Series::style`].
    pub(crate) style: usize,
    pub(crate) value: Option<f64>,
    /// The ends of its error bar.
    pub(crate) range: Option<(f64, f64)>,
    /// Text at the end of the row: the formatted value, or why there is none.
    pub(crate) note: String,
    /// Whether the bar is hollow, for an unreliable value.
    pub(crate) hollow: bool,
}

/// Horizontal bars on one axis that begins at zero or, if it is logarithmic, at a round number below the smallest value.
#[derive(Clone, Debug)]
pub(crate) struct Bars<'a> {
    /// See [`Chart`] for this field and the following ones.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) subtitle: &'a str,
    pub(crate) describe: &'a str,
    pub(crate) x: Scale<'a>,
    pub(crate) bars: Vec<Bar>,
}

impl Bars<'_> {
    /// The SVG.
    pub(crate) fn svg(&self) -> String {
        let mut canvas = Canvas::new(self.id, self.title, self.subtitle, self.describe);
        match range::of_bars(self) {
            Some(x) => bars::draw(&mut canvas, &x, self),
            None => canvas.nothing(),
        }
        canvas.finish()
    }
}
