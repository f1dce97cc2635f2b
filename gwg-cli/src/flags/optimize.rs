//! The flags of `gwg optimize`.

use super::{WorkFlags, count};
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct OptimizeFlags {
    /// The problem: maxcut:path=F, qubo:path=F, ising:path=F, mis:path=F, max-clique:path=F, vertex-cover:path=F, coloring:path=F,colors=K or max-sat:path=F
    /// (`gwg optimize list` prints their keys), or a model, whose largest f is searched
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: OsString,
    /// How to search: auto; of maxcut, qubo and ising also population, anneal, rejection-free, rlsa, tabu or tempering; of a
    /// model a sampler, which is annealed
    #[arg(long, default_value = "auto")]
    pub(crate) method: String,
    /// End after so many seconds [default: 10, or no limit with --restarts or --moves]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub(crate) seconds: Option<f64>,
    /// End after so many restarts; without --seconds, the result depends on the seed alone [default with --moves: 1]
    #[arg(long, value_name = "N", value_parser = count::count, allow_hyphen_values = true)]
    pub(crate) restarts: Option<u64>,
    /// Moves of each restart, rounded up to thousands [default with --restarts: 1e7]
    #[arg(long, value_name = "N", value_parser = count::count, allow_hyphen_values = true)]
    pub(crate) moves: Option<u64>,
    /// End once a solution is as good as this; the time that takes is estimated
    #[arg(long, value_name = "V", allow_negative_numbers = true)]
    pub(crate) target: Option<f64>,
    /// Runs to --target, each with random numbers of its own, of which its time is estimated
    #[arg(long, default_value_t = 1, value_name = "N", requires = "target", value_parser = count::count, allow_hyphen_values = true)]
    pub(crate) repeats: u64,
    /// The best known value: the gap to it is reported
    #[arg(long, value_name = "V", allow_negative_numbers = true)]
    pub(crate) known: Option<f64>,
    /// Begin at a solution in the form of --best
    #[arg(long, value_name = "FILE")]
    pub(crate) start: Option<PathBuf>,
    /// Write the best solution, one symbol per line, whenever a better one is found
    #[arg(long, value_name = "FILE")]
    pub(crate) best: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
}
