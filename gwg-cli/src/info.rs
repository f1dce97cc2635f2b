//! `gwg info`: describes a model or a trace.

use crate::failure::Failure;
use crate::flags::{InfoFlags, ModelFlags};
use crate::{found, list, load, outputs, record};
use gwg_chains::trace::TraceReader;
use gwg_chains::{Plan, Quantity};
use gwg_models::io::{shortened, visible, visible_path};
use gwg_registry::{Model, ModelSpec, Width};
use std::path::Path;

/// The most characters of an attribute of a trace that are shown.
const SHOWN: usize = 1000;

pub(crate) fn run(flags: &InfoFlags) -> Result<(), Failure> {
    let path = Path::new(&flags.what);
    if path.is_dir() {
        return match &flags.export {
            Some(_) => Err(Failure::usage(format!(
                "--export: {} is a folder, which has no parameters; name a model",
                visible_path(path)
            ))),
            None => trace(path),
        };
    }
    let named = ModelFlags {
        model: flags.what.clone(),
        kind: flags.kind.clone(),
    };
    let spec = load::spec(&named).map_err(|failure| or_trace(path, failure))?;
    if spec.is_wide() {
        describe::<u16>(flags, &spec, &named)
    } else {
        describe::<u8>(flags, &spec, &named)
    }
}

/// Of a path at which there is nothing: that it may be a trace, too.
fn or_trace(path: &Path, failure: Failure) -> Failure {
    if path.exists() || ModelSpec::parse_os(path.as_os_str()).is_ok() {
        return failure;
    }
    match failure {
        Failure::Usage(why) => Failure::Usage(format!(
            "{why}, or the folder of a trace; there is no file or folder {}",
            visible_path(path)
        )),
        other => other,
    }
}

/// Describes a model, and writes its parameters to a file if there is one to write.
fn describe<S: Width>(
    flags: &InfoFlags,
    spec: &ModelSpec,
    named: &ModelFlags,
) -> Result<(), Failure> {
    let model: Model<f64, S> = load::model(spec, named)?;
    let mut rows = vec![("model".to_owned(), visible(&spec.to_string()))];
    rows.extend(model.facts());
    rows.push(("quantities".to_owned(), quantities(&model)));
    if let Some(path) = &flags.export {
        outputs::check_file("--export", path, flags.force)?;
        export(&load::model::<f32, S>(spec, named)?, path)?;
        rows.push(("exported to".to_owned(), visible_path(path)));
    }
    outputs::show(&list::described(&rows))
}

/// Names of the quantities that a run on the model can record.
fn quantities<S: Width>(model: &Model<f64, S>) -> String {
    let mut known = record::known(model.quantities());
    known.retain(|quantity| {
        let plan = Plan {
            quantities: vec![quantity.clone()],
            ..Plan::default()
        };
        plan.check(model.sites(), model.states()).is_ok()
    });
    let names: Vec<&str> = known.iter().map(Quantity::name).collect();
    names.join(", ")
}

/// Writes the parameters in f32, the default precision of `gwg sample`.
fn export<S: Width>(model: &Model<f32, S>, path: &Path) -> Result<(), Failure> {
    if outputs::is_stdout(path) {
        return Err(Failure::usage(
            "--export -: a model file is binary and is not written to standard output; name a file",
        ));
    }
    let written = model.save(path);
    written.map_err(|error| Failure::usage(format!("--export: {error}")))
}

fn trace(path: &Path) -> Result<(), Failure> {
    found::refuse_no_trace(path)?;
    let trace = TraceReader::open(path).map_err(Failure::usage)?;
    let mut rows = vec![
        ("trace".to_owned(), visible_path(path)),
        (
            "posterior/x".to_owned(),
            format!(
                "({} chains, {} draws, {} sites) {}",
                trace.chains(),
                trace.draws(),
                trace.sites(),
                trace.symbols()
            ),
        ),
        (
            "sample_stats".to_owned(),
            shortened(
                &trace.stat_names().map_err(Failure::usage)?.join(", "),
                SHOWN,
            ),
        ),
    ];
    for (key, value) in trace.attributes() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        rows.push((shortened(key, SHOWN), shortened(&text, SHOWN)));
    }
    outputs::show(&list::described(&rows))
}
