use super::error::{LogZError, at_least};

/// The levels of a path: `0 = t_0 < t_1 < ... < t_T = 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    levels: Vec<f64>,
    even: bool,
}

impl Schedule {
    /// Any levels.
    ///
    /// # Errors
    /// [`LogZError::Schedule`] unless they ascend strictly from 0 to 1.
    pub fn new(levels: Vec<f64>) -> Result<Self, LogZError> {
        let last = levels.len().saturating_sub(1);
        let fits = |level: usize, t: f64, below: f64| match level {
            0 => t == 0.0 && last > 0,
            _ => t > below && (level < last || t == 1.0),
        };
        let mut below = f64::NAN;
        for (level, &t) in levels.iter().enumerate() {
            if !fits(level, t, below) {
                return Err(LogZError::Schedule { level, found: t });
            }
            below = t;
        }
        at_least("levels of a schedule", levels.len(), 2)?;
        Ok(Self {
            levels,
            even: false,
        })
    }

    /// `intervals` equal intervals.
    ///
    /// # Errors
    /// [`LogZError::TooFew`] without an interval.
    pub fn linear(intervals: usize) -> Result<Self, LogZError> {
        at_least("intervals of a schedule", intervals, 1)?;
        let levels = (0..=intervals).map(|k| k as f64 / intervals as f64);
        Ok(Self {
            even: true,
            ..Self::new(levels.collect())?
        })
    }

    /// Equal intervals in each of several pieces: `(upper end, intervals)`, the last upper end being 1. For example 500 intervals up to
    /// .5, 4000 up to .9, and 10,000 up to 1 (Salakhutdinov and Murray 2008).
    ///
    /// # Errors
    /// [`LogZError::Schedule`] unless the ends ascend to 1.
    pub fn piecewise(pieces: &[(f64, usize)]) -> Result<Self, LogZError> {
        let (mut levels, mut from) = (vec![0.0], 0.0);
        for &(to, intervals) in pieces {
            let inner = (1..intervals).map(|k| from + (to - from) * k as f64 / intervals as f64);
            levels.extend(inner);
            levels.push(to);
            from = to;
        }
        Self::new(levels)
    }

    /// The levels, in ascending order.
    #[must_use]
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }

    /// The number of intervals, `T`.
    #[must_use]
    pub fn intervals(&self) -> usize {
        self.levels.len() - 1
    }

    /// True if the intervals are equal by construction.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.even
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_lead_from_zero_to_one() {
        let even = Schedule::linear(4).unwrap();
        assert_eq!(even.levels(), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert!(even.is_even() && even.intervals() == 4);
        let pieces = Schedule::piecewise(&[(0.5, 2), (1.0, 5)]).unwrap();
        assert_eq!(pieces.intervals(), 7);
        assert_eq!(pieces.levels()[..3], [0.0, 0.25, 0.5]);
        assert!(!pieces.is_even());
        assert!(Schedule::linear(14_500).is_ok());
    }

    #[test]
    fn refusals_name_the_level() {
        for (levels, level) in [
            (vec![0.1, 1.0], 0),
            (vec![0.0], 0),
            (vec![0.0, 0.5, 0.5, 1.0], 2),
            (vec![0.0, 0.5], 1),
            (vec![0.0, f64::NAN, 1.0], 1),
            (vec![0.0, 1.0, 1.5], 2),
        ] {
            let message = Schedule::new(levels).unwrap_err().to_string();
            assert!(message.contains(&format!("level {level} ")), "{message}");
        }
        assert!(Schedule::new(vec![]).is_err());
        assert!(Schedule::linear(0).is_err());
        assert!(Schedule::piecewise(&[(0.5, 2), (0.9, 5)]).is_err());
    }
}
