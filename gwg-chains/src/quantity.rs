//! Named functions of the state: what a run records of every draw.

mod check;
mod draws;
mod error;
mod kept;
mod projection;
mod value;

pub(crate) use check::check;
pub use draws::QuantityDraws;
pub use error::QuantityError;
use gwg_core::Symbol;
pub use kept::KeptDraws;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
pub(crate) use value::{Draw, overlap};

/// A function of the state, with a name under which its values are recorded, summarized and stored.
///
/// | name | value at the state `x` of `n` sites |
/// |---|---|
/// | `log_prob` | `f(x)`, the logarithm of the unnormalized probability at inverse temperature 1 |
/// | `hamming` | number of sites at which `x` differs from a fixed random state ([`reference`](crate::reference)) |
/// | `mean_symbol` | `sum_i x_i / n` |
/// | `magnetization` | `sum_i (2 x_i - 1) / n`, from -1 to 1; sites of two states |
/// | `energy_per_site` | `-f(x) / n`, so that the probability of `x` is proportional to `exp(-beta * n * energy_per_site)` |
/// | `overlap` | `sum_i (k [x_i = y_i] - 1) / (n (k - 1))`, where `y` is the state of the next chain at the same draw and `k` the largest number of states of a site |
///
/// `overlap` is 1 for equal states and 0 on average for independent uniform ones; with two states it is the overlap of spin glasses,
/// `sum_i s_i t_i / n` of spins -1 and 1. The last chain is compared with the first. Neighboring chains share a state, so the MCSE of
/// this quantity, which takes chains to be independent, is somewhat too small.
///
/// [`new`](Self::new) makes a quantity of any function. A value that is not finite is recorded as it is; the
/// [diagnostics](crate::diagnostics) of the quantity are then undefined.
///
/// # Example
/// ```
/// use gwg_chains::{Plan, Quantity};
/// # use gwg_core::{Binary, Gradient, LocallyBalanced, Target, Taylor};
/// # struct Fair(Binary);
/// # impl Target for Fair {
/// #     type Real = f64;
/// #     type Space = Binary;
/// #     fn space(&self) -> &Binary { &self.0 }
/// #     fn log_prob(&self, _: &[u8]) -> f64 { 0.0 }
/// # }
/// # impl Gradient for Fair {
/// #     fn value_and_gradient(&self, _: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 { gradient.fill(0.0); 0.0 }
/// # }
/// # let model = Fair(Binary::new(8));
///
/// let ends = Quantity::new("ends_differ", "1 where the first and the last site differ", |x: &[u8]| {
///     f64::from(u8::from(x.first() != x.last()))
/// })?;
/// let plan = Plan { quantities: vec![Quantity::log_prob(), ends], ..Plan::default() };
/// let run = gwg_chains::run(&Taylor(&model), &LocallyBalanced::gwg(), &plan, &mut ())?;
///
/// let draws = run.quantity("ends_differ").ok_or("not recorded")?;
/// assert_eq!(draws.len(), run.chains * run.draws);
/// let mean = run.summary().get("ends_differ").and_then(|summary| summary.mean);
/// assert!(mean.is_some_and(|mean| (mean - 0.5).abs() < 0.1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Quantity<S = u8> {
    name: Cow<'static, str>,
    description: Cow<'static, str>,
    function: Function<S>,
}

type OfState<S> = dyn Fn(&[S]) -> f64 + Send + Sync;

#[derive(Clone)]
enum Function<S> {
    LogProb,
    Hamming,
    MeanSymbol,
    Magnetization,
    EnergyPerSite,
    Overlap,
    OfState(Arc<OfState<S>>),
}

impl<S: Symbol> Quantity<S> {
    const fn built(name: &'static str, description: &'static str, function: Function<S>) -> Self {
        Self {
            name: Cow::Borrowed(name),
            description: Cow::Borrowed(description),
            function,
        }
    }

    /// `f(x)`, evaluated at the recorded state.
    ///
    /// # Cost
    /// One evaluation of `f` in double precision a draw.
    #[must_use]
    pub const fn log_prob() -> Self {
        let description = "logarithm of the unnormalized probability";
        Self::built("log_prob", description, Function::LogProb)
    }

