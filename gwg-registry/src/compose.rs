//! Several steppers on the same chains.
//!
//! Each part keeps its own state of a chain, and brings it up to what the others have done when its turn comes: by the few moves that they
//! made, where it has a way to follow them, else by a reevaluation. So the fast forms of samplers stay fast in a composition.

mod cycle;
mod mixture;
mod parts;

pub(crate) use cycle::Cycle;
pub(crate) use mixture::Mixture;
