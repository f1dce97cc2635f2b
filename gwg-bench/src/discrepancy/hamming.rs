use super::DiscrepancyError;
use gwg_core::Real;

/// The exponential kernel of the average Hamming distance, `k(x, y) = exp(-scale h(x, y) / sites)`.
///
/// Positive definite for every scale: a product over the sites of `1` if the two symbols are equal and
/// `exp(-scale / sites)` if they differ. With scale 1 (Yang et al. 2018; Grathwohl et al. 2021) it is flat, with
/// values between `1/e` and 1; with a larger scale it is more sensitive to dependence between sites, but noisier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AverageHamming {
    scale: f64,
}

impl Default for AverageHamming {
    fn default() -> Self {
        Self::paper()
    }
}

impl AverageHamming {
    /// Creates the kernel with scale 1, as in the paper.
    #[must_use]
    pub const fn paper() -> Self {
        Self { scale: 1.0 }
    }

    /// Creates the kernel with the given scale.
    ///
    /// # Errors
    /// [`DiscrepancyError::Scale`] unless it is positive and finite.
    pub fn new(scale: f64) -> Result<Self, DiscrepancyError> {
        if scale > 0.0 && scale.is_finite() {
            Ok(Self { scale })
        } else {
            Err(DiscrepancyError::Scale { found: scale })
        }
    }

    /// The scale.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// `k` of two rows of `sites` symbols that differ at `distance` sites.
    #[must_use]
    pub fn value(&self, distance: usize, sites: usize) -> f64 {
        Real::exp(-self.scale * (distance as f64 / sites as f64))
    }

    /// The values at distances `0..=sites`.
    pub(super) fn table(&self, sites: usize) -> Vec<f64> {
        (0..=sites).map(|h| self.value(h, sites)).collect()
    }
}
