//! The instrument of the workspace: what is claimed of the samplers, checked and measured.
//!
//! | item | what it does |
//! |---|---|
//! | [`Lent`], [`Block`] | a block of walkers on memory of its own, for the criterion suites |

mod block;

pub use block::{Block, Lent};
