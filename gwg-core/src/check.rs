//! Conformance checks of targets and kernels, one function call each.
//!
//! Requires `std` and the feature `check`, which is off by default. In the `Cargo.toml` of a crate that defines a
//! target or a kernel:
//!
//! ```toml
//! [dev-dependencies]
//! gwg-core = { version = "0.1", features = ["check"] }
//! ```
//!
//! Like assertions, the functions panic with a message that describes the discrepancy. They are meant for tests, not
//! for firmware.
//!
//! | for a target | what is checked |
//! |---|---|
//! | [`delta`] | `delta` is the difference of two values of `log_prob`; `update` along a path of moves gives the cache that `init_cache` computes |
//! | [`local`] | `update_affected` lists every difference that changed exactly once, with its new value |
//! | [`leveled`] | `relevel` updates every level that a move changes, and the levels give the exact differences |
//! | [`gradient`] | `value_and_gradient` agrees with `log_prob`, `evaluate` with both; a row of a batch has the same bits as when evaluated alone |
//! | [`first_order`] | reports how close first-order differences are to the exact ones: a wrong sign has slope -1 |
//! | [`multilinear`] | first-order differences equal the exact ones |
//! | [`parametric`](fn@parametric) | parameters are read and written, and invalid ones rejected; the parameter gradient is that of `log_prob`, summed over a batch |
//!
//! | for a kernel | what is checked |
//! |---|---|
//! | [`TransitionMatrix`] | enumerated by running the kernel's own code: stochastic, leaves `exp(beta f)` invariant, reversible, irreducible |
//! | [`long_run`] | visited states against the enumerated distribution, by a chi-square test |

mod chi_square;
mod clusters;
mod draws;
mod family;
mod leveled;
mod owned_memory;
mod pairs;
mod parametric;
mod targets;
mod transitions;

pub use chi_square::{ChiSquare, chi_square, long_run};
pub use draws::Draws;
pub use leveled::leveled;
pub use owned_memory::OwnedMemory;
pub use parametric::parametric;
pub use targets::{
    FirstOrder, delta, first_order, gradient, local, multilinear, random_configuration,
};
pub use transitions::{Stationary, TransitionMatrix, Transitions, configurations, index};
