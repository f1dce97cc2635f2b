//! Lines, words and numbers.

use super::Fault;
use gwg_models::io::excerpt;

/// A line, from 1, and its fault.
pub(super) type Refused = (usize, Fault);

/// Variables are numbered with 32 bits.
pub(super) const MOST_SITES: usize = u32::MAX as usize;

/// The text of a file, without a byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let byte = error.valid_up_to();
        let line = 1 + bytes[..byte].iter().filter(|&&b| b == b'\n').count();
        (line, Fault::NotText { byte })
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Lines with at least one word, numbered from 1; `#` and `%` begin comments.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    (1..)
        .zip(text.lines())
        .map(|(number, line)| (number, before_comment(line).split_whitespace().collect()))
        .filter(|(_, words): &(usize, Vec<&str>)| !words.is_empty())
}

fn before_comment(line: &str) -> &str {
    line.split(['#', '%']).next().unwrap_or_default()
}

pub(super) fn integer(
    what: &'static str,
    found: &str,
    min: usize,
    max: usize,
) -> Result<usize, Fault> {
    let value = found.parse().ok().filter(|n| (min..=max).contains(n));
    value.ok_or_else(|| Fault::Integer {
        what,
        found: excerpt(found),
        min,
        max,
    })
}

pub(super) fn weight(found: &str) -> Result<f64, Fault> {
    let number = found.parse().ok().filter(|w: &f64| w.is_finite());
    number.ok_or_else(|| Fault::Weight {
        found: excerpt(found),
    })
}

/// `i j w` with variables from `min` to `max`.
pub(super) fn entry(words: &[&str], min: usize, max: usize) -> Result<(usize, usize, f64), Fault> {
    let &[i, j, w] = words else {
        return Err(Fault::Words {
            found: words.len(),
            allowed: "i j w",
        });
    };
    let variable = |word| integer("variable", word, min, max);
    Ok((variable(i)?, variable(j)?, weight(w)?))
}
