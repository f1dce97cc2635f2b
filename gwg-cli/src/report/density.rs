//! Density plots: the distribution of each chain's values. A quantity of few values is shown by their shares.

mod kernel;
mod values;

use super::axis::Axis;
use super::curves::{self, BAND, Curve};
use super::frame::Frame;
use super::series::Plotted;
use super::text::number;
use super::trace::COLOURS;
use values::Values;

/// Minimum number of draws per chain of a smooth curve.
const FEWEST: usize = 10;

/// The density plot with its caption, or the reason why there is none.
pub(super) fn figure(id: &str, of: &Plotted<'_>) -> String {
    let found = match Values::of(of) {
        Some(values) => shares(id, of, &values),
        None => smooth(id, of),
    };
    found.unwrap_or_else(|why| format!("<p><b>Density.</b> {why}</p>"))
}

/// What a plot shows.
struct Plot<'a> {
    curves: &'a [Curve],
    x: &'a Axis,
    y_label: &'a str,
    caption: String,
    describe: String,
}

/// Steps: the share of draws of each value.
fn shares(id: &str, of: &Plotted<'_>, values: &Values) -> Result<String, String> {
    let curves: Vec<Curve> = (0..of.chains)
        .map(|chain| (chain, values.shares(of.chain(chain))))
        .collect();
    let (low, high) = values.ends();
    let x = Axis::new(low, high, 5).ok_or("Its values are too close to each other to be shown.")?;
    let means: Vec<f64> = (0..values.len())
        .map(|k| curves::mean_at(&curves, k))
        .collect();
    let most = (0..means.len()).fold(0, |m, k| if means[k] > means[m] { k } else { m });
    let plot = Plot {
        curves: &curves,
        x: &x,
        y_label: "share of draws",
        caption: format!(
            "The share of each of the {} values that occur. If the chains agree, the steps coincide.",
            values.len()
        ),
        describe: format!(
            "Shares of {} values; over all chains, {} of the draws are {}.",
            values.len(),
            number(means[most], 3),
            number(values.get(most), 6)
        ),
    };
    draw(id, of, &plot, |shares| values.steps(shares))
}

/// Smooth curves: kernel density estimates.
fn smooth(id: &str, of: &Plotted<'_>) -> Result<String, String> {
    if of.draws < FEWEST {
        return Err(format!(
            "Requires at least {FEWEST} draws per chain, or fewer different values."
        ));
    }
    let range = (of.low, of.high);
    let curves: Vec<Curve> = (0..of.chains)
        .filter_map(|chain| Some((chain, kernel::density(of.chain(chain), range)?)))
        .collect();
    if curves.is_empty() {
        return Err("Undefined, because no chain moves.".to_owned());
    }
    let x = Axis::new(of.low, of.high, 5).ok_or("The range of the values has no axis.")?;
    let mut caption = "Gaussian kernel density estimate of each chain, reflected at the lowest and highest draw. If the chains agree, the curves coincide.".to_owned();
    if curves.len() < of.chains {
        caption += &format!(
            " {} of {} chains never move and are omitted.",
            of.chains - curves.len(),
            of.chains
        );
    }
    let plot = Plot {
        curves: &curves,
        x: &x,
        y_label: "density",
        caption,
        describe: format!(
            "Densities between {} and {}.",
            number(of.low, 4),
            number(of.high, 4)
        ),
    };
    let last = (kernel::POINTS - 1) as f64;
    draw(id, of, &plot, |density| {
        let points = density.iter().enumerate();
        points
            .map(|(k, d)| (k as f64 / last * (of.high - of.low) + of.low, *d))
            .collect()
    })
}

/// The plot; `points` makes a curve's values the points of a line.
fn draw(
    id: &str,
    of: &Plotted<'_>,
    plot: &Plot<'_>,
    points: impl Fn(&[f64]) -> Vec<(f64, f64)>,
) -> Result<String, String> {
    let heights = plot.curves.iter().flat_map(|c| c.1.iter().copied());
    let top = 1.05 * heights.fold(0.0, f64::max);
    let y =
        Axis::new(0.0, top, 5).ok_or("Its densities are too small or too large for an axis.")?;
    let lines = curves::paths(plot.curves, of.chains, |values| {
        let placed = points(values).into_iter();
        placed
            .map(|(at, height)| (plot.x.place(at), y.place(height)))
            .collect()
    });
    let svg = Frame {
        id,
        title: &format!("Density of {}", of.name),
        describe: &plot.describe,
        x: plot.x,
        x_label: of.name,
        y: &y,
        y_label: plot.y_label,
    }
    .svg(&lines);
    let band = if of.chains > COLOURS { BAND } else { "" };
    Ok(format!(
        "<figure><figcaption><b>Density.</b> {}{band}</figcaption>{svg}</figure>",
        plot.caption
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plotted(values: &[f64], chains: usize) -> Plotted<'_> {
        let pick = |f: fn(f64, f64) -> f64| values.iter().copied().reduce(f).unwrap();
        Plotted {
            name: "order",
            values,
            chains,
            draws: values.len() / chains,
            low: pick(f64::min),
            high: pick(f64::max),
        }
    }

    #[test]
    fn few_values_are_steps_of_their_shares() {
        let values = [0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        let page = figure("d", &plotted(&values, 2));
        // From -0.5 to 1.5, up to 1.05 * 0.75: shares 1/4 and 3/4 in chain 0, the reverse in chain 1.
        let up = "c0 curve dash0\" d=\"M0 1000l0-317 1000 0 0-635 1000 0 0 952\"";
        let down = "c1 curve dash1\" d=\"M0 1000l0-952 1000 0 0 635 1000 0 0 317\"";
        assert!(page.contains(up) && page.contains(down), "{page}");
        assert!(page.contains("Shares of 2 values; over all chains, 0.5 of the draws are 0."));
        assert!(page.contains("share of draws"));
    }

    #[test]
    fn many_values_are_smooth_curves() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i * 7919 % 1009)).collect();
        let page = figure("d", &plotted(&values, 2));
        assert!(page.contains("Gaussian kernel density") && page.contains(">density<"));
        assert_eq!(page.matches("class=\"line c").count(), 2);
        let many = figure("d", &plotted(&values, 20));
        assert!(many.contains("class=\"band\"") && many.contains(BAND));
    }

    #[test]
    fn what_cannot_be_shown_is_explained() {
        let few: Vec<f64> = (0..16).map(f64::from).collect();
        assert!(figure("d", &plotted(&few, 2)).contains("Requires at least 10 draws"));
        // 50 chains, each at a value of its own.
        let stuck: Vec<f64> = (0..500).map(|i| f64::from(i / 10)).collect();
        assert!(figure("d", &plotted(&stuck, 50)).contains("no chain moves"));
        let mut one: Vec<f64> = (0..400).map(|i| f64::from(i * 7919 % 1009)).collect();
        one[..200].fill(3.0);
        let page = figure("d", &plotted(&one, 2));
        assert!(
            page.contains("1 of 2 chains never move and are omitted"),
            "{page}"
        );
    }
}
