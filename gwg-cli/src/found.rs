//! What a path is that a command does not take, and which command takes it.

use crate::failure::Failure;
use gwg_models::io::{Content, visible_path};
use gwg_registry::ModelSpec;
use std::fs;
use std::path::Path;

/// True for a pipe or a device, which is read from where it stands.
pub(crate) fn is_stream(path: &Path) -> bool {
    path == Path::new("-") || fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

fn is_trace(path: &Path) -> bool {
    path.join("zarr.json").is_file()
}

/// The error of a file or a folder in place of a model.
pub(crate) fn no_model(path: &Path) -> Failure {
    let shown = visible_path(path);
    if is_trace(path) {
        return Failure::usage(format!(
            "model `{shown}`: found a trace, but a model is needed; `gwg diagnose {shown}` judges its draws, `gwg info {shown}` describes it"
        ));
    }
    if path.is_dir() {
        return Failure::usage(format!(
            "model `{shown}`: found a folder, but a model is needed; name a file in it, or a built-in model (see `gwg models`)"
        ));
    }
    let content = Content::of(path);
    let found = content.map_or_else(|| "an empty file".to_owned(), |c| c.to_string());
    Failure::usage(format!(
        "model `{shown}`: found {found}; {}",
        remedy(path, content)
    ))
}

/// How the content of a file comes into a model.
fn remedy(path: &Path, content: Option<Content>) -> String {
    let shown = visible_path(path);
    match content {
        Some(Content::Model) => "a model file's name ends in .safetensors: rename it".to_owned(),
        Some(Content::Graph | Content::Factors) => {
            format!("it is read by {}", ModelSpec::of_file(path).join(", "))
        }
        Some(Content::Array) => format!(
            "an array has states or numbers: `--init {shown}`, `--clamp {shown}`, or the key `fields={shown}` of a model"
        ),
        Some(Content::Packed(packer)) => format!(
            "unpack it first, for example with `{} {shown}`",
            packer.command()
        ),
        Some(Content::Archive | Content::Hdf5) => {
            "save the tensors as .safetensors (Python: safetensors.numpy.save_file)".to_owned()
        }
        Some(Content::Json | Content::Page) => {
            "the model of a run is in its summary and its report: name that".to_owned()
        }
        _ => format!(
            "a model file's name ends in .safetensors; a graph (`n m`, then lines `i j w`) is read by {}",
            ModelSpec::of_file(path).join(", ")
        ),
    }
}

/// Refuses what is no trace, and says which command takes it.
pub(crate) fn refuse_no_trace(path: &Path) -> Result<(), Failure> {
    let shown = visible_path(path);
    let found = match Content::of(path) {
        _ if is_trace(path) => return Ok(()),
        Some(content) => content.to_string(),
        None if path.is_dir() && path.join("index.html").is_file() => {
            return Err(Failure::usage(format!(
                "{shown}: found a folder of results, but a trace is needed; open {shown}/index.html in a browser"
            )));
        }
        None if path.is_dir() => "a folder without zarr.json".to_owned(),
        None if path.is_file() => "an empty file".to_owned(),
        None if ModelSpec::parse_os(path.as_os_str()).is_ok() && !path.exists() => {
            "a model".to_owned()
        }
        // A path that is not there, or a device: the reader says so.
        None => return Ok(()),
    };
    let instead = match Content::of(path) {
        Some(Content::Model) => format!("; `gwg info {shown}` describes it"),
        Some(Content::Graph | Content::Factors) => {
            let specs = ModelSpec::of_file(path).into_iter();
            let commands: Vec<_> = specs
                .map(|spec| format!("`gwg info {}`", spec.trim_matches('`')))
                .collect();
            format!("; {} describes it", commands.join(" or "))
        }
        None if found == "a model" => format!("; `gwg info {shown}` describes it"),
        _ => String::new(),
    };
    Err(Failure::usage(format!(
        "{shown}: found {found}, but a trace is needed, a folder that `gwg sample --out` writes{instead}"
    )))
}
