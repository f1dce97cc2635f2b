//! Times on the command line: `90`, `90s`, `10m` and `1h 30m`.

use std::time::Duration;

/// The shortest interval: a run has other things to do.
const SHORTEST: Duration = Duration::from_millis(100);

/// The longest interval: longer than any run, and short enough to add to a time.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Parses the time between two events.
///
/// # Errors
/// What is allowed, as clap shows it after the value and the flag.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds
        .or_else(|| humantime::parse_duration(text).ok())
        .filter(|found| (SHORTEST..=LONGEST).contains(found))
        .ok_or_else(|| "allowed is a time from 100ms to 10 years, as in 90s, 10m or 1h".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_or_are_seconds() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("10m", 600), ("1h 30m", 5400)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
        for text in [
            "",
            "0",
            "1ms",
            "-3",
            "s",
            "ten",
            "1e9999",
            "100 years",
            "99999999999999999999",
        ] {
            assert!(parse(text).unwrap_err().starts_with("allowed is"), "{text}");
        }
    }
}
