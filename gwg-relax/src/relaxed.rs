//! Models that can be evaluated between their states.

mod extended;
mod quadratic;
mod rbm;
mod scaled;

pub use extended::Extended;
pub use quadratic::Quadratic;
pub use rbm::RelaxedRbm;
pub use scaled::Scaled;

use gwg_core::Real;

/// A model whose `f` is defined between its states: at numbers in `[0, 1]` per binary site, or at one-hot weights.
///
/// A binary state is a vector of zeros and ones; a categorical one has a group of weights per site, of which one is 1.
/// At these points the value is `f` of the state. Between them it is a choice: **the extension is not unique, and every
/// relaxed density depends on it.** Adding `c sum_i x_i (1 - x_i)`, which is zero at all states, changes the total
/// variation between the rounded relaxation and the target of three spins from .093 to .062 (c = -4) or .131 (c = 4), at
/// temperature 1/2 ([`Extended`]).
///
/// | implementation | models | extension |
/// |---|---|---|
/// | [`Quadratic`] | any with terms of one and two sites: Ising, Potts | the multilinear one |
/// | [`RelaxedRbm`] | restricted Boltzmann machines, hidden units summed out | the formula of `f` |
/// | [`Extended`] | another implementation | with `c sum x (1 - x)` added |
/// | [`Scaled`] | another implementation | times a constant |
pub trait Relaxed {
    /// The precision of all computations.
    type Real: Real;

    /// The number of weights: one per binary site, one per site and state of categorical sites.
    fn weights(&self) -> usize;

    /// True, the default, if every weight is that of a binary site; false for one-hot weights.
    fn is_binary(&self) -> bool {
        true
    }

    /// The length of the scratch slice of [`value_and_gradient`](Self::value_and_gradient).
    fn scratch_len(&self) -> usize {
        0
    }

    /// Writes the gradient of `f` at the weights `x` and returns `f(x)`.
    ///
    /// Both slices have [`weights`](Self::weights) numbers, and `scratch` has [`scratch_len`](Self::scratch_len) numbers
    /// of unspecified content.
    fn value_and_gradient(
        &self,
        x: &[Self::Real],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64;
}

macro_rules! forwarded {
    ($pointer:ty) => {
        impl<M: Relaxed + ?Sized> Relaxed for $pointer {
            type Real = M::Real;

            fn weights(&self) -> usize {
                (**self).weights()
            }

            fn is_binary(&self) -> bool {
                (**self).is_binary()
            }

            fn scratch_len(&self) -> usize {
                (**self).scratch_len()
            }

            fn value_and_gradient(
                &self,
                x: &[Self::Real],
                gradient: &mut [Self::Real],
                scratch: &mut [Self::Real],
            ) -> f64 {
                (**self).value_and_gradient(x, gradient, scratch)
            }
        }
    };
}

forwarded!(&M);
forwarded!(Box<M>);
