//! Every kernel on every space: its matrix enumerated from its own code, and its own steps beside it.
//!
//! On each space there is one shared [`Target`](gwg_core::Target) of five or six sites, random, with couplings of
//! all pairs and a nonlinear part, so that first-order differences are not exact. A second group of rows asks the kernels that
//! need a model which knows more of itself (levels, independent classes) of such a model.
//!
//! | part | what it does |
//! |---|---|
//! | [`table`] | all rows |
//! | [`Row`] | a kernel on a space: [`Figures`], or why there are none |
//! | [`markdown`] | the rows as they stand in the README |

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
use measure::Book;
use shared::Shared;

/// What a kernel says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is reversible with respect to `exp(beta f)`.
    Reversible,
    /// It leaves `exp(beta f)` invariant.
    Invariant,
    /// It leaves another law invariant, and is marked so.
    Biased,
}

/// A kernel on a space.
#[derive(Clone, Debug)]
pub struct Row {
    /// The kernel, with its parameters.
    pub kernel: &'static str,
    /// The space; with "clamped", two of its sites are observed. For the second group, the model.
    pub space: &'static str,
    /// What the kernel says of itself.
    pub claim: Claim,
    /// What was found, or why the kernel does not exist here.
    pub found: Result<Figures, &'static str>,
}

/// What was found of a kernel, at `beta = 1`. A *step* is a whole round where the kernel has rounds: a sweep, a cycle.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Configurations; for a tempered pair, pairs of them.
    pub states: usize,
    /// Largest `|sum of a row - 1|`, or the largest negative entry.
    pub stochastic: f64,
    /// Largest entry of `|pi P - pi|`.
    pub invariance: f64,
    /// Largest `|pi_x P_xy - pi_y P_yx|`.
    pub reversibility: f64,
    /// True where every state leads to every other.
    pub irreducible: bool,
    /// The spectral gap: see [`exact::gaps`](crate::exact::gaps). For a biased kernel that of the law it does leave invariant.
    pub gap: f64,
    /// Probability that a step ends elsewhere than it began, under the law that the kernel leaves invariant.
    pub mean_move: f64,
    /// For a biased kernel, the total variation between `pi` and the law that it leaves invariant instead.
    pub bias: Option<f64>,
    /// The same kernel's own steps.
    pub run: Run,
}

/// What steps of the kernel tallied: [`ROUNDS`] steps of each of [`CHAINS`] chains that begin at independent draws of
/// the law that it leaves invariant.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Accepted proposals, of those made.
    pub acceptance: f64,
    /// Sites that changed, a step.
    pub sites_changed: f64,
    /// Full evaluations of `f` a step, as the kernel's counts has it.
    pub values: f64,
    /// Full evaluations of the gradient a step, as the kernel's counts has it.
    pub gradients: f64,
    /// What a step asked of the target, as the target counted it; `None` where the model does not count. More than the counts
    /// has where walkers are initialized between steps: kernels in turn.
    pub asked: Option<Asked>,
    /// Share of steps that ended elsewhere than they began.
    pub moved: f64,
    /// The standard error of `moved`, from the spread of the chains.
    pub moved_error: f64,
}

/// Two sites, with symbols that every alphabet has.
const OBSERVED: [Option<u8>; 6] = [None, Some(1), None, Some(0), None, None];

/// Every kernel on every space, in a fixed order: the spaces one after the other, then the models.
///
/// `seed` makes the targets and the steps. Seconds, in a release build.
///
/// # Panics
/// Never: what is asked for here exists.
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

/// The family on a target, and on the same with two sites observed.
fn both(names: [&'static str; 2], shared: &Shared<AnySpace<'static>>, rows: &mut Vec<Row>) {
    let [whole, clamped] = names;
    family::on(&mut Book::new(whole, Some(shared.count()), rows), &shared);
    let sites = shared.sites();
    let mut free = vec![0; sites];
    let clamp = Clamp::new(shared, &OBSERVED[..sites], &mut free).expect("every site has 0 and 1");
    family::on(&mut Book::new(clamped, Some(shared.count()), rows), &clamp);
}
