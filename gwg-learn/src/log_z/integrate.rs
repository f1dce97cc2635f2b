use super::error::{LogZError, all_finite, at_least, has_length};
use super::estimate::{Estimate, Method};
use super::schedule::Schedule;

/// The two rules of quadrature for one integral.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quadrature {
    /// By trapezoids.
    pub trapezoid: f64,
    /// By Simpson's rule, if the levels are equally spaced and their intervals even in number.
    pub simpson: Option<f64>,
    /// An estimate of the error of the better of the two: the difference to the same rule on every second level, divided by 3
    /// (trapezoids) or 15 (Simpson); the difference of both rules where that is not possible; infinite where neither is.
    pub error: f64,
}

impl Quadrature {
    /// Simpson's value, or that of the trapezoids.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.simpson.unwrap_or(self.trapezoid)
    }
}

/// Integrates a function, known at the levels of a schedule, from 0 to 1.
///
/// # Errors
/// [`LogZError::Length`], [`LogZError::NotFinite`].
///
/// ```
/// use gwg_learn::log_z::{Schedule, quadrature};
///
/// let levels = Schedule::linear(4)?;
/// let cubes: Vec<f64> = levels.levels().iter().map(|t| t * t * t).collect();
/// assert_eq!(quadrature(&levels, &cubes)?.simpson, Some(0.25));
/// # Ok::<(), gwg_learn::log_z::LogZError>(())
/// ```
pub fn quadrature(levels: &Schedule, values: &[f64]) -> Result<Quadrature, LogZError> {
    has_length("values at levels", values.len(), levels.levels().len())?;
    all_finite("values at levels", values)?;
    let t = levels.levels();
    let intervals = t.len() - 1;
    let trapezoid = trapezoids(t, values);
    let simpson = levels.is_even().then(|| simpson(values, 1)).flatten();
    let error = match simpson {
        Some(fine) => match self::simpson(values, 2) {
            Some(coarse) => (fine - coarse).abs() / 15.0,
            None => (fine - trapezoid).abs(),
        },
        None if intervals >= 2 => {
            let every_second = |x: &[f64]| {
                let mut kept: Vec<f64> = x.iter().step_by(2).copied().collect();
                if intervals % 2 == 1 {
                    kept.extend(x.last());
                }
                kept
            };
            (trapezoid - trapezoids(&every_second(t), &every_second(values))).abs() / 3.0
        }
        None => f64::INFINITY,
    };
    Ok(Quadrature {
        trapezoid,
        simpson,
        error,
    })
}

fn trapezoids(t: &[f64], values: &[f64]) -> f64 {
    let sides = t.windows(2).zip(values.windows(2));
    sides
        .map(|(t, y)| match (t, y) {
            ([a, b], [from, to]) => 0.5 * (b - a) * (from + to),
            _ => 0.0,
        })
        .sum()
}

/// Simpson's rule on every `step`-th of equally spaced values from 0 to 1.
fn simpson(values: &[f64], step: usize) -> Option<f64> {
    let intervals = values.len().saturating_sub(1);
    if intervals == 0 || !intervals.is_multiple_of(2 * step) {
        return None;
    }
    let last = intervals / step;
    let weighted = values.iter().step_by(step).enumerate().map(|(k, y)| {
        let weight = match k {
            _ if k == 0 || k == last => 1.0,
            _ if k % 2 == 1 => 4.0,
            _ => 2.0,
        };
        weight * y
    });
    Some(weighted.sum::<f64>() / (3 * last) as f64)
}

/// Thermodynamic integration: `log Z_1 = log Z_0 + int_0^1 E_t[df_t/dt] dt`.
///
/// `slopes` has shape (particles, levels), row-major: for each particle its mean of `df_t/dt` over its equilibrium draws at each level.
/// Particles are independent of one another; the levels of one particle may be correlated. The standard error is that of the mean of
/// the particles' own integrals, so it takes such correlations into account; [`Estimate::systematic_error`] is that of the quadrature.
///
/// # Errors
/// [`LogZError::TooFew`] for fewer than two particles; [`LogZError::Length`]; [`LogZError::NotFinite`].
pub fn integrate(levels: &Schedule, slopes: &[f64], log_z0: f64) -> Result<Estimate, LogZError> {
    let width = levels.levels().len();
    let particles = slopes.len() / width;
    at_least("particles", particles, 2)?;
    has_length(
        "slopes (particles, levels)",
        slopes.len(),
        particles * width,
    )?;
    let n = particles as f64;
    let mut means = vec![0.0; width];
    let (mut mean, mut squares) = (0.0, 0.0);
    for (k, row) in slopes.chunks_exact(width).enumerate() {
        gwg_linalg::axpy(1.0 / n, row, &mut means);
        let delta = quadrature(levels, row)?.value() - mean;
        mean += delta / (k + 1) as f64;
        squares += delta * delta * k as f64 / (k + 1) as f64;
    }
    let rule = quadrature(levels, &means)?;
    let error = (squares / (n - 1.0) / n).sqrt();
    Ok(Estimate {
        systematic_error: rule.error,
        ..Estimate::new(Method::Integration, log_z0 + rule.value(), error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(levels: &Schedule, f: impl Fn(f64) -> f64) -> Quadrature {
        let values: Vec<f64> = levels.levels().iter().map(|&t| f(t)).collect();
        quadrature(levels, &values).unwrap()
    }

    #[test]
    fn the_estimated_error_covers_the_error() {
        let wanted = 1.0f64.exp() - 1.0;
        for intervals in [4, 8, 12] {
            let found = of(&Schedule::linear(intervals).unwrap(), f64::exp);
            let error = (found.value() - wanted).abs();
            assert!(
                error <= 1.1 * found.error && error >= 0.9 * found.error,
                "{found:?}"
            );
        }
        // Simpson's rule cannot be repeated on half of 6 intervals, and there is none on 5.
        for intervals in [5, 6] {
            let found = of(&Schedule::linear(intervals).unwrap(), f64::exp);
            let error = (found.value() - wanted).abs();
            assert!(error <= 1.5 * found.error, "{found:?}");
            assert_eq!(found.simpson.is_some(), intervals == 6);
        }
        let found = of(&Schedule::linear(1).unwrap(), f64::exp);
        assert_eq!(found.error, f64::INFINITY);
    }

    #[test]
    fn uneven_levels_use_trapezoids() {
        let levels = Schedule::new(vec![0.0, 0.1, 0.3, 0.7, 1.0]).unwrap();
        let found = of(&levels, |t| 2.0 * t);
        assert!((found.trapezoid - 1.0).abs() < 1e-15 && found.simpson.is_none());
    }

    #[test]
    fn the_error_is_that_of_the_particles() {
        let levels = Schedule::linear(2).unwrap();
        // Each particle has a constant slope: its integral.
        let slopes: Vec<f64> = [1.0, 2.0, 3.0, 6.0].iter().flat_map(|&s| [s; 3]).collect();
        let found = integrate(&levels, &slopes, 10.0).unwrap();
        assert!((found.value - 13.0).abs() < 1e-12);
        assert!((found.standard_error - (14.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
        assert!(integrate(&levels, &slopes[..3], 0.0).is_err());
        assert!(integrate(&levels, &slopes[..7], 0.0).is_err());
    }
}
