//! The drawing area of a chart, filled from top to bottom.

use crate::report::axis::Axis;
use crate::report::frame::{role, titles};
use crate::report::text::{escape, number};
use std::fmt::Write;

/// Width in units. A page shows a chart at 325 pixels (on a phone) to 480, so that text is never smaller than 10 pixels.
pub(super) const WIDTH: f64 = 400.0;
/// Height of a plot in units.
pub(super) const HEIGHT: f64 = 250.0;
/// Margin to the right of a plot.
const RIGHT: f64 = 16.0;
/// Average widths of a letter in the title and in all other text.
const TITLE_LETTER: f64 = 8.8;
pub(super) const LETTER: f64 = 7.5;

pub(super) const STYLE: &str = include_str!("style.css");

/// An SVG that grows downwards.
pub(super) struct Canvas {
    head: String,
    body: String,
    /// Vertical position of the next part.
    pub(super) top: f64,
}

impl Canvas {
    pub(super) fn new(id: &str, title: &str, subtitle: &str, describe: &str) -> Self {
        let mut canvas = Self {
            head: format!("{}>{}", role(id), titles(id, title, describe)),
            body: String::new(),
            top: 8.0,
        };
        canvas.lines("title", title, TITLE_LETTER, 18.0);
        canvas.lines("soft", subtitle, LETTER, 16.0);
        canvas.top += 6.0;
        canvas
    }

    /// Wraps and draws text.
    fn lines(&mut self, class: &str, text: &str, letter: f64, height: f64) {
        for line in wrapped(text, ((WIDTH - 12.0) / letter) as usize) {
            self.top += height;
            self.text(class, (6.0, self.top - 4.0), &line);
        }
    }

    pub(super) fn push(&mut self, element: &str) {
        self.body.push_str(element);
    }

    /// Draws plain text; its class sets whether `at` is the start, middle or end of its baseline.
    pub(super) fn text(&mut self, class: &str, at: (f64, f64), text: &str) {
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            units(at.0),
            units(at.1),
            escape(text)
        );
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let _ = write!(
            self.body,
            "<path class=\"{class}\" d=\"M{} {}L{} {}\"/>",
            units(from.0),
            units(from.1),
            units(to.0),
            units(to.1)
        );
    }

    /// Allocates a plot of the given height, with room at the left for the labels of `y`.
    pub(super) fn plot(&mut self, height: f64, y: &Axis) -> Plot {
        let longest = y.ticks.iter().map(|t| t.1.chars().count()).max();
        let plot = Plot {
            left: 16.0 + LETTER * longest.unwrap_or(0) as f64,
            right: WIDTH - RIGHT,
            top: self.top + 24.0,
            bottom: self.top + 24.0 + height,
        };
        self.top = plot.bottom + 42.0;
        plot
    }

    pub(super) fn nothing(&mut self) {
        self.top += 30.0;
        self.text(
            "soft",
            (6.0, self.top - 10.0),
            "Nothing to show: no value is defined.",
        );
    }

    pub(super) fn finish(self) -> String {
        let height = units(self.top + 6.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" {}\
             <style>{STYLE}</style><rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>{}</svg>",
            self.head, self.body
        )
    }
}

/// The rectangle in which data are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Plot {
    pub(super) fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + axis.place(value) * (self.right - self.left)
    }

    pub(super) fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - axis.place(value) * (self.bottom - self.top)
    }

    /// Draws the grid, tick labels and names of both axes.
    pub(super) fn axes(&self, canvas: &mut Canvas, x: (&Axis, &str), y: (&Axis, &str)) {
        for (place, label) in &y.0.ticks {
            let at = self.bottom - place * (self.bottom - self.top);
            canvas.line("grid", (self.left, at), (self.right, at));
            canvas.text("soft end", (self.left - 6.0, at + 4.0), label);
        }
        canvas.text("name", (6.0, self.top - 12.0), &relative(y.1, y.0));
        self.across(canvas, x.0, x.1);
    }

    /// Draws the vertical grid lines and the horizontal axis.
    pub(super) fn across(&self, canvas: &mut Canvas, x: &Axis, name: &str) {
        let mut free = f64::NEG_INFINITY;
        for (place, label) in &x.ticks {
            let at = self.left + place * (self.right - self.left);
            canvas.line("grid", (at, self.top), (at, self.bottom));
            let half = 0.5 * LETTER * label.chars().count() as f64;
            // A label that would touch its neighbor is omitted; its grid line stays. The first one does not leave the picture.
            let middle = at.max(half + 1.0);
            if middle - half > free && middle + half <= WIDTH {
                canvas.text("soft mid", (middle, self.bottom + 16.0), label);
                free = middle + half + 4.0;
            }
        }
        let middle = 0.5 * (self.left + self.right);
        canvas.text("name mid", (middle, self.bottom + 34.0), &relative(name, x));
    }
}

/// The name of an axis; if its labels are relative to a base, the base is appended.
fn relative(name: &str, axis: &Axis) -> String {
    match axis.base {
        Some(base) => format!("{name}, from {}", number(base, 15)),
        None => name.to_owned(),
    }
}

/// Formats a length to one decimal.
pub(super) fn units(x: f64) -> String {
    let tenths = (10.0 * x).round() / 10.0 + 0.0;
    format!("{tenths}")
}

/// Wraps text at spaces, or after commas in words longer than a line.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split_inclusive([' ', ',']) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.trim_end().chars().count() <= most => {
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}
