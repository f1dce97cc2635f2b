//! Ranks, quantiles and indicators of all draws pooled.

use rayon::slice::ParallelSliceMut;

use super::draws::Draws;
use super::normal;

/// All draws in rising order, each with its chain-major position.
#[derive(Debug)]
pub(super) struct Sorted {
    pairs: Vec<(f64, usize)>,
    /// The largest difference of equal neighbors.
    pub(super) tie: f64,
}

impl Sorted {
    /// # Cost
    /// One sort, on rayon's threads; 16 bytes a draw.
    pub(super) fn new(draws: &Draws<'_>) -> Self {
        let mut pairs: Vec<(f64, usize)> = draws.iter().zip(0..).collect();
        pairs.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let ends = [pairs.first(), pairs.last()];
        let size = |end: Option<&(f64, usize)>| end.map_or(0.0, |(x, _)| x.abs());
        Self {
            tie: ends.map(size).into_iter().fold(0.0, f64::max) * draws.tie,
            pairs,
        }
    }

    /// The quantile of probability `prob` by linear interpolation (Hyndman and Fan's type 7); `None` of nothing.
    ///
    /// Interpolates from the nearer end, as NumPy does: whether a draw equals the quantile must not hang on one rounding.
    pub(super) fn quantile(&self, prob: f64) -> Option<f64> {
        let last = self.pairs.len().checked_sub(1)?;
        let at = last as f64 * prob;
        let below = (at as usize).min(last);
        let (a, b) = (self.pairs[below].0, self.pairs[(below + 1).min(last)].0);
        let t = at - below as f64;
        let step = b - a;
        Some(if t < 0.5 {
            a + step * t
        } else {
            b - step * (1.0 - t)
        })
    }

    /// Those draws that are in a half chain, with their positions there.
    pub(super) fn split(&self, draws: &Draws<'_>) -> Vec<(f64, usize)> {
        let place = |&(x, flat): &(f64, usize)| Some((x, draws.split_index(flat)?));
        self.pairs.iter().filter_map(place).collect()
    }

    /// Normal scores of the half chains.
    pub(super) fn split_z(&self, draws: &Draws<'_>) -> Vec<f64> {
        normal_scores(&self.split(draws), self.tie)
    }
}

/// Normal quantiles of (average rank - 3/8) / (n + 1/4) (Blom 1958), each put at its position; neighbors that differ by at
/// most `tie` share their average rank.
pub(super) fn normal_scores(sorted: &[(f64, usize)], tie: f64) -> Vec<f64> {
    let mut scores = vec![0.0; sorted.len()];
    let size = sorted.len() as f64 + 0.25;
    let mut before = 0;
    for ties in sorted.chunk_by(|a, b| b.0 - a.0 <= tie) {
        let rank = before as f64 + (ties.len() + 1) as f64 / 2.0;
        let z = normal::quantile((rank - 0.375) / size);
        for &(_, at) in ties {
            scores[at] = z;
        }
        before += ties.len();
    }
    scores
}

/// Distances from the median in rising order, made from the values in rising order by one merge.
pub(super) fn folded(sorted: &[(f64, usize)]) -> Vec<(f64, usize)> {
    let n = sorted.len();
    if n == 0 {
        return Vec::new();
    }
    let median = sorted[(n - 1) / 2].0.midpoint(sorted[n / 2].0);
    let (low, high) = sorted.split_at(sorted.partition_point(|&(x, _)| x < median));
    let mut low = low.iter().rev().map(|&(x, at)| (median - x, at)).peekable();
    let mut high = high.iter().map(|&(x, at)| (x - median, at)).peekable();
    let mut merged = Vec::with_capacity(n);
    loop {
        let take_low = match (low.peek(), high.peek()) {
            (Some(a), Some(b)) => a.0 <= b.0,
            (a, _) => a.is_some(),
        };
        let next = if take_low { low.next() } else { high.next() };
        match next {
            Some(pair) => merged.push(pair),
            None => return merged,
        }
    }
}

/// The half chains of 1 where a draw is at most `bound` and 0 elsewhere.
pub(super) fn indicator(draws: &Draws<'_>, bound: f64) -> Vec<f64> {
    let mut split = draws.split();
    for x in &mut split {
        *x = f64::from(u8::from(*x <= bound));
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(values: &[f64]) -> Sorted {
        Sorted::new(&Draws::new(&[values]).unwrap())
    }

    #[test]
    fn ties_share_their_average_rank() {
        let z = sorted(&[2.0, 1.0, 2.0, 5.0]);
        let z = normal_scores(&z.pairs, z.tie);
        let score = |rank: f64| normal::quantile((rank - 0.375) / 4.25);
        assert_eq!(z, [score(2.5), score(1.0), score(2.5), score(4.0)]);
    }

    #[test]
    fn zeros_of_both_signs_tie() {
        let z = normal_scores(&sorted(&[0.0, -0.0, 0.0, -0.0]).pairs, 0.0);
        assert_eq!(z, [0.0; 4]);
    }

    #[test]
    fn values_equal_up_to_rounding_tie() {
        let [forth, back] = [(0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)];
        assert_ne!(forth, back);
        assert_eq!(sorted(&[forth, back]).tie, 0.0);
        let of = |values: &[f64]| {
            let sorted = Sorted::new(&Draws::new(&[values]).unwrap().of_sum());
            normal_scores(&sorted.pairs, sorted.tie)
        };
        assert_eq!(
            of(&[forth, 0.5, back, 0.6 + 1e-9]),
            of(&[2.0, 1.0, 2.0, 3.0])
        );
    }

    #[test]
    fn quantiles_interpolate_and_hit_their_ends() {
        let s = sorted(&[4.0, 1.0, 3.0, 2.0]);
        assert_eq!(s.quantile(0.0), Some(1.0));
        assert_eq!(s.quantile(1.0), Some(4.0));
        assert_eq!(s.quantile(0.5), Some(2.5));
        assert!((s.quantile(0.95).unwrap() - 3.85).abs() < 1e-15);
        assert_eq!(sorted(&[]).quantile(0.5), None);
    }

    #[test]
    fn folding_is_sorting_the_distances() {
        for values in [
            &[3.0, 9.0, 1.0, 1.0, 4.0, 7.0][..],
            &[0.0, 1.0, 1.0],
            &[2.0],
            &[],
        ] {
            let rising = sorted(values).pairs;
            let merged = folded(&rising);
            let median = sorted(values).quantile(0.5).unwrap_or(0.0);
            let mut expected: Vec<f64> = values.iter().map(|x| (x - median).abs()).collect();
            expected.sort_by(f64::total_cmp);
            assert_eq!(merged.iter().map(|m| m.0).collect::<Vec<_>>(), expected);
            assert!(
                merged
                    .iter()
                    .all(|&(d, at)| (values[at] - median).abs() == d)
            );
        }
    }
}
