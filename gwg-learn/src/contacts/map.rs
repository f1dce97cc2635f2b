//! A map of contacts as a figure.

use super::Contacts;

/// The width of a cell.
const CELL: usize = 8;
/// The space for the numbers of sites.
const MARGIN: usize = 40;
/// The space below, for the legend.
const LEGEND: usize = 24;

/// A map of contacts in SVG: predicted pairs above the diagonal, known contacts below it.
///
/// A predicted pair that is a contact is blue, another one orange; known contacts are gray. Sites are numbered from 1. Equal inputs give
/// equal bytes.
#[must_use]
pub fn contact_map(sites: usize, predicted: &[(usize, usize)], contacts: &Contacts) -> String {
    let side = sites * CELL;
    let (width, height) = (MARGIN + side + CELL, MARGIN + side + CELL + LEGEND);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\" role=\"img\" aria-label=\"Contacts: predicted above the diagonal, known below it\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{side}\" height=\"{side}\" fill=\"none\" stroke=\"#888\"/>\n\
         <path d=\"M{MARGIN} {MARGIN}l{side} {side}\" stroke=\"#bbb\"/>\n"
    );
    svg.push_str(&numbers(sites));
    let inside = |&(i, j): &(usize, usize)| i < sites && j < sites;
    let above = |&(i, j): &(usize, usize)| (i.min(j), i.max(j));
    let drawn = || predicted.iter().filter(|pair| inside(pair)).map(above);
    let (right, wrong): (Vec<_>, Vec<_>) = drawn().partition(|&(i, j)| contacts.contains(i, j));
    svg.push_str(&cells(&right, "#1b6ca8"));
    svg.push_str(&cells(&wrong, "#e07b00"));
    let known: Vec<_> = contacts
        .iter()
        .filter(inside)
        .map(|(i, j)| (j, i))
        .collect();
    svg.push_str(&cells(&known, "#777"));
    let y = height - CELL;
    svg.push_str(&format!(
        "<text x=\"{MARGIN}\" y=\"{y}\"><tspan fill=\"#1b6ca8\">predicted, a contact ({})</tspan> \
         <tspan fill=\"#a85c00\">predicted, none ({})</tspan> <tspan fill=\"#555\">known ({})</tspan></text>\n</svg>\n",
        right.len(),
        wrong.len(),
        known.len()
    ));
    svg
}

/// Cells (row, column) as one path.
fn cells(cells: &[(usize, usize)], color: &str) -> String {
    let mut path = String::new();
    for (row, column) in cells {
        let (x, y) = (MARGIN + column * CELL, MARGIN + row * CELL);
        path.push_str(&format!("M{x} {y}h{CELL}v{CELL}h-{CELL}z"));
    }
    format!("<path fill=\"{color}\" d=\"{path}\"/>\n")
}

/// Numbers of sites from 1, at most about ten.
fn numbers(sites: usize) -> String {
    let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    let step = steps.into_iter().find(|step| sites / step <= 10);
    let step = step.unwrap_or(sites / 10).max(1);
    let mut text = String::new();
    for site in (step..=sites).step_by(step) {
        let at = MARGIN + site * CELL - CELL / 2;
        let (below, left) = (at + 4, MARGIN - 6);
        text.push_str(&format!(
            "<text x=\"{at}\" y=\"{left}\" text-anchor=\"middle\">{site}</text><text x=\"{left}\" y=\"{below}\" text-anchor=\"end\">{site}</text>\n"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predictions_are_above_the_diagonal_and_contacts_below() {
        let contacts = Contacts::new([(0, 5), (1, 7), (90, 99)]);
        let svg = contact_map(10, &[(5, 0), (2, 8), (3, 50)], &contacts);
        let cell = |row: usize, column: usize| {
            format!(
                "M{} {}h8v8h-8z",
                MARGIN + column * CELL,
                MARGIN + row * CELL
            )
        };
        assert!(svg.contains(&format!("fill=\"#1b6ca8\" d=\"{}\"", cell(0, 5))));
        assert!(svg.contains(&format!("fill=\"#e07b00\" d=\"{}\"", cell(2, 8))));
        let known = cell(5, 0) + &cell(7, 1);
        assert!(svg.contains(&format!("fill=\"#777\" d=\"{known}\"")));
        assert!(svg.contains("predicted, a contact (1)") && svg.contains("known (2)"));
        assert_eq!(svg.matches("text-anchor=\"middle\"").count(), 10);
        assert!(numbers(159).matches("middle").count() <= 10);
    }
}
