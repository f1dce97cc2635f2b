//! A square matrix in NumPy's format: `x'Qx` with each entry once.

use super::{Fault, Format, QuadraticFile};
use crate::Sense;
use gwg_models::io::parse_numbers;

/// True for the first bytes of `.npy` and `.npz` files.
pub(super) fn is_array(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x93NUMPY") || bytes.starts_with(b"PK\x03\x04")
}

pub(super) fn parse(bytes: &[u8]) -> Result<QuadraticFile, Fault> {
    let (shape, numbers) = parse_numbers(bytes).map_err(Fault::Array)?;
    let sites = match *shape {
        [rows, columns] if rows == columns && rows > 0 => rows,
        _ => {
            return Err(Fault::Grammar {
                found: format!("an array of shape {shape:?}"),
                allowed: "a square matrix",
            });
        }
    };
    if let Some(k) = numbers.iter().position(|w| !w.is_finite()) {
        let (row, column, found) = (k / sites, k % sites, numbers[k]);
        let found = format!("{found} in row {row}, column {column} (from 0)");
        return Err(Fault::Weight { found });
    }
    let entries = numbers.into_iter().enumerate();
    let entries = entries.filter(|(_, w)| *w != 0.0);
    Ok(QuadraticFile {
        format: Format::Array,
        sites,
        constant: 0.0,
        terms: entries.map(|(k, w)| (k / sites, k % sites, w)).collect(),
        sense: Sense::Min,
    })
}
