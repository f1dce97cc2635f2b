//! Densities on `R^n`, and the relaxed density of a binary model.

mod relaxation;
mod schedule;

pub use relaxation::BinaryRelaxation;
pub use schedule::Schedule;

use gwg_core::Real;

/// A density on `R^n`, known up to a constant, with its gradient.
///
/// Implemented by [`BinaryRelaxation`]; a program of its own implements it for a continuous model
/// (`examples/langevin_toy` of gwg-learn: an energy of points in the plane).
pub trait Density {
    /// The precision of all computations.
    type Real: Real;

    /// The number of coordinates.
    fn dimension(&self) -> usize;

    /// The length of the scratch slice of [`evaluate`](Self::evaluate).
    fn scratch_len(&self) -> usize {
        0
    }

    /// Writes the gradient of the log-density at `u` and returns the log-density up to a constant.
    fn evaluate(
        &self,
        u: &[Self::Real],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64;
}

impl<D: Density + ?Sized> Density for &D {
    type Real = D::Real;

    fn dimension(&self) -> usize {
        (**self).dimension()
    }

    fn scratch_len(&self) -> usize {
        (**self).scratch_len()
    }

    fn evaluate(
        &self,
        u: &[Self::Real],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64 {
        (**self).evaluate(u, gradient, scratch)
    }
}
