//! Words of formulas: headers, weights, literals.

use gwg_models::io::excerpt;

use super::{MaxSatFault, Refused};
use crate::max_sat::{MAX_VARIABLES, Weight};

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Header {
    /// `p cnf V C`.
    Cnf { variables: usize, clauses: usize },
    /// `p wcnf V C [top]`.
    Wcnf {
        variables: usize,
        clauses: usize,
        top: Option<Number>,
    },
    /// No line `p`: the format of 2022.
    Headerless,
}

/// A weight as it is written: integers that no `f64` has are compared exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(u64),
    Other(f64),
}

impl Header {
    pub(super) fn variables(self) -> Option<usize> {
        match self {
            Self::Cnf { variables, .. } | Self::Wcnf { variables, .. } => Some(variables),
            Self::Headerless => None,
        }
    }

    pub(super) fn clauses(self) -> Option<usize> {
        match self {
            Self::Cnf { clauses, .. } | Self::Wcnf { clauses, .. } => Some(clauses),
            Self::Headerless => None,
        }
    }
}

impl Number {
    fn parse(word: &str) -> Option<Self> {
        if let Ok(integer) = word.parse() {
            return Some(Self::Integer(integer));
        }
        let other = word.parse().ok().filter(|w: &f64| w.is_finite());
        other.map(Self::Other)
    }

    fn as_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Other(other) => other,
        }
    }

    fn reaches(self, top: Self) -> bool {
        match (self, top) {
            (Self::Integer(weight), Self::Integer(top)) => weight >= top,
            _ => self.as_f64() >= top.as_f64(),
        }
    }
}

/// The text of a file, without a byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Refused> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mark = bytes.len() - unmarked.len();
    std::str::from_utf8(unmarked).map_err(|error| {
        let byte = mark + error.valid_up_to();
        let line = 1 + bytes[..byte].iter().filter(|&&b| b == b'\n').count();
        (line, MaxSatFault::NotText { byte })
    })
}

/// The header of a file whose clauses begin at `line` without one.
pub(super) fn without_header(line: usize, bytes: &[u8], weighted: bool) -> Result<Header, Refused> {
    let hard = |line: &[u8]| matches!(line.trim_ascii_start(), [b'h', next, ..] if next.is_ascii_whitespace());
    if weighted || bytes.split(|&b| b == b'\n').any(hard) {
        Ok(Header::Headerless)
    } else {
        Err((line, MaxSatFault::NoHeader))
    }
}

/// A line that begins with `p`.
pub(super) fn header(line: &str) -> Result<Header, MaxSatFault> {
    let words: Vec<&str> = line.split_whitespace().take(6).collect();
    let sizes = |variables, clauses| {
        let variables = integer("number of variables", variables, 0, MAX_VARIABLES as i64)?;
        let clauses = integer("number of clauses", clauses, 0, i64::from(u32::MAX))?;
        Ok::<_, MaxSatFault>((variables as usize, clauses as usize))
    };
    match *words {
        ["p", "cnf", variables, clauses] => {
            let (variables, clauses) = sizes(variables, clauses)?;
            Ok(Header::Cnf { variables, clauses })
        }
        ["p", "wcnf", variables, clauses, ref top @ ..] if top.len() <= 1 => {
            let (variables, clauses) = sizes(variables, clauses)?;
            let top = top.first().map(|word| top_weight(word)).transpose()?;
            Ok(Header::Wcnf {
                variables,
                clauses,
                top,
            })
        }
        _ => Err(MaxSatFault::Header {
            found: excerpt(line),
        }),
    }
}

/// The weight of hard clauses.
fn top_weight(word: &str) -> Result<Number, MaxSatFault> {
    let top = Number::parse(word).filter(|top| top.as_f64() > 0.0);
    top.ok_or_else(|| MaxSatFault::Weight {
        found: excerpt(word),
        allowed: "a positive number for `top`, the weight of hard clauses",
    })
}

/// A weight; hard if it reaches `top`.
pub(super) fn weight(word: &str, top: Option<Number>) -> Result<Weight, MaxSatFault> {
    let weight = Number::parse(word).filter(|weight| weight.as_f64() >= 0.0);
    let weight = weight.ok_or_else(|| MaxSatFault::Weight {
        found: excerpt(word),
        allowed: "a number of at least 0",
    })?;
    if top.is_some_and(|top| weight.reaches(top)) {
        return Ok(Weight::Hard);
    }
    Ok(Weight::Soft(weight.as_f64()))
}

/// `h`, or a weight.
pub(super) fn weight_or_hard(word: &str) -> Result<Weight, MaxSatFault> {
    if word == "h" {
        return Ok(Weight::Hard);
    }
    weight(word, None).map_err(|_| MaxSatFault::Weight {
        found: excerpt(word),
        allowed: "`h` or a number of at least 0",
    })
}

/// A literal of variables up to `most`, or 0.
pub(super) fn literal(word: &str, most: usize) -> Result<i64, MaxSatFault> {
    integer("literal", word, -(most as i64), most as i64)
}

fn integer(what: &'static str, word: &str, min: i64, max: i64) -> Result<i64, MaxSatFault> {
    let value = word.parse().ok().filter(|n| (min..=max).contains(n));
    value.ok_or_else(|| MaxSatFault::Integer {
        what,
        found: excerpt(word),
        min,
        max,
    })
}
