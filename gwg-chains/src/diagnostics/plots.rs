//! What plots of draws need: autocorrelations and rank histograms.

use super::draws::Draws;
use super::ess::{center, mean_autocovariance, to_unit_range};
use super::fft::Fft;

/// Autocorrelations of one chain at lags 0 to `max_lag` (less if the chain is shorter), with the biased divisor n; lag 0 is 1.
///
/// `None` where undefined: an empty or constant chain, a value that is not finite, a range that overflows.
///
/// # Cost
/// O(n log n) whatever `max_lag`.
#[must_use]
pub fn autocorrelation(chain: &[f64], max_lag: usize) -> Option<Vec<f64>> {
    let mut values = chain.to_vec();
    let range = to_unit_range(&mut values);
    if chain.iter().any(|x| x.is_nan()) || range == 0.0 || !range.is_finite() {
        return None;
    }
    center(&mut values)?;
    let n = values.len();
    let mut covariance = mean_autocovariance(&values, n, &Fft::new(2 * n));
    covariance.truncate(max_lag.saturating_add(1));
    let variance = covariance[0];
    covariance.iter_mut().for_each(|c| *c /= variance);
    Some(covariance)
}

/// For each chain, how many of its draws have a pooled rank in each of `bins` equal ranges: flat for chains that agree.
///
/// Ties are broken by a fixed hash of (chain, draw), which is what a random order of equals is for a discrete quantity: chains that
/// agree stay flat, and the same draws always give the same counts. NaN ranks above all numbers. Empty rows if `bins` is 0.
///
/// # Cost
/// One sort of all draws.
#[must_use]
pub fn rank_histogram(draws: &Draws<'_>, bins: usize) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; bins]; draws.chains()];
    if bins == 0 {
        return counts;
    }
    // One NaN for all, whatever its sign, and one zero.
    let key = |x: f64| if x.is_nan() { f64::NAN } else { x + 0.0 };
    let keyed = |(x, flat)| (key(x), mix(flat as u64), flat);
    let mut order: Vec<(f64, u64, usize)> = draws.iter().zip(0..).map(keyed).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (rank, &(_, _, flat)) in order.iter().enumerate() {
        let bin = (rank as u128 * bins as u128 / order.len() as u128) as usize;
        counts[flat / draws.draws()][bin] += 1;
    }
    counts
}

/// Finalizer of SplitMix64 (Steele, Lea and Flood 2014), a bijection.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autocorrelation_by_hand() {
        // Centered -1.5 -0.5 0.5 1.5: lag sums 5, 1.25, -1.5, -2.25.
        let found = autocorrelation(&[1.0, 2.0, 3.0, 4.0], 9).unwrap();
        for (f, e) in found.iter().zip([1.0, 0.25, -0.3, -0.45]) {
            assert!((f - e).abs() < 1e-15);
        }
        assert_eq!(found.len(), 4);
        assert_eq!(autocorrelation(&[1.0, 2.0, 4.0], 1).unwrap().len(), 2);
    }

    #[test]
    fn autocorrelation_undefined() {
        for chain in [
            &[][..],
            &[1.0],
            &[0.1; 7],
            &[1.0, f64::NAN],
            &[f64::MAX, f64::MIN],
        ] {
            assert_eq!(autocorrelation(chain, 3), None, "{chain:?}");
        }
    }

    #[test]
    fn ranks_fill_the_bins() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, f64::NAN]);
        let counts = rank_histogram(&Draws::new(&[&a, &b]).unwrap(), 4);
        assert_eq!(counts, [[2, 2, 0, 0], [0, 0, 2, 2]]);
        assert_eq!(rank_histogram(&Draws::new(&[&a]).unwrap(), 0), [[0_u64; 0]]);
    }

    #[test]
    fn ties_are_spread_evenly_over_chains() {
        let same = vec![0.0; 4000];
        let counts = rank_histogram(&Draws::from_flat(&same, 4, 1000).unwrap(), 10);
        // Hypergeometric, mean 100, sd 8.2: five of them.
        assert!(
            counts.iter().flatten().all(|&c| c.abs_diff(100) < 41),
            "{counts:?}"
        );
    }
}
