//! Writes FASTA.

use std::path::Path;

use gwg_models::io::{IoError, write_bytes};

use super::Alphabet;

/// The text of a FASTA file with one line for each row of `symbols`, which have `sites` symbols each; rows without a name are not written.
#[must_use]
pub fn fasta_text<N: AsRef<str>>(
    names: impl IntoIterator<Item = N>,
    symbols: &[u8],
    sites: usize,
    alphabet: &Alphabet,
) -> String {
    let mut text = String::new();
    for (name, row) in names.into_iter().zip(symbols.chunks_exact(sites.max(1))) {
        // A line end in a name would begin another line.
        let name = name.as_ref().replace(['\n', '\r'], " ");
        text.push('>');
        text.push_str(&name);
        text.push('\n');
        text.push_str(&alphabet.decode(row));
        text.push('\n');
    }
    text
}

/// Writes a FASTA file: [`fasta_text`].
///
/// # Errors
/// [`IoError::Write`].
pub fn write_fasta<N: AsRef<str>>(
    path: &Path,
    names: impl IntoIterator<Item = N>,
    symbols: &[u8],
    sites: usize,
    alphabet: &Alphabet,
) -> Result<(), IoError> {
    write_bytes(path, fasta_text(names, symbols, sites, alphabet).as_bytes())
}
