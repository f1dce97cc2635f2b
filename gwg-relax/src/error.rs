/// An error in the arguments of a relaxation or of a sampler.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RelaxError {
    /// A parameter is outside its range.
    #[error("`{name}`: found {found}, allowed is {allowed}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: f64,
        /// The allowed values.
        allowed: &'static str,
    },
    /// A slice does not have the length that the other arguments imply.
    #[error("`{name}`: found {found} numbers, needed {needed}")]
    Length {
        /// The slice.
        name: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// A number is infinite or NaN.
    #[error("`{name}[{index}]`: found {found}, allowed are finite numbers")]
    NotFinite {
        /// The slice.
        name: &'static str,
        /// The index of the first such number.
        index: usize,
        /// The number.
        found: f64,
    },
    /// A site of several integer levels has one weight, which is neither binary nor one-hot.
    #[error(
        "site {site} has {states} states and one weight: relaxed are binary sites and sites with a weight per state"
    )]
    Ordinal {
        /// The first such site.
        site: usize,
        /// Its number of states.
        states: usize,
    },
    /// A relaxation of binary sites is of a model with one-hot weights.
    #[error(
        "the model has one-hot weights, which are not independent: `BinaryRelaxation` is for binary sites, `GumbelSoftmax` for others"
    )]
    NotBinary,
    /// The gradient of the model is not an affine function of the state.
    #[error(
        "the model is not quadratic: entry {index} of its gradient is {found} where terms of one and two sites give {expected}; \
         implement `Relaxed` for the model itself"
    )]
    NotQuadratic {
        /// The entry of the gradient; the number of entries stands for the value `f`.
        index: usize,
        /// The model's number.
        found: f64,
        /// The number of the quadratic form.
        expected: f64,
    },
}

/// Checks that a parameter is positive and finite.
pub(crate) fn positive(name: &'static str, value: f64) -> Result<f64, RelaxError> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(RelaxError::Parameter {
        name,
        found: value,
        allowed: "a positive finite number",
    })
}

/// Checks the length of a slice.
pub(crate) fn has_length(
    name: &'static str,
    found: usize,
    needed: usize,
) -> Result<(), RelaxError> {
    if found == needed {
        return Ok(());
    }
    Err(RelaxError::Length {
        name,
        found,
        needed,
    })
}

/// Checks that all numbers of a slice are finite.
pub(crate) fn all_finite<R: gwg_core::Real>(name: &'static str, x: &[R]) -> Result<(), RelaxError> {
    match x.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(index) => Err(RelaxError::NotFinite {
            name,
            index,
            found: x.get(index).map_or(f64::NAN, |v| v.to_f64()),
        }),
    }
}
