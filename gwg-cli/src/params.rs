//! Files of parameters of adabmDCA, wherever a model is named.

use crate::failure::Failure;
use crate::{memory, waiting};
use gwg_learn::{Alphabet, Params, read_params};
use gwg_models::io::visible_path;
use gwg_registry::ModelSpec;
use std::path::Path;

/// True for a file of parameters of adabmDCA by its name, packed by gzip or not.
pub(crate) fn is_params(path: &Path) -> bool {
    let unpacked = match path.extension() {
        Some(gz) if gz.eq_ignore_ascii_case("gz") => path.file_stem().map(Path::new),
        _ => Some(path),
    };
    let extension = unpacked.and_then(Path::extension);
    extension.is_some_and(|found| found.eq_ignore_ascii_case("dat"))
}

/// The alphabet that `--alphabet` names.
pub(crate) fn alphabet(name: Option<&str>) -> Result<Option<Alphabet>, Failure> {
    let named = name.map(Alphabet::named).transpose();
    named.map_err(|error| Failure::usage(format!("--alphabet: {error}")))
}

/// Reads a file of parameters.
pub(crate) fn read(path: &Path, alphabet: Option<&Alphabet>) -> Result<Params, Failure> {
    let read = || read_params(path, alphabet).map_err(Failure::usage);
    waiting::while_reading(path, read)
}

/// The model of a file of parameters, with all pairs of sites, and its letters.
pub(crate) fn spec(path: &Path, name: Option<&str>) -> Result<(ModelSpec, Alphabet), Failure> {
    let params = read(path, alphabet(name)?.as_ref())?;
    let rows = (params.model.sites() as u64).saturating_mul(params.model.states() as u64);
    // Both orders of each pair, and the copy from which they are arranged.
    let needed = rows.saturating_mul(rows).saturating_mul(2 * 8);
    let what = format!(
        "{}: all pairs of {} sites with {} states",
        visible_path(path),
        params.model.sites(),
        params.model.states()
    );
    let remedy = "`gwg energies` and `gwg contacts` of the same file need less";
    memory::check(&what, needed, remedy)?;
    let model = params
        .model
        .to_dense()
        .map_err(|error| Failure::usage(format!("{}: {error}", visible_path(path))))?;
    Ok((ModelSpec::read(path, model), params.alphabet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_adabmdca_are_known_by_their_name() {
        let is = |name| is_params(Path::new(name));
        assert!(is("a/params.dat") && is("x.DAT") && is("x.dat.gz"));
        assert!(!is("x.gz") && !is("dat") && !is("x.dat.safetensors"));
    }
}
