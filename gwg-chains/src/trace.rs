//! Traces on disk: a Zarr version 3 directory that ArviZ, xarray and zarr-python open, written as a run goes and read in bounded memory.
//!
//! ```text
//! trace.zarr/zarr.json              group; attributes: the configuration of the run; consolidated metadata
//! trace.zarr/posterior/x            uint8 or uint16 (chain, draw, site, or the dimensions of the spec)
//! trace.zarr/sample_stats/log_prob  float64 (chain, draw), and so for every other quantity and statistic
//! trace.zarr/*/{chain,draw,site}    int64 coordinates 0, 1, 2, ...
//! trace.zarr/*.gwg                  files of the program's own
//! ```
//!
//! [`Recorder`] writes the draws of a run; [`TraceWriter`] writes draws from any source.
//!
//! * At every moment there is a whole trace or nothing: until the first [`TraceWriter::sync`] with draws it is a hidden folder next to its path, which the
//!   next writer there removes if this one is killed; then it grows in place, and has the draws of the last `sync`, from which
//!   [`TraceWriter::resume`] continues it. Readers take all shapes from the root's consolidated metadata, which is replaced last.
//! * Equal draws give equal bytes, with one version of the compressor: no time, no machine, no number of threads, no size of batches and no
//!   interruption is written.
//! * Chunks have about 1 MiB ([`Chunks`]), whatever the number of draws.
//! * Only the part of Zarr that traces need is read: regular chunks, little-endian bytes, gzip or nothing. Anything else, and any
//!   damage, is a [`TraceError`] that names file and field. The format: <https://zarr-specs.readthedocs.io/en/latest/v3/core/>.
//!
//! ```
//! use gwg_chains::trace::{Batch, TraceReader, TraceSpec, TraceWriter};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("trace.zarr");
//! let spec = TraceSpec { stats: vec!["log_prob".into()], ..TraceSpec::new(2, 3) };
//! let mut writer = TraceWriter::create(&path, spec)?;
//! // One draw of two chains of three sites.
//! writer.append(&Batch { draws: 1, x: &[0_u8, 1, 1, 1, 0, 1], stats: &[&[-1.5, -2.5]] })?;
//! writer.finish()?;
//!
//! let reader = TraceReader::open(&path)?;
//! assert_eq!((reader.chains(), reader.draws(), reader.sites()), (2, 1, 3));
//! assert_eq!(reader.stat("log_prob")?, [-1.5, -2.5]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod chunks;
mod codec;
mod error;
mod join;
mod layout;
mod leftovers;
mod metadata;
mod ours;
mod parse;
mod reader;
mod recorder;
mod root;
mod spec;
mod staging;
mod store;
mod writer;

pub use self::batch::Batch;
pub use self::chunks::Chunks;
pub use self::error::TraceError;
pub use self::reader::TraceReader;
pub use self::recorder::{Recorder, STEP_STATISTICS};
pub use self::spec::{Compression, SymbolType, TraceSpec};
pub use self::writer::TraceWriter;

/// The largest chunk that is written or read, in bytes before compression: 1 GiB.
pub const MAX_CHUNK_BYTES: usize = 1 << 30;
