//! Effective sample size by Geyer's initial monotone sequence.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::draws::Draws;
use super::fft::Fft;
use super::moments::mean_and_squares;

/// HammingWindow2 of rows whose spectra are in memory at once: bounds memory, and fixes the order in which they are added.
const PAIRS: usize = 8;

/// A sum of two correlations no larger than this is zero: small binary samples have sums that are exactly zero, and the rounding
/// of the Fourier transform must not decide on which side they fall.
const ROUNDING: f64 = 1e-12;

/// The transform that autocovariances of half chains need.
pub(super) fn plan(draws: &Draws<'_>) -> Fft {
    Fft::new(2 * draws.half())
}

/// Effective sample size of rows of `n >= 2` values each, at least two rows, pooled; spoils `rows`.
///
/// The number of values where they are all equal; `None` where the range of the values overflows.
pub(super) fn ess(rows: &mut [f64], n: usize, fft: &Fft) -> Option<f64> {
    let range = to_unit_range(rows);
    if range == 0.0 {
        return Some(rows.len() as f64);
    }
    if !range.is_finite() {
        return None;
    }
    let means: Option<Vec<f64>> = rows.chunks_exact_mut(n).map(center).collect();
    let (_, spread) = mean_and_squares(means?.into_iter())?;

    let (size, count) = (n as f64, (rows.len() / n) as f64);
    let autocovariance = mean_autocovariance(rows, n, fft);
    let within = autocovariance[0] * size / (size - 1.0);
    let total = autocovariance[0] + spread / (count - 1.0);
    let time = autocorrelation_time(|lag| 1.0 - (within - autocovariance[lag]) / total, n);
    let draws = size * count;
    (!time.is_nan()).then(|| draws / time.max(1.0 / draws.log10()))
}

/// Maps values onto [0, 1], where squares neither overflow nor vanish, and returns the range they had: with 0 and what is not finite
/// the values are spoilt.
pub(super) fn to_unit_range(values: &mut [f64]) -> f64 {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let range = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low;
    values.iter_mut().for_each(|x| *x = (*x - low) / range);
    range
}

/// Subtracts the mean of a row and returns it; `None` for an empty row.
pub(super) fn center(row: &mut [f64]) -> Option<f64> {
    let (mean, _) = mean_and_squares(row.iter().copied())?;
    row.iter_mut().for_each(|x| *x -= mean);
    Some(mean)
}

/// Autocovariances (divisor n) of centered rows of n at lags 0..n, averaged over the rows.
///
/// Two rows make one complex sequence z: the real part of the inverse transform of |Z|^2 is the sum of their autocovariances.
pub(super) fn mean_autocovariance(rows: &[f64], n: usize, fft: &Fft) -> Vec<f64> {
    let mut power = vec![0.0; fft.len()];
    for group in rows.chunks(2 * n * PAIRS) {
        let spectra: Vec<Vec<f64>> = group
            .par_chunks(2 * n)
            .with_min_len(min_pairs(n))
            .map(|pair| power_spectrum(pair, n, fft))
            .collect();
        for spectrum in spectra {
            power
                .iter_mut()
                .zip(spectrum)
                .for_each(|(sum, p)| *sum += p);
        }
    }
    let mut imaginary = vec![0.0; fft.len()];
    fft.backward(&mut power, &mut imaginary);
    power.truncate(n);
    let scale = 1.0 / (fft.len() as f64 * rows.len() as f64);
    power.iter_mut().for_each(|c| *c *= scale);
    power
}

/// Short rows are not worth a task each.
fn min_pairs(n: usize) -> usize {
    if n < 512 { PAIRS } else { 1 }
}

/// |Z|^2 of one or two rows of n, padded with zeros.
fn power_spectrum(pair: &[f64], n: usize, fft: &Fft) -> Vec<f64> {
    let (mut re, mut im) = (vec![0.0; fft.len()], vec![0.0; fft.len()]);
    let (first, second) = pair.split_at(n);
    re[..n].copy_from_slice(first);
    im[..second.len()].copy_from_slice(second);
    fft.forward(&mut re, &mut im);
    re.iter_mut()
        .zip(im)
        .for_each(|(r, i)| *r = *r * *r + i * i);
    re
}

