//! Loads models and initial states named on the command line.

use crate::failure::Failure;
use crate::flags::ModelFlags;
use crate::{found, params, waiting};
use gwg_chains::Init;
use gwg_learn::Alphabet;
use gwg_models::io::{Kind, visible_path};
use gwg_registry::{Model, ModelSpec, Precision, SpecError, Width};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(crate) fn spec(flags: &ModelFlags) -> Result<ModelSpec, Failure> {
    Ok(spec_with_letters(flags, None)?.0)
}

/// The model, and the letters of its states where its file has them; `alphabet` names those of a file that has numbers.
pub(crate) fn spec_with_letters(
    flags: &ModelFlags,
    alphabet: Option<&str>,
) -> Result<(ModelSpec, Option<Alphabet>), Failure> {
    let path = Path::new(&flags.model);
    let parsed = ModelSpec::parse_os(&flags.model);
    if matches!(parsed, Err(SpecError::UnknownName { .. })) && params::is_params(path) {
        // The registry does not have the format of adabmDCA.
        let (spec, letters) = params::spec(path, alphabet)?;
        return Ok((spec, Some(letters)));
    }
    let spec = parsed.or_else(|error| match error {
        // What it has cannot be seen before it is read, and it can be read only once.
        SpecError::UnknownName { .. } if found::is_stream(path) => Ok(ModelSpec::file(path)),
        SpecError::UnknownName { .. } if path.exists() => Err(found::no_model(path)),
        error => Err(Failure::usage(error)),
    })?;
    Ok((spec, None))
}

pub(crate) fn model<R: Precision, S: Width>(
    spec: &ModelSpec,
    flags: &ModelFlags,
) -> Result<Model<R, S>, Failure> {
    let files = spec.files();
    let stream = files.iter().find(|path| found::is_stream(path));
    let stream = stream.map_or(Path::new(""), PathBuf::as_path);
    waiting::while_reading(stream, || build(spec, flags))
}

fn build<R: Precision, S: Width>(
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
pub(crate) fn init(text: &OsStr, sites: usize) -> Result<Init, Failure> {
    match text.to_str() {
        Some("random") => return Ok(Init::Random),
        Some("zeros") => return Ok(Init::Zeros),
        _ => {}
    }
    let path = Path::new(text);
    let named = path.extension().is_some_and(|e| {
        ["npy", "npz"]
            .iter()
            .any(|known| e.eq_ignore_ascii_case(known))
    });
    if !named && !found::is_stream(path) && path.symlink_metadata().is_err() {
        return Err(Failure::usage(format!(
            "--init: found `{}`, allowed are random, zeros, or the path of an existing .npy file",
            visible_path(path)
        )));
    }
    let rows = waiting::while_reading(path, || gwg_models::io::read_states(path, sites))
        .map_err(|error| Failure::usage(format!("--init: {error}")))?;
    Ok(Init::States(rows.symbols))
}
