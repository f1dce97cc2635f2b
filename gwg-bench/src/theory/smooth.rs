use gwg_core::{Delta, Gradient, Space};
use gwg_linalg::{Error, Matrix, spectral_norm};
use gwg_models::{DenseIsing, Rbm};

/// A target with known bounds on its second derivatives.
///
/// Both constants are valid over the convex hull of the space, in the coordinates of the gradient (`{0, 1}`, or
/// one-hot). They are upper bounds up to rounding.
pub trait Smooth: Gradient<Real = f64, Space: Space<Symbol = u8>> + Delta {
    /// L: the gradient is L-Lipschitz in the Euclidean norm.
    ///
    /// # Errors
    /// [`Error`] if a norm cannot be computed.
    fn lipschitz(&self) -> Result<f64, Error>;

    /// `sup |v' H v|` over the differences v between neighboring configurations, with H the Hessian anywhere in the hull.
    fn curvature(&self) -> f64;

    /// Whether f is convex, so that no first-order difference is larger than the exact one.
    fn is_convex(&self) -> bool {
        false
    }
}

/// `f = s'Js + h.s` with `s = 2x - 1` has the Hessian `8 J` in x, counting both triangles of J.
impl Smooth for DenseIsing<f64> {
    fn lipschitz(&self) -> Result<f64, Error> {
        let n = self.field().len();
        Ok(8.0 * spectral_norm(Matrix::new(self.coupling(), n, n)?)?)
    }

    /// 0, because the diagonal of J is 0.
    fn curvature(&self) -> f64 {
        0.0
    }
}

/// The free energy has the Hessian `W diag(s) W'`, with s the slope of the logistic function, at most 1/4: it is convex.
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

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::check;

    /// The largest `|grad f(x) - grad f(y)| / |x - y|` over pairs of configurations.
    fn steepest(target: &impl Smooth) -> f64 {
        let all = check::configurations(target.space());
        let gradient = |x: &Vec<u8>| {
            let mut g = vec![0.0; target.space().gradient_len()];
            let mut scratch = vec![0.0; target.gradient_scratch_len(1)];
            target.value_and_gradient(x, &mut g, &mut scratch);
            g
        };
        let gradients: Vec<Vec<f64>> = all.iter().map(gradient).collect();
        let mut most: f64 = 0.0;
        for (x, g) in all.iter().zip(&gradients) {
            for (y, h) in all.iter().zip(&gradients).filter(|(y, _)| *y != x) {
                let square: f64 = g.iter().zip(h).map(|(g, h)| (g - h) * (g - h)).sum();
                let apart = x.iter().zip(y).filter(|(x, y)| x != y).count();
                most = most.max((square / apart as f64).sqrt());
            }
        }
        most
    }

    #[test]
    fn the_constant_of_an_ising_model_is_8_times_the_norm_of_its_couplings() {
        // Two sites: J has the norm a, and the bound is attained.
        let pair = DenseIsing::new(vec![0.0, 0.7, 0.7, 0.0], vec![0.1, 0.2]).unwrap();
        assert!((pair.lipschitz().unwrap() - 5.6).abs() < 1e-14);
        assert!((steepest(&pair) - 5.6).abs() < 1e-13);
        // Three equal couplings a: the norm is 2 a, attained by the step from all 0 to all 1.
        let a = 0.3;
        let coupling = vec![0.0, a, a, a, 0.0, a, a, a, 0.0];
        let three = DenseIsing::new(coupling, vec![0.0; 3]).unwrap();
        assert!((three.lipschitz().unwrap() - 16.0 * a).abs() < 1e-13);
        assert!((steepest(&three) - 16.0 * a).abs() < 1e-13);
    }

    #[test]
    fn the_constant_of_an_rbm_bounds_its_gradients() {
        let weights = [0.5, -1.0, 0.25, 0.75, 1.5, -0.5];
        for scale in [0.01, 1.0, 3.0] {
            let scaled = weights.iter().map(|w| scale * w).collect();
            let rbm = Rbm::new(scaled, vec![0.3, -0.2, 0.0], vec![0.0; 2]).unwrap();
            let (bound, found) = (rbm.lipschitz().unwrap(), steepest(&rbm));
            assert!(found <= bound, "{found} {bound}");
            // Nearly quadratic if the weights are small.
            assert!(scale > 0.1 || found > 0.8 * bound, "{found} {bound}");
            assert!(rbm.curvature() <= bound && rbm.is_convex());
        }
        // One weight: L = w^2 / 4, and so is the curvature.
        let one = Rbm::new(vec![1.6], vec![0.0], vec![0.0]).unwrap();
        assert!(
            (one.lipschitz().unwrap() - 0.64).abs() < 1e-15
                && (one.curvature() - 0.64).abs() < 1e-15
        );
    }
}
