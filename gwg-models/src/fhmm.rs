//! The factorial hidden Markov model: binary chains that are seen only through their weighted sum.
//!
//! | type | `f` outside the cube | first-order differences |
//! |---|---|---|
//! | [`Fhmm`] | multilinear | exact |
//! | [`QuadraticFhmm`] | as it is written down, a square: the paper's | `w_k^2 / (2 sigma^2)` too high |
//!
//! [`Posterior`] knows everything about both: the evidence, the marginals, independent draws.

mod extension;
mod gradient;
mod law;
mod local;
mod model;
mod path;
mod posterior;
mod quadratic;
mod sweep;

pub use extension::Extension;
pub use law::Law;
pub use model::Fhmm;
pub use posterior::Posterior;
pub use quadratic::QuadraticFhmm;
