//! The contents of a trace.

use gwg_core::Symbol;
use serde_json::{Map, Value};

use super::chunks::MAX_PADDED_BYTES;
use super::error::TraceError;
use super::metadata::DataType;
use super::ours::MAX_RANK;
use super::{Chunks, MAX_CHUNK_BYTES};

/// The shape and the metadata of a trace, known before the first draw.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSpec {
    /// Number of chains, at least 1.
    pub chains: usize,
    /// Symbols of one state, at least 1.
    pub sites: usize,
    /// Names and lengths of the dimensions of a state, slowest first, whose product is `sites`: letters, digits and `_`, at most 6. None: one dimension
    /// `site`.
    pub dims: Vec<(String, usize)>,
    /// The symbols of `x`.
    pub symbols: SymbolType,
    /// Whether states are stored as bits, for models of two states: `x` is then uint8 (chain, draw, byte), where site `i` is bit `i % 8`, from the least
    /// significant one, of byte `i / 8` (`numpy.unpackbits` with `bitorder="little"`); the attributes of `x` state it.
    pub packed: bool,
    /// Names of the statistics of each draw, in the order of [`Batch::stats`](super::Batch::stats): letters, digits and `_`.
    pub stats: Vec<String>,
    /// Attributes of the root group: the configuration of the run.
    pub attributes: Map<String, Value>,
    /// `inference_library_version` in the attributes of both groups.
    pub version: String,
    /// How chunks are compressed.
    pub compression: Compression,
    /// The sizes of chunks: of at most 4 MiB, or of one draw and at most [`MAX_CHUNK_BYTES`] bytes; `None`: those of [`Chunks::of`].
    pub chunks: Option<Chunks>,
    /// Whether a trace of this library already at the path is replaced, at the first [`TraceWriter::sync`](super::TraceWriter::sync) with draws or at
    /// [`TraceWriter::finish`](super::TraceWriter::finish). Nothing else is ever replaced, and no folder that holds anything else.
    pub force: bool,
}

impl TraceSpec {
    /// One dimension `site`, symbols of 8 bits, not packed, statistics `log_prob`, `accepted` and `hops`, no attributes, this crate's version, default compression and chunks, no force.
    #[must_use]
    pub fn new(chains: usize, sites: usize) -> Self {
        Self {
            chains,
            sites,
            dims: Vec::new(),
            symbols: SymbolType::U8,
            packed: false,
            stats: ["log_prob", "accepted", "hops"].map(String::from).to_vec(),
            attributes: Map::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            compression: Compression::default(),
            chunks: None,
            force: false,
        }
    }

    /// Bytes of one state in `x`.
    pub(super) fn state_bytes(&self) -> usize {
        if self.packed {
            return self.sites.div_ceil(8);
        }
        self.sites.saturating_mul(self.symbols.bytes())
    }

    /// The dimensions of a state in `x`.
    pub(super) fn state_dims(&self) -> Vec<(&str, usize)> {
        if self.packed {
            return vec![("byte", self.state_bytes())];
        }
        self.site_dims()
    }

    /// The dimensions of a state.
    pub(super) fn site_dims(&self) -> Vec<(&str, usize)> {
        match &*self.dims {
            [] => vec![("site", self.sites)],
            dims => dims.iter().map(|(name, n)| (name.as_str(), *n)).collect(),
        }
    }

    /// The chunks of the trace.
    pub(super) fn chunk_sizes(&self) -> Chunks {
        self.chunks
            .unwrap_or_else(|| Chunks::of(self.chains, self.state_bytes()))
    }

    /// Whether each field is in its bounds.
    pub(super) fn check(&self) -> Result<(), TraceError> {
        for (field, value) in [("chains", self.chains), ("sites", self.sites)] {
            if value == 0 {
                return Err(TraceError::spec(field, value, "it must be at least 1"));
            }
        }
        self.check_dims()?;
        self.check_chunks()?;
        for (i, name) in self.stats.iter().enumerate() {
            let free = !["", "chain", "draw", "site", "c"].contains(&name.as_str());
            if !is_plain(name) || !free || self.stats[..i].contains(name) {
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

    fn check_dims(&self) -> Result<(), TraceError> {
        let shown = || {
            let dims = self.dims.iter().map(|(name, n)| format!("{name}: {n}"));
            format!("({})", dims.collect::<Vec<_>>().join(", "))
        };
        let sites = self
            .dims
            .iter()
            .try_fold(1, |n: usize, d| n.checked_mul(d.1));
        if !self.dims.is_empty() && sites != Some(self.sites) {
            let allowed = format!("the product of their lengths must be sites, {}", self.sites);
            return Err(TraceError::spec("dims", shown(), &allowed));
        }
        let names: Vec<&str> = self.dims.iter().map(|(name, _)| name.as_str()).collect();
        let taken = ["", "chain", "draw", "x", "c"];
        for (i, name) in names.iter().enumerate() {
            if !is_plain(name) || taken.contains(name) || names[..i].contains(name) {
                let allowed = "a dimension needs its own name of letters, digits and _, other than chain, draw, x and c";
                return Err(TraceError::spec("dims", name, allowed));
            }
        }
        if names.len() > MAX_RANK - 2 {
            let allowed = format!("at most {} are stored", MAX_RANK - 2);
            return Err(TraceError::spec("dims", shown(), &allowed));
        }
        if self.packed && self.symbols != SymbolType::U8 {
            let allowed = "bits are packed from symbols of 8 bits";
            return Err(TraceError::spec("symbols", self.symbols, allowed));
        }
        Ok(())
    }

    fn check_chunks(&self) -> Result<(), TraceError> {
        let Chunks {
            chains,
            draws,
            stat_draws,
        } = self.chunk_sizes();
        for (field, value, most) in [
            ("chunks.chains", chains, self.chains),
            ("chunks.draws", draws, usize::MAX),
            ("chunks.stat_draws", stat_draws, usize::MAX),
        ] {
            if !(1..=most).contains(&value) {
                let allowed = format!("it must be 1 to {most}");
                return Err(TraceError::spec(field, value, &allowed));
            }
        }
        let state = self.state_bytes();
        for (field, value, draws, one) in [
            ("sites", self.sites, draws, chains.saturating_mul(state)),
            (
                "chains",
                self.chains,
                stat_draws,
                self.chains.saturating_mul(8),
            ),
        ] {
            let most = if draws == 1 {
                MAX_CHUNK_BYTES
            } else {
                MAX_PADDED_BYTES
            };
            let bytes = draws.saturating_mul(one);
            if bytes > most {
                let allowed =
                    format!("it makes a chunk of {draws} draws of {bytes} bytes, more than {most}");
                return Err(TraceError::spec(field, value, &allowed));
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
    /// By gzip at a level of 1 (fast) to 9 (small). At levels 1 and 2, chunks of few small symbols without long repeats are coded without a search for
    /// repeats, about ten times as fast, and chunks that do not shrink are stored.
    Gzip(u32),
}

impl Default for Compression {
    /// Gzip, level 2: 250 MB/s of states on one core at least. Level 1 takes half of the time and twice the bytes; higher levels take many times as long and
    /// save at most a quarter of the bytes.
    fn default() -> Self {
        Self::Gzip(2)
    }
}
