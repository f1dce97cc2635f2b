//! Black and white images in the format PBM of Netpbm: P1 (text) and P4 (bits).

mod fault;

pub use fault::PbmFault;

use super::text::excerpt;

/// Pixels of an image at most: a sampler needs about 100 bytes for each.
const MOST_PIXELS: usize = 1 << 24;
/// Characters of a line of P1 at most, as the format demands.
const LINE: usize = 70;

/// A black and white image; 1 is black.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinaryImage {
    width: usize,
    height: usize,
    /// Row by row, from the top left.
    pixels: Vec<u8>,
    /// Whether it is written as text.
    plain: bool,
}

impl BinaryImage {
    /// The number of columns.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The number of rows.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The pixels, row by row from the top left; 1 is black.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// An image of the same size and format with other pixels, each 0 or 1.
    ///
    /// # Panics
    /// If there are not as many.
    #[must_use]
    pub fn with_pixels(&self, pixels: Vec<u8>) -> Self {
        assert_eq!(pixels.len(), self.pixels.len(), "one for each pixel");
        Self { pixels, ..*self }
    }

    /// The fraction of pixels in which two images of the same size differ.
    #[must_use]
    pub fn difference(&self, other: &Self) -> f64 {
        let pairs = self.pixels.iter().zip(&other.pixels);
        let wrong = pairs.filter(|(a, b)| a != b).count();
        wrong as f64 / self.pixels.len() as f64
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// The violated rule.
    pub fn parse(bytes: &[u8]) -> Result<Self, PbmFault> {
        let mut header = Reader { rest: bytes };
        let plain = match bytes.first_chunk::<2>() {
            Some(b"P1") => true,
            Some(b"P4") => false,
            _ => {
                let start = bytes.iter().take_while(|b| !b.is_ascii_whitespace());
                let start: Vec<u8> = start.take(16).copied().collect();
                let found = excerpt(&String::from_utf8_lossy(&start));
                return Err(PbmFault::Kind { found });
            }
        };
        header.rest = &bytes[2..];
        let width = header.size("width")?;
        let height = header.size("height")?;
        let pixels = width.checked_mul(height).filter(|&n| n <= MOST_PIXELS);
        let pixels = pixels.ok_or(PbmFault::TooLarge { width, height })?;
        let pixels = if plain {
            text(header, pixels)?
        } else {
            bits(header.rest, width, height)?
        };
        Ok(Self {
            width,
            height,
            pixels,
            plain,
        })
    }

    /// The content of a file of the same format.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (width, height) = (self.width, self.height);
        let kind = if self.plain { "P1" } else { "P4" };
        let mut out = format!("{kind}\n{width} {height}\n").into_bytes();
        if self.plain {
            for line in self.pixels.chunks(LINE) {
                out.extend(line.iter().map(|pixel| b'0' + pixel));
                out.push(b'\n');
            }
        } else {
            for byte in self.pixels.chunks(width).flat_map(|row| row.chunks(8)) {
                let bits = byte.iter().zip((0..8).rev());
                out.push(bits.fold(0, |all, (pixel, shift)| all | pixel << shift));
            }
        }
        out
    }
}

/// The rest of a file.
#[derive(Clone, Copy)]
struct Reader<'r> {
    rest: &'r [u8],
}

impl Reader<'_> {
    /// Skips blanks, and comments from `#` to the end of the line.
    fn skip(&mut self) {
        while let [first, rest @ ..] = self.rest {
            match first {
                b'#' => {
                    let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
                    self.rest = &rest[end.unwrap_or(rest.len())..];
                }
                b if b.is_ascii_whitespace() || *b == 0x0b => self.rest = rest,
                _ => return,
            }
        }
    }

    /// A number, and for the height the one character after it.
    fn size(&mut self, what: &'static str) -> Result<usize, PbmFault> {
        let before = self.rest;
        self.skip();
        let digits = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        let next = rest.first();
        let ends = next.is_some_and(|b| b.is_ascii_whitespace() || *b == b'#');
        let value = str::from_utf8(number).ok().and_then(|n| n.parse().ok());
        let value = value.filter(|&n: &usize| (1..=MOST_PIXELS).contains(&n));
        let Some(value) = value.filter(|_| ends && before.len() > self.rest.len()) else {
            let word = self.rest.iter().take_while(|b| !b.is_ascii_whitespace());
            let word: Vec<u8> = word.take(20).copied().collect();
            let found = excerpt(&String::from_utf8_lossy(&word));
            return Err(PbmFault::Size { what, found });
        };
        self.rest = rest;
        Ok(value)
    }
}

