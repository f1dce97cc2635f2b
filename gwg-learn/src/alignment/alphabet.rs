//! The letters of aligned sequences.

use std::fmt;

use gwg_models::io::visible;

/// The letter of a gap.
const GAP: u8 = b'-';

/// What no symbol is: an alphabet has at most 94 letters.
pub(super) const UNKNOWN: u8 = u8::MAX;

/// The letters of aligned sequences, in the order of their symbols: the symbol of a letter is its position, from 0.
///
/// Letters are visible ASCII characters. The gap is `-`, if it is one of them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Alphabet {
    letters: Vec<u8>,
    symbols: [u8; 256],
}

/// An invalid alphabet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("alphabet `{}`: {fault}", visible(.found))]
pub struct AlphabetError {
    found: String,
    fault: &'static str,
}

impl Alphabet {
    /// An alphabet with these letters.
    ///
    /// # Errors
    /// [`AlphabetError`] unless there are at least two letters, all different visible ASCII characters other than `>`, `;` and `#`.
    pub fn new(letters: &str) -> Result<Self, AlphabetError> {
        let wrong = |fault| AlphabetError {
            found: letters.to_owned(),
            fault,
        };
        if letters.len() < 2 {
            return Err(wrong("allowed are at least two letters"));
        }
        let mut symbols = [UNKNOWN; 256];
        for (symbol, letter) in (0..).zip(letters.bytes()) {
            if !letter.is_ascii_graphic() || b">;#".contains(&letter) {
                return Err(wrong(
                    "allowed are visible ASCII characters other than `>`, `;` and `#`, which begin headers and comments",
                ));
            }
            let place = &mut symbols[usize::from(letter)];
            if *place != UNKNOWN {
                return Err(wrong("a letter occurs twice; name each letter once"));
            }
            *place = symbol;
        }
        let letters = letters.as_bytes().to_vec();
        Ok(Self { letters, symbols })
    }

    /// `-ACDEFGHIKLMNPQRSTVWY`: a gap and the 20 amino acids.
    #[must_use]
    pub fn protein() -> Self {
        Self::known(b"-ACDEFGHIKLMNPQRSTVWY")
    }

    /// `-ACGU`.
    #[must_use]
    pub fn rna() -> Self {
        Self::known(b"-ACGU")
    }

    /// `-ACGT`.
    #[must_use]
    pub fn dna() -> Self {
        Self::known(b"-ACGT")
    }

    /// `01`: two states without a gap.
    #[must_use]
    pub fn binary() -> Self {
        Self::known(b"01")
    }

    fn known(letters: &[u8]) -> Self {
        let mut symbols = [UNKNOWN; 256];
        for (symbol, &letter) in (0..).zip(letters) {
            symbols[usize::from(letter)] = symbol;
        }
        let letters = letters.to_vec();
        Self { letters, symbols }
    }

    /// The alphabet that a name or a list of letters denotes: `protein`, `rna`, `dna`, or the letters.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn named(name: &str) -> Result<Self, AlphabetError> {
        match name {
            "protein" => Ok(Self::protein()),
            "rna" => Ok(Self::rna()),
            "dna" => Ok(Self::dna()),
            letters => Self::new(letters),
        }
    }

    /// The usual alphabet with so many letters: 2, 5 (RNA) or 21 (protein).
    #[must_use]
    pub fn with_states(states: usize) -> Option<Self> {
        match states {
            2 => Some(Self::binary()),
            5 => Some(Self::rna()),
            21 => Some(Self::protein()),
            _ => None,
        }
    }

    /// The number of letters.
    #[must_use]
    pub fn states(&self) -> usize {
        self.letters.len()
    }

    /// The letters, in the order of their symbols.
    #[must_use]
    pub fn letters(&self) -> &[u8] {
        &self.letters
    }

    /// The symbol of the gap, if there is one.
    #[must_use]
    pub fn gap(&self) -> Option<u8> {
        self.symbol(GAP)
    }

    /// The symbol of a letter.
    #[must_use]
    pub fn symbol(&self, letter: u8) -> Option<u8> {
        Some(self.symbols[usize::from(letter)]).filter(|&symbol| symbol != UNKNOWN)
    }

    /// The letters of symbols; `?` for what is not a symbol of the alphabet.
    #[must_use]
    pub fn decode(&self, symbols: &[u8]) -> String {
        let letter = |&s: &u8| self.letters.get(usize::from(s)).map_or('?', |&l| l.into());
        symbols.iter().map(letter).collect()
    }

    /// The symbol of every byte, or [`UNKNOWN`].
    pub(super) fn table(&self) -> [u8; 256] {
        self.symbols
    }
}

