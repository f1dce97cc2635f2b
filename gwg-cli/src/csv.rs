//! Fields of CSV.

use gwg_models::io::visible;

/// A field, in quotes where CSV requires it; control characters are shown escaped.
pub(crate) fn quoted(text: &str) -> String {
    let text = visible(text);
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_quoted_where_csv_requires_it() {
        assert_eq!(quoted("a b"), "a b");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("a\nb"), "a\\nb");
    }
}
