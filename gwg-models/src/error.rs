/// An error in the parameters of a model. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A parameter is outside its range.
    #[error("`{name}`: found {found}, allowed is {allowed}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// The allowed values.
        allowed: &'static str,
    },
    /// A tensor does not have as many numbers as the other parameters imply.
    #[error("`{name}`: found {found} numbers, needed {needed} ({shape})")]
    Length {
        /// The tensor.
        name: &'static str,
        /// The number of entries found.
        found: usize,
        /// The number of entries needed.
        needed: usize,
        /// The shape that implies this number.
        shape: String,
    },
    /// A number is infinite or NaN, in the precision of the model.
    #[error("`{name}{index:?}`: found {found:?}, allowed are finite numbers{}", overflow(*found))]
    NotFinite {
        /// The tensor.
        name: &'static str,
        /// The index of the entry, one number per dimension, from 0.
        index: Vec<usize>,
        /// The number.
        found: f64,
    },
    /// A coupling differs from its mirror image.
    #[error(
        "`{name}{index:?}`: found {found:?}, but the same coupling at {mirror:?} is {mirrored:?}; \
         both must be equal to the last bit (set both to their mean)"
    )]
    NotSymmetric {
        /// The tensor.
        name: &'static str,
        /// The first such entry.
        index: Vec<usize>,
        /// The value of that entry.
        found: f64,
        /// The index of its mirror image.
        mirror: Vec<usize>,
        /// The value of its mirror image.
        mirrored: f64,
    },
    /// A site is coupled to itself.
    #[error(
        "`{name}{index:?}`: found {found:?}, allowed is 0, because a self-coupling makes \
         first-order differences inaccurate; {}",
        without_self(name, index)
    )]
    SelfCoupling {
        /// The tensor.
        name: &'static str,
        /// The first such entry.
        index: Vec<usize>,
        /// The value of that entry.
        found: f64,
    },
    /// An edge is not valid in the graph: see [`EdgeFault`].
    #[error("edge {edge} (counted from 0), {i} - {j}: {fault}")]
    Edge {
        /// The index of the edge in the list, from 0.
        edge: usize,
        /// One end, from 0.
        i: usize,
        /// The other end, from 0.
        j: usize,
        /// What is wrong with it.
        fault: EdgeFault,
    },
    /// Parameters to be written into a model violate a rule: see [`gwg_core::ParameterError`].
    #[error(transparent)]
    Parameters(Box<gwg_core::ParameterError>),
    /// The space of configurations is invalid: see [`gwg_core::Error`].
    #[error(transparent)]
    Space(#[from] gwg_core::Error),
}

impl From<gwg_core::ParameterError> for ModelError {
    fn from(error: gwg_core::ParameterError) -> Self {
        Self::Parameters(Box::new(error))
    }
}

/// The fault of an invalid edge.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EdgeFault {
    /// `i >= sites` or `j >= sites`.
    #[error("the graph has {sites} sites, allowed are 0 to {}", sites.saturating_sub(1))]
    OutOfRange {
        /// The number of sites.
        sites: usize,
    },
    /// `i == j`.
    #[error("an edge from a site to itself makes first-order differences inaccurate; remove it")]
    SelfEdge,
    /// The same two sites as an earlier edge, in either order.
    #[error("repeats edge {first}; replace both by one edge with the sum of their weights")]
    Repeated {
        /// The earlier edge.
        first: usize,
    },
    /// The weight is infinite or NaN, in the precision of the model.
    #[error("weight {found:?}, allowed are finite numbers{}", overflow(*found))]
    Weight {
        /// The weight.
        found: f64,
    },
}

/// How to specify the same model without a self-coupling.
fn without_self(name: &str, index: &[usize]) -> String {
    match index {
        [i, _, _, _] => format!(
            "add each `{name}[{i}, {i}, a, a]` to `h[{i}, a]` and set the whole block `{name}[{i}, {i}]` to 0 (a site has one state at a time)"
        ),
        _ => "set it to 0: it adds the same constant to every f, as s^2 = 1".to_owned(),
    }
}

fn overflow(found: f64) -> &'static str {
    if found.is_finite() {
        " (too large for the requested precision)"
    } else {
        ""
    }
}
