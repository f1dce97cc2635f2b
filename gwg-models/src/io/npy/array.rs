//! Arrays in NumPy's format: type, shape, bytes.

use super::NpyFault;
use crate::io::text::excerpt;

pub(super) fn integer_width(descr: &str) -> Option<usize> {
    match descr {
        "|u1" | "|b1" | "|i1" => Some(1),
        "<u2" | "<i2" => Some(2),
        "<u4" | "<i4" => Some(4),
        "<u8" | "<i8" => Some(8),
        _ => None,
    }
}

/// An array whose elements are not yet decoded.
pub(super) struct Array<'b> {
    /// The type of the elements, as NumPy writes it.
    pub(super) descr: String,
    /// The sizes of its dimensions, of which there is at least one.
    pub(super) shape: Vec<usize>,
    body: &'b [u8],
}

impl<'b> Array<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, NpyFault> {
        if bytes.starts_with(super::ZIP) {
            return Err(NpyFault::Archive);
        }
        let (header, body) = split(bytes)?;
        let descr = field(header, "'descr'")?.split('\'').nth(1);
        let descr = descr.ok_or(NpyFault::Format("its header is invalid"))?;
        Ok(Self {
            descr: descr.to_owned(),
            shape: shape(header)?,
            body,
        })
    }

    /// The bytes of every element, `width` bytes each.
    pub(super) fn elements(
        &self,
        width: usize,
    ) -> Result<impl Iterator<Item = &'b [u8]> + use<'b>, NpyFault> {
        let sizes = self.shape.iter().map(|&size| size as u128);
        let needed = sizes.fold(width as u128, u128::saturating_mul);
        if needed == self.body.len() as u128 {
            return Ok(self.body.chunks_exact(width));
        }
        Err(NpyFault::Length {
            needed,
            found: self.body.len(),
        })
    }
}

/// The text after a key of the header.
fn field<'h>(header: &'h str, key: &str) -> Result<&'h str, NpyFault> {
    let lacks = NpyFault::Format("its header lacks a field");
    let after = header.split_once(key).ok_or(lacks)?.1;
    let broken = NpyFault::Format("its header is invalid");
    Ok(after.split_once(':').ok_or(broken)?.1.trim_start())
}

/// The sizes of all dimensions, row-major.
fn shape(header: &str) -> Result<Vec<usize>, NpyFault> {
    let text = field(header, "'shape'")?
        .split_once(')')
        .map_or("", |(shape, _)| shape)
        .trim_start_matches('(');
    let sizes = text.split(',').map(str::trim).filter(|s| !s.is_empty());
    let sizes: Option<Vec<usize>> = sizes.map(|s| s.parse().ok()).collect();
    let found = || format!("({})", excerpt(text));
    let sizes = sizes
        .filter(|sizes| !sizes.is_empty())
        .ok_or_else(|| NpyFault::Shape { found: found() })?;
    let one = sizes.iter().filter(|&&size| size != 1).count() < 2;
    if one || field(header, "'fortran_order'")?.starts_with("False") {
        Ok(sizes)
    } else {
        Err(NpyFault::Order { found: found() })
    }
}

fn split(bytes: &[u8]) -> Result<(&str, &[u8]), NpyFault> {
    let rest = bytes
        .strip_prefix(super::MAGIC)
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

pub(super) fn integer(element: &[u8], signed: bool) -> i64 {
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

pub(super) fn float(element: &[u8]) -> f64 {
    match *element {
        [a, b, c, d] => f32::from_le_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}
