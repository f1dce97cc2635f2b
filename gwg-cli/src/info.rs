//! `gwg info`: describes a model or a trace.

use crate::failure::Failure;
use crate::flags::{InfoFlags, ModelFlags};
use crate::table::visible;
use crate::{list, load, outputs};
use gwg_chains::trace::TraceReader;
use gwg_models::io::{Parameters, write_model};
use gwg_models::{AnyModel, SparseIsing};
use std::path::Path;

pub(crate) fn run(flags: &InfoFlags) -> Result<(), Failure> {
    let path = Path::new(&flags.what);
    if path.is_dir() {
        return match &flags.export {
            Some(_) => Err(Failure::usage(format!(
                "--export: {} is a trace, which has no parameters; name a model",
                path.display()
            ))),
            None => trace(path),
        };
    }
    let named = ModelFlags {
        model: flags.what.clone(),
        kind: flags.kind.clone(),
    };
    let spec = load::spec(&named)?;
    let model: AnyModel<f64> = load::model(&spec, &named)?;
    let mut rows = vec![("model".to_owned(), spec.to_string())];
    rows.extend(model.describe());
    if let Some(path) = &flags.export {
        outputs::check_file("--export", path, flags.force)?;
        export(&load::model(&spec, &named)?, path)?;
        rows.push(("exported to".to_owned(), path.display().to_string()));
    }
    outputs::print(&list::described(&rows))
}

/// Writes the parameters in f32, the default precision of `gwg sample`.
fn export(model: &AnyModel<f32>, path: &Path) -> Result<(), Failure> {
    if outputs::is_stdout(path) {
        return Err(Failure::usage(
            "--export -: a model file is binary and is not written to standard output; name a file",
        ));
    }
    let written = match model {
        AnyModel::SparseIsing(sparse) => write_model(path, &dense(sparse)?),
        _ => model.save(path),
    };
    written.map_err(|error| Failure::usage(format!("--export: {error}")))
}

/// Expands sparse couplings into a dense matrix, which other programs can read.
fn dense(model: &SparseIsing<f32>) -> Result<Parameters<'_, f32>, Failure> {
    let sites = model.field().len();
    let mut coupling = Vec::new();
    let room = sites
        .checked_mul(sites)
        .and_then(|len| coupling.try_reserve_exact(len).ok().map(|()| len));
    let Some(len) = room else {
        return Err(Failure::usage(format!(
            "--export: the dense matrix of {sites} x {sites} couplings does not fit into memory; export a smaller model"
        )));
    };
    coupling.resize(len, 0.0);
    for (i, j, weight) in model.edges() {
        coupling[i * sites + j] = weight;
        coupling[j * sites + i] = weight;
    }
    Ok(Parameters::IsingDense {
        coupling: coupling.into(),
        field: model.field().into(),
    })
}

fn trace(path: &Path) -> Result<(), Failure> {
    let trace = TraceReader::open(path).map_err(Failure::usage)?;
    let mut rows = vec![
        ("trace".to_owned(), path.display().to_string()),
        (
            "posterior/x".to_owned(),
            format!(
                "({} chains, {} draws, {} sites) uint8",
                trace.chains(),
                trace.draws(),
                trace.sites()
            ),
        ),
        (
            "sample_stats".to_owned(),
            visible(&trace.stat_names().map_err(Failure::usage)?.join(", ")),
        ),
    ];
    for (key, value) in trace.attributes() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        rows.push((visible(key), visible(&text)));
    }
    outputs::print(&list::described(&rows))
}
