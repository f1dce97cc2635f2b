//! Ordinal models: an integer at each site, and energies that depend on the differences between integers.
//!
//! | model | couplings | cost per step |
//! |---|---|---|
//! | [`LatticeOrdinal`] | one constant, on a torus | `O(levels + log D)`; its first-order differences are approximate |

mod lattice;

pub use lattice::LatticeOrdinal;
