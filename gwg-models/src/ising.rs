//! Ising models: spins `s_i = 2 x_i - 1`, pairwise couplings, a field.
//!
//! All three have `f(x) = s'Js + h's` with a symmetric `J` with zero diagonal, so **each bond counts twice**, as in
//! the paper; the coupling of `K sum_<ij> s_i s_j` in physics is `J_ij = K / 2`. They differ in the cost of a step.
//!
//! | model | couplings | cost per step |
//! |---|---|---|
//! |---|---|---|
//! | [`LatticeIsing`] | one constant, on a torus | `O(log D)`, a few bytes per spin |
//! | [`SparseIsing`] | a weighted graph | `O(degree log D)` |
//! | [`DenseIsing`] | a full matrix | `O(D)`, one pass over a row |

#[cfg(feature = "dense")]
mod dense;
mod lattice;
mod sparse;

#[cfg(feature = "dense")]
pub use dense::DenseIsing;
pub use lattice::LatticeIsing;
pub use sparse::SparseIsing;
