//! Elementary functions and reductions: the only place where e^x and ln x are computed.

mod elementwise;
pub(crate) mod exp;
pub(crate) mod format;
mod lanes;
pub(crate) mod ln;
pub(crate) mod logistic;
mod reduce;

pub use elementwise::{exp_in_place, exp_slice, ln_slice, log1p_slice, sigmoid_slice};
pub use logistic::{sigmoid_softplus, softplus_slice, softplus_sum};
pub use reduce::{dot, logsumexp, max, sum, sum_wide};
