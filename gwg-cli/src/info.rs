//! `gwg info`: what a model or a trace holds.

use crate::failure::Failure;
use crate::flags::{InfoFlags, ModelFlags};
use crate::{list, load, outputs};
use gwg_chains::trace::TraceReader;
use gwg_models::AnyModel;
use std::path::Path;

pub(crate) fn run(flags: &InfoFlags) -> Result<(), Failure> {
    let path = Path::new(&flags.what);
    if path.is_dir() {
        return trace(path);
    }
    let flags = ModelFlags {
        model: flags.what.clone(),
        kind: flags.kind.clone(),
    };
    let spec = load::spec(&flags)?;
    let model: AnyModel<f64> = load::model(&spec, &flags)?;
    let mut rows = vec![("model".to_owned(), spec.to_string())];
    rows.extend(model.describe());
    outputs::print(&list::described(&rows))
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
            trace.stat_names().map_err(Failure::usage)?.join(", "),
        ),
    ];
    for (key, value) in trace.attributes() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        rows.push((key.clone(), text));
    }
    outputs::print(&list::described(&rows))
}
