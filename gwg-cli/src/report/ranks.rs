//! Rank plots: the distribution of each chain's ranks among the draws of all chains (Vehtari et al. 2021, section 4).

use gwg_chains::diagnostics::{Draws, rank_histogram};

use super::frame::{role, titles};
use super::series::Plotted;
use super::text::plural;
use super::trace::COLOURS;

/// Number of histogram bins, if there are enough draws.
const BINS: usize = 20;
/// Minimum expected number of draws of a chain per bin.
const EXPECTED: usize = 5;
/// Maximum number of chains shown as rows of the map.
const ROWS: usize = 50;
/// Height in pixels of a chain's histogram, and of a row of the map.
const BAR_HEIGHT: usize = 34;
const ROW_HEIGHT: usize = 6;
/// Upper bounds of the map's classes of count over expectation; the last class has none.
const CLASSES: [(f64, &str); 6] = [
    (0.25, "under 1/4"),
    (0.5, "1/4 to 1/2"),
    (0.8, "1/2 to 4/5"),
    (1.25, "4/5 to 5/4"),
    (2.0, "5/4 to 2"),
    (4.0, "2 to 4"),
];
const ABOVE: &str = "over 4";

/// The rank plot with its caption, or the reason why there is none.
pub(super) fn figure(id: &str, of: &Plotted<'_>) -> String {
    let refuse = |why: &str| format!("<p><b>Ranks.</b> {why}</p>");
    if of.chains == 1 {
        return refuse(
            "Requires at least two chains, because the ranks of a single chain are always uniform.",
        );
    }
    let bins = BINS.min(of.draws / EXPECTED);
    if bins < 2 {
        return refuse("Requires at least 10 draws per chain.");
    }
    let Ok(draws) = Draws::from_flat(of.values, of.chains, of.draws) else {
        return refuse("The number of draws does not match the number of chains.");
    };
    let counts = rank_histogram(&draws, bins);
    let expected = of.draws as f64 / bins as f64;
    let title = format!("Ranks of {}", of.name);
    let (svg, caption) = if of.chains <= COLOURS {
        bars(id, &title, &counts, expected)
    } else {
        map(id, &title, &counts, expected)
    };
    format!("<figure><figcaption><b>Ranks.</b> {caption}</figcaption>{svg}</figure>")
}

/// One histogram per chain, stacked, on a common scale.
fn bars(id: &str, title: &str, counts: &[Vec<u64>], expected: f64) -> (String, String) {
    let bins = counts.first().map_or(0, Vec::len);
    let most = counts.iter().flatten().copied().max().unwrap_or(1).max(1);
    let scale = 100.0 / most as f64;
    let row = |(chain, counts): (usize, &Vec<u64>)| {
        let top = chain * (BAR_HEIGHT + 6);
        let middle = top + BAR_HEIGHT / 2;
        let bar = |count: &u64| {
            let height = (*count as f64 * scale).round() as u64;
            format!("v-{height}h1v{height}")
        };
        let bars: String = counts.iter().map(bar).collect();
        format!(
            "<text class=\"tick end\" x=\"-7\" y=\"{middle}\" dy=\"4\">chain {chain}</text>\
             <svg y=\"{top}\" width=\"100%\" height=\"{BAR_HEIGHT}\" viewBox=\"0 0 {bins} 100\" preserveAspectRatio=\"none\">\
             <path class=\"bar c{chain}\" d=\"M0 100{bars}z\"/><path class=\"even\" d=\"M0 {:.1}h{bins}\"/></svg>",
            100.0 - expected * scale
        )
    };
    let rows: String = counts.iter().enumerate().map(row).collect();
    let height = counts.len() * (BAR_HEIGHT + 6);
    let describe = format!(
        "Histograms with {} bins of ranks for {}; largest and smallest ratio of count to expectation: {}.",
        bins,
        plural(counts.len(), "chain"),
        extremes(counts, expected)
    );
    let caption = "If the chains agree, all histograms are flat at the dashed line. Excess at one end means that a chain's values are too low or too high; excess at both ends, that they are too spread out.";
    (
        frame(id, title, &describe, height, &rows),
        caption.to_owned(),
    )
}

fn extremes(counts: &[Vec<u64>], expected: f64) -> String {
    let most = counts.iter().flatten().max().copied().unwrap_or(0);
    let least = counts.iter().flatten().min().copied().unwrap_or(0);
    let (most, least) = (most as f64 / expected, least as f64 / expected);
    format!("{most:.2} and {least:.2}")
}

