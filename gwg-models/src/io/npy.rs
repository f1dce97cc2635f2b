//! Reads rows of symbols from NumPy's `.npy` files.

mod array;
mod fault;

use super::files;
use super::text::excerpt;
use array::{Array, float, integer, integer_width};
use std::path::Path;

pub use fault::{NpyError, NpyFault};

/// The first bytes of a `.npy` file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The first bytes of a `.npz` file, and of any other zip archive.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// Rows of symbols, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The number of rows; 1 for an array with one number per site.
    pub rows: usize,
    /// The number of symbols per row.
    pub columns: usize,
    /// `rows * columns` symbols.
    pub symbols: Vec<u16>,
}

/// Reads rows of one symbol per site: an array with shape (sites), (rows, sites), or the same with the sites in several dimensions,
/// row-major. Cost: `O(bytes)`.
///
/// # Errors
/// [`NpyError`], for example for a file that is not a `.npy` of small integers.
pub fn read_states(path: &Path, sites: usize) -> Result<Rows, NpyError> {
    let bytes = files::read(path)?;
    parse(&bytes, sites).map_err(|fault| NpyError::Fault {
        path: path.to_owned(),
        fault,
    })
}

/// Reads rows of any number of symbols: an array with shape (rows, sites), or the same with the sites in several dimensions, row-major. Cost:
/// `O(bytes)`.
///
/// # Errors
/// Those of [`read_states`], and [`NpyFault::Rows`] for an array of one dimension.
pub fn read_rows(path: &Path) -> Result<Rows, NpyError> {
    let bytes = files::read(path)?;
    parse_rows(&bytes).map_err(|fault| NpyError::Fault {
        path: path.to_owned(),
        fault,
    })
}

fn parse_rows(bytes: &[u8]) -> Result<Rows, NpyFault> {
    let (shape, integers) = integers(bytes)?;
    let (rows, columns) = match *shape {
        [rows, ref rest @ ..] if rows > 0 && !rest.is_empty() => (rows, integers.len() / rows),
        _ => return Err(NpyFault::Rows { found: shape }),
    };
    Ok(Rows {
        rows,
        columns,
        symbols: symbols(integers)?,
    })
}

fn symbols(integers: Vec<i64>) -> Result<Vec<u16>, NpyFault> {
    let symbols = integers.into_iter().enumerate().map(|(index, found)| {
        let none = |_| NpyFault::Symbol { index, found };
        u16::try_from(found).map_err(none)
    });
    symbols.collect()
}

fn parse(bytes: &[u8], sites: usize) -> Result<Rows, NpyFault> {
    let (shape, integers) = integers(bytes)?;
    let rows = rows(&shape, sites).ok_or(NpyFault::Sites {
        found: shape,
        sites,
    })?;
    Ok(Rows {
        rows,
        columns: sites,
        symbols: symbols(integers)?,
    })
}

/// The bytes of a `.npy` file of rows of symbols, shape (rows, sites), of type uint8.
#[must_use]
pub fn npy_bytes(symbols: &[u8], sites: usize) -> Vec<u8> {
    let rows = symbols.len().checked_div(sites).unwrap_or(0);
    let header =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {sites}), }}");
    // Magic string, version and length take 10 bytes; all of it is a multiple of 64, a line end the last.
    let len = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = [MAGIC, &[1, 0], &(len as u16).to_le_bytes()[..]].concat();
    bytes.extend(format!("{header:<width$}\n", width = len - 1).bytes());
    bytes.extend_from_slice(&symbols[..rows * sites]);
    bytes
}

/// The number of rows of `sites` elements, where the last dimensions of an array have `sites` elements.
pub(super) fn rows(shape: &[usize], sites: usize) -> Option<usize> {
    let product = |sizes: &[usize]| {
        sizes
            .iter()
            .try_fold(1_usize, |n, &size| n.checked_mul(size))
    };
    let mut splits = (0..shape.len()).map(|first| shape.split_at(first));
    let (front, _) = splits.find(|(_, last)| product(last) == Some(sites))?;
    product(front)
}

/// Reads the shape and the integers. Numbers that exceed `i64::MAX` are replaced by it.
pub(super) fn integers(bytes: &[u8]) -> Result<(Vec<usize>, Vec<i64>), NpyFault> {
    let array = Array::open(bytes)?;
    let Some(width) = integer_width(&array.descr) else {
        let found = excerpt(&array.descr);
        return Err(NpyFault::Type { found });
    };
    let signed = array.descr.contains('i');
    let elements = array.elements(width)?;
    let integers = elements.map(|element| integer(element, signed)).collect();
    Ok((array.shape, integers))
}

/// The shape of an array and its numbers, row-major: floats of 4 or 8 bytes, which may not be finite, or integers. Cost: `O(bytes)`.
///
/// # Errors
/// [`NpyFault`].
pub fn parse_numbers(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>), NpyFault> {
    let shape = Array::open(bytes)?.shape;
    Ok((shape, numbers(bytes)?))
}

