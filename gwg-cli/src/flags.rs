//! Command-line flags. Checks that need more than a single argument happen elsewhere; no file but that of `--config` is opened here.

mod config;
mod count;
mod interval;
mod learn;
mod learning;
mod optimize;
mod others;
mod parse;
mod resolved;
mod shape;

pub(crate) use count::Steps;
pub(crate) use learn::LearnFlags;
pub(crate) use learning::{
    ContactsFlags, DataFlags, DenoiseFlags, EnergiesFlags, EvaluateFlags, MutationsFlags,
    ScoredFlags, Unknown, WorkFlags,
};
pub(crate) use optimize::OptimizeFlags;
pub(crate) use others::{
    CompletionFlags, DiagnoseFlags, InfoFlags, ManFlags, MergeFlags, ResumeFlags, VerifyFlags,
};
pub(crate) use parse::{of, parse};
pub(crate) use resolved::{Resolved, plain};
pub(crate) use shape::Shape;

use crate::shard;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Sampling from unnormalized discrete distributions with Gibbs-With-Gradients and related samplers.
#[derive(Debug, Parser)]
#[command(name = "gwg", version, max_term_width = 100)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw samples from a model and report diagnostics
    Sample(Box<SampleFlags>),
    /// Go on with the run that wrote a trace, or extend it by --draws
    Resume(Box<ResumeFlags>),
    /// Join the traces of all shards of a run
    Merge(MergeFlags),
    /// Run several samplers on the same budget, on one model or more, and rank them by ESS per second
    Compare(Box<CompareFlags>),
    /// Learn a model from data by persistent contrastive divergence
    Learn(Box<LearnFlags>),
    /// Estimate the partition function of a model in several ways, and the log-likelihood of data
    Evaluate(Box<EvaluateFlags>),
    /// Rank pairs of sites by the couplings of a Potts model, and compare them with true contacts
    Contacts(Box<ContactsFlags>),
    /// Print log_prob and energy of each row of data
    Energies(EnergiesFlags),
    /// Print the change of log_prob by each single mutation of a sequence
    Mutations(MutationsFlags),
    /// Remove the noise of a black and white image by sampling an Ising model of it
    Denoise(Box<DenoiseFlags>),
    /// Search the best solution of a problem: max-cut, QUBO, Ising, independent set, clique, vertex cover, coloring, MAX-SAT
    Optimize(Box<OptimizeFlags>),
    /// List the built-in models with their keys, defaults and meaning
    Models,
    /// List the samplers with their keys, cost and recommended use
    Samplers,
    /// Describe a model or a trace
    Info(InfoFlags),
    /// Recompute R-hat, ESS and MCSE from a stored trace
    Diagnose(DiagnoseFlags),
    /// Check the efficiency theorem of Gibbs-With-Gradients on models small enough to enumerate
    Verify(VerifyFlags),
    /// Print a script that completes commands and flags in a shell
    Completions(CompletionFlags),
    /// Print the manual page of gwg or of a command
    Man(ManFlags),
}

/// The model argument.
#[derive(Args, Clone, Debug)]
pub(crate) struct ModelFlags {
    /// A built-in model `name:key=value,...` (see `gwg models`) or the path of a model file: .safetensors, or
    /// .dat of adabmDCA
    #[arg(value_name = "MODEL")]
    pub(crate) model: OsString,
    /// Kind of a model file that has no `kind` in its metadata: rbm, rbm-categorical, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
}

