//! Reads rows of symbols from NumPy's `.npy` files.

use super::IoError;
use super::files;
use std::path::{Path, PathBuf};

/// Rows of symbols, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The number of rows; 1 for a one-dimensional array.
    pub rows: usize,
    /// The number of symbols per row.
    pub columns: usize,
    /// `rows * columns` symbols.
    pub symbols: Vec<u8>,
}

/// The reason why a `.npy` file was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] IoError),
    /// The content violates a rule.
    #[error("{}: {fault}", path.display())]
    Fault {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        #[source]
        fault: NpyFault,
    },
}

/// A violated rule of `.npy` files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyFault {
    /// The magic bytes, the version or the header are not those of NumPy.
    #[error("not a .npy file ({0}); save the array with numpy.save")]
    Format(&'static str),
    /// An unsupported element type.
    #[error(
        "found elements of type `{found}`, allowed are bool and integers of 1 to 8 bytes, little-endian; convert with .astype('uint8')"
    )]
    Type {
        /// The type found, as NumPy writes it.
        found: String,
    },
    /// An array that does not have one or two dimensions, or is in Fortran order.
    #[error(
        "found shape {found}, allowed are (sites) and (rows, sites) in C order; convert with numpy.ascontiguousarray"
    )]
    Shape {
        /// The shape found.
        found: String,
    },
    /// A number of bytes that does not match the shape.
    #[error(
        "the shape requires {needed} bytes of elements, found {found}; the file is truncated or damaged"
    )]
    Length {
        /// The number of bytes required by the shape.
        needed: u128,
        /// The number of bytes found.
        found: usize,
    },
    /// An element that is not a symbol.
    #[error("element {index} (from 0): found {found}, allowed are 0 to 255")]
    Symbol {
        /// Its position in row-major order.
        index: usize,
        /// Its value.
        found: i64,
    },
}

/// Reads rows of symbols.
///
/// # Errors
/// [`NpyError`], for example for a file that is not a `.npy` of small integers in one or two dimensions.
pub fn read_states(path: &Path) -> Result<Rows, NpyError> {
    let bytes = files::read(path)?;
    parse(&bytes).map_err(|fault| NpyError::Fault {
        path: path.to_owned(),
        fault,
    })
}

fn parse(bytes: &[u8]) -> Result<Rows, NpyFault> {
    let (rows, columns, integers) = integers(bytes)?;
    let symbols = integers.into_iter().enumerate().map(|(index, found)| {
        let none = |_| NpyFault::Symbol { index, found };
        u8::try_from(found).map_err(none)
    });
    Ok(Rows {
        rows,
        columns,
        symbols: symbols.collect::<Result<_, _>>()?,
    })
}

/// Reads rows, columns, and the integers. Numbers that exceed `i64::MAX` are replaced by it.
pub(super) fn integers(bytes: &[u8]) -> Result<(usize, usize, Vec<i64>), NpyFault> {
    let (header, body) = split(bytes)?;
    let field = |key: &str| {
        let after = header
            .split_once(key)
            .ok_or(NpyFault::Format("its header lacks a field"))?
            .1;
        Ok(after
            .split_once(':')
            .ok_or(NpyFault::Format("its header is invalid"))?
            .1
            .trim_start())
    };
    let descr = field("'descr'")?
        .split('\'')
        .nth(1)
        .ok_or(NpyFault::Format("its header is invalid"))?;
    let width = match descr {
        "|u1" | "|b1" | "|i1" => 1,
        "<u2" | "<i2" => 2,
        "<u4" | "<i4" => 4,
        "<u8" | "<i8" => 8,
        _ => {
            return Err(NpyFault::Type {
                found: descr.to_owned(),
            });
        }
    };
    let shape_text = field("'shape'")?
        .split_once(')')
        .map_or("", |(shape, _)| shape)
        .trim_start_matches('(');
    let shape: Option<Vec<usize>> = shape_text
        .split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(|s| s.parse().ok())
        .collect();
    let (rows, columns) = match shape.as_deref() {
        Some(&[columns]) => (1, columns),
        Some(&[rows, columns]) if field("'fortran_order'")?.starts_with("False") => (rows, columns),
        _ => {
            return Err(NpyFault::Shape {
                found: format!("({shape_text})"),
            });
        }
    };
    let needed = rows as u128 * columns as u128 * width as u128;
    if needed != body.len() as u128 {
        return Err(NpyFault::Length {
            needed,
            found: body.len(),
        });
    }
    let integers = body.chunks_exact(width);
    let signed = descr.contains('i');
    Ok((
        rows,
        columns,
        integers.map(|element| integer(element, signed)).collect(),
    ))
}

