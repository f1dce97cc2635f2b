//! The factorial hidden Markov model: binary chains that are observed only through a noisy weighted sum.
//!
//! | type | `f` between the configurations | first-order differences |
//! |---|---|---|
//! | [`Fhmm`] | multilinear | exact |
//! | [`QuadraticFhmm`] | a square, as in the usual formula and in the paper | too high by `w_k^2 / (2 sigma^2)` |
//!
//! [`Posterior`] computes exact results for both: the evidence, the marginals, independent draws.

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
