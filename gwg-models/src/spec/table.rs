//! The table of built-in models. To add one: an entry here, and its arm in `AnyModel::build`.

use std::fmt;
use std::path::PathBuf;

use super::error::SpecError;
use super::settings::{Entry, Keys, Settings};
use super::value::{Allowed, Setting};
use crate::fhmm::Extension;

/// A built-in model: its name, its keys, its law.
#[derive(Debug)]
#[non_exhaustive]
pub struct SpecEntry {
    /// The name that a spec begins with.
    pub name: &'static str,
    /// What the model is, in one line.
    pub meaning: &'static str,
    /// Its `f(x)`, the log-probability up to a constant.
    pub formula: &'static str,
    /// Its keys, in the order of the canonical spec.
    pub keys: &'static [KeyEntry],
    /// Takes the settings in the order of `keys`.
    pub(super) make: fn(Settings<'_>) -> Result<ModelSpec, SpecError>,
}

impl Entry for SpecEntry {
    const NOUN: &'static str = "model";
    const OTHERWISE: &'static str = ", or the path of a .safetensors file";

    fn keys(&self) -> Keys {
        Keys {
            name: self.name,
            keys: self.keys,
        }
    }
}

/// Names are unique in the table.
impl PartialEq for SpecEntry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A key.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct KeyEntry {
    /// The name before `=`.
    pub name: &'static str,
    /// What it is where the spec leaves it out; `None`: the key must be set.
    pub default: Option<&'static str>,
    /// What it may be set to.
    pub allowed: Allowed,
    /// What it stands for, in one line.
    pub meaning: &'static str,
}

impl KeyEntry {
    /// A key with its default, or with none: then it must be set.
    #[must_use]
    pub const fn new(
        name: &'static str,
        default: Option<&'static str>,
        allowed: Allowed,
        meaning: &'static str,
    ) -> Self {
        Self {
            name,
            default,
            allowed,
            meaning,
        }
    }
}

/// All built-in models.
#[must_use]
pub fn table() -> &'static [SpecEntry] {
    TABLE
}

/// The keys with their defaults, as in an error message.
impl fmt::Display for SpecEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys().fmt(f)
    }
}

/// Moves are numbered with 32 bits.
const MAX_SITES: usize = u32::MAX as usize;

/// The smallest and the largest probability that is neither 0 nor 1.
const ABOVE_0: f64 = f64::MIN_POSITIVE;
const BELOW_1: f64 = 1.0 - f64::EPSILON / 2.0;

/// The Rust type of a kind of value.
macro_rules! type_of {
    (count) => {
        usize
    };
    (seed) => {
        u64
    };
    (number) => {
        f64
    };
    (path) => {
        PathBuf
    };
    (extension) => {
        Extension
    };
}

/// What is allowed for a kind of value within its range.
macro_rules! allowed {
    (count($min:expr, $max:expr)) => {
        Allowed::Count {
            min: $min,
            max: $max,
        }
    };
    (seed()) => {
        Allowed::Seed
    };
    (number($min:expr, $max:expr)) => {
        Allowed::Number {
            min: $min,
            max: $max,
        }
    };
    (path()) => {
        Allowed::Path
    };
    (extension()) => {
        Allowed::Choice(Extension::NAMES)
    };
}

macro_rules! default_of {
    () => {
        None
    };
    ($default:literal) => {
        Some($default)
    };
}

/// Makes of one table: [`ModelSpec`], the table itself, and the two ways between them.
macro_rules! models {
    ($(
        $variant:ident $name:literal: $meaning:literal, $formula:literal {
            $($key:ident: $kind:ident($($range:expr),*) $(= $default:literal)?, $about:literal;)*
        }
    )*) => {
        /// A model, chosen and fully set, but not built: made by [`ModelSpec::parse`].
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum ModelSpec {
            /// A model file.
            File(PathBuf),
            $(
                #[doc = $meaning]
                #[doc = concat!("\n\n`", $formula, "`")]
                $variant {
                    $(
                        #[doc = $about]
                        $key: type_of!($kind),
                    )*
                },
            )*
        }

        static TABLE: &[SpecEntry] = &[$(
            SpecEntry {
                name: $name,
                meaning: $meaning,
                formula: $formula,
                keys: &[$(
                    KeyEntry {
                        name: stringify!($key),
                        default: default_of!($($default)?),
                        allowed: allowed!($kind($($range),*)),
                        meaning: $about,
                    },
                )*],
                make: |mut settings| {
                    Ok(ModelSpec::$variant { $($key: settings.take()?,)* })
                },
            },
        )*];

        impl ModelSpec {
            /// The name of the built-in model, or `file`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    Self::File(_) => "file",
                    $(Self::$variant { .. } => $name,)*
                }
            }

            /// Every key with its value, as they stand in the canonical spec; of a file, its path.
            #[must_use]
            pub fn settings(&self) -> Vec<(&'static str, String)> {
                match self {
                    Self::File(path) => vec![("path", path.display().to_string())],
                    $(Self::$variant { $($key),* } => vec![$((stringify!($key), $key.write())),*],)*
                }
            }
        }
    };
}

