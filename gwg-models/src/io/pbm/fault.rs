use super::MOST_PIXELS;

/// A violated rule of the format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PbmFault {
    /// It begins with `P1` or `P4`.
    #[error(
        "found `{found}` at the start, allowed are P1 and P4, black and white images of Netpbm; convert the image to .pbm"
    )]
    Kind {
        /// The first word.
        found: String,
    },
    /// Width and height are numbers from 1.
    #[error("{what}: found `{found}`, allowed are integers from 1 to {MOST_PIXELS}")]
    Size {
        /// Width or height.
        what: &'static str,
        /// The word in its place.
        found: String,
    },
    /// There are at most 2^24 pixels.
    #[error(
        "found {width} x {height} pixels, allowed are at most {MOST_PIXELS} in all; cut the image into parts"
    )]
    TooLarge {
        /// The width.
        width: usize,
        /// The height.
        height: usize,
    },
    /// The pixels are complete.
    #[error("found {found} {what}, needed {needed}; the file is truncated, or its size is wrong")]
    Truncated {
        /// Pixels, or bytes of them.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many the size implies.
        needed: usize,
    },
    /// A pixel of P1 is a digit.
    #[error("pixel {pixel}: found `{found}`, allowed are 0 (white) and 1 (black)")]
    Pixel {
        /// The pixel, from 0.
        pixel: usize,
        /// The character in its place.
        found: String,
    },
    /// Nothing follows the image.
    #[error("found {bytes} bytes after the last pixel, allowed is one image per file")]
    Rest {
        /// How many.
        bytes: usize,
    },
}
