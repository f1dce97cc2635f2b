//! Clustal: blocks of lines `name letters [count]`, and lines of conservation marks, which begin with a blank.

use super::fault::AlignmentFault;
use super::named::Blocks;
use super::records::{Records, lines};

/// True for the first line of the files of Clustal and of programs that write its format.
pub(super) fn is_clustal(line: &[u8]) -> bool {
    [&b"CLUSTAL"[..], b"MUSCLE (", b"PROBCONS", b"MSAPROBS"]
        .iter()
        .any(|start| line.starts_with(start))
}

pub(super) fn parse(text: &[u8]) -> Result<Records, AlignmentFault> {
    let mut blocks = Blocks::default();
    let filled = lines(text).filter(|(_, bytes)| !bytes.trim_ascii().is_empty());
    for (line, bytes) in filled.skip(1) {
        if !bytes.starts_with(b" ") && !bytes.starts_with(b"\t") {
            blocks.add(line, without_count(bytes.trim_ascii()))?;
        }
    }
    Ok(blocks.records())
}

/// A line without the number of residues at its end, which follows a name and letters.
fn without_count(line: &[u8]) -> &[u8] {
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty());
    match words.nth(2) {
        Some(count) if count.iter().all(u8::is_ascii_digit) && words.next().is_none() => {
            line.strip_suffix(count).unwrap_or(line)
        }
        _ => line,
    }
}