models! {
    IsingLattice "ising-lattice":
        "Ising model on a torus; every bond counts twice (Onsager's K = 2 theta)",
        "f(x) = s'(theta A)s + bias sum_i s_i, s = 2x - 1, A the 0/1 adjacency of the torus" {
        side: count(3, MAX_SITES) = "40", "sites along an edge";
        theta: number(f64::MIN, f64::MAX) = "0.2", "coupling of neighbors; critical in two dimensions: 0.22034";
        bias: number(f64::MIN, f64::MAX) = "0", "field at every site";
        dims: count(1, 4) = "2", "dimensions of the torus";
    }
    IsingEr "ising-er":
        "Ising model on an Erdos-Renyi graph with couplings N(0, 1) / sqrt(degree)",
        "f(x) = s'Js, s = 2x - 1, J symmetric with zero diagonal" {
        sites: count(1, MAX_SITES) = "200", "sites";
        degree: number(f64::MIN_POSITIVE, f64::MAX) = "4", "mean number of neighbors";
        seed: seed() = "1", "seed of graph and couplings";
    }
    IsingDense "ising-dense":
        "Ising model with a coupling N(0, scale) between every two sites",
        "f(x) = s'Js + h.s, s = 2x - 1, J symmetric with zero diagonal" {
        sites: count(1, MAX_SITES) = "64", "sites";
        scale: number(0.0, f64::MAX) = "0.1", "standard deviation of a coupling";
        seed: seed() = "1", "seed of the couplings";
    }
    IsingFile "ising-file":
        "Ising model with the couplings of an edge list: `n m`, then m lines `i j w` (or all `i j`: w = 1), vertices from 1",
        "f(x) = s'Js, s = 2x - 1, J_ij = J_ji = scale w_ij" {
        path: path(), "the edge list";
        scale: number(f64::MIN, f64::MAX) = "1", "factor of every coupling";
    }
    PottsLattice "potts-lattice":
        "Potts model on a torus, after the paper (K = 4 theta)",
        "f(x) = theta sum over ordered neighbors (i, j) of (+1 if x_i = x_j, else -1)" {
        side: count(3, MAX_SITES) = "10", "sites along an edge";
        states: count(2, 256) = "3", "states of a site";
        theta: number(f64::MIN, f64::MAX) = "0.1", "coupling; critical in two dimensions with 3 states: 0.2513";
        dims: count(1, 4) = "2", "dimensions of the torus";
    }
    PottsDense "potts-dense":
        "Potts model with a coupling N(0, scale) for every two sites and states",
        "f(x) = sum over ordered pairs i != j of J_ij(x_i, x_j) + sum_i h_i(x_i)" {
        sites: count(1, MAX_SITES) = "100", "sites";
        states: count(2, 256) = "21", "states of a site";
        scale: number(0.0, f64::MAX) = "0.01", "standard deviation of a coupling";
        seed: seed() = "1", "seed of the couplings";
    }
    OrdinalLattice "ordinal-lattice":
        "discrete Gaussian (solid-on-solid) model: integer heights on a torus, each bond counted once",
        "f(x) = -coupling sum_<ij> (x_i - x_j)^2 - field sum_i (x_i - (levels - 1) / 2)^2" {
        side: count(3, MAX_SITES) = "10", "sites along an edge";
        levels: count(2, 256) = "8", "heights of a site: 0 to levels - 1";
        coupling: number(f64::MIN, f64::MAX) = "0.2", "what a squared step between neighbors costs";
        field: number(f64::MIN, f64::MAX) = "0.05", "what a squared distance from the middle height costs";
        dims: count(1, 4) = "2", "dimensions of the torus";
    }
    Rbm "rbm":
        "restricted Boltzmann machine with W ~ N(0, 0.05), b, c ~ N(0, 1), hidden units summed out",
        "f(v) = b.v + sum_j softplus(c_j + (vW)_j)" {
        visible: count(1, MAX_SITES) = "784", "visible units: the sites";
        hidden: count(1, MAX_SITES) = "500", "hidden units";
        seed: seed() = "1", "seed of weights and biases";
    }
    Fhmm "fhmm":
        "factorial hidden Markov model: binary chains seen through their sum, w, b ~ N(0, 1), y drawn from the model",
        "f(x) = log p(x, y); x_(t+1)k = x_tk with probability keep, y_t ~ N(w.x_t + b, sigma)" {
        length: count(1, MAX_SITES) = "100", "times";
        factors: count(1, MAX_SITES) = "10", "chains; site t * factors + k is chain k at time t";
        sigma: number(f64::MIN_POSITIVE, f64::MAX) = "0.5", "standard deviation of an observation";
        keep: number(ABOVE_0, BELOW_1) = "0.95", "probability that a chain stays where it is";
        start: number(ABOVE_0, BELOW_1) = "0.1", "probability that a chain begins with 1";
        extension: extension() = "multilinear", "f between configurations: multilinear (first-order differences exact) or the paper's quadratic";
        seed: seed() = "1", "seed of weights, chains and observations";
    }
    Bernoulli "bernoulli":
        "independent bits (exactly solvable)",
        "f(x) = sum_i logit_i x_i" {
        sites: count(1, MAX_SITES) = "100", "sites";
        seed: seed() = "1", "seed of the logits";
    }
    Categorical "categorical":
        "independent sites of several states (exactly solvable)",
        "f(x) = sum_i logit_i(x_i)" {
        sites: count(1, MAX_SITES) = "100", "sites";
        states: count(2, 256) = "4", "states of a site";
        seed: seed() = "1", "seed of the logits";
    }
}