/// Pixels as digits, with blanks and comments between them or not.
fn text(mut reader: Reader<'_>, needed: usize) -> Result<Vec<u8>, PbmFault> {
    let mut pixels = Vec::with_capacity(needed.min(reader.rest.len()));
    loop {
        reader.skip();
        let [first, rest @ ..] = reader.rest else {
            break;
        };
        if pixels.len() == needed {
            let bytes = reader.rest.len();
            return Err(PbmFault::Rest { bytes });
        }
        if !matches!(first, b'0' | b'1') {
            let found = excerpt(&String::from_utf8_lossy(&[*first]));
            let pixel = pixels.len();
            return Err(PbmFault::Pixel { pixel, found });
        }
        pixels.push(first - b'0');
        reader.rest = rest;
    }
    if pixels.len() < needed {
        return Err(PbmFault::Truncated {
            what: "pixels",
            found: pixels.len(),
            needed,
        });
    }
    Ok(pixels)
}

/// Pixels as bits, most significant first; each row begins with a byte. One blank stands before them.
fn bits(rest: &[u8], width: usize, height: usize) -> Result<Vec<u8>, PbmFault> {
    // A comment ends with the blank.
    let after = match rest {
        [b'#', ..] => rest
            .iter()
            .position(|&b| b == b'\n')
            .map_or(rest.len(), |n| n + 1),
        _ => 1,
    };
    let rest = rest.get(after..).unwrap_or_default();
    let per_row = width.div_ceil(8);
    let needed = per_row * height;
    if rest.len() < needed {
        return Err(PbmFault::Truncated {
            what: "bytes of pixels",
            found: rest.len(),
            needed,
        });
    }
    let (rows, after) = rest.split_at(needed);
    if !after.iter().all(u8::is_ascii_whitespace) {
        let bytes = after.len();
        return Err(PbmFault::Rest { bytes });
    }
    let mut pixels = Vec::with_capacity(width * height);
    for row in rows.chunks_exact(per_row) {
        pixels.extend((0..width).map(|x| row[x / 8] >> (7 - x % 8) & 1));
    }
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> String {
        BinaryImage::parse(bytes).unwrap_err().to_string()
    }

    #[test]
    fn text_and_bits_are_the_same_image() {
        let text =
            BinaryImage::parse(b"P1\n# a comment\n10 2 # another\n0101010101\n1 1 1 1 1 #\n00000")
                .unwrap();
        let bits = BinaryImage::parse(b"P4 # c\n10\n2\n\x55\x7f\xf8\x3f").unwrap();
        assert_eq!(text.pixels(), bits.pixels());
        assert_eq!((bits.width(), bits.height()), (10, 2));
        assert_eq!(bits.to_bytes(), b"P4\n10 2\n\x55\x40\xf8\x00");
        assert_eq!(text.to_bytes(), b"P1\n10 2\n01010101011111100000\n");
        for image in [&text, &bits] {
            assert_eq!(BinaryImage::parse(&image.to_bytes()).as_ref(), Ok(image));
        }
    }

    #[test]
    fn long_lines_of_text_are_broken() {
        let image = BinaryImage::parse(b"P4 100 1\n0123456789abc").unwrap();
        let plain = BinaryImage {
            plain: true,
            ..image
        };
        let text = String::from_utf8(plain.to_bytes()).unwrap();
        assert!(text.lines().all(|line| line.len() <= LINE));
        assert_eq!(BinaryImage::parse(text.as_bytes()), Ok(plain));
    }

    #[test]
    fn hostile_files_are_refused() {
        for (bytes, said) in [
            (&b""[..], "found `` at the start"),
            (b"P5\n1 1\n255\n0", "found `P5`"),
            (b"\x89PNG\r\n", "P1 and P4"),
            (b"P1", "width: found ``"),
            (b"P12 2\n0000", "width: found `2`"),
            (b"P1\n2", "width: found `2`"),
            (b"P1\n-2 2\n0000", "width: found `-2`"),
            (b"P1\n0 2\n", "width: found `0`"),
            (b"P1\n2 2x\n0000", "height: found `2x`"),
            (b"P1\n99999999999999999999 1\n0", "width: found"),
            (
                b"P1\n16777216 16777216\n0",
                "found 16777216 x 16777216 pixels",
            ),
            (b"P4\n4097 4096\n", "at most 16777216"),
            (b"P1\n2 2\n000", "found 3 pixels, needed 4"),
            (b"P1\n2 2\n000\x1b", "pixel 3: found `\\u{1b}`"),
            (b"P1\n2 2\n0012", "pixel 3: found `2`"),
            (b"P1\n2 2\n00000", "found 1 bytes after"),
            (
                b"P4\n9 2\n\x01\x02\x03",
                "found 3 bytes of pixels, needed 4",
            ),
            (b"P4\n9 2\n", "found 0 bytes of pixels"),
            (b"P4\n8 1\nab", "found 1 bytes after"),
            (b"P1\n# no end", "width: found ``"),
        ] {
            let found = fault(bytes);
            assert!(found.contains(said), "{found} {said}");
        }
    }
}
