use crate::plan::RunError;
use gwg_core::target::Failure;
use std::error::Error;
use std::sync::OnceLock;

/// Where a model that can fail keeps the error of its first failed evaluation.
///
/// For models that call out, to an interpreter or a device: [`value`](Self::value) makes a call unless one has failed before, and
/// [`Target::failure`](gwg_core::Target::failure) of the model returns [`get`](Self::get). [`Chains`](crate::Chains) and
/// [`run`](crate::run) then end with [`RunError::Model`] and keep what was drawn until then.
///
/// ```
/// use gwg_chains::{FailureCell, Plan, RunError, run};
/// use gwg_core::target::Failure;
/// use gwg_core::{Binary, Gradient, LocallyBalanced, Target, Taylor};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// Calls a device that is lost after some time.
/// struct Remote {
///     space: Binary,
///     calls: AtomicU64,
///     failure: FailureCell,
/// }
///
/// impl Remote {
///     fn call(&self, x: &[u8], gradient: &mut [f64]) -> Result<f64, std::io::Error> {
///         if self.calls.fetch_add(1, Ordering::Relaxed) == 7000 {
///             return Err(std::io::Error::other("the device is lost"));
///         }
///         gradient.fill(-0.5);
///         Ok(-0.5 * x.iter().map(|&s| f64::from(s)).sum::<f64>())
///     }
/// }
///
/// impl Target for Remote {
///     type Real = f64;
///     type Space = Binary;
///     fn space(&self) -> &Binary {
///         &self.space
///     }
///     fn log_prob(&self, x: &[u8]) -> f64 {
///         self.failure.value(|| self.call(x, &mut [0.0; 20]))
///     }
///     fn failure(&self) -> Option<&Failure> {
///         self.failure.get()
///     }
/// }
///
/// impl Gradient for Remote {
///     fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
///         self.failure.value(|| self.call(x, gradient))
///     }
/// }
///
/// let model = Remote { space: Binary::new(20), calls: AtomicU64::new(0), failure: FailureCell::new() };
/// let plan = Plan { chains: 2, warmup: 500, draws: 5000, ..Plan::default() };
/// let outcome = run(&Taylor(&model), &LocallyBalanced::gwg(), &plan, &mut ())?;
/// assert!(outcome.interrupted && (1000..2000).contains(&outcome.draws));
/// assert_eq!(outcome.quantity("log_prob").map(<[f64]>::len), Some(2 * outcome.draws));
/// let failure = outcome.failure.unwrap();
/// assert_eq!(failure.message, "the device is lost");
/// # Ok::<(), RunError>(())
/// ```
#[derive(Debug, Default)]
pub struct FailureCell(OnceLock<Box<Failure>>);

impl FailureCell {
    /// A cell without an error.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The number that `call` returns. Where it fails, its error is kept and the number is NaN; after that the number is NaN without a
    /// call.
    pub fn value<E: Into<Box<Failure>>>(&self, call: impl FnOnce() -> Result<f64, E>) -> f64 {
        if self.0.get().is_some() {
            return f64::NAN;
        }
        call().unwrap_or_else(|error| {
            self.set(error);
            f64::NAN
        })
    }

    /// Keeps an error, unless there is one: of a call that fails on several threads, the first error is kept.
    pub fn set(&self, error: impl Into<Box<Failure>>) {
        // Another thread's error, where there is one, came first.
        let _ = self.0.set(error.into());
    }

    /// The error.
    #[must_use]
    pub fn get(&self) -> Option<&Failure> {
        self.0.get().map(Box::as_ref)
    }

    /// Takes the error out: the model may then be evaluated again.
    pub fn take(&mut self) -> Option<Box<Failure>> {
        self.0.take()
    }
}

/// A failed evaluation that ended a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFailure {
    /// The chain, where one is known to have stopped at it: of several, the one with the fewest steps.
    pub chain: Option<u64>,
    /// The steps of that chain until then, in warm-up or while sampling; of all chains the most, where none is known.
    pub steps: u64,
    /// The model's error and its sources, from the outermost in.
    pub message: String,
}

impl ModelFailure {
    pub(crate) fn new(chain: Option<u64>, steps: u64, failure: &Failure) -> Self {
        let mut message = failure.to_string();
        let mut source = failure.source();
        while let Some(error) = source {
            message.push_str(": ");
            message.push_str(&error.to_string());
            source = error.source();
        }
        Self {
            chain,
            steps,
            message,
        }
    }

    /// The error that [`Chains`](crate::Chains) report it by.
    #[must_use]
    pub fn as_error(&self) -> RunError {
        RunError::Model(self.clone())
    }
}

impl std::fmt::Display for ModelFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            chain,
            steps,
            message,
        } = self;
        match chain {
            Some(chain) => write!(f, "chain {chain}, ")?,
            None => f.write_str("a chain, ")?,
        }
        write!(
            f,
            "after {steps} steps: the model could not be evaluated: {message}"
        )
    }
}

impl Error for ModelFailure {}
