//! Temperature ladders, swaps between their levels, annealing schedules.
//!
//! A chain at inverse temperature `beta` has the target `exp(beta f)`. Parallel tempering runs one chain per level of
//! a [`Ladder`] and regularly proposes that neighboring levels exchange their temperatures. The temperature is a
//! number in the [`Walker`](crate::Walker): a swap exchanges two numbers and no states, and
//! [`Kernel::reweight`](crate::Kernel::reweight) then updates what depends on `beta`.

mod anneal;
mod exchange;
mod ladder;

pub use anneal::Anneal;
pub use exchange::{Exchange, Pair, swap_ratio};
pub use ladder::{Ladder, geometric, linear};
