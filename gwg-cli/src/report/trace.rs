//! Trace plots: every chain's values in draw order.

use super::axis::Axis;
use super::frame::{Frame, line};
use super::series::Plotted;
use super::text::{number, plural};

/// Number of chains with separate colors; more chains share one color ramp.
pub(super) const COLOURS: usize = 10;
/// Number of shades of that ramp.
const SHADES: usize = 5;
/// Maximum number of chains drawn as lines.
const LINES: usize = 50;
/// Columns of the plot, summed over all lines, which bounds the size of the page.
const COLUMNS: usize = 16_000;
/// Maximum number of columns per line: about one per pixel.
const FINEST: usize = 800;

/// The trace plot, with its caption.
pub(super) fn figure(id: &str, of: &Plotted<'_>) -> Option<String> {
    if of.draws < 2 {
        return Some(
            "<p>There is no trace plot, because there is one draw per chain.</p>".to_owned(),
        );
    }
    let margin = 0.04 * (of.high - of.low);
    let y = Axis::new(of.low - margin, of.high + margin, 5)?;
    let x = Axis::whole(0.0, (of.draws - 1) as f64, 6)?;
    let shown = shown(of.chains);
    let columns = (COLUMNS / shown.len().max(1)).clamp(2, FINEST);
    let lines = shown.iter().map(|&chain| {
        let class = line_class(chain, of.chains);
        let points = envelope(of.chain(chain), columns);
        let places = points.map(|(draw, value)| (x.place(draw as f64), y.place(value)));
        format!("<path class=\"{class}\" d=\"{}\"/>", line(places))
    });
    let lines: String = lines.collect();
    let rest = (shown.len() < of.chains).then(|| band(of, &x, &y));
    let describe = format!(
        "{} of {}, values from {} to {}.",
        plural(of.chains, "chain"),
        plural(of.draws, "draw"),
        number(of.low, 4),
        number(of.high, 4)
    );
    let svg = Frame {
        id,
        title: &format!("Trace of {}", of.name),
        describe: &describe,
        x: &x,
        x_label: "draw",
        y: &y,
        y_label: of.name,
    }
    .svg(&(rest.unwrap_or_default() + &lines));
    Some(format!(
        "<figure><figcaption><b>Trace.</b> {}</figcaption>{svg}{}</figure>",
        caption(of, shown.len(), columns),
        legend(of.chains)
    ))
}

fn caption(of: &Plotted<'_>, lines: usize, columns: usize) -> String {
    let mut text = "If the chains agree, they overlap and vary around the same level.".to_owned();
    if lines < of.chains {
        text += &format!(
            " {lines} of {} chains, evenly spaced, are drawn as lines; the band spans the minimum and maximum over all chains.",
            of.chains
        );
    }
    if of.draws > 2 * columns {
        text +=
            &format!(" Each of {columns} intervals of draws is shown by its minimum and maximum.");
    }
    text
}

/// The chains drawn as lines.
fn shown(chains: usize) -> Vec<usize> {
    let lines = chains.min(LINES);
    (0..lines).map(|i| i * chains / lines).collect()
}

/// The CSS class of a chain's line: a separate color, or a shade of the ramp.
pub(super) fn line_class(chain: usize, chains: usize) -> String {
    if chains <= COLOURS {
        return format!("line c{chain}");
    }
    format!("thin r{}", chain * SHADES / chains)
}

/// The legend of the chains.
pub(super) fn legend(chains: usize) -> String {
    if chains == 1 {
        return String::new();
    }
    if chains > COLOURS {
        let last = chains - 1;
        return format!("<p class=\"key\">Shades run from chain 0 to chain {last}.</p>");
    }
    // With the dashes that distinguish the chains without color where each has one line.
    let item = |c| {
        format!(
            "<li><svg class=\"sample\" viewBox=\"0 0 30 12\" aria-hidden=\"true\"><path class=\"line c{c} curve dash{c}\" d=\"M0 6h30\"/></svg>chain {c}</li>"
        )
    };
    format!(
        "<ul class=\"key\">{}</ul>",
        (0..chains).map(item).collect::<String>()
    )
}

/// (index, value) of the minimum and maximum of each of `columns` intervals, in draw order; all values if they are few.
fn envelope(values: &[f64], columns: usize) -> impl Iterator<Item = (usize, f64)> {
    let size = if values.len() > 2 * columns {
        values.len().div_ceil(columns)
    } else {
        1
    };
    values
        .chunks(size)
        .enumerate()
        .flat_map(move |(stretch, values)| {
            let at = |i: usize| (stretch * size + i, values[i]);
            let (low, high) = extremes(values);
            let (first, second) = (low.min(high), low.max(high));
            [Some(at(first)), (first != second).then(|| at(second))]
        })
        .flatten()
}

/// Indices of the minimum and maximum of a slice; 0 and 0 for an empty one.
fn extremes(values: &[f64]) -> (usize, usize) {
    let better = |best: (usize, usize), i: usize| {
        let low = if values[i] < values[best.0] {
            i
        } else {
            best.0
        };
        let high = if values[i] > values[best.1] {
            i
        } else {
            best.1
        };
        (low, high)
    };
    (0..values.len()).fold((0, 0), better)
}

/// The area between the minimum and maximum over all chains.
fn band(of: &Plotted<'_>, x: &Axis, y: &Axis) -> String {
    let size = of.draws.div_ceil(FINEST / 2);
    let (mut top, mut bottom) = (Vec::new(), Vec::new());
    for start in (0..of.draws).step_by(size) {
        let end = (start + size).min(of.draws);
        let stretch = (0..of.chains).flat_map(|c| &of.chain(c)[start..end]);
        let (low, high) = stretch.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| {
            (l.min(v), h.max(v))
        });
        for edge in [start, end - 1] {
            let place = x.place(edge as f64);
            top.push((place, y.place(high)));
            bottom.push((place, y.place(low)));
        }
    }
    let outline = top.into_iter().chain(bottom.into_iter().rev());
    format!("<path class=\"band\" d=\"{}z\"/>", line(outline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelope_keeps_extremes_and_order() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i * 7919 % 1009)).collect();
        let points: Vec<(usize, f64)> = envelope(&values, 10).collect();
        assert!(points.len() <= 20);
        assert!(points.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(points.iter().all(|&(i, v)| values[i] == v));
        for (stretch, chunk) in values.chunks(100).enumerate() {
            let kept = points.iter().filter(|p| p.0 / 100 == stretch);
            let kept: Vec<f64> = kept.map(|p| p.1).collect();
            let least = chunk.iter().copied().fold(f64::INFINITY, f64::min);
            let most = chunk.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!(kept.contains(&least) && kept.contains(&most));
        }
    }

    #[test]
    fn few_values_are_all_kept() {
        let values = [3.0, 1.0, 1.0, 2.0];
        let points: Vec<(usize, f64)> = envelope(&values, 2).collect();
        assert_eq!(points, [(0, 3.0), (1, 1.0), (2, 1.0), (3, 2.0)]);
        assert_eq!(envelope(&[], 3).count(), 0);
    }

    #[test]
    fn of_many_chains_evenly_spaced_ones_are_drawn() {
        assert_eq!(shown(3), [0, 1, 2]);
        let some = shown(1000);
        assert_eq!((some.len(), some[0], some[49]), (50, 0, 980));
    }
}
