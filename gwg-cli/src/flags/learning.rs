//! The flags of the commands about learned models.

use super::{ModelFlags, Resolved, Shape, count, interval, seed, shape, threads};
use clap::{Args, ValueEnum};
use gwg_learn::UnknownLetters;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Flags of every command that computes for long.
#[derive(Args, Clone, Debug)]
pub(crate) struct WorkFlags {
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_parser = seed, allow_hyphen_values = true)]
    pub(crate) seed: u64,
    /// Worker threads [default: all cores]; only timings depend on it
    #[arg(long, value_parser = threads, allow_hyphen_values = true)]
    pub(crate) threads: Option<NonZeroUsize>,
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

impl WorkFlags {
    /// The threads to work on.
    pub(crate) fn pool(&self) -> Result<gwg_chains::Threads, crate::failure::Failure> {
        let made = match self.threads {
            Some(threads) => gwg_chains::Threads::new(threads),
            None => gwg_chains::Threads::all(),
        };
        made.map_err(Into::into)
    }
}

/// Rows of data and how they are read.
#[derive(Args, Clone, Debug)]
pub(crate) struct DataFlags {
    /// Columns of rows that are packed as bits, eight to a byte, most significant first (numpy.packbits)
    #[arg(long, value_name = "COLUMNS", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) packed: Option<usize>,
    /// Letters of an alignment: protein, rna, dna, or the letters themselves, the gap first [default: guessed]
    #[arg(long)]
    pub(crate) alphabet: Option<String>,
    /// What is done with sequences that have other letters, such as X
    #[arg(long, value_enum, default_value_t = Unknown::Refuse)]
    pub(crate) unknown: Unknown,
    /// Sequences with an identity above this share their weight of 1 [default: 0.8 for alignments, 1 for
    /// other data: equal weights]
    #[arg(
        long,
        value_name = "FRACTION",
        conflicts_with = "weights",
        allow_negative_numbers = true
    )]
    pub(crate) identity: Option<f64>,
    /// A text file with the weight of each row, one per line
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
}

/// What is done with letters that are not in the alphabet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unknown {
    /// The file is refused
    #[default]
    Refuse,
    /// The letters are read as gaps
    Gap,
    /// The sequences are left out, as in adabmDCA
    Drop,
}

impl From<Unknown> for UnknownLetters {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Refuse => Self::Refuse,
            Unknown::Gap => Self::Gap,
            Unknown::Drop => Self::Drop,
        }
    }
}

