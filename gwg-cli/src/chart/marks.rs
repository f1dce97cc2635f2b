//! Markers, dash patterns and colors of the styles; no two styles share all three.

use super::STYLES;
use super::canvas::{Canvas, units};

/// Half the size of a marker.
const SIZE: f64 = 4.0;

/// The CSS classes of a line.
pub(super) fn line_class(style: usize) -> String {
    let style = style % STYLES;
    format!("line c{style} d{}", style % 5)
}

/// Draws a marker centered at a position.
pub(super) fn mark(canvas: &mut Canvas, style: usize, at: (f64, f64)) {
    let style = style % STYLES;
    // Every other shape is filled, because fill is easier to distinguish than shape in dense plots.
    let fill = if style.is_multiple_of(2) { " full" } else { "" };
    canvas.push(&format!(
        "<path class=\"mark c{style}{fill}\" d=\"M{} {}{}\"/>",
        units(at.0),
        units(at.1),
        shape(style)
    ));
}

/// Path of a marker, relative to its center.
fn shape(style: usize) -> String {
    let s = SIZE;
    let polygon = |corners: &[(f64, f64)]| {
        let mut path = String::new();
        let mut last = (0.0, 0.0);
        for (i, corner) in corners.iter().enumerate() {
            path.push(if i == 0 { 'm' } else { 'l' });
            path.push_str(&format!(
                "{} {}",
                units(corner.0 - last.0),
                units(corner.1 - last.1)
            ));
            last = *corner;
        }
        path + "z"
    };
    match style {
        0 => format!(
            "m-{s} 0a{s} {s} 0 1 0 {d} 0a{s} {s} 0 1 0 -{d} 0z",
            d = 2.0 * s
        ),
        1 => polygon(&[(-s, -s), (s, -s), (s, s), (-s, s)]),
        2 => polygon(&[(0.0, -1.2 * s), (1.2 * s, s), (-1.2 * s, s)]),
        3 => polygon(&[
            (0.0, -1.4 * s),
            (1.4 * s, 0.0),
            (0.0, 1.4 * s),
            (-1.4 * s, 0.0),
        ]),
        4 => format!("m-{s} -{s}l{d} {d}m0 -{d}l-{d} {d}", d = 2.0 * s),
        5 => polygon(&[(0.0, 1.2 * s), (1.2 * s, -s), (-1.2 * s, -s)]),
        6 => format!("m-{w} 0h{d}m-{w} -{w}v{d}", w = 1.2 * s, d = 2.4 * s),
        7 => format!(
            "m-{s} 0a{s} {s} 0 1 0 {d} 0a{s} {s} 0 1 0 -{d} 0z",
            d = 2.0 * s
        ),
        8 => polygon(&[(-s, -s), (s, -s), (-s, s), (s, s)]),
        _ => polygon(&[(-s, -1.2 * s), (s, 0.0), (-s, 1.2 * s)]),
    }
}
