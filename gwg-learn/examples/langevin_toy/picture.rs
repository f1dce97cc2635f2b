//! The picture of an energy with data and draws.

use super::energy::{CELLS, HALF};
use std::fmt::Write;

/// Pixels per unit.
const SCALE: f64 = 100.0;
/// Energies above the lowest at which there is a contour.
const LEVELS: [f64; 5] = [1.0, 2.0, 4.0, 7.0, 11.0];

/// `exp(-E)` as shades, `E` as contours, data as hollow and draws as filled circles.
pub(crate) fn picture(energy: &[f64], data: &[[f64; 2]], draws: &[[f64; 2]]) -> String {
    let (side, cell) = (2.0 * HALF * SCALE, 2.0 * HALF * SCALE / CELLS as f64);
    let lowest = energy.iter().fold(f64::INFINITY, |m, &e| m.min(e));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">\n<title>Density (shades), energy {LEVELS:?} above its least (contours), data (hollow), draws (filled)</title>\n"
    );
    for (k, e) in energy.iter().enumerate() {
        let (x, y) = (
            (k % CELLS) as f64 * cell,
            side - (k / CELLS + 1) as f64 * cell,
        );
        let shade = (255.0 * (1.0 - 0.8 * (0.5 * (lowest - e)).exp())) as u8;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{0:.2}\" height=\"{0:.2}\" fill=\"rgb({shade},{shade},255)\"/>",
            cell + 0.3
        );
    }
    for level in LEVELS {
        let path = contour(energy, lowest + level, cell);
        let _ = writeln!(svg, "<path d=\"{path}\" fill=\"none\" stroke=\"#246\"/>");
    }
    for (points, style) in [
        (data, "fill=\"none\" stroke=\"#555\" stroke-width=\"0.8\""),
        (draws, "fill=\"#c03010\""),
    ] {
        for [x, y] in points.iter().take(400) {
            let (x, y) = ((x + HALF) * SCALE, (HALF - y) * SCALE);
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" {style}/>");
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// The line where the energy has this value, between the centers of cells: in each square of four, two at a time of the edges that it crosses.
fn contour(energy: &[f64], level: f64, cell: f64) -> String {
    let mut path = String::new();
    for row in 0..CELLS - 1 {
        for column in 0..CELLS - 1 {
            let corners = [(0, 0), (1, 0), (1, 1), (0, 1)];
            let at = |(x, y): (usize, usize)| energy[(row + y) * CELLS + column + x] - level;
            let crossed: Vec<(f64, f64)> = (0..4)
                .filter_map(|k| {
                    let (from, to) = (corners[k], corners[(k + 1) % 4]);
                    let (a, b) = (at(from), at(to));
                    let share = a / (a - b);
                    let along = |a: usize, b: usize| a as f64 + share * (b as f64 - a as f64);
                    ((a < 0.0) != (b < 0.0)).then(|| (along(from.0, to.0), along(from.1, to.1)))
                })
                .collect();
            for pair in crossed.chunks_exact(2) {
                for (command, (x, y)) in ["M", "L"].into_iter().zip(pair) {
                    let x = (column as f64 + 0.5 + x) * cell;
                    let y = 2.0 * HALF * SCALE - (row as f64 + 0.5 + y) * cell;
                    let _ = write!(path, "{command}{x:.1} {y:.1}");
                }
            }
        }
    }
    path
}
