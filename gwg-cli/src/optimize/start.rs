//! The solution that a search begins at.

use crate::failure::Failure;
use crate::waiting;
use gwg_models::io::{excerpt, read_bytes, visible_path};
use gwg_optimize::Search;
use std::path::Path;

/// One symbol per line, as `--best` writes them.
pub(super) fn read(path: &Path, search: &dyn Search) -> Result<Vec<u8>, Failure> {
    let bytes = waiting::while_reading(path, || read_bytes(path));
    let bytes = bytes.map_err(|error| Failure::usage(format!("--start {error}")))?;
    let refused = |why: String| Failure::usage(format!("--start {}{why}", visible_path(path)));
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| refused(format!(": byte {} is not text", error.valid_up_to())))?;
    let (sites, states) = (search.sites(), search.states());
    let mut x = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let symbol = text.trim().parse().ok();
        let symbol = symbol.filter(|&s: &u8| usize::from(s) < states);
        x.push(symbol.ok_or_else(|| {
            refused(format!(
                ":{line}: found `{}`, allowed is an integer from 0 to {}",
                excerpt(text),
                states - 1
            ))
        })?);
    }
    if x.len() != sites {
        return Err(refused(format!(
            ": found {} lines, needed are {sites}, one per site",
            x.len()
        )));
    }
    Ok(x)
}
