//! Optimization over discrete states: the search of best solutions where `gwg-chains` draws typical ones.
//!
//! - [`Search`]: a problem with a way to search it, and [`optimize`], which runs restarts of it on threads;
//! - [`Quadratic`]: quadratic functions of binary variables ([`Terms`]): max-cut, QUBO, ground states of Ising models;
//! - [`VertexSet`]: maximum independent sets, maximum cliques, minimum vertex covers;
//! - [`Coloring`]: graph coloring, [`MaxSat`]: formulas with soft and hard clauses;
//! - [`read`], [`coloring::read_coloring`], [`max_sat::read_max_sat`]: their files;
//! - [`TimeToTarget`]: how long a search takes, from repeated runs.
//!
//! ```
//! use gwg_optimize::{Limits, Method, Options, Quadratic, Sense, Terms, optimize};
//!
//! // A ring of five vertices: one edge is not cut.
//! let ring = (0..5).map(|i| (i, (i + 1) % 5, 1.0));
//! let problem = Quadratic::new(Terms::of_cut(5, ring)?, Sense::Max, Method::Auto);
//! let limits = Limits {
//!     restarts: Some(2),
//!     moves: Some(10_000),
//!     ..Limits::default()
//! };
//! let options = Options { seed: 0, threads: 1, limits, start: None };
//! let best = optimize(&problem, &options, &mut ()).best.ok_or("nothing found")?;
//! assert_eq!(best.value, 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod budget;
pub mod coloring;
mod cover;
mod driver;
mod indexed_set;
pub mod max_sat;
mod quadratic;
pub mod read;
mod search;
mod tts;

pub use coloring::Coloring;
pub use cover::{MOST_COMPLEMENT, SetKind, TooManyConflicts, VertexSet};
pub use driver::{Limits, Options, Outcome, Solution, Watch, optimize};
pub use max_sat::MaxSat;
pub use quadratic::{Method, Quadratic, QuadraticError, Terms};
pub use search::{MOVES_PER_CALL, Search, Sense};
pub use tts::TimeToTarget;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
