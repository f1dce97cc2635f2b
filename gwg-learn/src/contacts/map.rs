//! A map of contacts as a figure.

use super::Contacts;
use std::fmt::Write as _;

/// The width of the figure in units; text is 13 units high, at least 11 pixels on a phone.
const WIDTH: f64 = 400.0;
/// The square of the cells.
const LEFT: f64 = 46.0;
const TOP: f64 = 68.0;
const SIDE: f64 = WIDTH - LEFT - 14.0;
/// Height of a row of the legend.
const ROW: f64 = 19.0;
/// The least sides of a known contact and of a prediction.
const LEAST_KNOWN: f64 = 1.6;
const LEAST_PREDICTED: f64 = 4.0;

/// How pairs are drawn: they differ in lightness and in being filled, so that they can be distinguished in gray, too.
const KNOWN: &str = "fill=\"#b3bac2\"";
const RIGHT: &str = "fill=\"#0b4f8a\"";
const WRONG: &str = "fill=\"#fff\" stroke=\"#c44e00\" stroke-width=\"1.3\"";

/// A map of contacts in SVG: predicted pairs above the diagonal, over the known contacts, which are below it, too.
///
/// Known contacts are light gray. A predicted pair is a filled blue square where it is a known contact or none are known (`None`), and else an
/// empty orange one. Sites are numbered from 1, from the upper left corner. The figure has a white ground, and a legend. Equal inputs give
/// equal bytes.
#[must_use]
pub fn contact_map(
    sites: usize,
    predicted: &[(usize, usize)],
    contacts: Option<&Contacts>,
) -> String {
    let inside = |&(i, j): &(usize, usize)| i < sites && j < sites;
    let above = |&(i, j): &(usize, usize)| (i.min(j), i.max(j));
    let drawn = predicted.iter().filter(|pair| inside(pair)).map(above);
    let is_right = |&(i, j): &(usize, usize)| contacts.is_none_or(|c| c.contains(i, j));
    let (right, wrong): (Vec<_>, Vec<_>) = drawn.partition(is_right);
    let known: Vec<_> = contacts
        .map(|known| known.iter().filter(inside).collect())
        .unwrap_or_default();
    let both = known.iter().flat_map(|&(i, j)| [(i, j), (j, i)]);
    let both: Vec<_> = both.collect();
    let legend = match contacts {
        None => vec![(RIGHT, format!("predicted contacts ({})", right.len()))],
        Some(_) => vec![
            (
                RIGHT,
                format!("predicted, a known contact ({})", right.len()),
            ),
            (
                WRONG,
                format!("predicted, no known contact ({})", wrong.len()),
            ),
            (KNOWN, format!("known contacts ({})", known.len())),
        ],
    };
    let what = match contacts {
        None => "above the diagonal",
        Some(_) => "above the diagonal, known on both sides",
    };
    let height = TOP + SIDE + 48.0 + ROW * legend.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" \
         role=\"img\" aria-label=\"Contacts of {sites} sites: predicted {what}. {}.\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"6\" y=\"20\" font-size=\"15\" font-weight=\"600\" fill=\"#1b1f24\">Predicted contacts</text>\n\
         <text x=\"6\" y=\"38\" fill=\"#57606a\">Predicted {what}</text>\n",
        legend
            .iter()
            .map(|l| l.1.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    );
    axes(&mut svg, sites);
    cells(&mut svg, sites, &both, KNOWN, LEAST_KNOWN);
    cells(&mut svg, sites, &wrong, WRONG, LEAST_PREDICTED);
    cells(&mut svg, sites, &right, RIGHT, LEAST_PREDICTED);
    for (k, (paint, text)) in legend.iter().enumerate() {
        let y = TOP + SIDE + 44.0 + ROW * k as f64;
        let _ = writeln!(
            svg,
            "<rect {paint} x=\"{LEFT}\" y=\"{}\" width=\"10\" height=\"10\"/><text x=\"{}\" y=\"{}\" fill=\"#1b1f24\">{text}</text>",
            y,
            LEFT + 18.0,
            y + 10.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Cells (row, column) as one path, each at least so large.
fn cells(svg: &mut String, sites: usize, cells: &[(usize, usize)], paint: &str, least: f64) {
    if cells.is_empty() {
        return;
    }
    let side = (SIDE / sites as f64).max(least);
    let corner = |site: usize| (site as f64 + 0.5) * SIDE / sites as f64 - 0.5 * side;
    let side = units(side);
    let mut path = String::new();
    for &(row, column) in cells {
        let (x, y) = (units(LEFT + corner(column)), units(TOP + corner(row)));
        let _ = write!(path, "M{x} {y}h{side}v{side}h-{side}z");
    }
    let _ = writeln!(svg, "<path {paint} d=\"{path}\"/>");
}

/// The frame, the diagonal, and numbers of sites from 1, at most about ten.
fn axes(svg: &mut String, sites: usize) {
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    let _ = writeln!(
        svg,
        "<path fill=\"none\" stroke=\"#8a929b\" d=\"M{LEFT} {TOP}h{SIDE}v{SIDE}h-{SIDE}zL{right} {bottom}\"/>"
    );
    let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    let step = steps.into_iter().find(|step| sites / step <= 10);
    let step = step.unwrap_or(sites / 10).max(1);
    for site in (step..=sites).step_by(step) {
        let at = (site as f64 - 0.5) * SIDE / sites as f64;
        let (x, y) = (units(LEFT + at), units(TOP + at));
        let _ = writeln!(
            svg,
            "<path stroke=\"#8a929b\" d=\"M{x} {bottom}v4M{LEFT} {y}h-4\"/>\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" fill=\"#57606a\">{site}</text>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#57606a\">{site}</text>",
            units(bottom + 17.0),
            LEFT - 7.0,
            units(TOP + at + 4.5)
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"6\" y=\"{}\" fill=\"#1b1f24\">site</text><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#1b1f24\">site</text>",
        TOP - 8.0,
        units(LEFT + 0.5 * SIDE),
        units(bottom + 34.0)
    );
}

/// A length to two decimals, so that cells touch.
fn units(x: f64) -> f64 {
    (100.0 * x).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path of a cell of a map of 10 sites.
    fn cell(row: usize, column: usize) -> String {
        let at = |site: usize| 34.0 * site as f64;
        format!("M{} {}h34v34h-34z", LEFT + at(column), TOP + at(row))
    }

    #[test]
    fn predictions_are_above_the_diagonal_and_contacts_on_both_sides() {
        assert_eq!(SIDE, 340.0);
        let contacts = Contacts::new([(0, 5), (1, 7), (90, 99)]);
        let svg = contact_map(10, &[(5, 0), (2, 8), (3, 50)], Some(&contacts));
        assert!(svg.contains(&format!("{RIGHT} d=\"{}\"", cell(0, 5))));
        assert!(svg.contains(&format!("{WRONG} d=\"{}\"", cell(2, 8))));
        let known = [cell(0, 5), cell(5, 0), cell(1, 7), cell(7, 1)].concat();
        assert!(svg.contains(&format!("{KNOWN} d=\"{known}\"")), "{svg}");
        for said in [
            "predicted, a known contact (1)",
            "predicted, no known contact (1)",
            "known contacts (2)",
        ] {
            assert!(svg.contains(said), "{said}");
        }
        assert_eq!(svg.matches("text-anchor=\"end\"").count(), 10);
    }

    #[test]
    fn without_known_contacts_no_prediction_is_wrong() {
        let svg = contact_map(159, &[(5, 0), (2, 8)], None);
        assert!(svg.contains("predicted contacts (2)") && !svg.contains("known"));
        assert!(!svg.contains(WRONG));
        // Of many sites, predictions are larger than a cell.
        assert!(svg.contains("h4v4h-4z"));
        assert!(svg.matches("text-anchor=\"end\"").count() <= 10);
    }
}
