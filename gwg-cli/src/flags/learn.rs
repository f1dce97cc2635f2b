//! The flags of `gwg learn`.

use super::{DataFlags, Shape, WorkFlags, count, interval, shape};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Clone, Debug)]
pub(crate) struct LearnFlags {
    /// What is learned: potts, ising, ising-lattice:side=N, rbm:hidden=N (of two states binary sites, of more categorical
    /// ones), a network (deep:resnet, deep:perceptron, deep:sequence with keys, deep:FILE.json, or deep:FILE.safetensors,
    /// from which training goes on), or, without an energy, vae with keys. Fields begin at the frequencies of the data;
    /// a network is added to independent sites with these (base=data), to a Boltzmann machine of a file
    /// (base=FILE.safetensors), or to nothing (base=none)
    #[arg(value_name = "KIND")]
    pub(crate) kind: String,
    /// Rows of states (.npy, .txt), a trace of `gwg sample`, or an alignment (.fasta, .a2m, .sto)
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) rows: DataFlags,
    /// The model file to write: .safetensors, or .dat in the format of adabmDCA; of ising-lattice a text file with
    /// its spec
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) out: PathBuf,
    /// How it is learned: pcd (persistent contrastive divergence), or, of potts and ising without chains,
    /// pseudo-likelihood, probability-flow (minimum probability flow) or ratio-matching
    #[arg(long, default_value = "pcd")]
    pub(crate) method: String,
    /// Move the chains by this sampler (see `gwg samplers`) [default: sweeps of every chain at once]
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) sampler: Option<String>,
    /// Updates of the parameters at most
    #[arg(long, default_value_t = 1000, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) updates: usize,
    /// Sweeps of every chain per update, or steps of --sampler [default: 10, or 50 of a sampler]
    #[arg(long, value_name = "N", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) steps_per_update: Option<usize>,
    /// Persistent chains [default: 2000 for potts and ising, 100 for rbm]
    #[arg(long, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) chains: Option<usize>,
    /// Rows of data per update, where not all of them are used [default: 100]
    #[arg(long, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) batch: Option<usize>,
    /// The learning rate [default: 0.3 for potts and ising, 0.01 for rbm and with --sampler, 0.001 for deep]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,
    /// The update after which the learning rate decays as 1 / update [default: never]
    #[arg(long, value_name = "UPDATE", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) decay_after: Option<usize>,
    /// Updates in which the learning rate rises to --rate [default: 0]
    #[arg(long, value_name = "UPDATES", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) warmup: Option<usize>,
    /// How parameters follow the gradient: sgd, momentum or adam [default: sgd, adam for deep]
    #[arg(long)]
    pub(crate) optimizer: Option<String>,
    /// The part of the last direction that --optimizer momentum keeps [default: 0.9]
    #[arg(long, value_name = "PART", allow_negative_numbers = true)]
    pub(crate) momentum: Option<f64>,
    /// Scale the gradient down to this Euclidean norm where it is longer
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    pub(crate) clip: Option<f64>,
    /// Write the exponential moving average of the parameters, which keeps this part of itself per update
    #[arg(long, value_name = "PART", allow_negative_numbers = true)]
    pub(crate) average: Option<f64>,
    /// Penalty of the squares of couplings, halved
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) l2: f64,
    /// Penalty of the absolute values of couplings
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) l1: f64,
    /// Penalty of the Euclidean norm of the couplings of each pair of sites, by which whole pairs become 0 (potts, ising)
    #[arg(
        long,
        default_value_t = 0.0,
        value_name = "PENALTY",
        allow_negative_numbers = true
    )]
    pub(crate) pair_norm: f64,
    /// End once Pearson's correlation of the connected correlations of data and chains is this large (potts, ising)
    /// [default with --graph: 0.95]
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    pub(crate) pearson: Option<f64>,
    /// Updates between two checks of how well newly started chains reproduce the data, for a warning when the chains of the
    /// training leave equilibrium, and with --ladder of log Z and the mean log-likelihood; 0: no checks [default: at updates 200,
    /// 300, 450 and so on]
    #[arg(long, value_name = "UPDATES", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) check_every: Option<usize>,
    /// Take more sweeps per update while chains move little, and then smaller rates; and smaller rates while the chains are
    /// farther from the data, or nearer to them, than independent draws (potts, ising, rbm)
    #[arg(long)]
    pub(crate) adapt: bool,
    /// Which couplings are learned: full, activate (from none, those that raise the likelihood most are added) or
    /// decimate (from all, those that matter least are removed; potts, ising)
    #[arg(long, default_value = "full")]
    pub(crate) graph: String,
    /// The part of the couplings with which --graph ends [default: 0.02 of decimate; activate ends by --pearson]
    #[arg(long, value_name = "PART", allow_negative_numbers = true)]
    pub(crate) density: Option<f64>,
    /// The part of the inactive couplings that a round of --graph activate adds [default: 0.001], or of the active ones
    /// that one of decimate removes, fewer near --pearson [default: 0.01]
    #[arg(long, value_name = "PART", allow_negative_numbers = true)]
    pub(crate) fraction: Option<f64>,
    /// Updates of a round of --graph activate at most [default: 10], or after one of decimate, which ends where --pearson is
    /// not reached again by then [default: 500]
    #[arg(long, value_name = "N", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) updates_per_round: Option<usize>,
    /// How a sweep changes a site: gibbs, or metropolis, which is cheaper and moves less (potts, ising) [default: gibbs]
    #[arg(long, value_name = "MOVES")]
    pub(crate) moves: Option<String>,
    /// States of the model that are kept, of which --chains are moved per update (--sampler) [default: as many]
    #[arg(long, value_name = "N", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) buffer: Option<usize>,
    /// Where these states begin: independent (sites with the frequencies of the data) or data (rows of the data), for a
    /// network that is trained already (--sampler) [default: independent]
    #[arg(long, value_name = "START")]
    pub(crate) init: Option<String>,
    /// The probability with which a state that is moved is first replaced by a draw of independent sites (--sampler) [default: 0]
    #[arg(long, value_name = "PROBABILITY", allow_negative_numbers = true)]
    pub(crate) restart: Option<f64>,
    /// Penalty of the squares of f, of data and of chains (--sampler, deep) [default: 0]
    #[arg(long, value_name = "PENALTY", allow_negative_numbers = true)]
    pub(crate) value_l2: Option<f64>,
    /// The plain gradient instead of that of centered variables
    #[arg(long)]
    pub(crate) plain: bool,
    /// Let the chains exchange states with models on the way (parallel trajectory tempering), and write these, for
    /// `gwg evaluate --ladder` and `gwg sample --sampler ptt` (potts, ising, rbm)
    #[arg(long, value_name = "FILE.safetensors")]
    pub(crate) ladder: Option<PathBuf>,
    /// Write a self-contained HTML report of the training, updated every few seconds while it runs
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Rows and columns of the images in the report [default: a square, where rows of two states have as many sites]
    #[arg(long, value_name = "ROWSxCOLUMNS", value_parser = shape::parse, requires = "report")]
    pub(crate) image: Option<Shape>,
    /// Write the states of the chains at the end: .npy, or .fasta for an alignment
    #[arg(long, value_name = "FILE")]
    pub(crate) samples: Option<PathBuf>,
    /// Write all that the rest of the training depends on to a file from time to time
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Time between two checkpoints
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = interval::parse)]
    pub(crate) every: Duration,
    /// Go on from a file written by --checkpoint, with the same flags; --updates may be larger
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
}
