//! Axes: positions of values, and ticks.

use super::text::decade;

/// If a tick is more than this many steps from zero, labels are relative to a round base.
const LONGEST: f64 = 1e6;

/// A range of values with ticks.
#[derive(Debug)]
pub(crate) struct Axis {
    low: f64,
    span: f64,
    /// Whether positions are proportional to the decimal logarithm; `low` and `span` are then logarithms.
    logarithmic: bool,
    /// Positions in [0, 1], with labels.
    pub(crate) ticks: Vec<(f64, String)>,
    /// The base that labels are relative to, if the values themselves would be too long.
    pub(crate) base: Option<f64>,
}

impl Axis {
    /// An axis over `low..=high` with about `about` ticks; `None` if the range is empty, or too narrow or too wide for an f64.
    pub(crate) fn new(low: f64, high: f64, about: u32) -> Option<Self> {
        let raw = step(low, high, about)?;
        Self::with_step(low, high, raw)
    }

    /// An axis of counts, with ticks at whole numbers only.
    pub(crate) fn whole(low: f64, high: f64, about: u32) -> Option<Self> {
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
            // Adding 0 converts -0 to 0.
            let value = (first + f64::from(i)) * step + 0.0;
            let place = ((start - low) + value) / span;
            (place, label(value, step, largest))
        };
        let ticks: Vec<(f64, String)> = (0..=count).map(tick).collect();
        ticks.iter().all(|t| t.0.is_finite()).then_some(Self {
            low,
            span,
            logarithmic: false,
            ticks,
            base,
        })
    }

    /// A logarithmic axis with about `about` ticks: at powers of ten, with 2 and 5 times these if there are too few, or at
    /// round values if these are still too few. `None` as for [`new`](Self::new), or if `low` is not positive.
    pub(crate) fn logarithmic(low: f64, high: f64, about: u32) -> Option<Self> {
        let (bottom, top) = (low.log10(), high.log10());
        let span = top - bottom;
        if !(low.is_normal() && low > 0.0 && high.is_finite() && span > 1e-6) {
            return None;
        }
        let values = log_ticks(bottom, top, about);
        let ticks = if values.len() < 2 {
            let plain = Self::new(low, high, about)?;
            let value = |place: f64| (place * plain.span + plain.low).max(low);
            let place = |place: f64| (value(place).log10() - bottom) / span;
            plain
                .ticks
                .iter()
                .map(|t| (place(t.0), t.1.clone()))
                .collect()
        } else {
            let tick = |(digit, power): (u8, i32)| {
                let place = (f64::from(digit).log10() + f64::from(power) - bottom) / span;
                (place, log_label(digit, power))
            };
            values.into_iter().map(tick).collect()
        };
        Some(Self {
            low: bottom,
            span,
            logarithmic: true,
            ticks,
            base: None,
        })
    }

    /// True if `x` can be shown: finite, and positive on a logarithmic axis.
    pub(crate) fn shows(&self, x: f64) -> bool {
        x.is_finite() && (!self.logarithmic || x > 0.0)
    }

    /// The lowest value.
    pub(crate) fn low(&self) -> f64 {
        self.value(self.low)
    }

    /// The highest value.
    pub(crate) fn high(&self) -> f64 {
        self.value(self.low + self.span)
    }

    fn value(&self, at: f64) -> f64 {
        if self.logarithmic {
            10.0_f64.powf(at)
        } else {
            at
        }
    }

    /// Position of `x`: 0 at the low end of the axis, 1 at the high end.
    pub(crate) fn place(&self, x: f64) -> f64 {
        let x = if self.logarithmic { x.log10() } else { x };
        ((x - self.low) / self.span).clamp(0.0, 1.0)
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that gives at most `about` steps.
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

/// First digit and power of ten of each tick between two logarithms.
fn log_ticks(bottom: f64, top: f64, about: u32) -> Vec<(u8, i32)> {
    let slack = 1e-9 * (top - bottom);
    let on = |&(digit, power): &(u8, i32)| {
        let at = f64::from(digit).log10() + f64::from(power);
        (bottom - slack..=top + slack).contains(&at)
    };
    let powers = bottom.floor() as i32..=top.ceil() as i32;
    let decades: Vec<(u8, i32)> = powers.clone().map(|p| (1, p)).filter(on).collect();
    if decades.len() >= 3 {
        let every = decades.len().div_ceil(about.max(2) as usize + 1).max(1) as i32;
        return decades.into_iter().filter(|t| t.1 % every == 0).collect();
    }
    let fine = powers.flat_map(|p| [1, 2, 5].map(|digit| (digit, p)));
    fine.filter(on).collect()
}

/// A short label; decimals are used only for the decades where they are readable.
fn log_label(digit: u8, power: i32) -> String {
    match power {
        0..=3 => format!("{digit}{}", "0".repeat(power as usize)),
        -3..=-1 => format!("0.{}{digit}", "0".repeat((-power - 1) as usize)),
        _ => format!("{digit}e{power}"),
    }
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
    fn logarithmic_ticks_are_powers_of_ten_or_fill_the_gaps() {
        let axis = Axis::logarithmic(1e-4, 1e2, 6).unwrap();
        let powers = ["1e-4", "0.001", "0.01", "0.1", "1", "10", "100"];
        assert_eq!(labels(&axis), powers);
        assert!((axis.place(0.1) - 0.5).abs() < 1e-12);
        let axis = Axis::logarithmic(0.7, 30.0, 5).unwrap();
        assert_eq!(labels(&axis), ["1", "2", "5", "10", "20"]);
        let axis = Axis::logarithmic(1.1, 1.9, 4).unwrap();
        assert_eq!(labels(&axis), ["1.2", "1.4", "1.6", "1.8"]);
        assert!((axis.ticks[0].0 - axis.place(1.2)).abs() < 1e-12);
        let axis = Axis::logarithmic(1e-40, 1.0, 5).unwrap();
        assert!((4..=7).contains(&axis.ticks.len()), "{:?}", axis.ticks);
        for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, f64::INFINITY)] {
            assert!(Axis::logarithmic(low, high, 5).is_none(), "{low} {high}");
        }
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
