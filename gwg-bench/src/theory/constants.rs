use super::Smooth;
use crate::exact::{AnalysisError, TransitionMatrix};
use gwg_core::check::configurations;
use gwg_core::{Real, Space};

/// Lower bounds c of `Q~(x, y) / Q(x, y)` over `x != y`, all with proposals proportional to `exp(d / tau)`.
///
/// With R the error of a first-order difference, a weight is wrong by the factor `exp(-R / tau)` and a normalizer by no
/// more than the weights: each c is `exp(-w / tau)` for a bound w of the range of the errors at one state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// The theorem's, `w = L D_H^2`.
    pub theorem: f64,
    /// With `w` the curvature along moves only: [`Smooth::curvature`].
    pub diagonal: f64,
    /// For a convex f, whose errors all have the same sign: `w = L D_H^2 / 2`.
    pub convex: Option<f64>,
    /// With `w` the exact range of the errors, by enumeration.
    pub range: f64,
    /// The smallest ratio of the two kernels, by enumeration: the largest c for which the proof is valid.
    pub edge: f64,
}

impl Constants {
    /// Computes the constants of a target and its two kernels at `temperature`, given L and `D_H^2`.
    pub(super) fn new<T: Smooth>(
        target: &T,
        temperature: f64,
        (lipschitz, diameter): (f64, f64),
        (exact, first_order): (&TransitionMatrix, &TransitionMatrix),
    ) -> Self {
        let of = |width: f64| Real::exp(-width / temperature);
        Self {
            theorem: of(lipschitz * diameter),
            diagonal: of(target.curvature()),
            convex: target.is_convex().then(|| of(0.5 * lipschitz * diameter)),
            range: of(range(target)),
            edge: edge(exact, first_order),
        }
    }

    /// Returns all constants with their names, `convex` only if it is defined.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        let mut all = vec![("c", self.theorem), ("c_diag", self.diagonal)];
        all.extend(self.convex.map(|c| ("c_convex", c)));
        all.extend([("c_range", self.range), ("c_edge", self.edge)]);
        all
    }
}

/// The largest squared length of a move in the encoding of the gradient.
pub(super) fn squared_diameter<S: Space<Symbol = u8>>(space: &S) -> f64 {
    let longest = space.states().saturating_sub(1) as f64;
    space.squared_length().unwrap_or(longest * longest)
}

/// The largest range over states of the errors `f(y) - f(x) - grad f(x).(y - x)` of the moves from the state.
fn range<T: Smooth>(target: &T) -> f64 {
    let space = target.space();
    let mut memory = vec![0.0; target.cache_len()];
    let mut difference = vec![0.0; space.moves()];
    let mut scratch = vec![0.0; target.gradient_scratch_len(1)];
    let mut widest: f64 = 0.0;
    for x in configurations(space) {
        target.init_cache(&x, &mut memory);
        target.value_and_gradient(&x, &mut difference[..space.gradient_len()], &mut scratch);
        space.differences(&x, &mut difference);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (m, d) in difference.iter().enumerate() {
            let mv = space.decode(&x, m);
            if !mv.is_idle() {
                let error = target.delta(&x, &memory, mv) - d;
                low = low.min(error);
                high = high.max(error);
            }
        }
        widest = widest.max(high - low);
    }
    widest
}

/// The smallest `Q~(x, y) / Q(x, y)` off the diagonal.
fn edge(exact: &TransitionMatrix, first_order: &TransitionMatrix) -> f64 {
    let n = exact.states;
    let pairs = exact.p.iter().zip(&first_order.p).enumerate();
    pairs
        .filter(|&(k, (q, _))| k % (n + 1) != 0 && *q > 0.0)
        .map(|(_, (q, first))| first / q)
        .fold(f64::INFINITY, f64::min)
}

/// Rejects a Lipschitz constant that is not finite.
pub(super) fn is_usable(lipschitz: f64) -> Result<f64, AnalysisError> {
    if lipschitz.is_finite() {
        Ok(lipschitz)
    } else {
        Err(AnalysisError::Unbounded)
    }
}