/// A map with one row per chain; if there are many, of the chains furthest from uniform.
fn map(id: &str, title: &str, counts: &[Vec<u64>], expected: f64) -> (String, String) {
    let bins = counts.first().map_or(0, Vec::len);
    let chains = furthest(counts, expected);
    let mut cells = vec![String::new(); CLASSES.len() + 1];
    for (row, &chain) in chains.iter().enumerate() {
        for (column, &count) in counts[chain].iter().enumerate() {
            let class = class(count as f64 / expected);
            cells[class] += &format!("M{column} {row}h1v1h-1z");
        }
    }
    let paths: String = (cells.iter().enumerate())
        .map(|(class, d)| format!("<path class=\"h{class}\" d=\"{d}\"/>"))
        .collect();
    let rows = chains.len();
    let height = rows * ROW_HEIGHT;
    let ends = [(0, chains.first()), (rows - 1, chains.last())];
    let labels: String = ends
        .into_iter()
        .filter_map(|(row, chain)| Some((row * ROW_HEIGHT + ROW_HEIGHT / 2, chain?)))
        .map(|(y, chain)| {
            format!("<text class=\"tick end\" x=\"-7\" y=\"{y}\" dy=\"4\">chain {chain}</text>")
        })
        .collect();
    let body = format!(
        "{labels}<svg class=\"cells\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {bins} {rows}\" preserveAspectRatio=\"none\">{paths}</svg>"
    );
    let describe = format!(
        "Map of {bins} bins of ranks for {rows} of {}; largest and smallest ratio of count to expectation: {}.",
        plural(counts.len(), "chain"),
        extremes(counts, expected)
    );
    let which = if rows < counts.len() {
        format!(
            " Shown: the {rows} of {} chains furthest from uniform.",
            counts.len()
        )
    } else {
        String::new()
    };
    let caption = format!(
        "One row per chain; the color is the ratio of count to expectation. If the chains agree, there is no pattern.{which}"
    );
    (frame(id, title, &describe, height, &body) + &key(), caption)
}

/// The chains furthest from uniform in chi-square distance, in chain order; all of them if they are few.
fn furthest(counts: &[Vec<u64>], expected: f64) -> Vec<usize> {
    let distance = |chain: &usize| -> f64 {
        let from_even = |c: &u64| (*c as f64 - expected).powi(2);
        counts[*chain].iter().map(from_even).sum()
    };
    let mut chains: Vec<(f64, usize)> = (0..counts.len()).map(|c| (distance(&c), c)).collect();
    chains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    chains.truncate(ROWS);
    let mut chains: Vec<usize> = chains.into_iter().map(|c| c.1).collect();
    chains.sort_unstable();
    chains
}

fn class(ratio: f64) -> usize {
    let below = |class: &(f64, &str)| ratio < class.0;
    CLASSES.iter().position(below).unwrap_or(CLASSES.len())
}

fn key() -> String {
    let names = CLASSES.iter().map(|c| c.1).chain([ABOVE]);
    let item = |(i, name)| format!("<li><i class=\"swatch h{i}\"></i>{name}</li>");
    format!(
        "<ul class=\"key\">{}</ul>",
        names.enumerate().map(item).collect::<String>()
    )
}

fn frame(id: &str, title: &str, describe: &str, height: usize, body: &str) -> String {
    // Padding above and below is part of the height.
    let outer = height + 44;
    format!(
        "<svg class=\"plot ranks\" {} style=\"height:{outer}px;padding-left:68px\">{}{body}\
         <text class=\"tick\" x=\"0\" y=\"100%\" dy=\"14\">lowest</text>\
         <text class=\"tick end\" x=\"100%\" y=\"100%\" dy=\"14\">highest</text>\
         <text class=\"name mid\" x=\"50%\" y=\"100%\" dy=\"30\">rank among all draws</text></svg>",
        role(id),
        titles(id, title, describe)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_bounds_are_assigned_consistently() {
        let found = [0.0, 0.25, 1.0, 1.25, 3.9, 4.0, 99.0].map(class);
        assert_eq!(found, [0, 1, 3, 4, 5, 6, 6]);
    }

    #[test]
    fn the_chains_furthest_from_uniform_are_shown() {
        let mut counts = vec![vec![10, 10]; 200];
        counts[150] = vec![20, 0];
        let shown = furthest(&counts, 10.0);
        assert_eq!(shown.len(), ROWS);
        assert!(shown.contains(&150) && shown.contains(&0));
        assert!(shown.windows(2).all(|w| w[0] < w[1]));
    }
}