/// Flags shared by all commands that run samplers.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunFlags {
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_parser = seed, allow_hyphen_values = true)]
    pub(crate) seed: u64,
    /// Worker threads, at most one per chain [default: all cores]; only timings depend on it
    #[arg(long, value_parser = threads, allow_hyphen_values = true)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Floating-point precision of models and kernels
    #[arg(long, value_enum, default_value_t = Float::F32)]
    pub(crate) float: Float,
    /// Inverse temperature: the target is exp(beta f)
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    pub(crate) beta: f64,
    /// Write the results as JSON; with `-`, standard output contains the JSON only
    #[arg(long, value_name = "FILE.json")]
    pub(crate) summary: Option<PathBuf>,
    /// Overwrite existing outputs
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not report progress on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Report progress on standard error as one JSON object per line
    #[arg(long)]
    pub(crate) json_lines: bool,
    /// Read flags from a TOML file, by their names without dashes in front; those of the command line win
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// Print all flags as TOML for --config, with defaults, and exit
    #[arg(long)]
    pub(crate) print_config: bool,
    /// All of them.
    #[arg(skip)]
    pub(crate) resolved: Resolved,
}

impl RunFlags {
    /// The number of worker threads of a run of so many chains.
    pub(crate) fn threads_of(&self, chains: usize) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let wanted = self.threads.map_or_else(cores, NonZeroUsize::get);
        wanted.clamp(1, chains.max(1))
    }
}

