//! Kernel density estimates on an even grid.

/// Points of the grid, including both ends of the range.
pub(super) const POINTS: usize = 256;
/// Bandwidths at which the Gaussian is cut.
const REACH: f64 = 4.0;
/// Gaps of at most this fraction of the range are rounding, not a grid of values.
const ROUNDING: f64 = 1e-5;

/// The density of a chain at the points of the grid over `range`; `None` where the chain never moves.
///
/// The kernel is Gaussian with Silverman's bandwidth `0.9 min(sd, IQR / 1.34) n^(-1/5)`, at least the smallest distance of two values, so that
/// a quantity of many whole numbers gives no comb, and at least the distance of two points. It is reflected at both ends.
///
/// # Cost
/// One sort of the chain.
pub(super) fn density(chain: &[f64], range: (f64, f64)) -> Option<Vec<f64>> {
    let cell = (range.1 - range.0) / (POINTS - 1) as f64;
    let width = (bandwidth(chain, range.1 - range.0)? / cell).max(1.0);
    let counts = binned(chain, range.0, cell);
    let reach = ((REACH * width) as usize).clamp(1, POINTS - 1);
    let kernel: Vec<f64> = (0..=reach)
        .map(|d| (-0.5 * (d as f64 / width).powi(2)).exp())
        .collect();
    let area = kernel[0] + 2.0 * kernel[1..].iter().sum::<f64>();
    let unit = 1.0 / (area * cell * chain.len() as f64);
    let mut density = vec![0.0; POINTS];
    for (at, count) in counts.iter().enumerate().filter(|c| *c.1 > 0.0) {
        for (d, k) in kernel.iter().enumerate() {
            let weight = k * count * unit;
            density[reflected(at as isize + d as isize)] += weight;
            if d > 0 {
                density[reflected(at as isize - d as isize)] += weight;
            }
        }
    }
    // The cells of the ends are half as wide.
    density[0] *= 2.0;
    density[POINTS - 1] *= 2.0;
    Some(density)
}

fn reflected(at: isize) -> usize {
    let last = POINTS as isize - 1;
    let at = at.abs();
    (if at > last { 2 * last - at } else { at }) as usize
}

/// Counts at the points, each value shared by the two points next to it.
fn binned(chain: &[f64], low: f64, cell: f64) -> Vec<f64> {
    let mut counts = vec![0.0; POINTS];
    for &value in chain {
        let at = ((value - low) / cell).clamp(0.0, (POINTS - 1) as f64);
        let left = (at as usize).min(POINTS - 2);
        let right = at - left as f64;
        counts[left] += 1.0 - right;
        counts[left + 1] += right;
    }
    counts
}

/// The bandwidth in units of the values; `None` where all are equal.
fn bandwidth(chain: &[f64], range: f64) -> Option<f64> {
    let mut sorted = chain.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let (first, last) = (sorted.first()?, sorted.last()?);
    if first == last {
        return None;
    }
    // Relative to the range, so that squares neither overflow nor vanish.
    let scaled = |v: f64| (v - first) / range;
    let mean = sorted.iter().map(|v| scaled(*v)).sum::<f64>() / n as f64;
    let squares = sorted.iter().map(|v| (scaled(*v) - mean).powi(2));
    let sd = (squares.sum::<f64>() / (n - 1) as f64).sqrt() * range;
    let quartiles = (sorted[(3 * n / 4).min(n - 1)] - sorted[n / 4]) / 1.34;
    let scale = if quartiles > 0.0 {
        sd.min(quartiles)
    } else {
        sd
    };
    let gaps = sorted.windows(2).map(|w| w[1] - w[0]);
    let gap = gaps.filter(|g| *g > ROUNDING * range).fold(range, f64::min);
    // Few draws have large gaps that say nothing of a grid.
    let grid = if gap < scale { gap } else { 0.0 };
    Some((0.9 * scale * (n as f64).powf(-0.2)).max(grid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(density: &[f64], range: f64) -> f64 {
        let ends = 0.5 * (density[0] + density[POINTS - 1]);
        let inner: f64 = density[1..POINTS - 1].iter().sum();
        (ends + inner) * range / (POINTS - 1) as f64
    }

    #[test]
    fn an_even_distribution_is_even_up_to_its_ends() {
        let chain: Vec<f64> = (0..=1000).map(f64::from).collect();
        let density = density(&chain, (0.0, 1000.0)).unwrap();
        assert!((area(&density, 1000.0) - 1.0).abs() < 1e-9);
        for d in &density {
            assert!((d * 1000.0 - 1.0).abs() < 0.02, "{d}");
        }
    }

    #[test]
    fn a_normal_distribution_has_its_density() {
        // Sums of 12 hashed uniforms.
        let unit = |i: u64| {
            let x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        let chain: Vec<f64> = (0..20_000)
            .map(|i| (0..12).map(|k| unit(12 * i + k)).sum::<f64>() - 6.0)
            .collect();
        let found = density(&chain, (-6.0, 6.0)).unwrap();
        assert!((area(&found, 12.0) - 1.0).abs() < 1e-9);
        for (k, d) in found.iter().enumerate() {
            let x = k as f64 / 255.0 * 12.0 - 6.0;
            let exact = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            assert!((d - exact).abs() < 0.02, "{x}: {d} and {exact}");
        }
    }

    #[test]
    fn many_whole_numbers_of_one_parity_give_no_comb() {
        let chain: Vec<f64> = (0..100_000).map(|i| f64::from(2 * (i % 60))).collect();
        let density = density(&chain, (0.0, 118.0)).unwrap();
        let inner = &density[20..236];
        let most = inner.iter().copied().fold(0.0, f64::max);
        let least = inner.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(most < 1.05 * least, "{least} to {most}");
    }

    #[test]
    fn constant_chains_have_none_and_extreme_scales_do() {
        assert!(density(&[2.0; 50], (0.0, 3.0)).is_none());
        for scale in [1e-300, 1e300] {
            let chain: Vec<f64> = (0..100).map(|i| f64::from(i) * scale).collect();
            let found = density(&chain, (0.0, 99.0 * scale)).unwrap();
            assert!(found.iter().all(|d| d.is_finite()), "{scale}");
        }
    }
}
