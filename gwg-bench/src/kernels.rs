//! Every kernel on every space: its transition matrix, enumerated from its own code, and statistics of its steps.
//!
//! On each space there is one random [`Target`](gwg_core::Target) of five or six sites, with couplings between all pairs
//! and a nonlinear part, so that first-order differences are not exact. A second group of rows has the kernels that
//! require structure of the model (levels, blocks of conditionally independent sites), on models with that structure.
//!
//! | part | what it does |
//! |---|---|
//! | [`table`] | all rows |
//! | [`Row`] | a kernel on a space: [`Figures`], or the reason why there are none |
//! | [`markdown`] | the rows as in the README |

mod family;
mod markdown;
mod measure;
mod models;
mod pair;
mod shared;

pub use markdown::markdown;
pub use measure::{CHAINS, ROUNDS};
pub use shared::Asked;

use gwg_core::{AnySpace, Binary, Categorical, Clamp, Mixed, Ordinal};
use measure::TableBuilder;
use shared::Shared;

/// The documented property of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is reversible with respect to `exp(beta f)`.
    Reversible,
    /// It leaves `exp(beta f)` invariant.
    Invariant,
    /// It leaves a different distribution invariant, and is marked as biased.
    Biased,
}

/// A kernel on a space.
#[derive(Clone, Debug)]
pub struct Row {
    /// The kernel, with its parameters.
    pub kernel: &'static str,
    /// The space, with "clamped" if two of its sites are observed. For the second group, the model.
    pub space: &'static str,
    /// The documented property of the kernel.
    pub claim: Claim,
    /// The results, or the reason why the kernel does not exist on this space.
    pub found: Result<Figures, &'static str>,
}

/// The results for a kernel at `beta = 1`. For kernels with rounds (sweeps, cycles), a *step* is a whole round.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Number of configurations; for a tempered pair, of pairs of them.
    pub states: usize,
    /// Largest `|sum of a row - 1|`, or the largest negative entry.
    pub stochastic: f64,
    /// Largest entry of `|pi P - pi|`.
    pub invariance: f64,
    /// Largest `|pi_x P_xy - pi_y P_yx|`.
    pub reversibility: f64,
    /// Whether every state can be reached from every other.
    pub irreducible: bool,
    /// The spectral gap: see [`exact::gaps`](crate::exact::gaps). For a biased kernel, with respect to its own invariant distribution.
    pub gap: f64,
    /// Probability that a step changes the state, under the kernel's invariant distribution.
    pub mean_move: f64,
    /// For a biased kernel, the total variation distance between `pi` and the kernel's invariant distribution.
    pub bias: Option<f64>,
    /// Statistics of simulated steps.
    pub run: Run,
}

/// Statistics of [`ROUNDS`] steps of each of [`CHAINS`] chains, whose initial states are independent draws from the
/// kernel's invariant distribution.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Share of proposals accepted.
    pub acceptance: f64,
    /// Mean number of sites changed per step.
    pub sites_changed: f64,
    /// Full evaluations of `f` per step, as counted by the kernel.
    pub values: f64,
    /// Full evaluations of the gradient per step, as counted by the kernel.
    pub gradients: f64,
    /// Evaluations per step, as counted by the target; `None` if the model does not count them. Larger than the kernel's
    /// counts for cycles and mixtures, which re-evaluate walkers between steps.
    pub asked: Option<Asked>,
    /// Share of steps that changed the state.
    pub moved: f64,
    /// The standard error of `moved`, from the spread over chains.
    pub moved_error: f64,
}

/// Two observed sites, with symbols that exist on every space.
const OBSERVED: [Option<u8>; 6] = [None, Some(1), None, Some(0), None, None];

/// Computes the rows of every kernel on every space in a fixed order: space by space, then the models.
///
/// `seed` determines the targets and the steps. Takes seconds in a release build.
///
/// # Panics
/// Never: all parameters are valid.
#[must_use]
pub fn table(seed: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    let categorical = Categorical::new(5, 3).expect("three states");
    let ordinal = Ordinal::new(5, 3).expect("three levels");
    let mixed = Mixed::from_offsets(&[0, 3, 6, 10, 12, 14]).expect("2 to 4 states");
    let spaces = [
        (
            ["binary", "binary clamped"],
            AnySpace::Binary(Binary::new(6)),
            1.2,
        ),
        (
            ["categorical", "categorical clamped"],
            AnySpace::Categorical(categorical),
            0.8,
        ),
        (
            ["ordinal", "ordinal clamped"],
            AnySpace::Ordinal(ordinal),
            0.5,
        ),
        (["mixed", "mixed clamped"], AnySpace::Mixed(mixed), 0.8),
    ];
    for ((names, space, scale), k) in spaces.into_iter().zip(0..) {
        both(
            names,
            &Shared::new(space, scale, seed.wrapping_add(k)),
            &mut rows,
        );
    }
    models::rows(seed, &mut rows);
    rows
}

/// Runs all kernels on a target, and on the same target with two sites observed.
fn both(names: [&'static str; 2], shared: &Shared<AnySpace<'static>>, rows: &mut Vec<Row>) {
    let [whole, clamped] = names;
    family::on(
        &mut TableBuilder::new(whole, Some(shared.count()), rows),
        &shared,
    );
    let sites = shared.sites();
    let mut free = vec![0; sites];
    let clamp = Clamp::new(shared, &OBSERVED[..sites], &mut free).expect("every site has 0 and 1");
    family::on(
        &mut TableBuilder::new(clamped, Some(shared.count()), rows),
        &clamp,
    );
}
