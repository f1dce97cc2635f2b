use gwg_core::{Delta, Gradient};
use gwg_linalg::{Error, Matrix, spectral_norm};
use gwg_models::{DenseIsing, Rbm};

/// A target whose gradient is known not to turn faster than it says.
///
/// Both constants hold over the convex hull of the space, in the coordinates the gradient is taken in (`{0, 1}`, or
/// one-hot). They are bounds, to rounding: never smaller than the true suprema.
pub trait Smooth: Gradient<Real = f64> + Delta {
    /// L: the gradient is L-Lipschitz in the Euclidean norm.
    ///
    /// # Errors
    /// [`Error`] where a norm cannot be computed.
    fn lipschitz(&self) -> Result<f64, Error>;

    /// `sup |v' H v|` over the differences v of a configuration and its neighbours, H the Hessian anywhere in the hull.
    fn curvature(&self) -> f64;

    /// True where f is convex, so that no first-order difference is larger than the exact one.
    fn is_convex(&self) -> bool {
        false
    }
}

/// `f = s'Js + h.s` with `s = 2x - 1` has the Hessian `8 J` in x, both triangles of J counting.
impl Smooth for DenseIsing<f64> {
    fn lipschitz(&self) -> Result<f64, Error> {
        let n = self.field().len();
        Ok(8.0 * spectral_norm(Matrix::new(self.coupling(), n, n)?)?)
    }

    /// 0: the diagonal of J is.
    fn curvature(&self) -> f64 {
        0.0
    }
}

/// The free energy has the Hessian `W diag(s) W'`, `s` the slope of the logistic function, at most 1/4: convex.
impl Smooth for Rbm<f64> {
    fn lipschitz(&self) -> Result<f64, Error> {
        let weights = Matrix::new(self.weights(), self.visible(), self.hidden())?;
        let norm = spectral_norm(weights)?;
        Ok(0.25 * norm * norm)
    }

    fn curvature(&self) -> f64 {
        let rows = self.weights().chunks(self.hidden());
        let square = |row: &[f64]| row.iter().map(|w| w * w).sum::<f64>();
        rows.map(|row| 0.25 * square(row)).fold(0.0, f64::max)
    }

    fn is_convex(&self) -> bool {
        true
    }
}
