//! How an alignment is read.

use std::path::Path;

use super::alphabet::Alphabet;
use super::records::lines;
use super::{clustal, numerical, stockholm};

/// How an alignment is read.
#[derive(Clone, Debug, PartialEq)]
pub struct AlignmentOptions {
    /// The alphabet; `None`, the default: the one that the letters fit ([`Alphabet::protein`], `rna`, `dna` or `binary`).
    pub alphabet: Option<Alphabet>,
    /// The format; `None`, the default: by the first line, the name and the letters.
    pub format: Option<AlignmentFormat>,
    /// What becomes of sequences with letters that are not in the alphabet; by default they are refused.
    pub unknown: UnknownLetters,
    /// Whether `.` is read as a gap where the alphabet does not contain it; true by default.
    pub dot_is_gap: bool,
    /// Whether letters in lower case are read as capitals where the alphabet does not contain them; true by default.
    pub upper_case: bool,
}

impl Default for AlignmentOptions {
    fn default() -> Self {
        Self {
            alphabet: None,
            format: None,
            unknown: UnknownLetters::Refuse,
            dot_is_gap: true,
            upper_case: true,
        }
    }
}

/// What becomes of letters that are not in the alphabet, such as X.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownLetters {
    /// The file is refused.
    #[default]
    Refuse,
    /// They are read as gaps.
    Gap,
    /// The sequence is dropped, as adabmDCA does.
    Drop,
}

/// A format of alignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AlignmentFormat {
    /// `>name`, then letters.
    Fasta,
    /// As FASTA, but letters in lower case and dots are insertions, which are removed. A3M is A2M without the dots.
    A2m,
    /// `# STOCKHOLM 1.0`, then `name letters`.
    Stockholm,
    /// `CLUSTAL ...`, then `name letters`.
    Clustal,
    /// `rows columns states`, then symbols, as in bmDCA.
    Numerical,
}

impl AlignmentFormat {
    /// The format that the ending of a file name states: `.a2m` or `.a3m`, with `.gz` after it or not.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        (name.ends_with(".a2m") || name.ends_with(".a3m")).then_some(Self::A2m)
    }

    /// The format of a text by its first line, unless one is stated that this line does not contradict.
    pub(super) fn of(text: &[u8], stated: Option<Self>) -> Self {
        let first = lines(text).find(|(_, line)| !line.trim_ascii().is_empty());
        let first = first.map_or(&[][..], |(_, line)| line.trim_ascii());
        match stated {
            Some(Self::A2m) | None if first.starts_with(stockholm::START) => Self::Stockholm,
            None if first.starts_with(b"#A3M#") => Self::A2m,
            None if clustal::is_clustal(first) => Self::Clustal,
            None if numerical::header(first).is_some() => Self::Numerical,
            stated => stated.unwrap_or(Self::Fasta),
        }
    }
}
