use super::weights::{LogMean, Spread};

/// How a log-partition function was estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Forward annealed importance sampling: its mean is at most `log Z` (a stochastic lower bound).
    Forward,
    /// Reverse annealed importance sampling from exact draws: its mean is at least `log Z` (a stochastic upper bound).
    Reverse,
    /// Reverse annealed importance sampling from the states of chains: an upper bound only if the chains have converged.
    ReverseFromChains,
    /// The Bennett acceptance ratio of forward and reverse runs.
    Bar,
    /// The multistate Bennett acceptance ratio.
    Mbar,
    /// Thermodynamic integration.
    Integration,
    /// Enumeration, or a closed form.
    Exact,
}

impl Method {
    /// The name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward AIS",
            Self::Reverse => "reverse AIS",
            Self::ReverseFromChains => "reverse AIS from chains",
            Self::Bar => "BAR",
            Self::Mbar => "MBAR",
            Self::Integration => "thermodynamic integration",
            Self::Exact => "exact",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// An estimate of a log-partition function, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// How it was made.
    pub method: Method,
    /// Its value.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// An estimate of the error that does not decrease with the number of draws: of quadrature.
    pub systematic_error: f64,
    /// The spread of the weights, for a mean of weights.
    pub spread: Option<Spread>,
}

impl Estimate {
    /// An exact value.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self::new(Method::Exact, value, 0.0)
    }

    /// An estimate with a standard error, that is not a mean of weights.
    #[must_use]
    pub const fn new(method: Method, value: f64, standard_error: f64) -> Self {
        Self {
            method,
            value,
            standard_error,
            systematic_error: 0.0,
            spread: None,
        }
    }

    /// An estimate by a mean of weights, or by its negative for a mean of inverse ratios.
    pub(super) const fn of_weights(method: Method, value: f64, mean: &LogMean) -> Self {
        Self {
            spread: Some(mean.spread),
            ..Self::new(method, value, mean.standard_error)
        }
    }
}
