//! Charts as SVG text: series over two axes, and rows of bars.
//!
//! A chart stands alone or in a page: it brings its style, follows the reader's light or dark theme, and has a title
//! and a description for those who do not see it. Series differ by color, by marker and by dash, so that no one
//! has to tell them apart by color. The same input gives the same bytes.

mod bars;
mod canvas;
mod legend;
mod marks;
mod range;
mod series;

#[cfg(test)]
mod tests;

use canvas::{Canvas, HEIGHT};

/// What the style sheet and the shapes have; styles beyond begin again from the first.
pub(crate) const STYLES: usize = 10;

/// One axis of a chart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale<'a> {
    /// What it measures, with its unit.
    pub(crate) label: &'a str,
    /// By the logarithm: what is not positive is left out.
    pub(crate) logarithmic: bool,
    /// The range shown, where it is not to be that of the data; values beyond it stand at the edge.
    pub(crate) range: Option<(f64, f64)>,
}

impl<'a> Scale<'a> {
    /// By the values themselves, in the range of the data.
    pub(crate) const fn linear(label: &'a str) -> Self {
        Self {
            label,
            logarithmic: false,
            range: None,
        }
    }

    /// By the decimal logarithm of the values, in the range of the data.
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

/// One point, with the lower and upper end of its error bar. A point that is not finite is left out.
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

/// Points that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// As the legend has it; plain text.
    pub(crate) name: String,
    /// Its color, marker and dash: the same number looks the same in every chart.
    pub(crate) style: usize,
    pub(crate) draw: Draw,
    /// In the order in which the line visits them.
    pub(crate) points: Vec<Point>,
}

/// A line to read the series by.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// y = x, where both axes show it.
    Diagonal { label: String },
    /// A horizontal line.
    Level { at: f64, label: String },
    /// A vertical line.
    Upright { at: f64, label: String },
}

/// Series over two axes.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    /// Begins the ids of its elements: unique in a page, letters, digits and hyphens.
    pub(crate) id: &'a str,
    /// Plain text, as all texts here.
    pub(crate) title: &'a str,
    /// A smaller line under the title; may be empty.
    pub(crate) subtitle: &'a str,
    /// What the picture shows, for those who do not see it.
    pub(crate) describe: &'a str,
    pub(crate) x: Scale<'a>,
    pub(crate) y: Scale<'a>,
    pub(crate) series: Vec<Series>,
    pub(crate) references: Vec<Reference>,
}

impl Chart<'_> {
    /// The SVG; one that says that there is nothing to show where no point is on the axes.
    ///
    /// # Cost
    /// O(points); about 20 bytes a point.
    pub(crate) fn svg(&self) -> String {
        let mut canvas = Canvas::new(self.id, self.title, self.subtitle, self.describe);
        let (Some(x), Some(y)) = (range::across(self), range::up(self)) else {
            canvas.nothing();
            return canvas.finish();
        };
        let plot = canvas.plot(HEIGHT, &y);
        plot.axes(&mut canvas, (&x, self.x.label), (&y, self.y.label));
        // First: no line to read by may hide what is to be read.
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

/// One bar. An undefined value is a row with its note alone.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) name: String,
    /// Its color: see [`Series::style`].
    pub(crate) style: usize,
    pub(crate) value: Option<f64>,
    /// The ends of its error bar.
    pub(crate) range: Option<(f64, f64)>,
    /// Stands at the end of its row: the value as people read it, or why there is none.
    pub(crate) note: String,
    /// Drawn hollow: a value that is not to be relied on.
    pub(crate) hollow: bool,
}

/// Rows of bars over one axis, from zero, or on a logarithmic axis from its lower end.
#[derive(Clone, Debug)]
pub(crate) struct Bars<'a> {
    /// See [`Chart`], for this and what follows.
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
