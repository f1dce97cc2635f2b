//! Many temperatures: ladders, the swap between neighbours on one, annealing schedules.
//!
//! A chain at inverse temperature `beta` has the target `exp(beta f)`. Parallel tempering runs one chain a
//! level of a [`Ladder`] and now and then lets neighbouring levels exchange their temperatures. The
//! temperature is a number in the [`Walker`](crate::Walker): two numbers are exchanged, no state, and what a kernel keeps
//! that depends on `beta` is brought up to it by [`Kernel::retemper`](crate::Kernel::retemper).

mod anneal;
mod exchange;
mod ladder;

pub use anneal::Anneal;
pub use exchange::{Exchange, Pair, swap_ratio};
pub use ladder::{Ladder, geometric, linear};
