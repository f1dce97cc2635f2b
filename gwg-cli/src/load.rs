//! Loads models and initial states named on the command line.

use crate::failure::Failure;
use crate::flags::ModelFlags;
use gwg_chains::Init;
use gwg_models::io::Kind;
use gwg_registry::{Model, ModelSpec, Precision, SpecError, Width};
use std::path::Path;

pub(crate) fn spec(flags: &ModelFlags) -> Result<ModelSpec, Failure> {
    let text = flags.model.trim();
    ModelSpec::parse(text).map_err(|error| match error {
        SpecError::UnknownName { .. } if Path::new(text).exists() => no_model_file(text),
        error => Failure::usage(error),
    })
}

/// Explains why a file, or a folder, is not accepted as a model file, and how to read it instead.
fn no_model_file(text: &str) -> Failure {
    let path = Path::new(text);
    let known = "a model file's name ends in .safetensors";
    if path.is_dir() {
        return Failure::usage(format!(
            "model `{text}`: found a folder, but {known}; to read a trace, use `gwg info` or `gwg diagnose`"
        ));
    }
    Failure::usage(format!(
        "model `{text}`: found a file, but {known}; an edge list (`n m`, then lines `i j w`) is read by {}",
        ModelSpec::of_file(text).join(", ")
    ))
}

pub(crate) fn model<R: Precision, S: Width>(
    spec: &ModelSpec,
    flags: &ModelFlags,
) -> Result<Model<R, S>, Failure> {
    let built = match &flags.kind {
        Some(kind) => {
            let kind: Kind = kind
                .parse()
                .map_err(|error| Failure::usage(format!("--kind: {error}")))?;
            let spec = spec.clone().with_kind(kind).map_err(Failure::usage)?;
            spec.build_with()
        }
        None => spec.build_with(),
    };
    built.map_err(Failure::usage)
}

/// Parses the initial states of `--init`.
pub(crate) fn init(text: &str, sites: usize) -> Result<Init, Failure> {
    match text {
        "random" => Ok(Init::Random),
        "zeros" => Ok(Init::Zeros),
        path => {
            let path = Path::new(path);
            let named = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("npy"));
            if !named && path.symlink_metadata().is_err() {
                return Err(Failure::usage(format!(
                    "--init: found `{text}`, allowed are random, zeros, or the path of an existing .npy file"
                )));
            }
            states(path, sites).map(Init::States)
        }
    }
}

/// Reads rows of values from a `.npy` file.
fn states(path: &Path, sites: usize) -> Result<Vec<u16>, Failure> {
    let rows = gwg_models::io::read_states(path)
        .map_err(|error| Failure::usage(format!("--init: {error}")))?;
    if rows.columns == sites {
        Ok(rows.symbols)
    } else {
        Err(Failure::usage(format!(
            "--init {}: found rows of {} values, but the model has {sites} sites",
            path.display(),
            rows.columns
        )))
    }
}
