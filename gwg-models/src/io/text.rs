//! Text files, and what is shown of a file in a message.

use std::fmt;
use std::path::Path;

/// What some editors put before the text of a file in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The most characters of a word that a message shows.
const SHOWN: usize = 60;

/// The most bytes of a path that a message shows: the longest that systems allow.
const SHOWN_PATH: usize = 4096;

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

/// A word of a file as a message shows it: [`visible`], and shortened if it has more than 60 characters.
#[must_use]
pub fn excerpt(found: &str) -> String {
    shortened(found, SHOWN)
}

/// Text of a file as a message shows it: [`visible`], and only its first `most` characters.
#[must_use]
pub fn shortened(found: &str, most: usize) -> String {
    match found.char_indices().nth(most) {
        None => visible(found),
        Some((end, _)) => visible(&found[..end]) + "...",
    }
}

/// Text from a file with control characters escaped, so that they neither act on a terminal nor forge another message.
///
/// Visible text stays as it is, also if it was escaped before.
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

/// A path as a message shows it: [`visible`], with bytes that are not UTF-8 as `\xff`, and only the first 4096 bytes.
#[must_use]
pub fn visible_path(path: &Path) -> String {
    Shown(path).to_string()
}

/// Displays a path by [`visible_path`].
pub(crate) struct Shown<'p>(pub(crate) &'p Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.as_os_str().as_encoded_bytes();
        let shown = &bytes[..bytes.len().min(SHOWN_PATH)];
        for chunk in shown.utf8_chunks() {
            f.write_str(&visible(chunk.valid()))?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        f.write_str(if shown.len() < bytes.len() { "..." } else { "" })
    }
}

/// Displays a number of bytes in the largest unit of which it is a multiple.
pub(super) struct Size(pub(super) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        let whole = |&&(bits, _): &&(u32, _)| self.0 > 0 && self.0.trailing_zeros() >= bits;
        match units.iter().find(whole) {
            Some((bits, unit)) => write!(f, "{} {unit}", self.0 >> bits),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

/// True for control characters, for those that change the direction or the lines of a text, and for those without a meaning.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
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
        assert_eq!(visible(&visible("\u{1b}\n\\")), visible("\u{1b}\n\\"));
    }

    #[cfg(unix)]
    #[test]
    fn hostile_paths_are_shown_in_one_line_of_plain_text() {
        use std::os::unix::ffi::OsStrExt;
        let shown = |bytes: &[u8]| visible_path(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_eq!(shown(b"G1.txt"), "G1.txt");
        assert_eq!(shown("\u{e9}.npy".as_bytes()), "\u{e9}.npy");
        assert_eq!(shown(b"\x1b[31mred\nerror: b"), "\\u{1b}[31mred\\nerror: b");
        assert_eq!(shown(b"a\xffb\xc3"), "a\\xffb\\xc3");
        assert_eq!(shown(&[b'a'; 9000]).len(), SHOWN_PATH + 3);
    }

    #[test]
    fn sizes_have_the_largest_unit_that_divides_them() {
        let shown = [0, 9, 1024, 3 << 20, 1 << 30, (1 << 30) + 1].map(|n| Size(n).to_string());
        let bytes = "1073741825 bytes";
        assert_eq!(
            shown,
            ["0 bytes", "9 bytes", "1 KiB", "3 MiB", "1 GiB", bytes]
        );
    }
}
