//! Paths in specs, which are text. Bytes that are not UTF-8, which the paths of some systems may have, are written as the
//! characters U+10FF80 to U+10FFFF, which stand for the bytes 80 to ff and are assigned to no text.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The character of a byte 0 of a path; bytes are 80 to ff.
const BYTES: u32 = 0x10_ff00;

/// The text of a spec that names a path: bytes that are not UTF-8 are U+10FF80 to U+10FFFF in it.
#[must_use]
pub fn text_of(path: &OsStr) -> String {
    let mut text = String::new();
    for chunk in path.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        let bytes = chunk.invalid().iter();
        text.extend(bytes.filter_map(|&byte| char::from_u32(BYTES + u32::from(byte))));
    }
    text
}

/// The path of a text in a spec.
pub(crate) fn path_of(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match byte_of(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    PathBuf::from(os_string(bytes, text))
}

fn byte_of(c: char) -> Option<u8> {
    let byte = u32::from(c).checked_sub(BYTES)?;
    u8::try_from(byte).ok().filter(|byte| !byte.is_ascii())
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>, _: &str) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(_: Vec<u8>, text: &str) -> OsString {
    text.into()
}

/// The path of a value as a spec writes it, in quotes or without.
pub(crate) fn unquoted(value: &str) -> PathBuf {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) => path_of(&inner.replace("\"\"", "\"")),
        None => path_of(value),
    }
}

/// The path as a spec writes it, without quotes.
pub(crate) fn written(path: &Path) -> String {
    text_of(path.as_os_str())
}
