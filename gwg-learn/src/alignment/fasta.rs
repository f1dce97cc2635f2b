//! FASTA: `>name`, then letters on any number of lines.

use super::fault::AlignmentFault;
use super::records::{Records, lines, shown};

/// Blanks in sequences are skipped, and so are lines that begin with `;`, and with `#` before the first header.
pub(super) fn parse(text: &[u8]) -> Result<Records, AlignmentFault> {
    let mut records = Records::default();
    for (line, bytes) in lines(text) {
        if let Some(name) = bytes.strip_prefix(b">") {
            let name = String::from_utf8_lossy(name.trim_ascii());
            records.begin(name.into_owned(), line);
            continue;
        }
        let comment =
            bytes.starts_with(b";") || (records.rows.is_empty() && bytes.starts_with(b"#"));
        if comment || bytes.trim_ascii().is_empty() {
            continue;
        }
        if records.rows.is_empty() {
            let found = shown(bytes);
            return Err(AlignmentFault::BeforeHeader { line, found });
        }
        records.add(bytes);
    }
    Ok(records)
}
