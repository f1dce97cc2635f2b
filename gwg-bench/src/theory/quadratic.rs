use super::Smooth;
use gwg_core::{Binary, Delta, Gradient, Move, Target};
use gwg_linalg::{Error, Matrix, first_asymmetry, spectral_norm};

/// `f(x) = x'Ax / 2 + b.x` on `{0, 1}^n` with A symmetric, including its diagonal.
///
/// The gradient is `Ax + b`. On the cube a diagonal entry of A acts as a field, since `x_i^2 = x_i`, but it makes the
/// first-order difference of a flip wrong by `A_ii / 2`. The models of `gwg-models` reject a diagonal; here its effect
/// is measured.
#[derive(Clone, Debug)]
pub struct Quadratic {
    space: Binary,
    hessian: Vec<f64>,
    linear: Vec<f64>,
}

impl Quadratic {
    /// Creates the target with the Hessian A of shape (n, n), row-major, and b of n numbers; `None` unless the shapes agree,
    /// A is symmetric and all numbers are finite.
    #[must_use]
    pub fn new(hessian: Vec<f64>, linear: Vec<f64>) -> Option<Self> {
        let n = linear.len();
        let square = Matrix::new(&hessian, n, n).ok()?;
        let finite = hessian.iter().chain(&linear).all(|entry| entry.is_finite());
        (finite && first_asymmetry(square).is_none()).then(|| Self {
            space: Binary::new(n),
            hessian,
            linear,
        })
    }

    /// Creates `s'Js + h.s` with `s = 2x - 1`, without its constant: `A = 8J`, `b = 2h - 4 J1`. `None` as for [`new`](Self::new).
    #[must_use]
    pub fn ising(coupling: &[f64], field: &[f64]) -> Option<Self> {
        let n = field.len();
        let rows = coupling.chunks(n.max(1)).map(|row| row.iter().sum::<f64>());
        let linear = field.iter().zip(rows).map(|(h, row)| 2.0 * h - 4.0 * row);
        Self::new(coupling.iter().map(|j| 8.0 * j).collect(), linear.collect())
    }

    /// Creates the uniform distribution on `{0, 1}^sites` with the gradient of `sum_i h_i (x_i^2 - x_i) / 2`, which is 0 on the
    /// cube; `h = (L, -L, .., -L)`. The constant of the theorem is nearly attained on it: see [`sharp_ratio`](super::sharp_ratio).
    #[must_use]
    pub fn sharp(sites: usize, lipschitz: f64) -> Self {
        let h = |i: usize| if i == 0 { lipschitz } else { -lipschitz };
        let mut hessian = vec![0.0; sites * sites];
        for i in 0..sites {
            hessian[i * sites + i] = h(i);
        }
        Self {
            space: Binary::new(sites),
            hessian,
            linear: (0..sites).map(|i| -0.5 * h(i)).collect(),
        }
    }

    /// Row `i` of A times x.
    fn pull(&self, i: usize, x: &[u8]) -> f64 {
        let n = self.linear.len();
        let row = self.hessian.get(i * n..(i + 1) * n).unwrap_or(&[]);
        let parts = row.iter().zip(x);
        parts.map(|(a, &x)| a * f64::from(x)).sum()
    }

    fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        self.hessian.iter().step_by(self.linear.len() + 1).copied()
    }
}

impl Target for Quadratic {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let terms = self.linear.iter().zip(x).enumerate();
        terms
            .map(|(i, (b, &symbol))| f64::from(symbol) * (b + 0.5 * self.pull(i, x)))
            .sum()
    }
}

impl Gradient for Quadratic {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        for (i, (g, b)) in gradient.iter_mut().zip(&self.linear).enumerate() {
            *g = b + self.pull(i, x);
        }
        self.log_prob(x)
    }
}

impl Delta for Quadratic {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let i = mv.site;
        let step = f64::from(mv.to) - f64::from(mv.from);
        let own = self.diagonal().nth(i).unwrap_or(0.0);
        let linear = self.linear.get(i).copied().unwrap_or(0.0);
        step * (linear + self.pull(i, x)) + 0.5 * step * step * own
    }
}

impl Smooth for Quadratic {
    fn lipschitz(&self) -> Result<f64, Error> {
        let n = self.linear.len();
        spectral_norm(Matrix::new(&self.hessian, n, n)?)
    }

    fn curvature(&self) -> f64 {
        self.diagonal()
            .fold(0.0, |most, entry| most.max(entry.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::check;
    use gwg_models::DenseIsing;

    #[test]
    fn without_a_diagonal_it_is_the_ising_model() {
        let dense = DenseIsing::<f64>::random(5, 0.4, 3).unwrap();
        let field = vec![0.3, -0.1, 0.0, 0.7, -0.5];
        let dense = DenseIsing::new(dense.coupling().to_vec(), field.clone()).unwrap();
        let ours = Quadratic::ising(dense.coupling(), &field).unwrap();
        let zero = vec![0; 5];
        for x in check::configurations(ours.space()) {
            let apart = |t: &dyn Fn(&[u8]) -> f64| t(&x) - t(&zero);
            let (a, b) = (apart(&|x| ours.log_prob(x)), apart(&|x| dense.log_prob(x)));
            assert!((a - b).abs() < 1e-13, "{a} {b}");
        }
        let (a, b) = (ours.lipschitz().unwrap(), dense.lipschitz().unwrap());
        assert!((a - b).abs() < 1e-12 && dense.curvature() == ours.curvature());
    }

    #[test]
    fn differences_agree_with_f() {
        let coupling = [0.4, 0.1, -0.3, 0.1, -0.2, 0.5, -0.3, 0.5, 0.1];
        let ours = Quadratic::ising(&coupling, &[0.2, -0.6, 0.1]).unwrap();
        check::delta(&ours, 200, 1, 1e-12);
        check::gradient(&ours, 3, 50, 1, 1e-12);
        assert!((ours.curvature() - 3.2).abs() < 1e-15);
        assert!(Quadratic::new(vec![0.0, 1.0, 2.0, 0.0], vec![0.0; 2]).is_none());
        assert!(Quadratic::new(vec![0.0; 3], vec![0.0; 2]).is_none());
        assert!(Quadratic::new(vec![f64::NAN], vec![0.0]).is_none());
    }

    #[test]
    fn the_sharp_family_is_flat_on_the_cube() {
        let sharp = Quadratic::sharp(4, 2.0);
        for x in check::configurations(sharp.space()) {
            assert_eq!(sharp.log_prob(&x), 0.0);
        }
        assert!((sharp.lipschitz().unwrap() - 2.0).abs() < 1e-15);
    }
}
