use super::constants::{is_usable, squared_diameter};
use super::draws::Draws;
use super::{Constants, FUNCTIONS, Smooth};
use crate::exact::{
    AnalysisError, TransitionMatrix, asymptotic_variances, compare, gaps, mixing_time, variance,
};
use gwg_core::{Exact, LocallyBalanced, Taylor};

/// One target at one proposal temperature: what the theory promises, and what is.
///
/// Ratios are all of one kind: at least c, if c is a constant of the theory; 1 where first-order differences cost nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The target.
    pub model: String,
    /// The models it belongs with.
    pub family: &'static str,
    /// The number of states of the chain.
    pub states: usize,
    /// The proposal temperature tau of both kernels.
    pub temperature: f64,
    /// L, a bound.
    pub lipschitz: f64,
    /// `D_H^2`.
    pub squared_diameter: f64,
    /// What the theory promises of the ratios below.
    pub constants: Constants,
    /// `Gap(Q)`.
    pub gap_exact: f64,
    /// `Gap(Q~)`.
    pub gap_first_order: f64,
    /// The least ratio `(var(h, Q) + Var(h)) / (var(h, Q~) + Var(h))` over all h, as a generalized eigenvalue.
    pub least: f64,
    /// That ratio at the h where it is taken, by a solve.
    pub extremal: f64,
    /// The least of that ratio over [`FUNCTIONS`] random h, by a solve.
    pub random: f64,
    /// Steps in which the lazy version of Q mixes; `None` where it never does.
    pub mixing_exact: Option<u64>,
    /// The same of Q~.
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

/// `(var(h, Q) + Var(h)) / (var(h, Q~) + Var(h))` of each h.
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
