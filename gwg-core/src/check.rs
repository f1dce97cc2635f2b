//! Conformance checks of targets and kernels: one call each.
//!
//! Needs `std` and the feature `check`, which is off by default; in `Cargo.toml` of a crate with a target to test:
//!
//! ```toml
//! [dev-dependencies]
//! gwg-core = { version = "0.1", features = ["check"] }
//! ```
//!
//! The functions panic with a message that says what differed, as assertions do. They are for tests, never for firmware.
//!
//! | for a target | what is checked |
//! |---|---|
//! | [`delta`] | `delta` is the difference of two `log_prob`s; `update` along a path of moves leaves the cache that `init_cache` computes |
//! | [`local`] | `update_affected` adds every difference that changed, once, with its new value |
//! | [`leveled`] | `relevel` keeps every level, and the levels give exact differences |
//! | [`gradient`] | `value_and_gradient` gives `log_prob`, `evaluate` agrees with it; a block gives each walker the bits it has alone |
//! | [`first_order`] | reports how close first-order differences are to the exact ones: a wrong sign has slope -1 |
//! | [`multilinear`] | first-order differences are the exact ones |
//! | [`parametric`](fn@parametric) | parameters are read, written and refused; their gradient is that of `log_prob`, summed over a batch |
//!
//! | for a kernel | what is checked |
//! |---|---|
//! | [`TransitionMatrix`] | enumerated from the kernel's own code: stochastic, leaves `exp(beta f)` invariant, reversible, irreducible |
//! | [`long_run`] | the states visited against enumeration, by chi-square |

mod chi_square;
mod draws;
mod family;
mod lent;
mod leveled;
mod pairs;
mod parametric;
mod targets;
mod transitions;

pub use chi_square::{ChiSquare, chi_square, long_run};
pub use draws::Draws;
pub use lent::Lent;
pub use leveled::leveled;
pub use parametric::parametric;
pub use targets::{
    FirstOrder, delta, first_order, gradient, local, multilinear, random_configuration,
};
pub use transitions::{Stationary, TransitionMatrix, Transitions, configurations, index};
