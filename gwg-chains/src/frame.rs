//! Frames of saved files: a name and a version, the content in postcard's format, a checksum.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A format of files: the name of 7 bytes and the version that they begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    name: &'static [u8; 7],
    version: u8,
}

/// Why bytes are not read. Each variant's doc is the violated condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The bytes begin with the name.
    #[error("the bytes are of another format; name a file of this one")]
    Name,
    /// The version is the one of this program.
    #[error(
        "version {found} of the format, this program reads another; save it again with this program"
    )]
    Version {
        /// What was found.
        found: u8,
    },
    /// The bytes are those that were saved.
    #[error("the bytes are damaged ({what}); take an earlier save")]
    Damaged {
        /// What is wrong with them.
        what: &'static str,
    },
}

impl Frame {
    /// The format with this name, in this version.
    #[must_use]
    pub const fn new(name: &'static [u8; 7], version: u8) -> Self {
        Self { name, version }
    }

    /// A value as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`FrameError::Damaged`] where the value cannot be written: a map of unknown length.
    pub fn encode(&self, value: &impl Serialize) -> Result<Vec<u8>, FrameError> {
        let begin = [&self.name[..], &[self.version]].concat();
        let bytes = postcard::to_extend(value, begin);
        let mut bytes = bytes.map_err(|_| damaged("its parts"))?;
        let checksum = checksum(&bytes);
        bytes.extend(checksum.to_le_bytes());
        Ok(bytes)
    }

    /// Reads what [`encode`](Self::encode) made.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, FrameError> {
        let rest = bytes.strip_prefix(self.name).ok_or(FrameError::Name)?;
        match rest.split_first() {
            Some((&found, _)) if found != self.version => Err(FrameError::Version { found }),
            Some((_, rest)) => {
                let end = damaged("they end early");
                let (content, stored) = rest.split_last_chunk::<4>().ok_or(end)?;
                let all = bytes.strip_suffix(stored).unwrap_or_default();
                if checksum(all) != u32::from_le_bytes(*stored) {
                    return Err(damaged("the checksum differs"));
                }
                match postcard::take_from_bytes(content) {
                    Ok((value, [])) => Ok(value),
                    Ok(_) => Err(damaged("they are longer than they should be")),
                    Err(_) => Err(damaged("its parts")),
                }
            }
            None => Err(damaged("they end early")),
        }
    }
}

const fn damaged(what: &'static str) -> FrameError {
    FrameError::Damaged { what }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_encoded_is_decoded() {
        let frame = Frame::new(b"gwg tst", 3);
        let value = ("text".to_owned(), vec![1_u64, 300]);
        let bytes = frame.encode(&value).unwrap();
        assert_eq!(bytes[..8], *b"gwg tst\x03");
        let read = |bytes: &[u8]| frame.decode::<(String, Vec<u64>)>(bytes);
        assert_eq!(read(&bytes), Ok(value));
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_err(), "{len}");
            let mut other = bytes.clone();
            other[len] ^= 1;
            let error = read(&other).unwrap_err();
            let expected = match len {
                ..7 => FrameError::Name,
                7 => FrameError::Version { found: 2 },
                _ => damaged("the checksum differs"),
            };
            assert_eq!(error, expected, "{len}");
        }
        let longer = frame.encode(&("text", [1_u64, 300].as_slice(), 7)).unwrap();
        assert_eq!(
            read(&longer),
            Err(damaged("they are longer than they should be"))
        );
        assert_eq!(read(b"gwg tst"), Err(damaged("they end early")));
    }
}