/// Integrated autocorrelation time from correlations at lags 0..n, in the form Stan, posterior and ArviZ share: sums of
/// neighboring pairs while positive (Geyer 1992, initial positive sequence), made not to rise (initial monotone sequence), and the
/// first correlation after the cut once where it is positive, which lowers the variance for antithetic chains.
fn autocorrelation_time(correlation: impl Fn(usize) -> f64, n: usize) -> f64 {
    let (mut even, mut odd) = (1.0, correlation(1));
    let mut sum = 0.0;
    let mut least = f64::INFINITY;
    let mut lag = 2;
    // Each turn settles the pair (even, odd) at lags lag - 2 and lag - 1, and looks at the next.
    while lag + 2 < n && even + odd > ROUNDING {
        least = f64::min(least, even + odd);
        sum += least;
        (even, odd) = (correlation(lag), correlation(lag + 1));
        lag += 2;
    }
    // The pair where the walk ended counts by its even half alone, once.
    let last = if even > 0.0 || even + odd >= -ROUNDING {
        even
    } else {
        0.0
    };
    2.0 * sum - 1.0 + last
}

/// [`autocorrelation_time`] of two correlations, each from a few lags only: of later ones, every second, fourth, .. one.
pub(super) fn rough_times(correlations: impl Fn(usize) -> [f64; 2], n: usize) -> [f64; 2] {
    let (mut lag, mut step, mut pairs) = (0, 1, 0);
    let (mut sums, mut least) = ([0.0; 2], [f64::INFINITY; 2]);
    let mut goes_on = [true; 2];
    while lag + 2 * step < n {
        let (early, late) = (correlations(lag), correlations(lag + step));
        for k in 0..2 {
            let pair = early[k] + late[k];
            // False of NaN, too.
            goes_on[k] &= pair > ROUNDING;
            if goes_on[k] {
                least[k] = f64::min(least[k], pair);
                sums[k] += step as f64 * least[k];
            }
        }
        if goes_on == [false; 2] {
            break;
        }
        lag += 2 * step;
        pairs += 1;
        if pairs % 32 == 0 {
            step *= 2;
        }
    }
    sums.map(|sum| 2.0 * sum - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autocovariance_is_the_lagged_sum() {
        for (rows, n) in [(1, 9), (2, 16), (5, 7), (17, 3)] {
            let mut data: Vec<f64> = (0..rows * n)
                .map(|i| ((i * i * 13 + i) % 17) as f64)
                .collect();
            data.chunks_exact_mut(n).for_each(|row| {
                center(row);
            });
            let by_fft = mean_autocovariance(&data, n, &Fft::new(2 * n));
            for (lag, found) in by_fft.iter().enumerate() {
                let lagged = |row: &[f64]| (lag..n).map(|t| row[t] * row[t - lag]).sum::<f64>();
                let sum: f64 = data.chunks_exact(n).map(lagged).sum();
                assert!((found - sum / (n * rows) as f64).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn time_of_a_geometric_correlation() {
        let time = autocorrelation_time(|lag| 0.5_f64.powi(lag as i32), 2000);
        // The tail that counts as zero is at most twice ROUNDING.
        assert!((time - 3.0).abs() < 4.0 * ROUNDING);
    }

    #[test]
    fn the_rough_time_is_near() {
        for rho in [0.0_f64, 0.5, 0.9, 0.99, 0.999] {
            let n = 20_000;
            let correlation = |lag: usize| rho.powi(lag as i32);
            let both = |lag| [correlation(lag), 0.5_f64.powi(lag as i32)];
            let [rough, other] = rough_times(both, n);
            let time = autocorrelation_time(correlation, n);
            assert!((rough / time - 1.0).abs() < 0.03, "{rho}: {rough} {time}");
            assert!((other / 3.0 - 1.0).abs() < 0.03);
        }
    }

    #[test]
    fn a_rising_pair_is_levelled() {
        // HammingWindow2 1.5, 0.2, 0.6 (levelled to 0.2), then negative with a positive even half 0.1.
        let rho = [1.0, 0.5, 0.1, 0.1, 0.3, 0.3, 0.1, -0.2, 0.0, 0.0, 0.0, 0.0];
        let time = autocorrelation_time(|lag| rho[lag], rho.len());
        assert!((time - (2.0 * (1.5 + 0.2 + 0.2) - 1.0 + 0.1)).abs() < 1e-15);
    }
}
