//! Autocorrelation plots.

use gwg_chains::diagnostics::autocorrelation;

use super::axis::Axis;
use super::frame::{Frame, HEIGHT, WIDTH, line};
use super::series::Plotted;
use super::text::number;
use super::trace::{COLOURS, line_class};

/// Longest lag ever shown.
const LONGEST: usize = 200;
/// Minimum number of lags shown, if there are enough draws.
const FEWEST: usize = 20;
/// Autocorrelations below this count as zero.
const DEAD: f64 = 0.05;

/// The autocorrelation plot with its caption, or the reason why there is none.
pub(super) fn figure(id: &str, of: &Plotted<'_>) -> String {
    let most = LONGEST.min(of.draws / 4);
    if most < 2 {
        return "<p><b>Autocorrelation.</b> Requires at least 8 draws per chain.</p>".to_owned();
    }
    let curves: Vec<(usize, Vec<f64>)> = (0..of.chains)
        .filter_map(|c| Some((c, autocorrelation(of.chain(c), most)?)))
        .collect();
    if curves.is_empty() {
        return "<p><b>Autocorrelation.</b> Undefined, because no chain moves.</p>".to_owned();
    }
    let lags = needed(&curves, most);
    plot(id, of, &curves, lags).unwrap_or_default()
}

/// Three times the lag at which the slowest chain's autocorrelation becomes negligible, at most `most`.
fn needed(curves: &[(usize, Vec<f64>)], most: usize) -> usize {
    let died = |c: &(usize, Vec<f64>)| c.1.iter().position(|r| *r < DEAD).unwrap_or(most);
    let last = curves.iter().map(died).max().unwrap_or(most);
    (3 * last).max(FEWEST).min(most)
}

fn plot(id: &str, of: &Plotted<'_>, curves: &[(usize, Vec<f64>)], lags: usize) -> Option<String> {
    let noise = 1.96 / (of.draws as f64).sqrt();
    let least = curves
        .iter()
        .flat_map(|c| &c.1[..=lags])
        .copied()
        .fold(-noise, f64::min);
    let y = Axis::new(1.05 * least, 1.0, 5)?;
    let x = Axis::whole(0.0, lags as f64, 6)?;
    let places = |values: &[f64]| {
        let point = |(lag, r): (usize, &f64)| (x.place(lag as f64), y.place(*r));
        line(values[..=lags].iter().enumerate().map(point))
    };
    let lines: String = if of.chains <= COLOURS {
        let draw = |(chain, values): &(usize, Vec<f64>)| {
            let class = line_class(*chain, of.chains);
            format!(
                "<path class=\"{class} dash{chain}\" d=\"{}\"/>",
                places(values)
            )
        };
        curves.iter().map(draw).collect()
    } else {
        let [low, mean, high] = spread(curves, lags);
        let up = high.iter().enumerate();
        let down = low.iter().enumerate().rev();
        let outline = up
            .chain(down)
            .map(|(lag, r)| (x.place(lag as f64), y.place(*r)));
        format!(
            "<path class=\"band\" d=\"{}z\"/><path class=\"line c0\" d=\"{}\"/>",
            line(outline),
            places(&mean)
        )
    };
    let tens = lags.min(10);
    let describe = format!(
        "Mean over chains of the autocorrelation: {} at lag 1, {} at lag {tens}.",
        number(mean_at(curves, 1), 3),
        number(mean_at(curves, tens), 3)
    );
    let svg = Frame {
        id,
        title: &format!("Autocorrelation of {}", of.name),
        describe: &describe,
        x: &x,
        x_label: "lag in draws",
        y: &y,
        y_label: "autocorrelation",
    }
    .svg(&(reference(&y, noise) + &lines));
    Some(format!(
        "<figure><figcaption><b>Autocorrelation.</b> {}</figcaption>{svg}</figure>",
        caption(of, curves.len())
    ))
}

fn caption(of: &Plotted<'_>, defined: usize) -> String {
    let mut text = "The sooner it decays to the gray band, which contains 95% of the autocorrelations of independent draws, the larger the effective sample size.".to_owned();
    if of.chains > COLOURS {
        text += " Line: mean over chains; shaded: all but the lowest and highest 5% of chains.";
    }
    if defined < of.chains {
        text += &format!(
            " {} of {} chains never move and are omitted.",
            of.chains - defined,
            of.chains
        );
    }
    text
}

/// The 95% band of independent draws, and the zero line.
fn reference(y: &Axis, noise: f64) -> String {
    let (top, zero) = (1.0 - y.place(noise), 1.0 - y.place(0.0));
    let bottom = 1.0 - y.place(-noise);
    format!(
        "<rect class=\"noise\" width=\"{WIDTH}\" y=\"{:.0}\" height=\"{:.0}\"/><path class=\"zero\" d=\"M0 {:.0}h{WIDTH}\"/>",
        top * HEIGHT,
        (bottom - top) * HEIGHT,
        zero * HEIGHT
    )
}

fn mean_at(curves: &[(usize, Vec<f64>)], lag: usize) -> f64 {
    curves.iter().map(|c| c.1[lag]).sum::<f64>() / curves.len() as f64
}

/// 5% quantile, mean and 95% quantile over chains at each lag.
fn spread(curves: &[(usize, Vec<f64>)], lags: usize) -> [Vec<f64>; 3] {
    let mut rows = [const { Vec::new() }; 3];
    for lag in 0..=lags {
        let mut values: Vec<f64> = curves.iter().map(|c| c.1[lag]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let cut = values.len() / 20;
        rows[0].push(values[cut]);
        rows[1].push(mean_at(curves, lag));
        rows[2].push(values[values.len() - 1 - cut]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_shown_are_three_times_the_decay_time() {
        let curve = |r: f64| (0..=200).map(|lag| r.powi(lag)).collect::<Vec<f64>>();
        // 0.9^29 is the first power below 0.05.
        assert_eq!(needed(&[(0, curve(0.9)), (1, curve(0.5))], 200), 87);
        assert_eq!(needed(&[(0, curve(0.1))], 200), 20);
        assert_eq!(needed(&[(0, curve(0.999))], 150), 150);
        assert_eq!(needed(&[(0, curve(0.1))], 5), 5);
    }

    #[test]
    fn spread_is_ordered() {
        let curves: Vec<(usize, Vec<f64>)> =
            (0..100).map(|c| (c, vec![1.0, c as f64 / 100.0])).collect();
        let [low, mean, high] = spread(&curves, 1);
        assert_eq!((low[1], high[1]), (0.05, 0.94));
        assert!((mean[1] - 0.495).abs() < 1e-12);
    }
}
