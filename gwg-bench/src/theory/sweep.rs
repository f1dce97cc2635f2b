use super::Smooth;
use super::row::kernels;
use crate::exact::{AnalysisError, gaps};

/// Grid points per octave.
const STEPS: i32 = 8;

/// The gaps of both kernels over proposal temperatures.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The target.
    pub model: String,
    /// Its family of models.
    pub family: &'static str,
    /// `0.5 2^(k / 8)`, from 0.5 to 8.
    pub temperatures: Vec<f64>,
    /// `Gap(Q)` at each temperature.
    pub exact: Vec<f64>,
    /// `Gap(Q~)` at each temperature.
    pub first_order: Vec<f64>,
}

/// `0.5 2^(k / 8)` up to 8; powers of 2 are exact.
fn grid() -> Vec<f64> {
    let root = 2.0f64.sqrt();
    let (fourth, eighth) = (root.sqrt(), root.sqrt().sqrt());
    (0..=4 * STEPS)
        .map(|k| {
            let bit = |b: i32, factor: f64| if k & b != 0 { factor } else { 1.0 };
            0.5 * 2.0f64.powi(k / STEPS) * bit(4, root) * bit(2, fourth) * bit(1, eighth)
        })
        .collect()
}

impl Sweep {
    pub(super) fn new<T: Smooth>(
        (model, family): (&str, &'static str),
        target: &T,
    ) -> Result<Self, AnalysisError> {
        let mut made = Self {
            model: model.to_owned(),
            family,
            temperatures: grid(),
            exact: Vec::new(),
            first_order: Vec::new(),
        };
        for &temperature in &made.temperatures {
            let (exact, first_order) = kernels(target, temperature)?;
            made.exact.push(gaps(&exact)?.gap());
            made.first_order.push(gaps(&first_order)?.gap());
        }
        Ok(made)
    }

    /// `Gap(Q~)` at a temperature of the grid; `None` for others.
    #[must_use]
    pub fn at(&self, temperature: f64) -> Option<f64> {
        let points = self.temperatures.iter().zip(&self.first_order);
        let near = |t: f64| (t / temperature - 1.0).abs() < 1e-9;
        points.filter(|(t, _)| near(**t)).map(|(_, g)| *g).next()
    }

    /// The temperature of the grid with the largest `Gap(Q~)`, and that gap.
    #[must_use]
    pub fn best(&self) -> (f64, f64) {
        let points = self.temperatures.iter().zip(&self.first_order);
        let start = (f64::NAN, f64::NEG_INFINITY);
        points.fold(
            start,
            |best, (&t, &g)| if g > best.1 { (t, g) } else { best },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_the_powers_of_two() {
        let grid = grid();
        assert!(grid.is_sorted() && grid.len() == 33);
        for t in [0.5, 1.0, 2.0, 4.0, 8.0] {
            assert!(grid.contains(&t), "{grid:?}");
        }
    }

    #[test]
    fn the_best_temperature_is_found() {
        let sweep = Sweep {
            model: "test".into(),
            family: "test",
            temperatures: vec![1.0, 2.0, 4.0],
            exact: vec![0.1; 3],
            first_order: vec![0.1, 0.3, 0.2],
        };
        assert_eq!(sweep.best(), (2.0, 0.3));
        assert_eq!((sweep.at(4.0), sweep.at(3.0)), (Some(0.2), None));
    }
}
