//! One curve per chain over common positions; of many chains their mean and a band.

use super::frame::line;
use super::trace::{COLOURS, line_class};

/// Values of a chain at the common positions.
pub(super) type Curve = (usize, Vec<f64>);

/// Words for a caption where there are more chains than colors.
pub(super) const BAND: &str =
    " Line: mean over chains; shaded: all but the lowest and highest 5% of chains.";

/// The paths of the curves of some of `chains` chains; `points` places the values of a curve.
pub(super) fn paths(
    curves: &[Curve],
    chains: usize,
    points: impl Fn(&[f64]) -> Vec<(f64, f64)>,
) -> String {
    if chains <= COLOURS {
        let draw = |(chain, values): &Curve| {
            let class = line_class(*chain, chains);
            let d = line(points(values));
            format!("<path class=\"{class} curve dash{chain}\" d=\"{d}\"/>")
        };
        return curves.iter().map(draw).collect();
    }
    let [low, mean, high] = spread(curves);
    let outline = points(&high)
        .into_iter()
        .chain(points(&low).into_iter().rev());
    format!(
        "<path class=\"band\" d=\"{}z\"/><path class=\"line c0 curve\" d=\"{}\"/>",
        line(outline),
        line(points(&mean))
    )
}

/// The mean over curves at a position.
pub(super) fn mean_at(curves: &[Curve], position: usize) -> f64 {
    curves.iter().map(|c| c.1[position]).sum::<f64>() / curves.len() as f64
}

/// 5% quantile, mean and 95% quantile over curves at each position.
fn spread(curves: &[Curve]) -> [Vec<f64>; 3] {
    let mut rows = [const { Vec::new() }; 3];
    for position in 0..curves.first().map_or(0, |c| c.1.len()) {
        let mut values: Vec<f64> = curves.iter().map(|c| c.1[position]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let cut = values.len() / 20;
        rows[0].push(values[cut]);
        rows[1].push(mean_at(curves, position));
        rows[2].push(values[values.len() - 1 - cut]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_is_ordered() {
        let curves: Vec<Curve> = (0..100).map(|c| (c, vec![1.0, c as f64 / 100.0])).collect();
        let [low, mean, high] = spread(&curves);
        assert_eq!((low[1], high[1]), (0.05, 0.94));
        assert!((mean[1] - 0.495).abs() < 1e-12);
    }

    #[test]
    fn many_chains_are_a_band_and_few_are_lines() {
        let curves: Vec<Curve> = (0..12).map(|c| (c, vec![0.0, c as f64 / 11.0])).collect();
        let points = |values: &[f64]| vec![(0.0, values[0]), (1.0, values[1])];
        let band = paths(&curves, 12, points);
        assert!(
            band.contains("d=\"M0 1000l2000-1000 0 1000-2000 0z\""),
            "{band}"
        );
        assert!(
            band.contains("line c0 curve\" d=\"M0 1000l2000-500\""),
            "{band}"
        );
        let lines = paths(&curves[..2], 2, points);
        assert_eq!(lines.matches("<path class=\"line c").count(), 2);
        assert!(
            lines.contains("c1 curve dash1\" d=\"M0 1000l2000-91\""),
            "{lines}"
        );
    }
}
