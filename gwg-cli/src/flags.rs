//! What was typed. No file is touched here and nothing is judged that needs more than the word itself.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Sampling from discrete distributions known up to a constant: Gibbs-With-Gradients and its family.
#[derive(Debug, Parser)]
#[command(name = "gwg", version, max_term_width = 100)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw samples from a model and judge them
    Sample(Box<SampleFlags>),
    /// Give several samplers the same budget on one model or more, and say which is worth most
    Compare(Box<CompareFlags>),
    /// List the built-in models with their keys, defaults and meaning
    Models,
    /// List the samplers with their keys, cost and when to use which
    Samplers,
    /// Say what a model or a trace holds
    Info(InfoFlags),
    /// R-hat, ESS and MCSE again, from a stored trace
    Diagnose(DiagnoseFlags),
    /// Check the efficiency theorem of Gibbs-With-Gradients on models small enough to enumerate
    Verify(VerifyFlags),
}

/// Where a model comes from.
#[derive(Args, Clone, Debug)]
pub(crate) struct ModelFlags {
    /// A built-in model `name:key=value,...` (see `gwg models`) or a .safetensors model file
    #[arg(value_name = "MODEL")]
    pub(crate) model: String,
    /// What a model file without `kind` in its metadata holds: rbm, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
}

/// What all commands that run samplers are told.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunFlags {
    /// Seed of every random number
    #[arg(long, default_value_t = 0, value_parser = seed, allow_hyphen_values = true)]
    pub(crate) seed: u64,
    /// Worker threads, at most one a chain [default: all cores]; only times depend on it
    #[arg(long, value_parser = threads, allow_hyphen_values = true)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Precision of models and kernels
    #[arg(long, value_enum, default_value_t = Float::F32)]
    pub(crate) float: Float,
    /// Inverse temperature: the target is exp(beta f)
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    pub(crate) beta: f64,
    /// Write the results as JSON; `-` writes them, and nothing else, to standard output
    #[arg(long, value_name = "FILE.json")]
    pub(crate) summary: Option<PathBuf>,
    /// Overwrite outputs that exist
    #[arg(long)]
    pub(crate) force: bool,
    /// No progress on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct SampleFlags {
    #[command(flatten)]
    pub(crate) model: ModelFlags,
    /// The sampler `name[:key=value,...]`, or two: `20*A+B` in turn, `0.9*A|0.1*B` by chance (see `gwg samplers`)
    #[arg(long, default_value = "gwg", allow_hyphen_values = true)]
    pub(crate) sampler: String,
    /// Independent chains
    #[arg(long, default_value_t = 4)]
    pub(crate) chains: usize,
    /// Steps of each chain before the first draw (turns, where two samplers are made into one in turn)
    #[arg(long, default_value_t = 1000)]
    pub(crate) warmup: u64,
    /// Recorded states of each chain
    #[arg(long, default_value_t = 1000)]
    pub(crate) draws: usize,
    /// Steps from one draw to the next
    #[arg(long, default_value_t = 1)]
    pub(crate) thin: u64,
    /// Replicas of each chain at temperatures from the target's up, which swap with their neighbors; each costs as
    /// much as a chain
    #[arg(long, default_value_t = 1, value_name = "K")]
    pub(crate) replicas: usize,
    /// Inverse temperature of the hottest replica as a fraction of --beta, the others between at equal ratios
    /// [default: 0.1]
    #[arg(long, value_name = "B", allow_negative_numbers = true)]
    pub(crate) hottest: Option<f64>,
    /// Steps of every replica from one round of swaps to the next [default: 10]
    #[arg(long, value_name = "N")]
    pub(crate) swap_every: Option<u64>,
    /// Inverse temperature at which the warm-up begins, to come to --beta in equal steps [default: --beta]
    #[arg(long, value_name = "B", allow_negative_numbers = true)]
    pub(crate) anneal: Option<f64>,
    /// Where the chains start: random, zeros, or a .npy file of one row or one row a chain
    #[arg(long, default_value = "random", value_name = "random|zeros|FILE.npy")]
    pub(crate) init: String,
    /// Sites that are observed and stay as they are: lines `site value`, sites from 0, or a .npy row of an integer a
    /// site, negative where it is free
    #[arg(long, value_name = "FILE")]
    pub(crate) clamp: Option<PathBuf>,
    /// Write the draws as a Zarr v3 store that ArviZ opens
    #[arg(long, value_name = "TRACE")]
    pub(crate) out: Option<PathBuf>,
    /// Write a self-contained HTML page
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct CompareFlags {
    /// Models as for `gwg sample`; several that differ in one key are drawn against it
    #[arg(value_name = "MODEL", required = true)]
    pub(crate) models: Vec<String>,
    /// What model files without `kind` in their metadata hold: rbm, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Samplers as for `gwg sample`, two made into one among them, with commas between [default: those of the paper,
    /// pas, dmala, dlmc and structured, as far as the model has them]
    #[arg(long, value_name = "A,B,...", allow_hyphen_values = true)]
    pub(crate) samplers: Option<String>,
    /// Independent chains of each sampler; all samplers start from the same states
    #[arg(long, default_value_t = 100)]
    pub(crate) chains: usize,
    /// Steps of each chain (turns, where two samplers are made into one in turn); the first tenth is warm-up
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub(crate) steps: u64,
    /// Seconds for each sampler, in place of --steps; how many steps that makes depends on the machine
    #[arg(long, value_name = "S", conflicts_with = "steps")]
    pub(crate) seconds: Option<f64>,
    /// Write a folder: compare.csv, curves.csv, figures as SVG, index.html
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct InfoFlags {
    /// A model, as for `gwg sample`, or the path of a trace
    #[arg(value_name = "MODEL|TRACE")]
    pub(crate) what: String,
    /// What a model file without `kind` in its metadata holds: rbm, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Write the model's parameters as a model file in f32 (sparse couplings as a dense matrix)
    #[arg(long, value_name = "FILE.safetensors")]
    pub(crate) export: Option<PathBuf>,
    /// Overwrite the export if it exists
    #[arg(long, requires = "export")]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DiagnoseFlags {
    /// A trace that `gwg sample --out` wrote
    pub(crate) trace: PathBuf,
    /// Write the results as JSON; `-` writes them, and nothing else, to standard output
    #[arg(long, value_name = "FILE.json")]
    pub(crate) summary: Option<PathBuf>,
    /// Overwrite outputs that exist
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct VerifyFlags {
    /// Seed of the parameters of all models, and of the random functions
    #[arg(long, default_value_t = 0, value_parser = seed, allow_hyphen_values = true)]
    pub(crate) seed: u64,
    /// Write a folder: verify.csv, temperatures.csv, sharp.csv, figures as SVG, index.html
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the folder if it exists
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Float {
    F32,
    F64,
}

/// More threads than any machine has cores; starting them takes seconds.
const MOST_THREADS: usize = 1024;

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let found = text.parse().ok();
    found
        .filter(|n: &NonZeroUsize| n.get() <= MOST_THREADS)
        .ok_or_else(|| {
            format!("allowed is an integer from 1 to {MOST_THREADS}; leave it out for one a core")
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