fn split(bytes: &[u8]) -> Result<(&str, &[u8]), NpyFault> {
    let rest = bytes
        .strip_prefix(b"\x93NUMPY")
        .ok_or(NpyFault::Format("its first bytes differ"))?;
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
        _ => return Err(NpyFault::Format("its version is unknown")),
    };
    let (header, body) = rest
        .split_at_checked(length)
        .ok_or(NpyFault::Format("it ends within its header"))?;
    let header = str::from_utf8(header).map_err(|_| NpyFault::Format("its header is not text"))?;
    Ok((header, body))
}

fn integer(element: &[u8], signed: bool) -> i64 {
    let negative = signed && element.last().is_some_and(|&high| high > 127);
    let mut wide = if negative { [0xff; 8] } else { [0; 8] };
    for (to, &from) in wide.iter_mut().zip(element) {
        *to = from;
    }
    if signed {
        i64::from_le_bytes(wide)
    } else {
        i64::try_from(u64::from_le_bytes(wide)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(descr: &str, shape: &str, body: &[u8]) -> Vec<u8> {
        let mut header =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        while (header.len() + 11) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(body);
        bytes
    }

    #[test]
    fn rows_and_single_rows_are_read() {
        let rows = parse(&file("|u1", "(2, 3)", &[0, 1, 2, 3, 4, 5])).unwrap();
        assert_eq!(
            (rows.rows, rows.columns, &rows.symbols[..]),
            (2, 3, &[0, 1, 2, 3, 4, 5][..])
        );
        let rows = parse(&file(
            "<i8",
            "(2,)",
            &[7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        ))
        .unwrap();
        assert_eq!(
            (rows.rows, rows.columns, &rows.symbols[..]),
            (1, 2, &[7, 1][..])
        );
    }

    #[test]
    fn non_symbols_are_rejected() {
        assert_eq!(
            parse(&file("<i2", "(1,)", &[0xff, 0xff])),
            Err(NpyFault::Symbol {
                index: 0,
                found: -1
            })
        );
        assert_eq!(
            parse(&file("<u2", "(1,)", &[0, 1])),
            Err(NpyFault::Symbol {
                index: 0,
                found: 256
            })
        );
        assert_eq!(
            parse(&file("<f4", "(1,)", &[0; 4])),
            Err(NpyFault::Type {
                found: "<f4".into()
            })
        );
        assert!(matches!(
            parse(&file("|u1", "(1, 1, 1)", &[0])),
            Err(NpyFault::Shape { .. })
        ));
        assert_eq!(
            parse(&file("|u1", "(9,)", &[0])),
            Err(NpyFault::Length {
                needed: 9,
                found: 1
            })
        );
        assert!(matches!(
            parse(&file("|u1", "(99999999999, 99999999999)", &[0])),
            Err(NpyFault::Length { .. })
        ));
        assert!(matches!(parse(b"PK\x03\x04"), Err(NpyFault::Format(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>(), any in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&any);
            let mut bytes = file("|u1", "(2, 3)", &[0, 1, 2, 3, 4, 5]);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = parse(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = parse(&bytes);
        }
    }
}
