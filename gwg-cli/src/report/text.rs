//! Text for HTML: escaping and number formatting.

/// Label of an undefined value.
pub(crate) const UNDEFINED: &str = "undefined";

/// Escapes text for HTML content and quoted attributes. Control characters, which HTML forbids, become U+FFFD.
pub(crate) fn escape(raw: &str) -> String {
    let mut safe = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(' '),
            c if c.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}

/// The decade of a finite nonzero `x`: floor(log10 |x|).
pub(crate) fn decade(x: f64) -> i32 {
    x.abs().log10().floor() as i32
}

/// Formats `x` to `digits` significant digits, without trailing zeros.
pub(crate) fn number(x: f64, digits: i32) -> String {
    if !x.is_finite() {
        return UNDEFINED.to_owned();
    }
    if x == 0.0 {
        return "0".to_owned();
    }
    let decade = decade(x);
    let scientific = !(-4..9).contains(&decade);
    let decimals = if scientific {
        digits - 1
    } else {
        (digits - 1 - decade).max(0)
    };
    if scientific {
        return format!("{x:.*e}", decimals.max(0) as usize);
    }
    let fixed = format!("{x:.*}", decimals as usize);
    if fixed.contains('.') {
        return fixed.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    fixed
}

/// Formats `x` to the second digit of its standard error, which [`number`] to two digits ends with, too.
pub(crate) fn with_error(x: f64, error: f64) -> String {
    let usable = error > 0.0 && error.is_finite() && x.is_finite();
    let decimals = 1 - if usable { decade(error) } else { 0 };
    if !usable || decimals > 12 || x.abs() >= 1e9 {
        return number(x, 6);
    }
    if decimals < 0 {
        let unit = 10_f64.powi(-decimals);
        return format!("{:.0}", (x / unit).round() * unit);
    }
    format!("{x:.*}", decimals as usize)
}

/// Formats an effective sample size: as an integer from 10 on.
pub(crate) fn count(x: f64) -> String {
    if x.is_finite() && (10.0..1e15).contains(&x) {
        return format!("{x:.0}");
    }
    number(x, 2)
}

/// Formats `x` to four significant digits, or as undefined.
pub(crate) fn optional(x: Option<f64>) -> String {
    x.map_or_else(|| UNDEFINED.to_owned(), |x| number(x, 4))
}

/// Joins the parts of a value on one line; all but the first dozen are only counted.
pub(crate) fn list(parts: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 12;
    let more = parts.len().saturating_sub(MOST);
    let mut shown: Vec<String> = parts.take(MOST).collect();
    if shown.is_empty() {
        return "none".to_owned();
    }
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

/// Formats a count with its noun: "1 chain", "4 chains".
pub(crate) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Truncates text to `most` letters, with an ellipsis.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept + "\u{2026}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(
            escape("<a b='c' d=\"&\">\u{1b}"),
            "&lt;a b=&#39;c&#39; d=&quot;&amp;&quot;&gt;\u{fffd}"
        );
    }

    #[test]
    fn numbers_are_rounded_correctly() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (-0.000_123_46, "-0.0001235"),
            (1_234_567.8, "1234568"),
            (0.8, "0.8"),
            (100.0, "100"),
            (3.2e12, "3.200e12"),
            (1e-300, "1.000e-300"),
            (f64::NAN, "undefined"),
            (f64::NEG_INFINITY, "undefined"),
        ];
        for (x, expected) in cases {
            assert_eq!(number(x, 4), expected);
        }
    }

    #[test]
    fn means_are_rounded_to_their_error() {
        assert_eq!(with_error(-1234.5678, 0.4321), "-1234.57");
        assert_eq!(with_error(1234.5678, 432.1), "1230");
        assert_eq!(with_error(0.0002, 0.1667), "0.00");
        assert_eq!(with_error(-7.0, 43.0), "-7");
        assert_eq!(with_error(0.5, 0.0), "0.5");
        assert_eq!(with_error(0.5, f64::NAN), "0.5");
    }

    #[test]
    fn long_lists_are_counted() {
        let of = |n: usize| list((0..n).map(|k| k.to_string()));
        assert_eq!([of(0), of(2)], ["none", "0, 1"]);
        assert!(of(12).ends_with(", 10, 11"));
        assert!(of(20).ends_with(", 10, 11, and 8 more"));
        assert_eq!(optional(Some(0.25)) + &optional(None), "0.25undefined");
    }
}
