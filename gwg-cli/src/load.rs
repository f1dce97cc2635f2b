//! Models and initial states from what the command line names.

use crate::failure::Failure;
use crate::flags::ModelFlags;
use gwg_models::{AnyModel, ModelSpec, Scalar};
use std::path::Path;

pub(crate) fn spec(flags: &ModelFlags) -> Result<ModelSpec, Failure> {
    ModelSpec::parse(&flags.model).map_err(Failure::usage)
}

pub(crate) fn model<R: Scalar>(
    spec: &ModelSpec,
    flags: &ModelFlags,
) -> Result<AnyModel<R>, Failure> {
    let kind = flags
        .kind
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|error| Failure::usage(format!("--kind: {error}")))?;
    AnyModel::build(spec, kind).map_err(Failure::usage)
}

/// Rows of symbols from a `.npy` file.
pub(crate) fn states(path: &Path, sites: usize) -> Result<Vec<u8>, Failure> {
    let rows = gwg_models::io::read_states(path)
        .map_err(|error| Failure::usage(format!("--init: {error}")))?;
    if rows.columns == sites {
        Ok(rows.symbols)
    } else {
        Err(Failure::usage(format!(
            "--init {}: found rows of {} symbols, the model has {sites} sites",
            path.display(),
            rows.columns
        )))
    }
}
