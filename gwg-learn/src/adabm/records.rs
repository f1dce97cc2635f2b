//! Lines as records, before their states have symbols.

use gwg_models::io::excerpt;

use super::fault::ParamsFault;

const COUPLING: &str = "J i j a b value";
const FIELD: &str = "h i a value";
/// More skipped lines are not listed.
const LISTED: usize = 10;

/// A parameter and its value; a field has `j` equal to `i` and `b` equal to `a`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) line: u32,
    pub(super) kind: Kind,
    pub(super) i: u32,
    pub(super) j: u32,
    pub(super) a: Token,
    pub(super) b: Token,
    pub(super) value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Coupling,
    Field,
}

/// A state as it is written: a letter, or a number of two or three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token(u16);

impl Token {
    fn of(word: &str) -> Option<Self> {
        match word.as_bytes() {
            &[letter] if letter.is_ascii_graphic() => Some(Self(letter.into())),
            [b'1'..=b'9', _, ..] if word.len() < 4 => {
                let number: u16 = word.parse().ok()?;
                Some(Self(256 + number))
            }
            _ => None,
        }
    }

    pub(super) fn letter(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }

    /// The number that it is.
    pub(super) fn number(self) -> Option<u16> {
        match self.letter() {
            Some(letter) => letter.is_ascii_digit().then(|| u16::from(letter - b'0')),
            None => Some(self.0 - 256),
        }
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.letter() {
            Some(letter) => write!(f, "{}", char::from(letter)),
            None => write!(f, "{}", self.0 - 256),
        }
    }
}

/// All records of a text, and the first lines that are none.
pub(super) fn records(bytes: &[u8]) -> Result<(Vec<Record>, Vec<usize>), ParamsFault> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (mut records, mut skipped) = (Vec::new(), Vec::new());
    for (line, bytes) in (1..).zip(unmarked.split(|&b| b == b'\n')) {
        let text = str::from_utf8(bytes).map_err(|_| ParamsFault::NotText { line })?;
        let mut words = text.split_ascii_whitespace();
        match words.next() {
            Some("J") => records.push(coupling(line, words)?),
            Some("h") => records.push(field(line, words)?),
            Some(word) if !word.starts_with('#') && skipped.len() < LISTED => skipped.push(line),
            _ => {}
        }
    }
    Ok((records, skipped))
}

fn coupling<'t>(line: usize, words: impl Iterator<Item = &'t str>) -> Result<Record, ParamsFault> {
    let [i, j, a, b, value] = fields(line, words, COUPLING)?;
    Ok(Record {
        line: number(line),
        kind: Kind::Coupling,
        i: site(line, i)?,
        j: site(line, j)?,
        a: token(line, a)?,
        b: token(line, b)?,
        value: finite(line, value)?,
    })
}

fn field<'t>(line: usize, words: impl Iterator<Item = &'t str>) -> Result<Record, ParamsFault> {
    let [i, a, value] = fields(line, words, FIELD)?;
    let (i, a) = (site(line, i)?, token(line, a)?);
    Ok(Record {
        line: number(line),
        kind: Kind::Field,
        i,
        j: i,
        a,
        b: a,
        value: finite(line, value)?,
    })
}

/// A line as it is kept for a message.
fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn fields<'t, const N: usize>(
    line: usize,
    mut words: impl Iterator<Item = &'t str>,
    allowed: &'static str,
) -> Result<[&'t str; N], ParamsFault> {
    let mut fields = [""; N];
    let mut found = 1;
    for (field, word) in fields.iter_mut().zip(&mut words) {
        *field = word;
        found += 1;
    }
    found += words.count();
    if found == N + 1 {
        return Ok(fields);
    }
    Err(ParamsFault::Fields {
        line,
        found,
        allowed,
    })
}

fn site(line: usize, word: &str) -> Result<u32, ParamsFault> {
    // One below the largest number, so that the number of sites is one, too.
    let most = u32::MAX - 1;
    let site = word.parse().ok().filter(|&site: &u32| site <= most);
    site.ok_or_else(|| ParamsFault::Site {
        line,
        found: excerpt(word),
        most: most.into(),
    })
}

fn token(line: usize, word: &str) -> Result<Token, ParamsFault> {
    Token::of(word).ok_or_else(|| ParamsFault::Letter {
        line,
        found: excerpt(word),
        allowed: "of an alphabet".to_owned(),
    })
}

fn finite(line: usize, word: &str) -> Result<f64, ParamsFault> {
    let value = word.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| ParamsFault::Value {
        line,
        found: excerpt(word),
    })
}
