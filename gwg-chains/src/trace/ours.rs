//! Whether a folder holds a trace that this library wrote, and nothing else: only such a folder may be deleted.

use std::fs;
use std::path::Path;

use super::error::TraceError;
use super::parse::{group_attributes, is_group};

/// The folder of numbered files that are written before they get their names, in the trace's.
pub(super) const TEMPORARY: &str = ".partial";

/// The most dimensions of an array of a trace.
pub(super) const MAX_RANK: usize = 8;

/// How the names of extra files end.
const EXTRA: &str = ".gwg";

/// Whether an extra file may have this name.
pub(super) fn check_file_name(name: &str) -> Result<(), TraceError> {
    if is_extra(name) {
        return Ok(());
    }
    let allowed = format!("it must be letters, digits, _ and - followed by {EXTRA}");
    Err(TraceError::spec("the name of a file", name, &allowed))
}

fn is_extra(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let stem = name.strip_suffix(EXTRA);
    stem.is_some_and(|stem| !stem.is_empty() && stem.bytes().all(plain))
}

/// What is in a folder that is not a trace of this library, as in "a folder with notes.txt"; `None` where there is nothing else.
pub(super) fn foreign(folder: &Path) -> Option<String> {
    if !is_group(folder) {
        return Some("a folder that is no Zarr 3 group".to_owned());
    }
    let written = group_attributes(&folder.join("posterior"))
        .is_ok_and(|attributes| attributes.get("inference_library") == Some(&"gwg".into()));
    if !written {
        return Some("a Zarr group that is no trace of gwg".to_owned());
    }
    stranger(folder, &mut Vec::new())
}

/// The first entry below a folder that is no part of a trace. `place` is the path from the trace to the folder.
pub(super) fn stranger(folder: &Path, place: &mut Vec<String>) -> Option<String> {
    let unreadable = |error: std::io::Error| format!("a folder that cannot be listed ({error})");
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return Some(unreadable(error)),
    };
    for entry in entries {
        let (entry, kind) = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
            Ok((kind, entry)) => (entry, kind),
            Err(error) => return Some(unreadable(error)),
        };
        place.push(entry.file_name().to_string_lossy().into_owned());
        let found = if kind.is_dir() && holds_folder(place) {
            stranger(&entry.path(), place)
        } else if kind.is_file() && holds_file(place) {
            None
        } else {
            Some(format!(
                "a trace and {}, which gwg did not write",
                place.join("/")
            ))
        };
        place.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Groups, arrays in them, and chunks by their indices below `c`.
fn holds_folder(place: &[String]) -> bool {
    match place {
        [group] => ["posterior", "sample_stats", TEMPORARY].contains(&group.as_str()),
        [_, _] => true,
        [_, _, c, indices @ ..] => {
            c == "c" && indices.len() < MAX_RANK && indices.iter().all(|i| is_index(i))
        }
        [] => false,
    }
}

fn holds_file(place: &[String]) -> bool {
    match place {
        [name] if is_extra(name) => true,
        [folder, name] if folder == TEMPORARY => is_index(name),
        [name] | [_, name] | [_, _, name] => name == "zarr.json",
        [_, _, c, indices @ ..] => c == "c" && indices.iter().all(|i| is_index(i)),
        [] => false,
    }
}

fn is_index(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}
