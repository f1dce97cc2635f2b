use super::row::kernels;
use super::{Quadratic, Smooth};
use crate::exact::{AnalysisError, gaps};
use gwg_core::Real;

/// A member of the family on which the constant of the theorem is attained in the limit: [`Quadratic::sharp`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharp {
    /// D.
    pub sites: usize,
    /// L.
    pub lipschitz: f64,
    /// c of the theorem at temperature 2.
    pub constant: f64,
    /// `Gap(Q~) / Gap(Q)` by enumeration.
    pub measured: f64,
    /// The same ratio by [`sharp_ratio`].
    pub closed_form: f64,
}

/// Returns `Gap(Q~) / Gap(Q) = D c / (c + D - 1)` with `c = exp(-L / tau)`, which tends to c as D grows.
///
/// The distribution is uniform and the first-order weights do not depend on the state, so the ratio of every proposal is 1,
/// and site i is proposed with a fixed probability `q_i`. With k the probability of acceptance ([`gwg_core::accept::KEEP`]),
/// the gaps are `2 k min q_i`: `2 k / D`, and `2 k c / (c + D - 1)`.
#[must_use]
pub fn sharp_ratio(sites: usize, lipschitz: f64, temperature: f64) -> f64 {
    let (d, c) = (sites as f64, Real::exp(-lipschitz / temperature));
    d * c / (c + d - 1.0)
}

impl Sharp {
    /// Enumerates the member with `sites` sites (D) and Lipschitz constant `lipschitz` (L), at temperature 2.
    ///
    /// # Errors
    /// [`AnalysisError`] if it cannot be analyzed.
    pub fn new(sites: usize, lipschitz: f64) -> Result<Self, AnalysisError> {
        let target = Quadratic::sharp(sites, lipschitz);
        let (exact, first_order) = kernels(&target, 2.0)?;
        Ok(Self {
            sites,
            lipschitz,
            constant: Real::exp(-0.5 * target.lipschitz()?),
            measured: gaps(&first_order)?.gap() / gaps(&exact)?.gap(),
            closed_form: sharp_ratio(sites, lipschitz, 2.0),
        })
    }

    /// Absolute difference of the measured ratio and the closed form.
    #[must_use]
    pub fn error(&self) -> f64 {
        (self.measured - self.closed_form).abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sharp_family_has_its_closed_form() {
        // Five digits, computed independently.
        for (sites, known) in [(2, 0.537_88), (4, 0.436_93), (8, 0.399_44)] {
            let found = Sharp::new(sites, 2.0).unwrap();
            assert!(found.error() < 1e-10, "{found:?}");
            assert!((found.closed_form - known).abs() < 5e-6, "{found:?}");
            assert!((found.constant - 0.367_88).abs() < 5e-6 && found.measured > found.constant);
        }
    }

    #[test]
    fn the_closed_form_is_valid_at_other_temperatures() {
        let target = Quadratic::sharp(5, 3.0);
        for temperature in [0.7, 1.0, 4.0] {
            let (exact, first_order) = kernels(&target, temperature).unwrap();
            let ratio = gaps(&first_order).unwrap().gap() / gaps(&exact).unwrap().gap();
            assert!(
                (ratio - sharp_ratio(5, 3.0, temperature)).abs() < 1e-12,
                "{ratio}"
            );
        }
    }
}
