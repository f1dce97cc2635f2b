//! Where the couplings come from: a file of a Potts model, or an alignment from which one is estimated.

use super::train::{self, Training};
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{ContactsFlags, DataFlags};
use crate::{scored, waiting};
use gwg_chains::Threads;
use gwg_learn::{
    Alphabet, DEFAULT_IDENTITY, DEFAULT_PSEUDOCOUNT, Data, PairPotts, PseudoOptions,
    fit_pseudo_likelihood, mean_field, read_params,
};
use gwg_models::io::{Parameters, read_model, visible_path};
use serde::Serialize;
use std::path::Path;

/// The penalty of the couplings of plm: on PF00014, precision is best from 0.02 to 0.05.
const PENALTY: f64 = 0.02;

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
    fn parse(name: &str) -> Result<Self, Failure> {
        match name {
            "pcd" => Ok(Self::Pcd),
            "plm" => Ok(Self::Plm),
            "mean-field" => Ok(Self::MeanField),
            other => Err(Failure::usage(format!(
                "--method: found `{other}`, allowed are pcd, plm and mean-field"
            ))),
        }
    }
}

impl Source {
    pub(super) fn read(flags: &ContactsFlags) -> Result<Self, Failure> {
        let (path, method) = (&flags.what, Method::parse(&flags.method)?);
        let named = scored::alphabet(flags.rows.alphabet.as_deref())?;
        if scored::is_params(path) {
            let read = || read_params(path, named.as_ref()).map_err(Failure::usage);
            let params = waiting::while_reading(path, read)?;
            return Ok(Self::Model(params.model, Some(params.alphabet)));
        }
        if path
            .extension()
            .is_some_and(|found| found.eq_ignore_ascii_case("safetensors"))
        {
            let model = waiting::while_reading(path, || potts(path))?;
            let alphabet = named.or_else(|| Alphabet::with_states(model.states()));
            return Ok(Self::Model(model, alphabet));
        }
        train::check(flags)?;
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
            Self::Rows(rows, alphabet, method, threads) => (rows, alphabet, method, threads),
        };
        let gap = alphabet.and_then(|a| a.gap());
        let data = &rows.data;
        match method {
            Method::Pcd => train::pcd(flags, data, gap, &threads),
            Method::Plm => plm(flags, data, gap, &threads),
            Method::MeanField => by_mean_field(data, gap, &threads),
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

/// Reads a Potts model whose file has both orders of each pair.
fn potts(path: &Path) -> Result<PairPotts<f64>, Failure> {
    let read = read_model::<f64>(path, None).map_err(Failure::usage)?;
    let Parameters::PottsDense {
        sites,
        states: q,
        coupling,
        field,
    } = read
    else {
        return Err(Failure::usage(format!(
            "{}: found a model of kind {}, allowed is potts-dense",
            visible_path(path),
            read.kind()
        )));
    };
    let mut pairs = Vec::with_capacity(sites * sites.saturating_sub(1) / 2 * q * q);
    for (k, block) in coupling.chunks_exact(q * q).enumerate() {
        if k / sites < k % sites {
            pairs.extend(block.iter().map(|value| 2.0 * value));
        }
    }
    PairPotts::new(sites, q, field.into_owned(), pairs).map_err(Failure::usage)
}

fn plm(
    flags: &ContactsFlags,
    data: &Data,
    gap: Option<u8>,
    threads: &Threads,
) -> Result<Estimate, Failure> {
    let options = PseudoOptions {
        coupling_penalty: flags.l2.unwrap_or(PENALTY),
        ..PseudoOptions::default()
    };
    let fit = fit_pseudo_likelihood(data, &options, threads).map_err(Failure::run)?;
    Ok(Estimate {
        model: fit.model,
        gap,
        about: About::Plm {
            rows: data.rows(),
            effective_rows: data.effective_rows(),
            iterations: fit.iterations,
            converged: fit.converged,
        },
        interrupted: false,
    })
}

fn by_mean_field(data: &Data, gap: Option<u8>, threads: &Threads) -> Result<Estimate, Failure> {
    let model = mean_field(data, DEFAULT_PSEUDOCOUNT, threads).map_err(Failure::run)?;
    Ok(Estimate {
        model,
        gap,
        about: About::MeanField {
            rows: data.rows(),
            effective_rows: data.effective_rows(),
            pseudocount: DEFAULT_PSEUDOCOUNT,
        },
        interrupted: false,
    })
}
