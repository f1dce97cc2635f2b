//! Files of several named tensors that are no model.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::Dtype;
use safetensors::tensor::{View, serialize};

use super::header::{Contents, LENGTH};
use crate::io::error::ModelFault;

/// A tensor of a file, in f32, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The sizes.
    pub shape: Vec<usize>,
    /// The entries.
    pub numbers: Cow<'a, [f32]>,
}

/// All tensors of a file in the safetensors format, in the order of their bytes. Those in F64 are rounded.
///
/// # Errors
/// [`ModelFault`]: another format, a damaged file, a tensor of another type. Shapes and entries are not checked.
pub fn parse_named(bytes: &[u8]) -> Result<Vec<NamedTensor<'static>>, ModelFault> {
    Contents::parse(bytes)?.all()
}

/// The value of an entry of the metadata of a file in the safetensors format; `None` if there is no such entry.
///
/// # Errors
/// [`ModelFault`]: another format, a damaged file.
pub fn parse_metadata(bytes: &[u8], name: &str) -> Result<Option<String>, ModelFault> {
    Ok(Contents::parse(bytes)?.entry(name).map(str::to_owned))
}

/// The content of a file of tensors, and of metadata whose `kind` says what they are.
///
/// # Errors
/// [`ModelFault::NotSafetensors`] where a shape does not fit its entries, or a name occurs twice.
pub fn named_to_bytes(kind: &str, tensors: &[NamedTensor<'_>]) -> Result<Vec<u8>, ModelFault> {
    named_with_metadata(&[("kind", kind)], tensors)
}

/// The content of a file of tensors and of such metadata, by their names: the same bytes for the same content.
///
/// # Errors
/// Those of [`named_to_bytes`].
pub fn named_with_metadata(
    metadata: &[(&str, &str)],
    tensors: &[NamedTensor<'_>],
) -> Result<Vec<u8>, ModelFault> {
    let broken = |reason: String| ModelFault::NotSafetensors { reason };
    let views = tensors.iter().map(|tensor| (&*tensor.name, tensor));
    let bytes = serialize(views, None).map_err(|error| broken(error.to_string()))?;
    let none = || broken("it has no header".to_owned());
    let (length, rest) = bytes.split_first_chunk::<LENGTH>().ok_or_else(none)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| none())?;
    let (header, data) = rest.split_at_checked(length).ok_or_else(none)?;
    let header = with_entries(header, metadata).map_err(|error| broken(error.to_string()))?;
    let length = (header.len() as u64).to_le_bytes();
    Ok([&length[..], &header, data].concat())
}

/// The header with these metadata, padded as the format wants it: the crate would write them in a random order.
fn with_entries(header: &[u8], metadata: &[(&str, &str)]) -> Result<Vec<u8>, serde_json::Error> {
    let metadata: BTreeMap<_, _> = metadata.iter().copied().collect();
    let text = serde_json::to_string(&metadata)?;
    let tensors = header.trim_ascii();
    let tensors = tensors.strip_prefix(b"{").unwrap_or(tensors);
    let comma: &[u8] = if tensors == b"}" { b"" } else { b"," };
    let mut made = [b"{\"__metadata__\":", text.as_bytes(), comma, tensors].concat();
    made.resize(made.len().next_multiple_of(LENGTH), b' ');
    Ok(made)
}

impl View for &NamedTensor<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
    }

    fn data_len(&self) -> usize {
        size_of_val(&*self.numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_read_as_they_were_written() {
        let tensor = |name: &'static str, shape: &[usize], numbers: Vec<f32>| NamedTensor {
            name: name.into(),
            shape: shape.to_vec(),
            numbers: numbers.into(),
        };
        let all = [
            tensor(
                "W",
                &[1, 2, 3],
                vec![0.0, 1.0, -2.0, 3.5, f32::MIN_POSITIVE, 5.0],
            ),
            tensor("c", &[3], vec![1.0, 2.0, 3.0]),
        ];
        let bytes = named_to_bytes("test", &all).unwrap();
        let entry = |name| parse_metadata(&bytes, name).unwrap();
        assert_eq!(
            (entry("kind"), entry("other")),
            (Some("test".to_owned()), None)
        );
        assert_eq!(parse_named(&bytes).unwrap(), all);
        assert!(parse_named(&bytes[..bytes.len() - 1]).is_err());
        // The crate orders several entries at random.
        let several = [("kind", "a\"b"), ("network", "{}"), ("a", "1"), ("z", "\n")];
        let written = named_with_metadata(&several, &all).unwrap();
        let start = br#"{"__metadata__":{"a":"1","kind":"a\"b","network":"{}","z":"\n"},"W":{"#;
        assert_eq!(&written[8..8 + start.len()], start);
        assert_eq!(parse_named(&written).unwrap(), all);
        for (name, value) in several {
            assert_eq!(
                parse_metadata(&written, name).unwrap().as_deref(),
                Some(value)
            );
        }
        let none = named_with_metadata(&several, &[]).unwrap();
        assert_eq!(parse_named(&none).unwrap(), []);
        assert!(parse_named(b"").is_err());
    }
}
