//! The safetensors format: a length, a header that lists the tensors, their bytes.

use std::collections::HashMap;

use gwg_core::Real;
use safetensors::tensor::{Metadata, SafeTensorError};
use safetensors::{Dtype, SafeTensors};

use super::{Kind, NamedTensor};
use crate::ModelError;
use crate::io::error::ModelFault;
use crate::io::guess::Content;
use crate::io::text::{excerpt, shortened};
use crate::number::unravel;

/// The file starts with the length of the header, in 8 bytes.
pub(super) const LENGTH: usize = 8;
/// The most characters of the reason why a header is invalid: it may quote the header.
const REASON: usize = 200;
/// Sizes above this many bytes (256 TiB) are rejected, because sums of them may overflow.
const ABSURD: u64 = 1 << 48;

/// A file whose header is consistent with its length.
#[derive(Debug)]
pub(super) struct Contents<'a> {
    metadata: Metadata,
    data: &'a [u8],
}

/// A tensor of an allowed type and rank, without zero sizes.
#[derive(Debug)]
pub(super) struct Tensor<'a> {
    name: &'static str,
    pub(super) shape: Vec<usize>,
    wide: bool,
    bytes: &'a [u8],
}

impl<'a> Contents<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, ModelFault> {
        let content = Content::of_start(bytes);
        if !matches!(content, Content::Model | Content::Text | Content::Other) {
            return Err(broken(format!("found {content}")));
        }
        let (header, data) = split(bytes)?;
        let largest = largest_integer(header);
        if largest >= ABSURD {
            return Err(broken(format!("its header declares a size of {largest}")));
        }
        match SafeTensors::read_metadata(bytes) {
            Ok((_, metadata)) => Ok(Self { metadata, data }),
            Err(SafeTensorError::MetadataIncompleteBuffer) => Err(unlike_header(largest, data)),
            Err(error) => Err(broken(shortened(&error.to_string(), REASON))),
        }
    }

    /// The metadata's `kind`.
    pub(super) fn kind(&self) -> Option<&str> {
        self.entry("kind")
    }

    /// An entry of the metadata.
    pub(super) fn entry(&self, name: &str) -> Option<&str> {
        let metadata: &HashMap<_, _> = self.metadata.metadata().as_ref()?;
        metadata.get(name).map(String::as_str)
    }

    /// The number of tensors.
    pub(super) fn len(&self) -> usize {
        self.metadata.offset_keys().len()
    }

    /// The rank of a tensor, if there is one with this name.
    pub(super) fn rank(&self, name: &str) -> Option<usize> {
        self.metadata.info(name).map(|info| info.shape.len())
    }

    /// The names and shapes of the first tensors, for an error message.
    pub(super) fn present(&self) -> String {
        const SHOWN: usize = 8;
        let names = self.metadata.offset_keys();
        let shape = |name: &str| self.metadata.info(name).map_or(vec![], |i| i.shape.clone());
        let shown = names.iter().take(SHOWN);
        let shown: Vec<_> = shown
            .map(|n| format!("`{}` {:?}", excerpt(n), shape(n)))
            .collect();
        match names.len() {
            0 => "no tensor".to_owned(),
            n if n > SHOWN => format!("{} and {} more", shown.join(", "), n - SHOWN),
            _ => shown.join(", "),
        }
    }

    /// Rejects tensors that are not part of `kind`.
    pub(super) fn only(&self, kind: Kind) -> Result<(), ModelFault> {
        let known = |name: &str| kind.tensors().iter().any(|(known, ..)| *known == name);
        let mut names = self.metadata.offset_keys().into_iter();
        match names.find(|name| !known(name)) {
            None => Ok(()),
            Some(tensor) => Err(ModelFault::Unknown {
                tensor: excerpt(&tensor),
                kind,
            }),
        }
    }

    /// The tensor `name` of `kind`.
    pub(super) fn tensor(&self, kind: Kind, name: &'static str) -> Result<Tensor<'a>, ModelFault> {
        let rule = kind.tensors().iter().find(|(known, ..)| *known == name);
        let (Some(info), Some(&(_, rank, allowed))) = (self.metadata.info(name), rule) else {
            return Err(ModelFault::Missing {
                tensor: name,
                kind,
                present: self.present(),
            });
        };
        let found = info.shape.clone();
        if found.len() != rank {
            return Err(ModelFault::Rank {
                tensor: name,
                found,
                allowed,
            });
        }
        if found.contains(&0) {
            return Err(ModelFault::ZeroSize {
                tensor: name,
                found,
            });
        }
        let wide = match info.dtype {
            Dtype::F32 => false,
            Dtype::F64 => true,
            other => {
                let found = format!("{other:?}");
                return Err(ModelFault::Type {
                    tensor: name,
                    found,
                });
            }
        };
        let (start, end) = info.data_offsets;
        Ok(Tensor {
            name,
            shape: found,
            wide,
            bytes: self.data.get(start..end).unwrap_or_default(),
        })
    }
}

