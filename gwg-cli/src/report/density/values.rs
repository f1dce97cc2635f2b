//! The different values of a quantity that takes few of them, and their shares.

use crate::report::series::Plotted;

/// Most different values of a quantity shown by their shares.
const MOST: usize = 40;
/// Fewest draws of all chains per value: else the values are those of a continuous quantity drawn few times.
const DRAWS: usize = 4;
/// Values closer than this fraction of the range are the same up to rounding.
const SAME: f64 = 1e-5;
/// Smallest width of a step, as a fraction of the range.
const THIN: f64 = 0.005;

/// The different values, ascending; at least 2.
#[derive(Debug)]
pub(super) struct Values {
    values: Vec<f64>,
    /// Width of a step: the smallest distance of two values.
    width: f64,
    tolerance: f64,
}

impl Values {
    /// The values of a quantity; `None` where they are many.
    pub(super) fn of(of: &Plotted<'_>) -> Option<Self> {
        let range = of.high - of.low;
        let tolerance = SAME * range;
        let mut values: Vec<f64> = Vec::new();
        for &value in of.values {
            if let Err(at) = find(&values, value, tolerance) {
                if values.len() == MOST {
                    return None;
                }
                values.insert(at, value);
            }
        }
        let gaps = values.windows(2).map(|w| w[1] - w[0]);
        let width = gaps.fold(range, f64::min).max(THIN * range);
        (values.len() >= 2 && DRAWS * values.len() <= of.values.len()).then_some(Self {
            values,
            width,
            tolerance,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn get(&self, k: usize) -> f64 {
        self.values[k]
    }

    /// The left edge of the first step and the right edge of the last.
    pub(super) fn ends(&self) -> (f64, f64) {
        let half = 0.5 * self.width;
        (self.values[0] - half, self.values[self.len() - 1] + half)
    }

    /// The share of each value in a chain.
    pub(super) fn shares(&self, chain: &[f64]) -> Vec<f64> {
        let mut counts = vec![0_u64; self.len()];
        for &value in chain {
            if let Ok(k) = find(&self.values, value, self.tolerance) {
                counts[k] += 1;
            }
        }
        let share = |n: u64| n as f64 / chain.len() as f64;
        counts.into_iter().map(share).collect()
    }

    /// The outline of the steps, which fall to zero between values further apart than the closest two.
    pub(super) fn steps(&self, shares: &[f64]) -> Vec<(f64, f64)> {
        let half = 0.5 * self.width;
        let mut points = vec![(self.values[0] - half, 0.0)];
        for (k, (&value, &share)) in self.values.iter().zip(shares).enumerate() {
            points.extend([(value - half, share), (value + half, share)]);
            let next = self.values.get(k + 1).map(|next| next - half);
            if next.is_none_or(|next| next > value + half + 0.01 * self.width) {
                points.push((value + half, 0.0));
                points.extend(next.map(|next| (next, 0.0)));
            }
        }
        points
    }
}

/// The index of a value, or where it is to be inserted.
fn find(values: &[f64], value: f64, tolerance: f64) -> Result<usize, usize> {
    let at = values.partition_point(|v| *v < value - tolerance);
    match values.get(at) {
        Some(found) if *found <= value + tolerance => Ok(at),
        _ => Err(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Option<Values> {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Values::of(&Plotted {
            name: "v",
            values,
            chains: 1,
            draws: values.len(),
            low,
            high,
        })
    }

    #[test]
    fn values_equal_up_to_rounding_are_one() {
        let values: Vec<f64> = (0..40)
            .map(|i| f64::from(i % 4) + 1e-9 * f64::from(i))
            .collect();
        let found = of(&values).unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!(found.shares(&values), [0.25; 4]);
    }

    #[test]
    fn many_values_and_few_draws_of_each_are_not_discrete() {
        let many: Vec<f64> = (0..1000).map(|i| f64::from(i % 41)).collect();
        assert!(of(&many).is_none());
        assert!(of(&many[..40]).is_none());
        let few: Vec<f64> = (0..160).map(|i| f64::from(i % 40)).collect();
        assert_eq!(of(&few).unwrap().len(), 40);
    }

    #[test]
    fn steps_fall_to_zero_in_gaps() {
        let values: Vec<f64> = [0.0, 1.0, 4.0].repeat(4);
        let found = of(&values).unwrap();
        let steps = found.steps(&[0.2, 0.3, 0.5]);
        let expected = [
            (-0.5, 0.0),
            (-0.5, 0.2),
            (0.5, 0.2),
            (0.5, 0.3),
            (1.5, 0.3),
            (1.5, 0.0),
            (3.5, 0.0),
            (3.5, 0.5),
            (4.5, 0.5),
            (4.5, 0.0),
        ];
        assert_eq!(steps, expected);
        assert_eq!(found.ends(), (-0.5, 4.5));
    }
}
