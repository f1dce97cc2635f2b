use super::Dims;

/// An error in parameters or in the slices of a batch. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ParameterError {
    /// A slice does not have the length that the model and the number of rows imply.
    Length {
        /// Which slice: a tensor's name or an argument.
        slice: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// A number is infinite or NaN.
    NotFinite {
        /// The tensor.
        tensor: &'static str,
        /// The first such entry.
        index: Dims,
        /// Its value.
        found: f64,
    },
    /// A coupling differs from its mirror image.
    NotSymmetric {
        /// The tensor.
        tensor: &'static str,
        /// The first such entry.
        index: Dims,
        /// Its value.
        found: f64,
        /// The value of the entry at [`mirrored`](Dims::mirrored), which must be equal to it.
        mirrored: f64,
    },
    /// A coupling of a site with itself is not 0.
    SelfCoupling {
        /// The tensor.
        tensor: &'static str,
        /// The first such entry.
        index: Dims,
        /// Its value.
        found: f64,
    },
}

impl core::fmt::Display for ParameterError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Length {
                slice,
                found,
                needed,
            } => write!(f, "`{slice}`: found {found} numbers, needed {needed}"),
            Self::NotFinite {
                tensor,
                index,
                found,
            } => write!(
                f,
                "`{tensor}{index}`: found {found:?}, allowed are finite numbers"
            ),
            Self::NotSymmetric {
                tensor,
                index,
                found,
                mirrored,
            } => write!(
                f,
                "`{tensor}{index}`: found {found:?}, but the same coupling at {} is {mirrored:?}; both must be \
                 equal to the last bit (set both to their mean)",
                index.mirrored()
            ),
            Self::SelfCoupling {
                tensor,
                index,
                found,
            } => write!(
                f,
                "`{tensor}{index}`: found {found:?}, allowed is 0, because a self-coupling makes first-order differences inaccurate"
            ),
        }
    }
}

impl core::error::Error for ParameterError {}
