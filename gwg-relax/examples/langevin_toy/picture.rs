//! The picture of a density with data and draws.

use super::{CELLS, HALF};
use std::fmt::Write;

/// The density as shades, data as hollow and draws as filled circles.
pub(crate) fn picture(density: &[f64], data: &[[f64; 2]], draws: &[[f64; 2]]) -> String {
    let scale = 100.0;
    let (side, cell) = (2.0 * HALF * scale, 2.0 * HALF * scale / CELLS as f64);
    let top = density.iter().fold(0.0f64, |m, &p| m.max(p));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">\n<title>Density, data (hollow), draws (filled)</title>\n"
    );
    for (k, p) in density.iter().enumerate() {
        let (x, y) = (
            (k % CELLS) as f64 * cell,
            side - (k / CELLS + 1) as f64 * cell,
        );
        let shade = (255.0 * (1.0 - 0.8 * (p / top).sqrt())) as u8;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{0:.2}\" height=\"{0:.2}\" fill=\"rgb({shade},{shade},255)\"/>",
            cell + 0.3
        );
    }
    for (points, style) in [
        (data, "fill=\"none\" stroke=\"#555\" stroke-width=\"0.8\""),
        (draws, "fill=\"#c03010\""),
    ] {
        for [x, y] in points.iter().take(400) {
            let (x, y) = ((x + HALF) * scale, (HALF - y) * scale);
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" {style}/>");
        }
    }
    svg.push_str("</svg>\n");
    svg
}
