//! Writing a trace.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use gwg_core::Symbol;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use serde::Serialize;

use super::codec::encode;
use super::error::TraceError;
use super::metadata::{ArrayNode, DataType, GroupNode, Node};
use super::staging::Staging;
use super::stats::{Pending, draws_per_chunk};
use super::{Batch, TraceSpec, layout};

/// Writes a trace to a hidden folder next to its path, which [`finish`](Self::finish) renames. Dropped before that, it removes the folder.
///
/// Chunks are compressed by rayon's threads and written in order: the bytes do not depend on the number of threads.
#[derive(Debug)]
pub struct TraceWriter {
    path: PathBuf,
    staging: Staging,
    spec: TraceSpec,
    pending: Vec<Pending>,
    draws: usize,
    /// Draws per chunk of `x` and of the statistics; the length of the trace where that is shorter than one chunk.
    widths: [usize; 2],
    stat_chunks: usize,
    ended: bool,
}

impl TraceWriter {
    /// Starts the trace that [`finish`](Self::finish) puts at `path`.
    ///
    /// # Errors
    /// A `spec` out of its bounds; a `path` that exists, unless `spec.force` is set and it is a trace of this library; an error of the file system.
    pub fn create(path: &Path, spec: TraceSpec) -> Result<Self, TraceError> {
        spec.check()?;
        let staging = Staging::new(path, spec.force)?;
        let widths = [
            spec.draws_per_chunk,
            draws_per_chunk(spec.chains, spec.draws_per_chunk),
        ];
        let pending = spec
            .stats
            .iter()
            .map(|_| Pending::new(spec.chains))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            staging,
            spec,
            pending,
            draws: 0,
            widths,
            stat_chunks: 0,
            ended: false,
        })
    }

    /// Draws of each chain that were appended.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Appends the next draws of all chains.
    ///
    /// # Errors
    /// A batch of another size or with other symbols than the trace, or after one shorter than `draws_per_chunk`; an error of the file system, such as a full
    /// disk. The trace cannot be continued after that.
    pub fn append<S: Symbol>(&mut self, batch: &Batch<'_, S>) -> Result<(), TraceError> {
        batch.check(&self.spec, self.draws, self.ended)?;
        self.ended = true;
        if self.draws == 0 {
            self.widths[0] = batch.draws;
        }
        self.write_x(batch)?;
        for (pending, values) in self.pending.iter_mut().zip(batch.stats) {
            pending.push(values, batch.draws);
        }
        self.draws += batch.draws;
        if self.pending.iter().any(|p| p.draws() == self.widths[1]) {
            self.write_stats()?;
        }
        self.ended = batch.draws < self.spec.draws_per_chunk;
        Ok(())
    }

    /// What was cleaned of earlier runs on this path that were killed, as sentences.
    #[must_use]
    pub fn cleaned(&self) -> &[String] {
        self.staging.cleaned()
    }

    /// Writes what is left, waits until all is on the disk, and gives the trace its name. It has as many draws as were appended, maybe none; without
    /// any it replaces nothing.
    ///
    /// # Errors
    /// An error of the file system; a path at which something has appeared meanwhile; [`TraceError::NothingDrawn`]. Then what was there before
    /// remains, and nothing else.
    pub fn finish(mut self) -> Result<(), TraceError> {
        if self.draws == 0 && self.spec.force && self.staging.replaces() {
            let path = self.path.clone();
            return Err(TraceError::NothingDrawn { path });
        }
        if self.pending.iter().any(|p| p.draws() > 0) {
            if self.stat_chunks == 0 {
                self.widths[1] = self.draws;
            }
            self.write_stats()?;
        }
        let children = layout::children(&self.spec, self.draws, self.widths);
        for (path, node) in &children {
            self.write_coordinate(path, node)?;
            self.write_node(path, node)?;
        }
        let attributes = self.spec.attributes.clone();
        self.write_node(
            "",
            &GroupNode {
                attributes,
                children: Some(children),
            },
        )?;
        self.staging.publish()
    }

    fn write_x<S: Symbol>(&self, batch: &Batch<'_, S>) -> Result<(), TraceError> {
        let (sites, compression) = (self.spec.sites, self.spec.compression);
        let pack = |states: &[S]| {
            let mut raw = bytes_of(states);
            raw.resize(self.widths[0] * sites * size_of::<S>(), 0);
            encode(raw, compression)
        };
        let chunks: Vec<_> = batch.x.par_chunks(batch.draws * sites).map(pack).collect();
        for (chain, chunk) in chunks.into_iter().enumerate() {
            let path = format!(
                "posterior/x/c/{chain}/{}/0",
                self.draws / self.spec.draws_per_chunk
            );
            let bytes = chunk.map_err(TraceError::io(
                "compress",
                &self.staging.folder().join(&path),
            ))?;
            self.write(&path, &bytes)?;
        }
        Ok(())
    }

    fn write_stats(&mut self) -> Result<(), TraceError> {
        let (width, compression) = (self.widths[1], self.spec.compression);
        let pack = |pending: &mut Pending| encode(pending.take(width), compression);
        let chunks: Vec<_> = self
            .pending
            .par_iter_mut()
            .with_max_len(1)
            .map(pack)
            .collect();
        for (name, chunk) in self.spec.stats.iter().zip(chunks) {
            let path = format!("sample_stats/{name}/c/0/{}", self.stat_chunks);
            let bytes = chunk.map_err(TraceError::io(
                "compress",
                &self.staging.folder().join(&path),
            ))?;
            self.write(&path, &bytes)?;
        }
        self.stat_chunks += 1;
        Ok(())
    }

    /// The values 0, 1, 2, ... of a coordinate; nothing for other nodes.
    fn write_coordinate(&self, path: &str, node: &Node) -> Result<(), TraceError> {
        let Node::Array(ArrayNode {
            data_type: DataType::Int64,
            shape,
            ..
        }) = node
        else {
            return Ok(());
        };
        if shape[0] == 0 {
            return Ok(());
        }
        let raw = (0_i64..)
            .take(shape[0])
            .flat_map(i64::to_le_bytes)
            .collect();
        let path = format!("{path}/c/0");
        let file = self.staging.folder().join(&path);
        let bytes =
            encode(raw, self.spec.compression).map_err(TraceError::io("compress", &file))?;
        self.write(&path, &bytes)
    }

    fn write_node(&self, path: &str, node: &impl Serialize) -> Result<(), TraceError> {
        let file = self.staging.folder().join(path).join("zarr.json");
        let text = serde_json::to_vec_pretty(node)
            .map_err(|e| TraceError::io("encode", &file)(e.into()))?;
        self.write(&format!("{path}/zarr.json"), &text)
    }

    /// Writes a file of the hidden folder and creates its parents. A leading `/`, which would lead out of the folder, is removed.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), TraceError> {
        let path = Path::new(path.trim_start_matches('/'));
        let file = self.staging.folder().join(path);
        let written = match fs::write(&file, bytes) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.create_parents(path)?;
                fs::write(&file, bytes)
            }
            written => written,
        };
        written.map_err(TraceError::io("write", &file))
    }

    /// Creates the folders that a file needs below the hidden folder, but not that one: where it has vanished, so has what was written.
    fn create_parents(&self, path: &Path) -> Result<(), TraceError> {
        let mut folder = self.staging.folder().to_owned();
        let names = path.parent().into_iter().flat_map(Path::components);
        for name in names.filter(|name| matches!(name, Component::Normal(_))) {
            folder.push(name);
            match fs::create_dir(&folder) {
                Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                    return Err(TraceError::io("create the folder", &folder)(e));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Symbols in little-endian order.
fn bytes_of<S: Symbol>(states: &[S]) -> Vec<u8> {
    if size_of::<S>() == 1 {
        return states.iter().map(|s| s.widen() as u8).collect();
    }
    let bytes = states.iter().flat_map(|s| s.widen().to_le_bytes());
    bytes.collect()
}
