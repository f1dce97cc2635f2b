//! Counts on the command line: `1000`, `1_000` and `1e3`.

use std::fmt;

/// Parses a count of steps, draws or chains.
///
/// # Errors
/// What is allowed, as clap shows it after the value and the flag.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let digits = text.replace('_', "");
    digits
        .parse()
        .ok()
        .or_else(|| scientific(&digits))
        .ok_or_else(|| "allowed is an integer, as in 1000, 1_000 or 1e3".into())
}

/// Steps: a number, or what suits the sampler and the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steps {
    Auto,
    Exactly(u64),
}

impl Steps {
    /// The number, or `otherwise`.
    pub(crate) fn or(self, otherwise: u64) -> u64 {
        match self {
            Self::Auto => otherwise,
            Self::Exactly(steps) => steps,
        }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Exactly(steps) => steps.fmt(f),
        }
    }
}

/// Parses `auto` or a [`count`].
///
/// # Errors
/// What is allowed.
pub(super) fn steps(text: &str) -> Result<Steps, String> {
    match text {
        "auto" => Ok(Steps::Auto),
        _ => count(text)
            .map(Steps::Exactly)
            .map_err(|allowed| format!("{allowed}, or auto")),
    }
}

/// [`count`] of what is kept in memory.
///
/// # Errors
/// Those of [`count`].
pub(super) fn size(text: &str) -> Result<usize, String> {
    let found = count(text)?;
    usize::try_from(found).map_err(|_| format!("allowed is an integer up to {}", usize::MAX))
}

/// An integer with an exponent, such as `2.5e6`: exactly, or not at all.
fn scientific(text: &str) -> Option<u64> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: u32 = exponent
        .strip_prefix('+')
        .unwrap_or(exponent)
        .parse()
        .ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let zeros = exponent.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
    digits.checked_mul(10u64.checked_pow(zeros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_in_every_common_form() {
        for (text, value) in [
            ("0", 0),
            ("1000", 1000),
            ("1_000_000", 1_000_000),
            ("1e3", 1000),
            ("2.5e6", 2_500_000),
            ("1.50e1", 15),
            ("1E+2", 100),
            ("18446744073709551615", u64::MAX),
            ("1e19", 10_000_000_000_000_000_000),
        ] {
            assert_eq!(count(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn steps_are_a_count_or_auto() {
        assert_eq!(steps("auto"), Ok(Steps::Auto));
        assert_eq!(steps("1e3"), Ok(Steps::Exactly(1000)));
        assert_eq!([Steps::Auto.or(7), Steps::Exactly(0).or(7)], [7, 0]);
        let message = steps("Auto").unwrap_err();
        assert!(message.ends_with("or 1e3, or auto"), "{message}");
        for found in [Steps::Auto, Steps::Exactly(12)] {
            assert_eq!(steps(&found.to_string()), Ok(found));
        }
    }

    #[test]
    fn what_is_no_integer_is_refused() {
        for text in [
            "", "-3", "1.5", "2.55e1", "1e", "e3", ".5e1", "1e-3", "1e20", "1e999", "0x10",
            "1e3e3", "NaN", "1 000", "\u{661}",
        ] {
            let message = count(text).expect_err(text);
            assert!(message.starts_with("allowed is an integer,"));
        }
    }
}
