//! The flags of the commands about learned models.

use super::{ModelFlags, Resolved, count, seed, threads};
use clap::{Args, ValueEnum};
use gwg_learn::UnknownLetters;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

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
    /// Paths of annealing in each direction; chains of each model of --ladder; draws for each row of an autoencoder
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
    /// An alignment, a Potts model (.safetensors, or .dat of adabmDCA), or a Boltzmann machine or a network of
    /// categorical sites
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
    /// Kind of a model file that has no `kind` in its metadata: rbm, rbm-categorical, ising-dense or potts-dense
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
