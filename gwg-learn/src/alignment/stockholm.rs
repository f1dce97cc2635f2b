//! Stockholm 1.0: lines `name letters`, in one block or several, up to `//`.

use super::fault::AlignmentFault;
use super::named::Blocks;
use super::records::{Records, lines};

pub(super) const START: &[u8] = b"# STOCKHOLM";

/// Annotations (`#=GF`, `#=GS`, `#=GR`, `#=GC`) are skipped.
pub(super) fn parse(text: &[u8]) -> Result<Records, AlignmentFault> {
    let mut blocks = Blocks::default();
    let mut end = None;
    for (line, bytes) in lines(text) {
        let trimmed = bytes.trim_ascii();
        match end {
            _ if trimmed.is_empty() => {}
            Some(end) => return Err(AlignmentFault::Second { line, end }),
            None if trimmed.starts_with(b"#") => {}
            None if trimmed == b"//" => end = Some(line),
            None => blocks.add(line, trimmed)?,
        }
    }
    if end.is_none() {
        return Err(AlignmentFault::NoTerminator);
    }
    Ok(blocks.records())
}
