//! Text files, and what is shown of a file in a message.

/// What some editors put before the text of a file in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The most characters of a word that a message shows.
const SHOWN: usize = 60;

/// The text of a file, without a byte order mark.
///
/// # Errors
/// The line, from 1, and the byte, from 0, at which it is not UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<&str, (usize, usize)> {
    let unmarked = unmarked(bytes);
    let mark = bytes.len() - unmarked.len();
    std::str::from_utf8(unmarked).map_err(|error| {
        let byte = mark + error.valid_up_to();
        let line = 1 + bytes[..byte].iter().filter(|&&b| b == b'\n').count();
        (line, byte)
    })
}

/// The bytes of a file, without a byte order mark.
pub(super) fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// A word of a file as a message shows it: [`visible`], and shortened if it is long.
pub(super) fn excerpt(found: &str) -> String {
    match found.char_indices().nth(SHOWN) {
        None => visible(found),
        Some((end, _)) => visible(&found[..end]) + "...",
    }
}

/// Text from a file with control characters escaped, so that they neither act on a terminal nor forge another message.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// True for control characters, and for those that change the direction or the lines of a text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        assert_eq!(text(b"\xef\xbb\xbf3 1\n"), Ok("3 1\n"));
        assert_eq!(text(b"3 1\n"), Ok("3 1\n"));
        assert_eq!(text(b"\xef\xbb\xbf\xef\xbb\xbf3"), Ok("\u{feff}3"));
        assert_eq!(text(b"\xef\xbb\xbf"), Ok(""));
        assert_eq!(text(b"\xef\xbb\xbf1\n\xff"), Err((2, 5)));
        assert_eq!(text(b"\xef\xbb"), Err((1, 0)));
    }

    #[test]
    fn control_characters_are_escaped_and_long_words_shortened() {
        assert_eq!(excerpt("0.5e"), "0.5e");
        assert_eq!(excerpt("\u{1b}[2Jred"), "\\u{1b}[2Jred");
        assert_eq!(excerpt("a\nerror: b"), "a\\nerror: b");
        assert_eq!(excerpt("\u{202e}x\u{feff}"), "\\u{202e}x\\u{feff}");
        assert_eq!(excerpt("\u{e9}\u{d55c}"), "\u{e9}\u{d55c}");
        assert_eq!(
            visible("a\u{1b}[2J b\n\u{9b}\u{e9}"),
            "a\\u{1b}[2J b\\n\\u{9b}\u{e9}"
        );
        let long = "9".repeat(1000);
        assert_eq!(excerpt(&long), format!("{}...", &long[..SHOWN]));
        assert_eq!(excerpt(&long[..SHOWN]), long[..SHOWN]);
    }
}
