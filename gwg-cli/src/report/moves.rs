//! Acceptance and sites changed per step over the run, by intervals of draws.

use super::axis::Axis;
use super::curves::{self, BAND, Curve};
use super::frame::Frame;
use super::text::{number, plural};
use super::trace::{COLOURS, legend};
use crate::session::{Interval, MoveHistory};

/// Most intervals shown, and least where there are as many draws.
const SHOWN: (usize, usize) = (40, 10);
/// Draws of an interval: a mean over fewer is mostly noise.
const DRAWS: usize = 20;

/// The section; empty where nothing was drawn.
pub(super) fn section(history: &MoveHistory) -> String {
    let all: Vec<Interval<'_>> = history.intervals().collect();
    if all.is_empty() {
        return String::new();
    }
    let (first, end) = ends(&all);
    let shown = ((end - first) / DRAWS).clamp(SHOWN.1, SHOWN.0);
    let group = all.len().div_ceil(shown);
    let groups: Vec<&[Interval<'_>]> = all.chunks(group).collect();
    let figures = figure("accepted", &ACCEPTED, &groups, history.chains())
        + &figure("changed", &CHANGED, &groups, history.chains());
    let body = format!(
        "<p>{}</p><div class=\"pair\">{figures}</div>{}",
        intro(&groups, history.chains()),
        legend(history.chains())
    );
    super::section("moves", "Steps over the run", &body)
}

fn intro(groups: &[&[Interval<'_>]], chains: usize) -> String {
    let (first, last) = groups.first().map_or((0, 0), |g| ends(g));
    let mut text = format!(
        "Means over intervals of {}, after warm-up. Where the chains sample the same distribution, the curves are level and coincide up to noise.",
        plural(last - first, "draw")
    );
    if first > 0 {
        text += &format!(" Draws before {first} were made by an earlier part of the run.");
    }
    if chains > COLOURS {
        text += BAND;
    }
    text
}

/// The first draw of neighboring intervals, and the number after that of the last.
fn ends(group: &[Interval<'_>]) -> (usize, usize) {
    let first = group.first().map_or(0, |i| i.first);
    (first, group.last().map_or(first, |i| i.end))
}

/// A figure of steps.
struct Figure {
    title: &'static str,
    y_label: &'static str,
    /// Its sum over the draws of an interval, by chain.
    sums: for<'a> fn(&Interval<'a>) -> &'a [f64],
    /// Its largest possible value, where there is one.
    top: Option<f64>,
}

const ACCEPTED: Figure = Figure {
    title: "Acceptance",
    y_label: "share of steps accepted",
    sums: |interval| interval.accepted,
    top: Some(1.0),
};
const CHANGED: Figure = Figure {
    title: "Sites changed",
    y_label: "sites changed per step",
    sums: |interval| interval.sites_changed,
    top: None,
};

/// The mean of each chain over each group of intervals.
fn means(of: &Figure, groups: &[&[Interval<'_>]], chains: usize) -> Vec<Curve> {
    let mean = |chain: usize, group: &[Interval<'_>]| {
        let sum: f64 = group.iter().map(|i| (of.sums)(i)[chain]).sum();
        sum / group.iter().map(|i| i.seen).sum::<u64>() as f64
    };
    let curve = |chain| (chain, groups.iter().map(|g| mean(chain, g)).collect());
    (0..chains).map(curve).collect()
}

fn figure(id: &str, of: &Figure, groups: &[&[Interval<'_>]], chains: usize) -> String {
    let curves = means(of, groups, chains);
    let refuse = |why: &str| format!("<p><b>{}.</b> {why}</p>", of.title);
    let values = || curves.iter().flat_map(|c| c.1.iter().copied());
    if values().any(|v| !v.is_finite()) {
        return refuse("Undefined, because some value is not finite.");
    }
    let (low, high) = values().fold((f64::INFINITY, 0.0), |(l, h), v| (v.min(l), v.max(h)));
    if high == 0.0 {
        return refuse("0 in every interval: no chain moves.");
    }
    let (from, to) = (
        groups.first().map_or(0, |g| ends(g).0),
        groups.last().map_or(0, |g| ends(g).1),
    );
    // Room above, so that a curve at the largest value is not hidden by the frame.
    let y = Axis::new(0.0, 1.04 * of.top.unwrap_or(high), 5);
    let (Some(x), Some(y)) = (Axis::whole(from as f64, to as f64, 6), y) else {
        return refuse("Its values are too large or too small for an axis.");
    };
    let lines = curves::paths(&curves, chains, |values| {
        let alone = groups.len() == 1;
        let point = |(group, value): (&&[Interval<'_>], &f64)| {
            let (first, end) = ends(group);
            // A single point would be no line.
            let middle = 0.5 * (first as f64 + end as f64);
            let at = if alone {
                [first as f64, end as f64]
            } else {
                [middle; 2]
            };
            at.map(|draw| (x.place(draw), y.place(*value)))
        };
        groups.iter().zip(values).flat_map(point).collect()
    });
    let describe = format!(
        "Means over {} of each chain, from {} to {}.",
        plural(groups.len(), "interval"),
        number(low, 4),
        number(high, 4)
    );
    let svg = Frame {
        id,
        title: of.title,
        describe: &describe,
        x: &x,
        x_label: "draw",
        y: &y,
        y_label: of.y_label,
    }
    .svg(&lines);
    format!(
        "<figure><figcaption><b>{}.</b> {}</figcaption>{svg}</figure>",
        of.title, describe
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fed_moves;

    #[test]
    fn means_of_intervals_are_at_their_middles() {
        // Chain 0 accepts every second step, and changes 0, 1, 2, 0, ... sites; chain 1 changes 10 more.
        let page = section(&fed_moves(2, 0..2, 2));
        let first = "c0 curve dash0\" d=\"M500 1000l1000-962\"";
        let second = "c1 curve dash1\" d=\"M500 38l1000 962\"";
        assert!(page.contains(first) && page.contains(second), "{page}");
        assert!(
            page.contains("intervals of 1 draw,") && page.contains("from 0 to 11."),
            "{page}"
        );
    }

    #[test]
    fn long_runs_have_few_intervals() {
        let page = section(&fed_moves(1, 0..3000, 100));
        // 188 intervals of 16 draws are kept, and 38 of 80 shown.
        assert!(
            page.contains("intervals of 80 draws") && page.contains("38 intervals"),
            "{page}"
        );
        assert!(page.contains("from 0.5 to 0.5."), "{page}");
        assert!(!page.contains("earlier part"));
        let resumed = section(&fed_moves(1, 500..600, 100));
        assert!(
            resumed.contains("Draws before 500 were made by an earlier part"),
            "{resumed}"
        );
        let many = section(&fed_moves(12, 0..100, 100));
        assert!(many.contains("class=\"band\"") && many.contains(BAND));
    }

    #[test]
    fn nothing_drawn_and_nothing_moved_are_told() {
        assert_eq!(section(&MoveHistory::default()), "");
        // Draw 0 of chain 0 neither accepts nor changes anything.
        let page = section(&fed_moves(1, 0..1, 1));
        assert_eq!(
            page.matches("0 in every interval: no chain moves.").count(),
            2,
            "{page}"
        );
        assert!(!page.contains("<svg"));
    }
}