impl fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alphabet({self})")
    }
}

/// The letters.
impl fmt::Display for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letters
            .iter()
            .try_for_each(|&letter| write!(f, "{}", char::from(letter)))
    }
}

/// How often each letter of a text occurs, in upper case, without gaps.
#[derive(Clone, Debug)]
pub(super) struct Letters([u64; 256]);

impl Letters {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut counts = [0; 256];
        for letter in text {
            counts[usize::from(letter.to_ascii_uppercase())] += 1;
        }
        for gap in b"-.~" {
            counts[usize::from(*gap)] = 0;
        }
        Self(counts)
    }

    fn count(&self, letters: &[u8]) -> u64 {
        letters.iter().map(|&l| self.0[usize::from(l)]).sum()
    }

    /// The alphabet that fits: `01`; a nucleic one if 4 of 5 letters are A, C, G, T or U and all others are IUPAC's codes for several of
    /// them; `-ACDEFGHIKLMNPQRSTVWY` if 4 of 5 letters are amino acids.
    pub(super) fn alphabet(&self) -> Option<Alphabet> {
        let all: u64 = self.0.iter().sum();
        let most = |count: u64| all > 0 && 5 * count >= 4 * all;
        if all > 0 && self.count(b"01") == all {
            return Some(Alphabet::binary());
        }
        if most(self.count(b"ACGTU")) && self.count(b"ACGTUNRYSWKMBDHVX*?") == all {
            return match (self.count(b"T"), self.count(b"U")) {
                (_, 0) => Some(Alphabet::dna()),
                (0, _) => Some(Alphabet::rna()),
                _ => None,
            };
        }
        most(self.count(b"ACDEFGHIKLMNPQRSTVWY")).then(Alphabet::protein)
    }

    /// The letters that occur, at most 40.
    pub(super) fn found(&self) -> String {
        let occur = (0..=u8::MAX).filter(|&l| self.0[usize::from(l)] > 0);
        visible(&occur.take(40).map(char::from).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_are_checked() {
        let message = |letters| Alphabet::new(letters).unwrap_err().to_string();
        assert!(message("A").contains("at least two"));
        assert!(message("ABA").contains("twice"));
        assert!(message("A B").contains("visible"));
        assert!(message("A\u{1b}").contains("\\u{1b}"));
        assert_eq!(Alphabet::named("rna"), Alphabet::new("-ACGU"));
        assert_eq!(Alphabet::rna().decode(&[0, 4, 9]), "-U?");
        assert_eq!(Alphabet::binary().gap(), None);
        assert_eq!(Alphabet::protein().symbol(b'Y'), Some(20));
        assert_eq!(Alphabet::protein().symbol(b'X'), None);
    }

    #[test]
    fn alphabets_are_guessed_from_letters() {
        let guess = |text: &str| Letters::of(text.as_bytes()).alphabet();
        assert_eq!(guess("GGA-U.C~AN"), Some(Alphabet::rna()));
        assert_eq!(guess("ggatc"), Some(Alphabet::dna()));
        assert_eq!(guess("0110"), Some(Alphabet::binary()));
        assert_eq!(guess("MKVELAYGHX"), Some(Alphabet::protein()));
        assert_eq!(guess("AGSTDAG"), Some(Alphabet::protein()));
        assert_eq!(guess("ACGUT"), None);
        assert_eq!(guess("0123"), None);
        assert_eq!(guess("--.."), None);
    }
}
