use super::constants::{is_usable, squared_diameter};
use super::draws::Draws;
use super::{Constants, FUNCTIONS, Smooth};
use crate::exact::{
    AnalysisError, TransitionMatrix, asymptotic_variances, compare, gaps, mixing_time, variance,
};
use gwg_core::{Exact, LocallyBalanced, Taylor};

/// Bounds and exact values for one target at one proposal temperature.
///
/// All ratios are at least c for every constant c of the theory, and 1 if first-order differences cause no loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The target.
    pub model: String,
    /// Its family of models.
    pub family: &'static str,
    /// Number of states of the chain.
    pub states: usize,
    /// The proposal temperature tau of both kernels.
    pub temperature: f64,
    /// An upper bound of L.
    pub lipschitz: f64,
    /// `D_H^2`.
    pub squared_diameter: f64,
    /// The lower bounds of the ratios below.
    pub constants: Constants,
    /// `Gap(Q)`.
    pub gap_exact: f64,
    /// `Gap(Q~)`.
    pub gap_first_order: f64,
    /// The minimum over all h of `(var(h, Q) + Var(h)) / (var(h, Q~) + Var(h))`, as a generalized eigenvalue.
    pub least: f64,
    /// That ratio at the minimizing h, by a linear solve.
    pub extremal: f64,
    /// The minimum of that ratio over [`FUNCTIONS`] random h, by a linear solve.
    pub random: f64,
    /// Mixing time of the lazy version of Q; `None` if it never mixes.
    pub mixing_exact: Option<u64>,
    /// Mixing time of the lazy version of Q~.
    pub mixing_first_order: Option<u64>,
}

impl Row {
    /// `Gap(Q~) / Gap(Q)`.
    #[must_use]
    pub fn gap_ratio(&self) -> f64 {
        self.gap_first_order / self.gap_exact
    }

    pub(super) fn new<T: Smooth>(
        (model, family): (&str, &'static str),
        target: &T,
        temperature: f64,
        seed: u64,
    ) -> Result<Self, AnalysisError> {
        let (exact, first_order) = kernels(target, temperature)?;
        let lipschitz = is_usable(target.lipschitz()?)?;
        let diameter = squared_diameter(target.space());
        let matrices = (&exact, &first_order);
        let constants = Constants::new(target, temperature, (lipschitz, diameter), matrices);
        let comparison = compare(&exact, &first_order)?;
        let mut draws = Draws::new(seed, &format!("functions of {model}"));
        let mut functions = vec![comparison.variance];
        functions.extend((0..FUNCTIONS).map(|_| draws.normals(exact.states, 1.0)));
        let ratios = variance_ratios(&exact, &first_order, &functions)?;
        Ok(Self {
            model: model.to_owned(),
            family,
            states: exact.states,
            temperature,
            lipschitz,
            squared_diameter: diameter,
            constants,
            gap_exact: gaps(&exact)?.gap(),
            gap_first_order: gaps(&first_order)?.gap(),
            least: comparison.least,
            extremal: ratios[0],
            random: ratios[1..].iter().copied().fold(f64::INFINITY, f64::min),
            mixing_exact: mixing_time(&exact, true)?,
            mixing_first_order: mixing_time(&first_order, true)?,
        })
    }
}

/// Q and Q~, enumerated from the kernels of `gwg-core`.
pub(super) fn kernels<T: Smooth>(
    target: &T,
    temperature: f64,
) -> Result<(TransitionMatrix, TransitionMatrix), AnalysisError> {
    let kernel = LocallyBalanced::gwg().with_temperature(temperature)?;
    let exact = TransitionMatrix::new(&Exact(target), &kernel, 1.0);
    Ok((exact, TransitionMatrix::new(&Taylor(target), &kernel, 1.0)))
}

/// `(var(h, Q) + Var(h)) / (var(h, Q~) + Var(h))` for each h.
fn variance_ratios(
    exact: &TransitionMatrix,
    first_order: &TransitionMatrix,
    functions: &[Vec<f64>],
) -> Result<Vec<f64>, AnalysisError> {
    let of_exact = asymptotic_variances(exact, functions)?;
    let of_first_order = asymptotic_variances(first_order, functions)?;
    let each = functions.iter().zip(of_exact).zip(of_first_order);
    Ok(each
        .map(|((h, exact_variance), first)| {
            let own = variance(&exact.stationary, h);
            (exact_variance + own) / (first + own)
        })
        .collect())
}