/// All numbers, row-major: floats of 4 or 8 bytes, or integers.
pub(super) fn numbers(bytes: &[u8]) -> Result<Vec<f64>, NpyFault> {
    let array = Array::open(bytes)?;
    match (array.descr.as_str(), integer_width(&array.descr)) {
        ("<f4" | "<f8", _) => {
            let width = if array.descr == "<f4" { 4 } else { 8 };
            Ok(array.elements(width)?.map(float).collect())
        }
        (_, Some(_)) => Ok(integers(bytes)?.1.into_iter().map(|n| n as f64).collect()),
        _ => Err(NpyFault::NumberType {
            found: excerpt(&array.descr),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_rows_are_read() {
        for (symbols, sites) in [(vec![0, 1, 2, 250, 4, 5], 3), (vec![7], 1)] {
            let bytes = npy_bytes(&symbols, sites);
            assert_eq!((bytes.len() - symbols.len()) % 64, 0);
            let rows = parse_rows(&bytes).unwrap();
            let wide: Vec<u16> = symbols.iter().map(|&s| s.into()).collect();
            assert_eq!((rows.columns, rows.symbols), (sites, wide));
        }
        let flat = npy_bytes(&[1, 2], 2);
        assert_eq!(parse(&flat, 2).unwrap().rows, 1);
    }
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
        let rows = parse(&file("|u1", "(2, 3)", &[0, 1, 2, 3, 4, 5]), 3).unwrap();
        assert_eq!(
            (rows.rows, rows.columns, &rows.symbols[..]),
            (2, 3, &[0, 1, 2, 3, 4, 5][..])
        );
        let rows = parse(
            &file(
                "<i8",
                "(2,)",
                &[7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
            ),
            2,
        )
        .unwrap();
        assert_eq!(
            (rows.rows, rows.columns, &rows.symbols[..]),
            (1, 2, &[7, 1][..])
        );
    }

    #[test]
    fn numbers_are_floats_or_integers() {
        let [a, b] = [1.5f32, -2.0].map(f32::to_le_bytes);
        let single = file("<f4", "(2,)", &[a, b].concat());
        assert_eq!(numbers(&single), Ok(vec![1.5, -2.0]));
        let double = file("<f8", "(1, 1)", &0.1f64.to_le_bytes());
        assert_eq!(numbers(&double), Ok(vec![0.1]));
        assert_eq!(
            numbers(&file("|i1", "(2,)", &[255, 3])),
            Ok(vec![-1.0, 3.0])
        );
        let complex = numbers(&file("<c16", "(1,)", &[0; 16]));
        assert!(matches!(complex, Err(NpyFault::NumberType { .. })));
        let short = numbers(&file("<f8", "(2,)", &[0; 8]));
        assert!(matches!(short, Err(NpyFault::Length { .. })));
    }

    #[test]
    fn symbols_have_up_to_16_bits() {
        let rows = parse(&file("<u2", "(2,)", &[0xff, 0xff, 0, 1]), 2).unwrap();
        assert_eq!(rows.symbols, [65_535, 256]);
    }

    #[test]
    fn the_sites_may_have_several_dimensions() {
        let body: Vec<u8> = (0..24).collect();
        for (shape, sites, rows) in [
            ("(24,)", 24, 1),
            ("(4, 6)", 24, 1),
            ("(4, 6)", 6, 4),
            ("(2, 3, 4)", 24, 1),
            ("(2, 3, 4)", 12, 2),
            ("(1, 24)", 24, 1),
            ("(24, 1)", 24, 1),
        ] {
            let found = parse(&file("|u1", shape, &body), sites).unwrap();
            assert_eq!((found.rows, found.columns), (rows, sites), "{shape}");
            assert_eq!(found.symbols, (0..24).collect::<Vec<u16>>());
        }
        let other = parse(&file("|u1", "(4, 6)", &body), 8).unwrap_err();
        assert!(matches!(other, NpyFault::Sites { sites: 8, .. }), "{other}");
        let text = "{'descr': '|u1', 'fortran_order': True, 'shape': (4, 6), }";
        let mut columns = b"\x93NUMPY\x01\x00\x3a\x00".to_vec();
        columns.extend(text.bytes().chain(body));
        assert!(matches!(parse(&columns, 24), Err(NpyFault::Order { .. })));
    }

    #[test]
    fn non_symbols_are_rejected() {
        assert_eq!(
            parse(&file("<i2", "(1,)", &[0xff, 0xff]), 1),
            Err(NpyFault::Symbol {
                index: 0,
                found: -1
            })
        );
        assert_eq!(
            parse(&file("<u4", "(1,)", &[0, 0, 1, 0]), 1),
            Err(NpyFault::Symbol {
                index: 0,
                found: 65_536
            })
        );
        assert_eq!(
            parse(&file("<f4", "(1,)", &[0; 4]), 1),
            Err(NpyFault::Type {
                found: "<f4".into()
            })
        );
        assert!(matches!(
            parse(&file("|u1", "()", &[0]), 1),
            Err(NpyFault::Shape { .. })
        ));
        assert!(matches!(parse(b"1 2", 1), Err(NpyFault::Format(_))));
        assert_eq!(
            parse(&file("|u1", "(9,)", &[0]), 1),
            Err(NpyFault::Length {
                needed: 9,
                found: 1
            })
        );
        assert!(matches!(
            parse(&file("|u1", "(99999999999, 99999999999)", &[0]), 1),
            Err(NpyFault::Length { .. })
        ));
        assert!(matches!(parse(b"PK\x03\x04", 1), Err(NpyFault::Archive)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>(), any in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = (parse(&any, 3), numbers(&any));
            let mut bytes = file("|u1", "(2, 3)", &[0, 1, 2, 3, 4, 5]);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = (parse(&bytes, 3), numbers(&bytes));
            bytes.truncate(cut.index(bytes.len()));
            let _ = parse(&bytes, 3);
        }
    }
}