impl Contents<'_> {
    /// All tensors, whatever their names.
    pub(super) fn all(&self) -> Result<Vec<NamedTensor<'static>>, ModelFault> {
        let names = self.metadata.offset_keys().into_iter();
        let tensors = names.filter_map(|name| Some((self.metadata.info(&name)?, name)));
        let read = tensors.map(|(info, name)| {
            let (start, end) = info.data_offsets;
            let bytes = self.data.get(start..end).unwrap_or_default();
            let numbers: Vec<f32> = match info.dtype {
                Dtype::F32 => {
                    let (numbers, _) = bytes.as_chunks();
                    numbers.iter().map(|&b| f32::from_le_bytes(b)).collect()
                }
                Dtype::F64 => {
                    let (numbers, _) = bytes.as_chunks();
                    let numbers = numbers.iter().map(|&b| f64::from_le_bytes(b) as f32);
                    numbers.collect()
                }
                other => {
                    let name = excerpt(&name);
                    return Err(broken(format!(
                        "tensor `{name}`: found type {other:?}, allowed are F32 and F64"
                    )));
                }
            };
            Ok(NamedTensor {
                name: name.into(),
                shape: info.shape.clone(),
                numbers: numbers.into(),
            })
        });
        read.collect()
    }
}

impl Tensor<'_> {
    /// The entries; an error if one is not finite in the requested precision.
    pub(super) fn numbers<R: Real>(&self) -> Result<Vec<R>, ModelFault> {
        if self.wide {
            let (numbers, _) = self.bytes.as_chunks();
            self.convert(numbers.iter().map(|&b| f64::from_le_bytes(b)))
        } else {
            let (numbers, _) = self.bytes.as_chunks();
            self.convert(numbers.iter().map(|&b| f64::from(f32::from_le_bytes(b))))
        }
    }

    fn convert<R: Real>(&self, numbers: impl Iterator<Item = f64>) -> Result<Vec<R>, ModelFault> {
        let one = |(at, found)| {
            let rounded = R::from_f64(found);
            if rounded.is_finite() {
                return Ok(rounded);
            }
            Err(ModelFault::Content(ModelError::NotFinite {
                name: self.name,
                index: unravel(at, &self.shape),
                found,
            }))
        };
        numbers.enumerate().map(one).collect()
    }
}

/// Splits the file into the header and the rest.
fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), ModelFault> {
    if bytes.is_empty() {
        return Err(ModelFault::Empty);
    }
    let Some((&length, rest)) = bytes.split_first_chunk::<LENGTH>() else {
        let found = bytes.len();
        return Err(broken(format!(
            "{found} bytes, fewer than the {LENGTH} that such a file starts with"
        )));
    };
    let length = u64::from_le_bytes(length);
    let split = usize::try_from(length)
        .ok()
        .and_then(|n| rest.split_at_checked(n));
    split.ok_or_else(|| {
        let found = rest.len();
        broken(format!(
            "its first {LENGTH} bytes declare a header of {length} bytes, but {found} follow"
        ))
    })
}

/// The largest integer in a JSON text outside strings; `u64::MAX` if it is larger.
///
/// The header's parser adds sizes without checking for overflow, so huge ones are rejected before.
fn largest_integer(json: &[u8]) -> u64 {
    let (mut largest, mut current) = (0u64, 0u64);
    let (mut quoted, mut escaped) = (false, false);
    for &byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'0'..=b'9' if !quoted => {
                current = current
                    .saturating_mul(10)
                    .saturating_add(u64::from(byte - b'0'));
                largest = largest.max(current);
                continue;
            }
            _ => {}
        }
        current = 0;
    }
    largest
}

/// The error if the tensors do not cover the bytes after the header. The largest number in a header is the end of its
/// last tensor.
fn unlike_header(promised: u64, data: &[u8]) -> ModelFault {
    let found = data.len() as u64;
    if promised > found {
        ModelFault::Truncated { promised, found }
    } else {
        broken(format!(
            "its tensors do not fill the {found} bytes after the header"
        ))
    }
}

fn broken(reason: String) -> ModelFault {
    ModelFault::NotSafetensors { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_found_outside_strings_only() {
        for (json, largest) in [
            (r#"{"a":[1,22,3]}"#, 22),
            (r#"{"99":"88","b":7}"#, 7),
            (r#"{"\"99":7}"#, 7),
            (r#"{"\\":7,"9":6}"#, 7),
            ("99999999999999999999999", u64::MAX),
            ("", 0),
        ] {
            assert_eq!(largest_integer(json.as_bytes()), largest, "{json}");
        }
    }
}
