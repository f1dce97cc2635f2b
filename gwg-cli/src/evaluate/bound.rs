//! Variational autoencoders: the importance-weighted bound of the log-likelihood.

use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::EvaluateFlags;
use crate::outputs;
use gwg_chains::Threads;
use gwg_learn::{VAE_KIND, Vae};
use gwg_models::io::{parse_metadata, visible_path};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct BoundResult {
    model: String,
    kind: &'static str,
    sites: usize,
    states: usize,
    rows: usize,
    draws: usize,
    bound: Bound,
    bits_per_dim: f64,
    /// The least effective number of draws of a row, and the median.
    effective_least: f64,
    effective_median: f64,
    version: &'static str,
}

/// In nats per row.
#[derive(Serialize)]
struct Bound {
    mean: f64,
    se: f64,
}

/// The content of MODEL, if it is the file of a variational autoencoder.
pub(super) fn file(model: &std::ffi::OsStr) -> Option<Vec<u8>> {
    let path = Path::new(model);
    let is_plain = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("safetensors"));
    if !is_plain || !path.is_file() {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    let kind = parse_metadata(&bytes, "kind").ok()?;
    (kind.as_deref() == Some(VAE_KIND)).then_some(bytes)
}

pub(super) fn run(flags: &EvaluateFlags, bytes: &[u8], threads: &Threads) -> Result<(), Failure> {
    let path = Path::new(&flags.model.model);
    let said =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", visible_path(path)));
    let vae = Vae::<f32>::from_bytes(bytes).map_err(|e| said(&e))?;
    let (sites, states) = vae.data_shape();
    let Some(data) = &flags.data else {
        return Err(Failure::usage(
            "DATA: a variational autoencoder is evaluated on rows; name a file of them",
        ));
    };
    let rows = Rows::read(data, &flags.rows, Some(states), threads)?.data;
    if rows.sites() != sites || rows.rows() < 2 {
        return Err(Failure::usage(format!(
            "{}: found {} rows of {} sites, allowed are at least 2 rows of {sites}",
            visible_path(data),
            rows.rows(),
            rows.sites()
        )));
    }
    let all: Vec<u8> = (0..rows.rows())
        .flat_map(|r| rows.row(r))
        .copied()
        .collect();
    // One draw of the latent numbers takes the place of a path.
    let draws = flags.particles;
    let found = vae.bound(&all, draws, flags.work.seed, threads);
    let found = found.map_err(Failure::run)?;
    let mut effective = found.effective.clone();
    effective.sort_unstable_by(f64::total_cmp);
    let result = BoundResult {
        model: visible_path(path).to_string(),
        kind: VAE_KIND,
        sites,
        states,
        rows: rows.rows(),
        draws,
        bound: Bound {
            mean: found.mean(),
            se: found.error(),
        },
        bits_per_dim: -found.mean() / sites as f64 / std::f64::consts::LN_2,
        effective_least: effective[0],
        effective_median: effective[effective.len() / 2],
        version: env!("CARGO_PKG_VERSION"),
    };
    let summary = flags.work.summary.as_deref();
    outputs::results(summary, flags.work.force, &result, || table(&result, data))
}

fn table(result: &BoundResult, data: &Path) -> String {
    format!(
        "model    {}  ({} sites, {} states)\ndata     {}  ({} rows)\nbound    {:.4} +- {:.4} nats per row, {:.5} bits per dimension: the log-likelihood is at least that, in the mean over {} importance-weighted draws of each row\neffective draws of a row  {:.1} (least), {:.1} (median)\n",
        result.model,
        result.sites,
        result.states,
        visible_path(data),
        result.rows,
        result.bound.mean,
        result.bound.se,
        result.bits_per_dim,
        result.draws,
        result.effective_least,
        result.effective_median
    )
}
