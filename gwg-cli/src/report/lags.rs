//! Autocorrelation plots.

use gwg_chains::diagnostics::autocorrelation;

use super::axis::Axis;
use super::curves::{self, BAND, Curve, mean_at};
use super::frame::{Frame, HEIGHT, WIDTH};
use super::series::Plotted;
use super::text::number;
use super::trace::COLOURS;

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
    let curves: Vec<Curve> = (0..of.chains)
        .filter_map(|c| Some((c, autocorrelation(of.chain(c), most)?)))
        .collect();
    if curves.is_empty() {
        return "<p><b>Autocorrelation.</b> Undefined, because no chain moves.</p>".to_owned();
    }
    let lags = needed(&curves, most);
    plot(id, of, &curves, lags).unwrap_or_default()
}

/// Three times the lag at which the slowest chain's autocorrelation becomes negligible, at most `most`.
fn needed(curves: &[Curve], most: usize) -> usize {
    let died = |c: &Curve| c.1.iter().position(|r| *r < DEAD).unwrap_or(most);
    let last = curves.iter().map(died).max().unwrap_or(most);
    (3 * last).max(FEWEST).min(most)
}

fn plot(id: &str, of: &Plotted<'_>, curves: &[Curve], lags: usize) -> Option<String> {
    let noise = 1.96 / (of.draws as f64).sqrt();
    let least = curves
        .iter()
        .flat_map(|c| &c.1[..=lags])
        .copied()
        .fold(-noise, f64::min);
    let y = Axis::new(1.05 * least, 1.0, 5)?;
    let x = Axis::whole(0.0, lags as f64, 6)?;
    let lines = curves::paths(curves, of.chains, |values| {
        let point = |(lag, r): (usize, &f64)| (x.place(lag as f64), y.place(*r));
        values[..=lags].iter().enumerate().map(point).collect()
    });
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
        text += BAND;
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
}
