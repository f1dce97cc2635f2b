//! Where values fall on an axis, and its ticks.

use super::text::decade;

/// Above this many steps from zero, labels are counted from a round number nearby instead.
const LONGEST: f64 = 1e6;

/// A range of values and its ticks.
#[derive(Debug)]
pub(super) struct Axis {
    low: f64,
    span: f64,
    /// Place on the axis in [0, 1], and label.
    pub(super) ticks: Vec<(f64, String)>,
    /// What the labels are relative to, where the values themselves would be too long.
    pub(super) base: Option<f64>,
}

impl Axis {
    /// Of values in `low..=high` with about `about` ticks; `None` if the range is empty, too narrow or too wide for an f64.
    pub(super) fn new(low: f64, high: f64, about: u32) -> Option<Self> {
        let raw = step(low, high, about)?;
        Self::with_step(low, high, raw)
    }

    /// Of counts, with ticks at whole numbers only.
    pub(super) fn whole(low: f64, high: f64, about: u32) -> Option<Self> {
        let raw = step(low, high, about)?;
        Self::with_step(low, high, raw.max(1.0))
    }

    fn with_step(low: f64, high: f64, step: f64) -> Option<Self> {
        let span = high - low;
        let far = low.abs().max(high.abs()) / step > LONGEST;
        let base = far.then(|| (low / (10.0 * step)).floor() * (10.0 * step));
        let start = base.unwrap_or(0.0);
        let first = ((low - start) / step).ceil();
        let last = ((high - start) / step).floor();
        let count = (last - first).clamp(0.0, 20.0) as u32;
        let largest = if far { span } else { low.abs().max(high.abs()) };
        let tick = |i: u32| {
            // Adding 0 turns -0 into 0.
            let value = (first + f64::from(i)) * step + 0.0;
            let place = ((start - low) + value) / span;
            (place, label(value, step, largest))
        };
        let ticks: Vec<(f64, String)> = (0..=count).map(tick).collect();
        ticks.iter().all(|t| t.0.is_finite()).then_some(Self {
            low,
            span,
            ticks,
            base,
        })
    }

    /// Place of `x` on the axis: 0 at its low end, 1 at its high end.
    pub(super) fn place(&self, x: f64) -> f64 {
        ((x - self.low) / self.span).clamp(0.0, 1.0)
    }
}

/// The least of 1, 2 and 5 times a power of ten that makes at most `about` steps.
fn step(low: f64, high: f64, about: u32) -> Option<f64> {
    let span = high - low;
    if !span.is_normal() || span < 0.0 || span < high.abs().max(low.abs()) * 1e-13 {
        return None;
    }
    let raw = span / f64::from(about.max(1));
    let power = 10.0_f64.powi(decade(raw));
    let nice = [1.0, 2.0, 5.0].map(|m| m * power);
    let step = nice.into_iter().find(|s| *s >= raw).unwrap_or(10.0 * power);
    step.is_normal().then_some(step)
}

fn label(value: f64, step: f64, largest: f64) -> String {
    let fine = decade(step);
    if value != 0.0 && (largest >= 1e7 || fine < -5) {
        let digits = (decade(value) - fine).max(0) as usize;
        return format!("{value:.digits$e}");
    }
    format!("{value:.*}", (-fine).clamp(0, 6) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn round_ticks() {
        let axis = Axis::new(-1.3, 2.2, 5).unwrap();
        assert_eq!(labels(&axis), ["-1", "0", "1", "2"]);
        assert!((axis.place(0.45) - 0.5).abs() < 1e-15);
        let axis = Axis::new(0.0, 0.05, 5).unwrap();
        assert_eq!(
            labels(&axis),
            ["0.00", "0.01", "0.02", "0.03", "0.04", "0.05"]
        );
        let axis = Axis::whole(0.0, 3.0, 6).unwrap();
        assert_eq!(labels(&axis), ["0", "1", "2", "3"]);
        let axis = Axis::new(0.0, 3e9, 3).unwrap();
        assert_eq!(labels(&axis), ["0", "1e9", "2e9", "3e9"]);
    }

    #[test]
    fn narrow_ranges_far_from_zero_count_from_a_base() {
        let axis = Axis::new(1e9, 1e9 + 2.0, 4).unwrap();
        assert_eq!(axis.base, Some(1e9));
        assert_eq!(labels(&axis), ["0.0", "0.5", "1.0", "1.5", "2.0"]);
        let axis = Axis::new(-1e9 - 4.3, -1e9 + 2.0, 4).unwrap();
        assert_eq!(axis.base, Some(-1e9 - 20.0));
        assert_eq!(labels(&axis), ["16", "18", "20", "22"]);
    }

    #[test]
    fn impossible_ranges_are_refused() {
        for (low, high) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::MIN, f64::MAX),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
            (0.0, f64::from_bits(1)),
            (1e16, 1e16 + 2.0),
        ] {
            assert!(Axis::new(low, high, 5).is_none(), "{low} {high}");
        }
    }

    #[test]
    fn every_decade_has_few_ticks_on_the_axis() {
        for power in -300..300 {
            for mantissa in [1.0, 1.7, 3.3, 9.99] {
                let high = mantissa * 10.0_f64.powi(power);
                let axis = Axis::new(-high / 3.0, high, 5).unwrap();
                assert!((2..=7).contains(&axis.ticks.len()), "{high}");
                for (place, label) in &axis.ticks {
                    assert!((-1e-9..=1.0 + 1e-9).contains(place), "{high} {place}");
                    assert!(label.len() < 9, "{label}");
                }
            }
        }
    }
}
