//! The contents of a trace, and the batches of draws that are appended.

use gwg_core::Symbol;
use serde_json::{Map, Value};

use super::MAX_CHUNK_BYTES;
use super::error::TraceError;
use super::metadata::DataType;

/// The shape and the metadata of a trace, known before the first draw.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSpec {
    /// Number of chains, at least 1.
    pub chains: usize,
    /// Symbols of one state, at least 1.
    pub sites: usize,
    /// The symbols of `x`.
    pub symbols: SymbolType,
    /// Draws of one chain in one chunk of `x`, at least 1; `draws_per_chunk * sites` symbols are at most [`MAX_CHUNK_BYTES`] bytes.
    pub draws_per_chunk: usize,
    /// Names of the statistics of each draw, in the order of [`Batch::stats`]: letters, digits and `_`.
    pub stats: Vec<String>,
    /// Attributes of the root group: the configuration of the run.
    pub attributes: Map<String, Value>,
    /// `inference_library_version` in the attributes of both groups.
    pub version: String,
    /// How chunks are compressed.
    pub compression: Compression,
    /// Whether a trace of this library already at the path is replaced, at [`TraceWriter::finish`](super::TraceWriter::finish). Nothing else is ever
    /// replaced, and no folder that holds anything else.
    pub force: bool,
}

impl TraceSpec {
    /// Symbols of 8 bits, statistics `log_prob`, `accepted` and `hops`, no attributes, this crate's version, default compression, no force.
    #[must_use]
    pub fn new(chains: usize, sites: usize, draws_per_chunk: usize) -> Self {
        Self {
            chains,
            sites,
            symbols: SymbolType::U8,
            draws_per_chunk,
            stats: ["log_prob", "accepted", "hops"].map(String::from).to_vec(),
            attributes: Map::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            compression: Compression::default(),
            force: false,
        }
    }

    /// Whether each field is in its bounds.
    pub(super) fn check(&self) -> Result<(), TraceError> {
        let positive = [
            ("chains", self.chains),
            ("sites", self.sites),
            ("draws_per_chunk", self.draws_per_chunk),
        ];
        for (field, value) in positive {
            if value == 0 {
                return Err(TraceError::spec(field, value, "it must be at least 1"));
            }
        }
        for (field, other) in [
            ("sites", self.sites.saturating_mul(self.symbols.bytes())),
            ("chains", self.chains.saturating_mul(8)),
        ] {
            let bytes = self.draws_per_chunk.saturating_mul(other);
            if bytes > MAX_CHUNK_BYTES {
                let allowed = format!(
                    "with {field} it makes a chunk of {bytes} bytes, more than {MAX_CHUNK_BYTES}: take fewer"
                );
                return Err(TraceError::spec(
                    "draws_per_chunk",
                    self.draws_per_chunk,
                    &allowed,
                ));
            }
        }
        for (i, name) in self.stats.iter().enumerate() {
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let free = !["", "chain", "draw", "site", "c"].contains(&name.as_str());
            if !plain || !free || self.stats[..i].contains(name) {
                let allowed = "a statistic needs its own name of letters, digits and _, other than chain, draw, site and c";
                return Err(TraceError::spec("stats", name, allowed));
            }
        }
        match self.compression {
            Compression::Gzip(level) if !(1..=9).contains(&level) => Err(TraceError::spec(
                "compression",
                level,
                "gzip has levels 1 to 9",
            )),
            _ => Ok(()),
        }
    }
}

/// The symbols of a state: those of the space's [`Symbol`](gwg_core::Space::Symbol).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolType {
    /// 8 bits, stored as uint8.
    U8,
    /// 16 bits, stored as uint16.
    U16,
}

/// The name of the data type.
impl std::fmt::Display for SymbolType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::U8 => "uint8",
            Self::U16 => "uint16",
        })
    }
}

impl SymbolType {
    /// Of a type of symbols.
    #[must_use]
    pub const fn of<S: Symbol>() -> Self {
        if size_of::<S>() == 1 {
            Self::U8
        } else {
            Self::U16
        }
    }

    /// Bytes of a symbol.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
        }
    }

    pub(super) const fn data_type(self) -> DataType {
        match self {
            Self::U8 => DataType::UInt8,
            Self::U16 => DataType::UInt16,
        }
    }
}

/// How chunks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// By gzip at a level of 1 (fast) to 9 (small).
    Gzip(u32),
}

impl Default for Compression {
    /// Gzip, level 1. A run waits for the compressor, and higher levels take many times as long and save at most about half of the bytes.
    fn default() -> Self {
        Self::Gzip(1)
    }
}

/// Consecutive draws of all chains.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, S = u8> {
    /// How many: exactly `draws_per_chunk`, but the last batch may have fewer (at least 1).
    pub draws: usize,
    /// States, row-major (chain, draw, site).
    pub x: &'a [S],
    /// One row-major (chain, draw) slice for each name of [`TraceSpec::stats`].
    pub stats: &'a [&'a [f64]],
}

impl<S: Symbol> Batch<'_, S> {
    /// Whether it can follow `after` draws of a trace that may have `ended`.
    pub(super) fn check(
        &self,
        spec: &TraceSpec,
        after: usize,
        ended: bool,
    ) -> Result<(), TraceError> {
        let TraceSpec {
            chains,
            sites,
            draws_per_chunk,
            ref stats,
            ..
        } = *spec;
        let must = |field, found: usize, fits: bool, allowed: String| {
            let error = || TraceError::Batch {
                field,
                after,
                found,
                allowed,
            };
            if fits { Ok(()) } else { Err(error()) }
        };
        let (found, needed) = (8 * size_of::<S>(), 8 * spec.symbols.bytes());
        let allowed = format!("{needed} are needed, as stated by the trace's spec");
        must(
            "the number of bits of a symbol",
            found,
            found == needed,
            allowed,
        )?;
        let draws = self.draws;
        let most = if ended { 0 } else { draws_per_chunk };
        let allowed = format!("{draws_per_chunk} are needed, fewer only in the last batch");
        must(
            "the number of draws",
            draws,
            (1..=most).contains(&draws),
            allowed,
        )?;
        let values = chains * draws;
        let allowed = format!("{chains} chains x {draws} draws x {sites} sites are needed");
        must(
            "the length of x",
            self.x.len(),
            self.x.len() == values * sites,
            allowed,
        )?;
        let allowed = format!("{} are needed: {}", stats.len(), stats.join(", "));
        let given = self.stats.len();
        must(
            "the number of statistics",
            given,
            given == stats.len(),
            allowed,
        )?;
        for slice in self.stats {
            let allowed = format!("{chains} chains x {draws} draws are needed");
            must(
                "the length of a statistic",
                slice.len(),
                slice.len() == values,
                allowed,
            )?;
        }
        Ok(())
    }
}
