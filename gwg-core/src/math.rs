//! Elementary functions and reductions: the only place in the crate that computes e^x and ln x.
//!
//! The scalar functions are methods of [`Real`](crate::Real). The slice functions here give the same bits several
//! times faster: they are branch-free loops over blocks of 16 that the compiler vectorizes, for the compilation
//! target or for the `#[target_feature]` function that calls them, into which they are always inlined.
//!
//! # The same bits on every machine
//!
//! Only IEEE 754 additions, multiplications, divisions and comparisons are used, in a fixed order and never fused;
//! sums run over 16 fixed lanes. Results therefore do not depend on the machine, the vector width or the optimization
//! level. Exceptions are sums of more than 512 numbers in `f32`, which machines without vectors compute in one pass,
//! x87 arithmetic, and processors set to flush subnormal numbers to zero.
//!
//! # Accuracy
//!
//! Largest error found, in units in the last place, over all `f32` (every 97th where `log1p` is the identity or
//! equals `ln`, and in the flat tails of the last two functions) and over 300,000 random `f64` with some selected
//! ones:
//!
//! | function   | `f32` found | `f64` found | bound tested            |
//! |------------|------------:|------------:|------------------------:|
//! | `exp`      |        0.99 |        0.95 |                     1.0 |
//! | `ln`       |        0.84 |        0.77 |                     0.9 |
//! | `log1p`    |        0.93 |        0.86 |                     1.0 |
//! | `sigmoid`  |        2.41 |        2.26 |                     2.5 |
//! | `softplus` |        1.67 |        1.64 |                     1.7 |
//!
//! Subnormal arguments and results are included, with their own unit. The relative error of [`softplus_sum`] is below
//! 1.2e-7 (`f32`) and 4e-15 (`f64`) on the test cases, which include sums far below 1; that of [`sum`] and [`dot`] is
//! that of 38 additions in `f32`, for any length, and of n / 16 + 4 additions in `f64`.
//!
//! # Feature `libm`
//!
//! Computes `exp`, `ln` and `log1p` with libm, and everything else from them in the same way: other bits, the same
//! bounds, the speed of a scalar loop.

mod elementwise;
pub(crate) mod exp;
pub(crate) mod format;
mod lanes;
pub(crate) use lanes::{AT_ONCE, LANES, fold, pad};
pub(crate) mod ln;
mod log_product;
pub(crate) mod logistic;
mod pairs;
mod reduce;
mod words;

pub(crate) use log_product::log1p_sum;
pub(crate) use pairs::pair_sums;

pub use elementwise::{exp_in_place, exp_slice, ln_slice, log1p_slice, sigmoid_slice};
pub use logistic::{sigmoid_softplus, softplus_slice, softplus_sum};
pub use reduce::{dot, logsumexp, max, sum, sum_wide};