#[derive(Args, Clone, Debug)]
pub(crate) struct LearnFlags {
    /// What is learned: potts, ising, ising-lattice:side=N, or rbm:hidden=N
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
    /// The learning rate [default: 0.3 for potts and ising, 0.01 for rbm and with --sampler]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,
    /// The update after which the learning rate decays as 1 / update [default: never]
    #[arg(long, value_name = "UPDATE", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) decay_after: Option<usize>,
    /// Updates in which the learning rate rises to --rate [default: 0]
    #[arg(long, value_name = "UPDATES", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) warmup: Option<usize>,
    /// How parameters follow the gradient: sgd, momentum or adam
    #[arg(long, default_value = "sgd")]
    pub(crate) optimizer: String,
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
    /// Updates between two looks at how well chains that begin anew reproduce the data, for a warning when those of the
    /// training leave equilibrium; 0: none [default: at updates 200, 300, 450 and
    /// so on]
    #[arg(long, value_name = "UPDATES", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) check_every: Option<usize>,
    /// Take more sweeps per update while chains move little, and then smaller rates (rbm)
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
    /// that one of decimate removes [default: 0.01]
    #[arg(long, value_name = "PART", allow_negative_numbers = true)]
    pub(crate) fraction: Option<f64>,
    /// Updates of a round of --graph activate at most [default: 10]
    #[arg(long, value_name = "N", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) updates_per_round: Option<usize>,
    /// How a sweep changes a site: gibbs, or metropolis, which is cheaper and moves less (potts, ising) [default: gibbs]
    #[arg(long, value_name = "MOVES")]
    pub(crate) moves: Option<String>,
    /// States of the model that are kept, of which --chains are moved per update (--sampler) [default: as many]
    #[arg(long, value_name = "N", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) buffer: Option<usize>,
    /// The probability with which a state that is moved is first drawn anew from independent sites (--sampler) [default: 0]
    #[arg(long, value_name = "PROBABILITY", allow_negative_numbers = true)]
    pub(crate) restart: Option<f64>,
    /// The plain gradient instead of that of centered variables
    #[arg(long)]
    pub(crate) plain: bool,
    /// Let the chains exchange states with models on the way (parallel trajectory tempering), and write these, for
    /// `gwg evaluate --ladder` and `gwg sample --sampler ptt` (rbm)
    #[arg(long, value_name = "FILE.safetensors")]
    pub(crate) ladder: Option<PathBuf>,
    /// Write a self-contained HTML report of the training, anew every few seconds while it runs
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

#[derive(Args, Clone, Debug)]
pub(crate) struct EvaluateFlags {
    #[command(flatten)]
    pub(crate) model: ModelFlags,
    /// Rows whose log-likelihood is computed: .npy, .txt, a trace or an alignment
    #[arg(value_name = "DATA")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rows: DataFlags,
    /// Levels of annealing between independent sites and the model; recorded steps of --ladder
    #[arg(long, default_value_t = 1000, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) temperatures: usize,
    /// Paths of annealing in each direction; chains of each model of --ladder
    #[arg(long, default_value_t = 200, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) particles: usize,
    /// How log Z is estimated: auto (exact where possible, ais, bar, and ptt with --ladder), exact, ais (forward and
    /// reverse), bar, ti (with forward ais) or ptt (--ladder, with ais and bar)
    #[arg(long, default_value = "auto")]
    pub(crate) method: String,
    /// Models on the way of the training of a Boltzmann machine, written by `gwg learn --ladder`
    #[arg(long, value_name = "FILE.safetensors")]
    pub(crate) ladder: Option<PathBuf>,
    /// The sampler that moves paths of models that are no Boltzmann machines; it must be reversible for bar
    #[arg(long, default_value = "gwg", allow_hyphen_values = true)]
    pub(crate) sampler: String,
    /// Steps of the sampler per level [default: as many as update a tenth of the sites; 1 for Boltzmann machines, whose
    /// steps update all]
    #[arg(long, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) steps: Option<usize>,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct ContactsFlags {
    /// An alignment, or a Potts model (.safetensors, or .dat of adabmDCA)
    #[arg(value_name = "ALIGNMENT|MODEL")]
    pub(crate) what: PathBuf,
    #[command(flatten)]
    pub(crate) rows: DataFlags,
    /// True contacts: `i j [distance]` per line, sites from 1
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Option<PathBuf>,
    /// How a model of an alignment is made: pcd, plm (pseudo-likelihood) or mean-field [default: pcd]
    #[arg(long)]
    pub(crate) method: Option<String>,
    /// Pairs of sites at most this far apart in the sequence are left out
    #[arg(long, default_value_t = 4, value_name = "SITES")]
    pub(crate) separation: usize,
    /// Write a folder with the ranked pairs (contacts.csv) and the map (contacts.svg)
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Count the couplings of the gap, too [default: not, where the alphabet has a gap; of arrays
    /// of 5 and 21 states, it is state 0]
    #[arg(long)]
    pub(crate) count_gap: bool,
    /// Updates of pcd [default: 40]
    #[arg(long, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) updates: Option<usize>,
    /// Persistent chains of pcd [default: 8000]
    #[arg(long, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) chains: Option<usize>,
    /// Sweeps of every chain per update of pcd [default: 3]
    #[arg(long, value_name = "N", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) steps_per_update: Option<usize>,
    /// The learning rate of pcd [default: 2]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,
    /// The weight of uniform frequencies in those of the rows; large ones keep rare pairs of letters from high
    /// scores [default: 0.1 of pcd, 0.5 of mean-field]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) pseudocount: Option<f64>,
    /// Penalty of the squares of couplings [default: 0.02 of plm, 0 of pcd]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) l2: Option<f64>,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
}

/// The model argument of commands that compute log_prob.
#[derive(Args, Clone, Debug)]
pub(crate) struct ScoredFlags {
    /// A built-in model `name:key=value,...` (see `gwg models`), or the path of a .safetensors model file or of a
    /// .dat file of adabmDCA
    #[arg(value_name = "MODEL")]
    pub(crate) model: OsString,
    /// Kind of a model file that has no `kind` in its metadata: rbm, ising-dense or potts-dense
    #[arg(long)]
    pub(crate) kind: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct EnergiesFlags {
    #[command(flatten)]
    pub(crate) model: ScoredFlags,
    /// Rows of states (.npy, .txt) or an alignment
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    /// Columns of rows that are packed as bits, eight to a byte, most significant first (numpy.packbits)
    #[arg(long, value_name = "COLUMNS", value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) packed: Option<usize>,
    /// Letters of an alignment: protein, rna, dna, or the letters themselves, the gap first [default: those of
    /// the model, or guessed]
    #[arg(long)]
    pub(crate) alphabet: Option<String>,
    /// What is done with sequences that have other letters, such as X
    #[arg(long, value_enum, default_value_t = Unknown::Refuse)]
    pub(crate) unknown: Unknown,
    /// Write the CSV to a file instead of standard output
    #[arg(long, short, value_name = "FILE.csv")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct MutationsFlags {
    #[command(flatten)]
    pub(crate) model: ScoredFlags,
    /// A sequence: its letters, or an alignment whose first row is taken
    #[arg(value_name = "SEQUENCE")]
    pub(crate) sequence: String,
    /// Letters of the sequence: protein, rna, dna, or the letters themselves, the gap first [default: those of
    /// the model, or guessed]
    #[arg(long)]
    pub(crate) alphabet: Option<String>,
    /// Write the CSV to a file instead of standard output
    #[arg(long, short, value_name = "FILE.csv")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DenoiseFlags {
    /// A black and white image (.pbm)
    #[arg(value_name = "IMAGE.pbm")]
    pub(crate) image: PathBuf,
    /// Write the denoised image
    #[arg(long, short, value_name = "OUT.pbm")]
    pub(crate) out: PathBuf,
    /// The image without noise: the share of wrong pixels is reported
    #[arg(long, value_name = "FILE.pbm")]
    pub(crate) truth: Option<PathBuf>,
    /// The share of pixels that the noise flipped [default: estimated]
    #[arg(long, value_name = "P")]
    pub(crate) flips: Option<f64>,
    /// The coupling of pixels that share a side
    #[arg(long, default_value_t = 0.65)]
    pub(crate) coupling: f64,
    /// The coupling of pixels that share a corner, as a fraction of --coupling
    #[arg(long, default_value_t = 0.0)]
    pub(crate) diagonal: f64,
    /// The sampler (see `gwg samplers`)
    #[arg(long, default_value = "gwg", allow_hyphen_values = true)]
    pub(crate) sampler: String,
    /// Independent chains, all of which start at the image
    #[arg(long, default_value_t = 4, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) chains: usize,
    /// Sweeps before the first one that counts; in these, --flips is estimated. A sweep is as many steps as update
    /// every pixel once, on average
    #[arg(long, default_value_t = 20, value_name = "SWEEPS", value_parser = count::count, allow_hyphen_values = true)]
    pub(crate) warmup: u64,
    /// Sweeps of which the mean is taken
    #[arg(long, default_value_t = 100, value_parser = count::size, allow_hyphen_values = true)]
    pub(crate) sweeps: usize,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
}
