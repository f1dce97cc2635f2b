//! Where the couplings come from: a file of a Potts model, of a Boltzmann machine or of a network, or an alignment from which one is estimated.

use super::train::{self, Training};
use super::{machine, network};
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{ContactsFlags, DataFlags};
use crate::{params, session, waiting};
use gwg_chains::Threads;
use gwg_core::{Space, Target};
use gwg_learn::{
    Alphabet, DEFAULT_IDENTITY, Data, PairPotts, SiteFitOptions, fit_pseudo_likelihood, mean_field,
};
use gwg_models::CategoricalRbm;
use gwg_models::io::{Parameters, parse_metadata, read_bytes, read_model, visible_path};
use gwg_nets::{KIND, NetError, NeuralEnergy, Symbols, read_network};
use serde::Serialize;
use std::path::Path;

/// How the model of an alignment is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Pcd,
    Plm,
    MeanField,
}

/// What the scores are computed of.
pub(super) enum Source {
    Model(PairPotts<f64>, Option<Alphabet>),
    Machine(Box<CategoricalRbm<f32>>, Option<Alphabet>, Threads),
    Network(Box<NeuralEnergy<f32>>, Option<Alphabet>, Threads),
    Rows(Box<Rows>, Option<Alphabet>, Method, Threads),
}

/// A model, and how it came about.
pub(super) struct Estimate {
    pub(super) model: PairPotts<f64>,
    pub(super) gap: Option<u8>,
    pub(super) about: About,
    pub(super) interrupted: bool,
}

/// How a model came about, in the summary.
#[derive(Debug, Serialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub(super) enum About {
    /// Read from a file.
    Model,
    /// From states of a Boltzmann machine.
    Machine { hidden: usize, averaged: usize },
    /// From gradients at states of a network.
    Network { averaged: usize },
    Pcd {
        rows: usize,
        effective_rows: f64,
        training: Training,
    },
    Plm {
        rows: usize,
        effective_rows: f64,
        iterations: u64,
        converged: bool,
    },
    MeanField {
        rows: usize,
        effective_rows: f64,
        pseudocount: f64,
    },
}

impl Method {
    pub(super) fn of(flags: &ContactsFlags) -> Result<Self, Failure> {
        match flags.method.as_deref().unwrap_or("pcd") {
            "pcd" => Ok(Self::Pcd),
            "plm" => Ok(Self::Plm),
            "mean-field" => Ok(Self::MeanField),
            other => Err(Failure::usage(format!(
                "--method: found `{other}`, allowed are pcd, plm and mean-field"
            ))),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pcd => "pcd",
            Self::Plm => "plm",
            Self::MeanField => "mean-field",
        }
    }
}

impl Source {
    pub(super) fn read(flags: &ContactsFlags) -> Result<Self, Failure> {
        let (path, method) = (&flags.what, Method::of(flags)?);
        let named = params::alphabet(flags.rows.alphabet.as_deref())?;
        if params::is_params(path) {
            let params = params::read(path, named.as_ref())?;
            return Ok(Self::Model(params.model, Some(params.alphabet)));
        }
        if path
            .extension()
            .is_some_and(|found| found.eq_ignore_ascii_case("safetensors"))
        {
            let found = waiting::while_reading(path, || of_file(path))?;
            return Ok(match found {
                OfFile::Pairs(model) => {
                    let alphabet = named.or_else(|| Alphabet::with_states(model.states()));
                    Self::Model(model, alphabet)
                }
                OfFile::Machine(machine) => {
                    let alphabet = named.or_else(|| Alphabet::with_states(machine.states()));
                    Self::Machine(machine, alphabet, flags.work.pool()?)
                }
                OfFile::Network(network) => {
                    let alphabet =
                        named.or_else(|| Alphabet::with_states(network.space().states()));
                    Self::Network(network, alphabet, flags.work.pool()?)
                }
            });
        }
        let threads = flags.work.pool()?;
        let mut rows = flags.rows.clone();
        // Arrays, too, have rows that resemble each other.
        if rows.weights.is_none() && rows.identity.is_none() {
            rows.identity = Some(DEFAULT_IDENTITY);
        }
        let rows = read_rows(path, &rows, named.as_ref(), &threads)?;
        let alphabet = rows.alignment.as_ref().map(|a| a.alphabet().clone());
        let alphabet = alphabet.or(named);
        let alphabet = alphabet.or_else(|| Alphabet::with_states(rows.data.states()));
        Ok(Self::Rows(Box::new(rows), alphabet, method, threads))
    }

    pub(super) fn sites(&self) -> usize {
        match self {
            Self::Model(model, _) => model.sites(),
            Self::Machine(machine, ..) => machine.sites(),
            Self::Network(network, ..) => network.space().sites(),
            Self::Rows(rows, ..) => rows.data.sites(),
        }
    }

