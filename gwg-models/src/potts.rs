//! Potts models: each site in one of `q` states, couplings between pairs of sites, a field.
//!
//! Both have `f(x) = sum_{i != j} J_ij(x_i, x_j) + sum_i h_i(x_i)` over *ordered* pairs, so that **each pair counts
//! twice**, as in the paper.
//!
//! | model | couplings | cost per step |
//! |---|---|---|
//! | [`LatticePotts`] | one constant, on a torus | `O(states + log D)` |
//! | [`DensePotts`] | a (q, q) block for each pair | `O(D)`, one pass over two rows, `D = sites * states` |

#[cfg(feature = "dense")]
mod dense;
mod lattice;

#[cfg(feature = "dense")]
pub use dense::DensePotts;
pub use lattice::LatticePotts;