#[derive(Args, Clone, Debug)]
pub(crate) struct SampleFlags {
    #[command(flatten)]
    pub(crate) model: ModelFlags,
    /// The sampler `name[:key=value,...]`, a cycle `20*A+B` or a mixture `0.9*A|0.1*B` (see `gwg samplers`)
    #[arg(long, default_value = "gwg", allow_hyphen_values = true)]
    pub(crate) sampler: String,
    /// Number of independent chains
    #[arg(long, default_value_t = 4, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) chains: usize,
    /// Run only shard I of N of the chains, exactly as in the whole run; `gwg merge` joins the traces
    #[arg(long, value_name = "I/N", value_parser = shard::parse)]
    pub(crate) shard: Option<shard::Part>,
    /// Steps per chain before the first draw (cycles of a composite sampler `A+B`); auto: as many as 200 draws take, at
    /// least 1000
    #[arg(long, default_value_t = Steps::Auto, value_name = "N|auto", value_parser = count::steps, allow_hyphen_values = true)]
    pub(crate) warmup: Steps,
    /// Recorded states per chain
    #[arg(long, default_value_t = 1000, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) draws: usize,
    /// Steps between consecutive draws; auto: about as many as update every site once, on small
    /// sparse models up to 16 times, from sampler and model
    #[arg(long, default_value_t = Steps::Auto, value_name = "N|auto", value_parser = count::steps, allow_hyphen_values = true)]
    pub(crate) thin: Steps,
    /// Comma-separated quantities recorded of every draw, in addition to log_prob: hamming, mean_symbol, magnetization,
    /// energy_per_site, overlap, and those of the model, which `gwg info MODEL` lists [default:
    /// log_prob,hamming,mean_symbol]; of models of more than 10,000 sites and symbols, random projections are added
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(crate) record: Option<Vec<String>>,
    /// Parallel-tempering replicas per chain, the target included; replicas at adjacent temperatures swap, and each
    /// costs as much as a chain
    #[arg(long, default_value_t = 1, value_name = "K", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) replicas: usize,
    /// Inverse temperature of the hottest replica as a fraction of --beta; the others are spaced geometrically
    /// [default: 0.1]
    #[arg(long, value_name = "B", allow_negative_numbers = true)]
    pub(crate) hottest: Option<f64>,
    /// Steps of every replica between rounds of swaps [default: 10]
    #[arg(long, value_name = "N", value_parser = count::count, allow_hyphen_values = true)]
    pub(crate) swap_every: Option<u64>,
    /// Inverse temperature at the start of the warm-up, changed to --beta in equal increments [default: --beta]
    #[arg(long, value_name = "B", allow_negative_numbers = true)]
    pub(crate) anneal: Option<f64>,
    /// Initial states: random, zeros, or a .npy file with one row of a number per site (a lattice in its own shape, too), or
    /// one row per chain
    #[arg(long, default_value = "random", value_name = "random|zeros|FILE.npy")]
    pub(crate) init: OsString,
    /// Observed sites, which keep their values: a text file of lines `site value`, sites from 0, or a .npy array of one
    /// integer per site (a lattice in its own shape, too), negative where the site is free
    #[arg(long, value_name = "FILE")]
    pub(crate) clamp: Option<PathBuf>,
    /// Write the draws as a Zarr v3 store that ArviZ can open
    #[arg(long, value_name = "TRACE")]
    pub(crate) out: Option<PathBuf>,
    /// Store states as bits, for models of two states: an eighth of the memory for who reads the trace
    #[arg(long)]
    pub(crate) packed: bool,
    /// Write a self-contained HTML report
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Save the state of the run to this file at intervals and at its end, for --resume; a trace has one of its own
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Time between two saves, of the trace as well: what a run that is killed loses at most
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = interval::parse)]
    pub(crate) every: Duration,
    /// Go on with the run that was saved to this file, to the same bits; repeat its other flags (--draws may be larger)
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct CompareFlags {
    /// Models as for `gwg sample`; if they differ in a single key, results are also plotted against that key. With
    /// --relaxations and no model: Ising lattices of 100, 225, 400 and 900 sites and a Boltzmann machine of 200
    #[arg(value_name = "MODEL")]
    pub(crate) models: Vec<OsString>,
    /// Kind of the model files that have no `kind` in their metadata: rbm, rbm-categorical, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Comma-separated samplers as for `gwg sample`, cycles and mixtures included [default: those of the paper, pas,
    /// dmala, dlmc and sweep, as far as the model supports them]
    #[arg(long, value_name = "A,B,...", allow_hyphen_values = true)]
    pub(crate) samplers: Option<String>,
    /// Compare with continuous relaxations, too: Langevin (ula, mala) and Hamiltonian (hmc) sampling of the relaxed density,
    /// with and without importance weights, and Stein variational gradient descent (svgd, discrete-svgd). Each chain has
    /// as many evaluations of the gradient as --steps. For models of two states per site that are defined between their
    /// states: Ising models, bernoulli, fhmm, rbm, networks. The default of --samplers is then gibbs, gwg, pas, dmala and
    /// dula, and the table has errors of the means over all chains
    #[arg(long)]
    pub(crate) relaxations: bool,
    /// Temperatures of the relaxations, with --relaxations [default: 0.1,0.5,1]
    #[arg(
        long,
        value_name = "T,...",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) temperatures: Option<Vec<f64>>,
    /// Number of independent chains of each sampler; all samplers start from the same states
    #[arg(long, default_value_t = 100, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) chains: usize,
    /// Steps per chain (cycles of a composite sampler `A+B`); the first tenth is warm-up
    #[arg(long, default_value_t = 100_000, value_name = "N", value_parser = count::count, allow_hyphen_values = true)]
    pub(crate) steps: u64,
    /// Seconds per sampler, instead of --steps; the resulting number of steps depends on the machine
    #[arg(long, value_name = "S", conflicts_with = "steps")]
    pub(crate) seconds: Option<f64>,
    /// Save what has been measured to this file after each sampler, for --resume
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Go on with the comparison that was saved to this file; repeat its flags (samplers and models may be added)
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
    /// Write a folder with compare.csv, curves.csv, figures as SVG, and index.html
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Float {
    F32,
    F64,
}

/// Upper limit of --threads: more than any machine has cores, and starting that many takes seconds.
const MOST_THREADS: usize = 1024;

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let found = text.parse().ok();
    found
        .filter(|n: &NonZeroUsize| n.get() <= MOST_THREADS)
        .ok_or_else(|| {
            format!("allowed is an integer from 1 to {MOST_THREADS}; omit it to use one per core")
        })
}

fn seed(text: &str) -> Result<u64, String> {
    let allowed = || format!("allowed is an integer from 0 to {}", u64::MAX);
    text.parse().map_err(|_| allowed())
}

impl Float {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}
