//! Traces on disk: a Zarr version 3 directory that ArviZ, xarray and zarr-python open, written as a run goes and read in bounded memory.
//!
//! ```text
//! trace.zarr/zarr.json              group; attributes: the configuration of the run; consolidated metadata
//! trace.zarr/posterior/x            uint8 (chain, draw, site), a chunk is (1, draws_per_chunk, all sites)
//! trace.zarr/sample_stats/log_prob  float64 (chain, draw), and so for every other statistic
//! trace.zarr/*/{chain,draw,site}    int64 coordinates 0, 1, 2, ...
//! ```
//!
//! * A trace appears whole or not at all: it grows in a hidden folder beside its path and is renamed by [`TraceWriter::finish`].
//! * The same draws give the same bytes: no times, no machine, no number of threads is written (with one version of the compressor).
//! * Only the part of Zarr that traces need is read: regular chunks, little-endian bytes, gzip or nothing. Anything else, and any
//!   damage, is a [`TraceError`] that names file and field. The format: <https://zarr-specs.readthedocs.io/en/latest/v3/core/>.
//!
//! ```
//! use gwg_chains::trace::{Batch, TraceReader, TraceSpec, TraceWriter};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("trace.zarr");
//! let spec = TraceSpec { stats: vec!["log_prob".into()], ..TraceSpec::new(2, 3, 100) };
//! let mut writer = TraceWriter::create(&path, spec)?;
//! // One draw of two chains of three sites.
//! writer.append(&Batch { draws: 1, x: &[0, 1, 1, 1, 0, 1], stats: &[&[-1.5, -2.5]] })?;
//! writer.finish()?;
//!
//! let reader = TraceReader::open(&path)?;
//! assert_eq!((reader.chains(), reader.draws(), reader.sites()), (2, 1, 3));
//! assert_eq!(reader.stat("log_prob")?, [-1.5, -2.5]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codec;
mod error;
mod metadata;
mod parse;
mod reader;
mod staging;
mod stats;
mod store;
mod writer;

use serde_json::{Map, Value};

pub use self::error::TraceError;
pub use self::reader::TraceReader;
pub use self::writer::TraceWriter;

/// Largest chunk in bytes before compression that is written or read: 1 GiB.
pub const MAX_CHUNK_BYTES: usize = 1 << 30;

/// What is known of a trace before the first draw.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSpec {
    /// Number of chains, at least 1.
    pub chains: usize,
    /// Symbols of one state, at least 1.
    pub sites: usize,
    /// Draws of one chain in one chunk of `x`, at least 1; `draws_per_chunk * sites` bytes are at most [`MAX_CHUNK_BYTES`].
    pub draws_per_chunk: usize,
    /// Names of the statistics of each draw, in the order in which [`Batch::stats`] brings them: letters, digits and `_`.
    pub stats: Vec<String>,
    /// Attributes of the root group: the configuration of the run.
    pub attributes: Map<String, Value>,
    /// `inference_library_version` in the attributes of both groups.
    pub version: String,
    /// How chunks are compressed.
    pub compression: Compression,
    /// Whether a Zarr group already at the path is replaced, at [`TraceWriter::finish`]. Nothing else is ever replaced.
    pub force: bool,
}

impl TraceSpec {
    /// Statistics `log_prob`, `accepted` and `hops`, no attributes, this crate's version, default compression, no force.
    #[must_use]
    pub fn new(chains: usize, sites: usize, draws_per_chunk: usize) -> Self {
        Self {
            chains,
            sites,
            draws_per_chunk,
            stats: ["log_prob", "accepted", "hops"].map(String::from).to_vec(),
            attributes: Map::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            compression: Compression::default(),
            force: false,
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
    /// Gzip, level 1: symbols of few kinds hardly shrink further at the higher levels, which take several times as long.
    fn default() -> Self {
        Self::Gzip(1)
    }
}

/// Consecutive draws of all chains.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// How many: exactly `draws_per_chunk`, but the last batch may have fewer (at least 1).
    pub draws: usize,
    /// States, row-major (chain, draw, site).
    pub x: &'a [u8],
    /// One row-major (chain, draw) slice for each name of [`TraceSpec::stats`].
    pub stats: &'a [&'a [f64]],
}
