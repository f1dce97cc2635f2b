//! Many temperatures: ladders, the swap between neighbors on one, annealing schedules.
//!
//! A chain at inverse temperature `beta` has the target `exp(beta f)`. Parallel tempering runs one chain a
//! level of a [`Ladder`] and now and then lets neighboring levels exchange their temperatures. The
//! temperature is a number in the [`Walker`](crate::Walker): two numbers are exchanged, no state, and what a kernel keeps
//! that depends on `beta` is brought up to it by [`Kernel::reweight`](crate::Kernel::reweight).

mod anneal;
mod exchange;
mod ladder;

pub use anneal::Anneal;
pub use exchange::{Exchange, Pair, swap_ratio};
pub use ladder::{Ladder, geometric, linear};
