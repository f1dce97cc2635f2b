use super::draws::Draws;
use super::{Quadratic, Row, Smooth, Sweep, TanhNetwork};
use crate::exact::AnalysisError;
use gwg_core::{Binary, Categorical};
use gwg_models::{DenseIsing, Rbm};

/// Number of sites of the binary cases.
const SITES: usize = 6;

/// A target that is small enough to enumerate and has a bounded Lipschitz constant.
pub struct Case {
    model: String,
    family: &'static str,
    seed: u64,
    target: Box<dyn Analyze>,
}

impl core::fmt::Debug for Case {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Case").field(&self.model).finish()
    }
}

/// The analyses of a target, independent of its type.
trait Analyze {
    fn row(
        &self,
        name: (&str, &'static str),
        temperature: f64,
        seed: u64,
    ) -> Result<Row, AnalysisError>;
    fn sweep(&self, name: (&str, &'static str)) -> Result<Sweep, AnalysisError>;
}

impl<T: Smooth> Analyze for T {
    fn row(
        &self,
        name: (&str, &'static str),
        temperature: f64,
        seed: u64,
    ) -> Result<Row, AnalysisError> {
        Row::new(name, self, temperature, seed)
    }

    fn sweep(&self, name: (&str, &'static str)) -> Result<Sweep, AnalysisError> {
        Sweep::new(name, self)
    }
}

impl Case {
    fn new<T: Smooth + 'static>(family: &'static str, size: &str, seed: u64, target: T) -> Self {
        Self {
            model: format!("{family} {size}"),
            family,
            seed,
            target: Box::new(target),
        }
    }

    /// Name of the case.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Computes bounds and exact values at one proposal temperature.
    ///
    /// # Errors
    /// [`AnalysisError`] if a kernel cannot be analyzed.
    pub fn row(&self, temperature: f64) -> Result<Row, AnalysisError> {
        let name = (self.model.as_str(), self.family);
        self.target.row(name, temperature, self.seed)
    }

    /// Computes the gaps at many temperatures.
    ///
    /// # Errors
    /// [`AnalysisError`] if a kernel cannot be analyzed.
    pub fn sweep(&self) -> Result<Sweep, AnalysisError> {
        self.target.sweep((&self.model, self.family))
    }
}

/// Returns all cases: normal parameters from `seed`, the same draws for all scales of a family.
///
/// | family | f | parameters |
/// |---|---|---|
/// | `ising` | `s'Js + h.s` on 6 sites | `J ~ N(0, s^2 / 6)` with zero diagonal, `h ~ N(0, 0.1^2)` |
/// | `ising+diagonal` | the same, with a diagonal that stays in the gradient | s = 0.3, `J_ii ~ N(0, d^2)` |
/// | `rbm` | free energy, 6 visible and 4 hidden units | weights and biases `N(0, s^2)` |
/// | `mlp` | tanh network 6-8-1 | weights and biases `N(0, s^2)` |
/// | `one-hot mlp` | tanh network on 3 sites of 3 states, 8 hidden units | weights and biases `N(0, s^2)` |
#[must_use]
pub fn cases(seed: u64) -> Vec<Case> {
    let families = [
        [0.3, 0.6, 1.2].map(|s| ising(seed, s)),
        [0.1, 0.2, 0.5].map(|d| ising_with_diagonal(seed, d)),
        [0.5, 1.0, 2.0].map(|s| rbm(seed, s)),
        [0.5, 1.0, 1.5].map(|s| mlp(seed, s)),
        [0.5, 0.8, 1.6].map(|s| one_hot(seed, s)),
    ];
    families.into_iter().flatten().flatten().collect()
}

/// Couplings and field; the diagonal is drawn from a separate stream.
fn couplings(seed: u64, scale: f64, diagonal: f64) -> (Vec<f64>, Vec<f64>) {
    let mut draws = Draws::new(seed, "ising");
    let sd = scale / (SITES as f64).sqrt();
    let mut coupling = draws.symmetric(SITES, sd, 0.0);
    let field = draws.normals(SITES, 0.1);
    let own = Draws::new(seed, "diagonal").normals(SITES, diagonal);
    for (i, own) in own.into_iter().enumerate() {
        coupling[i * SITES + i] = own;
    }
    (coupling, field)
}

fn ising(seed: u64, scale: f64) -> Option<Case> {
    let (coupling, field) = couplings(seed, scale, 0.0);
    let target = DenseIsing::new(coupling, field).ok()?;
    Some(Case::new("ising", &format!("s={scale}"), seed, target))
}

fn ising_with_diagonal(seed: u64, diagonal: f64) -> Option<Case> {
    let (coupling, field) = couplings(seed, 0.3, diagonal);
    let target = Quadratic::ising(&coupling, &field)?;
    Some(Case::new(
        "ising+diagonal",
        &format!("d={diagonal}"),
        seed,
        target,
    ))
}

fn rbm(seed: u64, scale: f64) -> Option<Case> {
    let mut draws = Draws::new(seed, "rbm");
    let weights = draws.normals(SITES * 4, scale);
    let visible = draws.normals(SITES, scale);
    let target = Rbm::new(weights, visible, draws.normals(4, scale)).ok()?;
    Some(Case::new("rbm", &format!("6x4 s={scale}"), seed, target))
}

fn mlp(seed: u64, scale: f64) -> Option<Case> {
    let mut draws = Draws::new(seed, "mlp");
    let [weights, bias, out] = [8 * SITES, 8, 8].map(|len| draws.normals(len, scale));
    let target = TanhNetwork::new(Binary::new(SITES), &weights, &bias, &out)?;
    Some(Case::new("mlp", &format!("6-8-1 s={scale}"), seed, target))
}

fn one_hot(seed: u64, scale: f64) -> Option<Case> {
    let space = Categorical::new(3, 3).ok()?;
    let mut draws = Draws::new(seed, "one-hot mlp");
    let [weights, bias, out] = [8 * 9, 8, 8].map(|len| draws.normals(len, scale));
    let target = TanhNetwork::new(space, &weights, &bias, &out)?;
    Some(Case::new(
        "one-hot mlp",
        &format!("3x3 s={scale}"),
        seed,
        target,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_have_distinct_names_and_are_reproducible() {
        for seed in [0, 1, u64::MAX] {
            let all = cases(seed);
            assert_eq!(all.len(), 15);
            let mut names: Vec<&str> = all.iter().map(Case::model).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), 15);
        }
        let row = |seed| cases(seed)[7].row(2.0).unwrap();
        assert_eq!(row(3), row(3));
        assert_ne!(row(3).gap_exact, row(4).gap_exact);
    }
}
