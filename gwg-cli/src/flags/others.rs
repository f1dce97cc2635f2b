//! The flags of the commands that begin no run.

use super::{count, interval, seed, threads};
use clap::Args;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Clone, Debug)]
pub(crate) struct ResumeFlags {
    /// A trace written by `gwg sample --out`
    pub(crate) trace: PathBuf,
    /// Recorded states per chain in all, at least as many as the run was to make [default: those]
    #[arg(long, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) draws: Option<usize>,
    /// Worker threads, at most one per chain [default: all cores]; only timings depend on it
    #[arg(long, value_parser = threads, allow_hyphen_values = true)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Time between two saves
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = interval::parse)]
    pub(crate) every: Duration,
    /// Write a self-contained HTML report
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Write the results as JSON; with `-`, standard output contains the JSON only
    #[arg(long, value_name = "FILE.json")]
    pub(crate) summary: Option<PathBuf>,
    /// Overwrite an existing report or summary
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not report progress on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct MergeFlags {
    /// Traces written by `gwg sample --shard I/N`, one of each shard, in any order
    #[arg(value_name = "TRACE", required = true)]
    pub(crate) traces: Vec<PathBuf>,
    /// Write the trace that the whole run would have written, which cannot be resumed
    #[arg(long, value_name = "TRACE")]
    pub(crate) out: PathBuf,
    /// Overwrite an existing trace
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct InfoFlags {
    /// A model, as for `gwg sample`, or the path of a trace
    #[arg(value_name = "MODEL|TRACE")]
    pub(crate) what: OsString,
    /// Kind of a model file that has no `kind` in its metadata: rbm, rbm-categorical, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Write the model's parameters as a model file in f32 (sparse couplings as a dense matrix)
    #[arg(long, value_name = "FILE.safetensors")]
    pub(crate) export: Option<PathBuf>,
    /// Overwrite an existing export
    #[arg(long, requires = "export")]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DiagnoseFlags {
    /// A trace written by `gwg sample --out`
    pub(crate) trace: PathBuf,
    /// Write the results as JSON; with `-`, standard output contains the JSON only
    #[arg(long, value_name = "FILE.json")]
    pub(crate) summary: Option<PathBuf>,
    /// Overwrite existing outputs
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct VerifyFlags {
    /// Seed of the parameters of all models and of the random functions
    #[arg(long, default_value_t = 0, value_parser = seed, allow_hyphen_values = true)]
    pub(crate) seed: u64,
    /// Write a folder with verify.csv, temperatures.csv, sharp.csv, figures as SVG, and index.html
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace an existing folder
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct CompletionFlags {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct ManFlags {
    /// A command, such as sample [default: gwg itself]
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}