    /// The model, estimated where it was not read.
    pub(super) fn estimate(self, flags: &ContactsFlags) -> Result<Estimate, Failure> {
        let (rows, alphabet, method, threads) = match self {
            Self::Model(model, alphabet) => {
                return Ok(Estimate {
                    model,
                    gap: alphabet.and_then(|a| a.gap()),
                    about: About::Model,
                    interrupted: false,
                });
            }
            Self::Machine(machine, alphabet, threads) => {
                let gap = alphabet.and_then(|a| a.gap());
                return machine::estimate(*machine, gap, flags.work.seed, threads);
            }
            Self::Network(network, alphabet, threads) => {
                let gap = alphabet.and_then(|a| a.gap());
                return network::estimate(*network, gap, flags.work.seed, threads);
            }
            Self::Rows(rows, alphabet, method, threads) => (rows, alphabet, method, threads),
        };
        let gap = alphabet.and_then(|a| a.gap());
        match method {
            Method::Pcd => train::pcd(flags, &rows.data, gap, &threads),
            Method::Plm => plm(flags.penalty(method), rows.data, gap, threads),
            Method::MeanField => by_mean_field(flags.pseudocount(method), rows.data, gap, threads),
        }
    }
}

/// Rows of as many states as the alphabet has, where one is named.
fn read_rows(
    path: &Path,
    flags: &DataFlags,
    named: Option<&Alphabet>,
    threads: &Threads,
) -> Result<Rows, Failure> {
    Rows::read(path, flags, named.map(Alphabet::states), threads)
}

/// The model of a file.
enum OfFile {
    Pairs(PairPotts<f64>),
    Machine(Box<CategoricalRbm<f32>>),
    Network(Box<NeuralEnergy<f32>>),
}

/// Whether a file says that it holds a network; what else is wrong with it, its reader says.
fn is_network(path: &Path) -> Result<bool, Failure> {
    let bytes = read_bytes(path).map_err(Failure::usage)?;
    let kind = parse_metadata(&bytes, "kind").ok().flatten();
    Ok(kind.as_deref() == Some(KIND))
}

fn of_file(path: &Path) -> Result<OfFile, Failure> {
    if is_network(path)? {
        let network = read_network(path).map_err(|error| match error {
            NetError::Read(error) => Failure::usage(error),
            error => Failure::usage(format!("{}: {error}", visible_path(path))),
        })?;
        return match network.network().description().symbols {
            Symbols::Categorical { .. } => Ok(OfFile::Network(Box::new(network))),
            _ => Err(Failure::usage(format!(
                "{}: found a network of binary or ordinal sites, allowed are networks of categorical ones, such as `gwg learn deep:sequence ALIGNMENT`",
                visible_path(path)
            ))),
        };
    }
    match read_model::<f64>(path, None).map_err(Failure::usage)? {
        Parameters::PottsDense {
            sites,
            states,
            coupling,
            field,
        } => pairs((sites, states), &coupling, field.into_owned()).map(OfFile::Pairs),
        Parameters::RbmCategorical {
            states,
            weights,
            visible_bias,
            hidden_bias,
        } => {
            let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect();
            let (b, c) = (narrow(&visible_bias), narrow(&hidden_bias));
            let machine = CategoricalRbm::new(states, narrow(&weights), b, c);
            let machine = machine.map_err(|error| {
                Failure::usage(format!("{}: in f32: {error}", visible_path(path)))
            })?;
            Ok(OfFile::Machine(Box::new(machine)))
        }
        read => Err(Failure::usage(format!(
            "{}: found a model of kind {}, allowed are potts-dense, rbm-categorical and network",
            visible_path(path),
            read.kind()
        ))),
    }
}

/// The Potts model of a file that has both orders of each pair.
fn pairs(
    (sites, q): (usize, usize),
    coupling: &[f64],
    field: Vec<f64>,
) -> Result<PairPotts<f64>, Failure> {
    let mut pairs = Vec::with_capacity(sites * sites.saturating_sub(1) / 2 * q * q);
    for (k, block) in coupling.chunks_exact(q * q).enumerate() {
        if k / sites < k % sites {
            pairs.extend(block.iter().map(|value| 2.0 * value));
        }
    }
    PairPotts::new(sites, q, field, pairs).map_err(Failure::usage)
}

fn plm(penalty: f64, data: Data, gap: Option<u8>, threads: Threads) -> Result<Estimate, Failure> {
    let options = SiteFitOptions {
        coupling_penalty: penalty,
        ..SiteFitOptions::default()
    };
    let (rows, effective_rows) = (data.rows(), data.effective_rows());
    let fit = move || fit_pseudo_likelihood(&data, &options, &threads);
    let fit = session::unless_interrupted(fit)?.map_err(Failure::run)?;
    Ok(Estimate {
        model: fit.model,
        gap,
        about: About::Plm {
            rows,
            effective_rows,
            iterations: fit.iterations,
            converged: fit.converged,
        },
        interrupted: false,
    })
}

fn by_mean_field(
    pseudocount: f64,
    data: Data,
    gap: Option<u8>,
    threads: Threads,
) -> Result<Estimate, Failure> {
    let (rows, effective_rows) = (data.rows(), data.effective_rows());
    let model = session::unless_interrupted(move || mean_field(&data, pseudocount, &threads));
    Ok(Estimate {
        model: model?.map_err(Failure::run)?,
        gap,
        about: About::MeanField {
            rows,
            effective_rows,
            pseudocount,
        },
        interrupted: false,
    })
}
