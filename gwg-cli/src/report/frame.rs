//! The frame shared by all plots: axes, grid, labels and alternative text.
//!
//! A plot is as wide as the page allows, while its text keeps its size: labels are positioned in percent of the frame,
//! and the data are in a nested SVG that is stretched. Colors are CSS classes, set separately for screen, dark theme and print.

use super::axis::Axis;
use super::text::{escape, number, shortened};

/// Units of the stretched data area, horizontally and vertically.
pub(super) const WIDTH: f64 = 2000.0;
/// See [`WIDTH`].
pub(super) const HEIGHT: f64 = 1000.0;
/// Width in pixels of a digit of a tick label.
const LETTER: usize = 7;
/// Width in pixels of a data area on a phone.
const NARROW: usize = 230;
/// Most letters of the name of an axis, which fit on a phone.
const NAME: usize = 44;

/// A plot without its data.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// Unique in the page.
    pub(super) id: &'a str,
    /// Plain text, escaped here.
    pub(super) title: &'a str,
    /// Plain-text description for screen readers, escaped here.
    pub(super) describe: &'a str,
    pub(super) x: &'a Axis,
    pub(super) x_label: &'a str,
    pub(super) y: &'a Axis,
    pub(super) y_label: &'a str,
}

impl Frame<'_> {
    /// The whole SVG around `data`, whose elements are in the units of the data area.
    pub(super) fn svg(&self, data: &str) -> String {
        self.svg_with(data, "")
    }

    /// The same, with elements that keep their shape, positioned in percent of the frame.
    pub(super) fn svg_with(&self, data: &str, over: &str) -> String {
        let longest = self.y.ticks.iter().map(|t| t.1.len()).max().unwrap_or(0);
        let left = 14 + LETTER * longest;
        let y_label = relative(self.y_label, self.y.base);
        let x_label = relative(self.x_label, self.x.base);
        format!(
            "<svg class=\"plot{}\" {} style=\"padding-left:{left}px\">{}{}{}\
             <text class=\"name\" x=\"{}\" y=\"-14\">{y_label}</text>\
             <text class=\"name mid\" x=\"50%\" y=\"100%\" dy=\"36\">{x_label}</text>\
             <svg class=\"data\" width=\"100%\" height=\"100%\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\">{data}</svg>{over}</svg>",
            if crowded(&self.x.ticks) {
                " crowded"
            } else {
                ""
            },
            role(self.id),
            titles(self.id, self.title, self.describe),
            self.y.ticks.iter().map(y_tick).collect::<String>(),
            self.x.ticks.iter().map(x_tick).collect::<String>(),
            -(left as isize),
        )
    }
}

/// Whether the labels do not fit next to each other on a phone, where every second one is then hidden.
fn crowded(ticks: &[(f64, String)]) -> bool {
    let width: usize = ticks.iter().map(|t| LETTER * t.1.len() + 12).sum();
    width > NARROW
}

/// Attributes that make an SVG a single image with an accessible name.
pub(crate) fn role(id: &str) -> String {
    format!("role=\"img\" aria-labelledby=\"{id}-t {id}-d\"")
}

/// The title and description that [`role`] refers to; plain text, escaped here.
pub(crate) fn titles(id: &str, title: &str, describe: &str) -> String {
    format!(
        "<title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escape(title),
        escape(describe)
    )
}

fn relative(name: &str, base: Option<f64>) -> String {
    let base = base.map_or_else(String::new, |base| format!(", from {}", plain(base)));
    escape(&shortened(name, NAME.saturating_sub(base.len()))) + &base
}

/// A round number without an exponent, unless that is too long.
fn plain(base: f64) -> String {
    if base.abs() < 1e15 && base.fract() == 0.0 {
        return format!("{base:.0}");
    }
    number(base, 15)
}

fn y_tick((place, label): &(f64, String)) -> String {
    let y = percent(1.0 - place);
    format!(
        "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\
         <text class=\"tick end\" x=\"-7\" y=\"{y}\" dy=\"4\">{label}</text>"
    )
}

/// A tick label below the frame, with a tick mark.
pub(super) fn x_tick((place, label): &(f64, String)) -> String {
    let x = percent(*place);
    format!(
        "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"100%\"/>\
         <text class=\"tick mid\" x=\"{x}\" y=\"100%\" dy=\"17\">{label}</text>"
    )
}

pub(super) fn percent(fraction: f64) -> String {
    format!("{}%", number(100.0 * fraction, 4))
}

/// Path data through points given as axis positions, with (0, 0) at the lower left; coinciding points are merged.
pub(super) fn line(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    let mut last: Option<(i64, i64)> = None;
    for (x, y) in points {
        let here = (units(x, WIDTH), units(1.0 - y, HEIGHT));
        match last {
            None => path = format!("M{} {}l", here.0, here.1),
            Some(last) if last == here => continue,
            Some(last) => {
                number_after(&mut path, here.0 - last.0);
                number_after(&mut path, here.1 - last.1);
            }
        }
        last = Some(here);
    }
    // A segment of length zero, so that a single point is still a valid path.
    if path.ends_with('l') {
        path.push_str("0 0");
    }
    path
}

fn units(place: f64, size: f64) -> i64 {
    (place * size).round() as i64
}

/// Appends a number with the shortest separator that SVG allows.
fn number_after(path: &mut String, number: i64) {
    if number >= 0 && path.ends_with(|c: char| c.is_ascii_digit()) {
        path.push(' ');
    }
    path.push_str(&number.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_labels_of_a_narrow_axis_are_marked_and_long_names_cut() {
        let (short, long) = (Axis::whole(0.0, 50.0, 6), Axis::whole(0.0, 1e6, 6));
        let (short, long) = (short.unwrap(), long.unwrap());
        let svg = |x: &Axis, name: &str| {
            Frame {
                id: "f",
                title: "t",
                describe: "d",
                x,
                x_label: name,
                y: &short,
                y_label: "y",
            }
            .svg("")
        };
        assert!(svg(&short, "draw").contains("class=\"plot\""));
        let svg = svg(&long, &"n".repeat(60));
        assert!(svg.contains("class=\"plot crowded\""));
        assert!(svg.contains(&format!(">{}\u{2026}<", "n".repeat(NAME - 1))));
    }

    #[test]
    fn paths_are_relative_and_short() {
        let path = line([(0.0, 0.0), (0.0, 0.0), (0.5, 1.0), (1.0, 0.5)]);
        assert_eq!(path, "M0 1000l1000-1000 1000 500");
        assert_eq!(line([(0.5, 0.5)]), "M1000 500l0 0");
        assert_eq!(line([]), "");
    }
}
