//! Packed files that are not unpacked here.

/// A program that packs files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Packer {
    /// gzip, of what it has packed already.
    Gzip,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// zstd.
    Zstd,
    /// lzip.
    Lzip,
}

impl Packer {
    /// The one whose files start with these bytes, other than gzip. None of them is text, except those of bzip2 and lzip.
    pub(crate) fn of_start(start: &[u8]) -> Option<Self> {
        let known = [
            (&b"\xfd7zXZ\0"[..], Self::Xz),
            (b"\x28\xb5\x2f\xfd", Self::Zstd),
            (b"LZIP\x01", Self::Lzip),
        ];
        // The level and the first block, or the end.
        let is_bzip2 = match start {
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] => {
                rest.starts_with(b"1AY") || rest.starts_with(b"\x17rE")
            }
            _ => false,
        };
        let found = known
            .into_iter()
            .find(|(magic, _)| start.starts_with(magic));
        found
            .map(|(_, packer)| packer)
            .or(is_bzip2.then_some(Self::Bzip2))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
            Self::Lzip => "lzip",
        }
    }

    /// The command that unpacks a file of it to standard output.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Gzip => "gunzip -c",
            Self::Xz => "xz -dc",
            Self::Bzip2 => "bzip2 -dc",
            Self::Zstd => "zstd -dc",
            Self::Lzip => "lzip -dc",
        }
    }
}
