//! Split R-hat on ranks.

use super::draws::Draws;
use super::moments::mean_and_squares;
use super::rank::{Sorted, folded, normal_scores};

/// The larger of R-hat on the normal scores `bulk` of the half chains and on those of the distances from the median.
///
/// `None` with one chain or where the half chains are one value. The folded R-hat alone may be undefined, as for a balanced
/// binary quantity (all its distances are one half); the bulk R-hat is then the answer.
pub(super) fn rank(draws: &Draws<'_>, sorted: &Sorted, bulk: &[f64]) -> Option<f64> {
    if draws.chains() < 2 {
        return None;
    }
    let tail = normal_scores(&folded(&sorted.split(draws)), sorted.tie);
    let bulk = rhat(bulk, draws.half())?;
    Some(rhat(&tail, draws.half()).map_or(bulk, |tail| bulk.max(tail)))
}

/// sqrt((n - 1 + B/W) / n) over rows of n, with B and W the between- and within-row variances (Gelman and Rubin 1992, split).
fn rhat(rows: &[f64], n: usize) -> Option<f64> {
    let each = |row: &[f64]| mean_and_squares(row.iter().copied());
    let moments = rows.chunks_exact(n).map(each).collect::<Option<Vec<_>>>()?;
    let count = moments.len() as f64;
    let within = moments.iter().map(|m| m.1).sum::<f64>() / count / (n - 1) as f64;
    let (_, spread) = mean_and_squares(moments.iter().map(|m| m.0))?;
    let ratio = n as f64 * spread / (count - 1.0) / within;
    (!ratio.is_nan()).then(|| ((ratio + (n - 1) as f64) / n as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Rows 0 2 and 2 4: W = 2, B = 2 var(1, 3) = 4, R = sqrt((1 + 2) / 2).
        assert_eq!(rhat(&[0.0, 2.0, 2.0, 4.0], 2), Some(1.5_f64.sqrt()));
    }

    #[test]
    fn standing_still() {
        assert_eq!(rhat(&[0.1; 8], 2), None);
        assert_eq!(
            rhat(&[0.1, 0.1, 0.1, 0.3, 0.3, 0.3], 3),
            Some(f64::INFINITY)
        );
    }
}