    /// Hamming distance to the run's fixed random state.
    #[must_use]
    pub const fn hamming() -> Self {
        let description = "number of sites that differ from a fixed random state";
        Self::built("hamming", description, Function::Hamming)
    }

    /// Mean symbol.
    #[must_use]
    pub const fn mean_symbol() -> Self {
        let description = "mean over the sites of their symbols 0, 1, ...";
        Self::built("mean_symbol", description, Function::MeanSymbol)
    }

    /// Mean spin, -1 and 1 for the symbols 0 and 1. A run on sites of more than two states refuses it.
    #[must_use]
    pub const fn magnetization() -> Self {
        let description = "mean over the sites of their spins -1 and 1";
        Self::built("magnetization", description, Function::Magnetization)
    }

    /// `-f(x)` per site.
    #[must_use]
    pub const fn energy_per_site() -> Self {
        let description = "-log_prob divided by the number of sites";
        Self::built("energy_per_site", description, Function::EnergyPerSite)
    }

    /// Overlap with the state of the next chain. A run of one chain refuses it.
    ///
    /// # Cost
    /// The states of all chains between two batches are kept, as for an observer that needs them.
    #[must_use]
    pub const fn overlap() -> Self {
        let description = "agreement with the next chain: 1 if equal, 0 on average if unrelated";
        Self::built("overlap", description, Function::Overlap)
    }

    /// All quantities that have a name of their own here.
    #[must_use]
    pub const fn built_in() -> [Self; 6] {
        [
            Self::log_prob(),
            Self::hamming(),
            Self::mean_symbol(),
            Self::magnetization(),
            Self::energy_per_site(),
            Self::overlap(),
        ]
    }

    /// `log_prob`, `hamming` and `mean_symbol`: what a [`Plan`](crate::Plan) records unless it says otherwise.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        vec![Self::log_prob(), Self::hamming(), Self::mean_symbol()]
    }

    /// The built-in quantity with this name.
    ///
    /// # Errors
    /// [`QuantityError::Unknown`].
    pub fn named(name: &str) -> Result<Self, QuantityError> {
        let mut all = Self::built_in().into_iter();
        all.find(|quantity| quantity.name == name)
            .ok_or_else(|| QuantityError::Unknown {
                name: name.to_owned(),
                known: Self::built_in().map(|quantity| quantity.name).join(", "),
            })
    }

    /// A function of the state: of `sites` symbols, site by site.
    ///
    /// The function is called for every draw, on the threads of the run. Its value is to depend on the state alone: then what is
    /// recorded does not depend on the number of threads.
    ///
    /// # Errors
    /// [`QuantityError::Name`]: `name` is not a letter or `_` followed by letters, digits and `_`, or it is longer than 64 characters;
    /// [`QuantityError::Reserved`]: it is a built-in quantity's or that of another variable of a trace.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        function: impl Fn(&[S]) -> f64 + Send + Sync + 'static,
    ) -> Result<Self, QuantityError> {
        let name = name.into();
        check::check_name::<S>(&name)?;
        Ok(Self {
            name: Cow::Owned(name),
            description: Cow::Owned(description.into()),
            function: Function::OfState(Arc::new(function)),
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value at the state `x`; `None` where it depends on more than the state: on the model (`log_prob`, `energy_per_site`), the
    /// reference (`hamming`), or another chain (`overlap`).
    #[must_use]
    pub fn of_state(&self, x: &[S]) -> Option<f64> {
        use Function::{Magnetization, MeanSymbol, OfState};
        let alone = matches!(self.function, MeanSymbol | Magnetization | OfState(_));
        let draw = Draw {
            x,
            log_prob: f64::NAN,
            reference: &[],
        };
        alone.then(|| self.of_draw(&draw))
    }

    /// What it is, in one line.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl<S> fmt::Debug for Quantity<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quantity")
            .field("name", &self.name)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

/// Of equal names, and of one function.
impl<S> PartialEq for Quantity<S> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && match (&self.function, &other.function) {
                (Function::OfState(a), Function::OfState(b)) => Arc::ptr_eq(a, b),
                (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
            }
    }
}
