//! Writing a trace.

mod buffer;
mod resume;
mod sink;
mod worker;

use std::path::{Path, PathBuf};

use gwg_core::Symbol;

use self::buffer::{Buffer, Slab};
use self::sink::Sink;
use self::worker::Worker;
use super::error::TraceError;
use super::leftovers::Held;
use super::staging::Staging;
use super::{Batch, TraceSpec, layout};

/// Writes a trace that grows: at every moment there is a whole one at its path, with the draws of the last [`sync`](Self::sync).
///
/// Until the first `sync`, the trace is a hidden folder next to its path; dropped before that, the writer removes it. After it, the
/// trace is written in place. Dropped without [`finish`](Self::finish), or killed at any moment, the writer leaves the trace with the draws of the last
/// `sync`, and [`resume`](Self::resume) continues it.
///
/// Draws are buffered until the chunks of all chains are full, and then compressed and written by a thread of the writer's own, while the run goes on.
/// At most two such sets of chunks wait, of up to 64 MiB each (or of one draw); then [`append`](Self::append) waits. An error of the thread is one of the
/// next call. The bytes of a finished trace depend on the spec and the draws alone: not on the sizes of
/// batches, on syncs, on interruptions or on the number of threads.
///
/// After an error of the file system nothing more can be written; every later call is an error, too.
#[derive(Debug)]
pub struct TraceWriter {
    path: PathBuf,
    spec: TraceSpec,
    buffers: Vec<Buffer>,
    worker: Worker,
    folder: Held,
    published: bool,
    cleaned: Vec<String>,
    draws: usize,
    /// Draws of the last sync.
    synced: Option<usize>,
    failed: bool,
}

impl TraceWriter {
    /// Starts the trace that the first [`sync`](Self::sync) with draws, or [`finish`](Self::finish), puts at `path`.
    ///
    /// # Errors
    /// A `spec` out of its bounds; a `path` that exists, unless `spec.force` is set and it is a trace of this library that no process writes; an error
    /// of the file system.
    pub fn create(path: &Path, spec: TraceSpec) -> Result<Self, TraceError> {
        spec.check()?;
        let staging = Staging::new(path, spec.force)?;
        let columns = layout::columns(&spec);
        let buffer = |(k, column)| Buffer::new(k, column, spec.chains, 0);
        let buffers = columns.iter().enumerate().map(buffer).collect();
        let sink = Sink::new(staging, spec.clone(), 0);
        Self::start(path, spec, (sink, buffers), 0)
    }

    /// Takes up the trace that a writer of the same `spec` left at `path`, finished or not, whatever ended it: keeps its first `draws` draws, and continues
    /// after them. Later draws, and files that no index has, are removed. The attributes become those of `spec` at the next [`sync`](Self::sync); `spec.force`
    /// has no meaning here.
    ///
    /// # Errors
    /// No trace at `path`; one of another spec, with what differs, or with fewer draws; one that a process writes; damage; an error of the file system.
    /// Nothing is changed then, except after an error of the file system.
    pub fn resume(path: &Path, spec: TraceSpec, draws: usize) -> Result<Self, TraceError> {
        spec.check()?;
        let taken = resume::take_up(path, &spec, draws)?;
        Self::start(path, spec, taken, draws)
    }

    fn start(
        path: &Path,
        spec: TraceSpec,
        (sink, buffers): (Sink, Vec<Buffer>),
        draws: usize,
    ) -> Result<Self, TraceError> {
        let staging = &sink.staging;
        Ok(Self {
            path: path.to_owned(),
            spec,
            buffers,
            folder: staging.held(),
            published: staging.is_published(),
            cleaned: staging.cleaned().to_vec(),
            worker: Worker::start(path.to_owned(), sink)?,
            draws,
            synced: None,
            failed: false,
        })
    }

    /// What the trace was created with.
    #[must_use]
    pub fn spec(&self) -> &TraceSpec {
        &self.spec
    }

    /// Draws of each chain that were appended or taken up.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// What was cleaned of earlier runs on this path that were killed, as sentences.
    #[must_use]
    pub fn cleaned(&self) -> &[String] {
        &self.cleaned
    }

    /// Appends the next draws of all chains: any number of them.
    ///
    /// # Errors
    /// A batch of another size or with other symbols than the trace, which changes nothing. An error of the file system, such as a full disk, or a folder
    /// that another program has moved or removed.
    pub fn append<S: Symbol>(&mut self, batch: &Batch<'_, S>) -> Result<(), TraceError> {
        batch.check(&self.spec, self.draws)?;
        self.attempt(|writer| {
            writer.worker.check()?;
            writer.present()?;
            let (x, stats) = writer.buffers.split_at_mut(1);
            let worker = &writer.worker;
            let full = |slab: Slab| worker.write(slab);
            for buffer in x {
                let (draws, sites) = (batch.draws, writer.spec.sites);
                if writer.spec.packed {
                    buffer.push(draws, bits(batch, sites), full)?;
                } else {
                    buffer.push(draws, states(batch, sites), full)?;
                }
            }
            for (buffer, values) in stats.iter_mut().zip(batch.stats) {
                buffer.push(batch.draws, floats(values, batch.draws), full)?;
            }
            writer.draws += batch.draws;
            Ok(())
        })
    }

    /// Waits until all that was appended is on the disk and in the trace that readers see; the first time, this puts the trace at its path, unless it
    /// has no draws and something is there.
    ///
    /// Every file of the trace is replaced in one operation, and its index last: a reader finds a whole trace at any moment.
    ///
    /// # Cost
    /// The chunks that are not full are written once more, about half of the buffered draws, and one small file for each array. Nothing without new draws.
    ///
    /// # Errors
    /// An error of the file system, or a folder that another program has moved or removed; the first time, those of [`finish`](Self::finish).
    pub fn sync(&mut self) -> Result<(), TraceError> {
        if self.draws == 0 && !self.published && self.path.symlink_metadata().is_ok() {
            return Ok(());
        }
        self.attempt(Self::write_index)
    }

    /// Whether the trace is at its path.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.published
    }

    /// Puts a file of the program's own into the trace, in place of an earlier one, and waits until it is on the disk: the state of a run from which it
    /// continues, for example. [`TraceReader::file`](super::TraceReader::file) reads it; other readers do not see it.
    ///
    /// Files stay when a trace is continued, and go when it is replaced.
    ///
    /// # Errors
    /// A `name` that is not letters, digits, `_` and `-` followed by `.gwg`; a trace that is not [at its path](Self::is_published) yet; an
    /// error of the file system.
    pub fn put_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), TraceError> {
        super::ours::check_file_name(name)?;
        if !self.published {
            let path = self.path.clone();
            return Err(TraceError::Unpublished { path });
        }
        self.attempt(|writer| writer.worker.put_file(name, bytes))
    }

    /// [Syncs](Self::sync) and ends the trace, which may have no draws; without any it replaces nothing.
    ///
    /// # Errors
    /// An error of the file system; something that has appeared at the path meanwhile, or a trace there that another process writes;
    /// [`TraceError::NothingDrawn`]. If the trace was not at its path yet, what was there before remains, and nothing else.
    pub fn finish(mut self) -> Result<(), TraceError> {
        let replaces = self.spec.force && self.path.symlink_metadata().is_ok();
        if self.draws == 0 && !self.published && replaces {
            let path = self.path.clone();
            return Err(TraceError::NothingDrawn { path });
        }
        self.attempt(Self::write_index)
    }

    fn write_index(&mut self) -> Result<(), TraceError> {
        if self.synced == Some(self.draws) {
            return self.present();
        }
        let partial: Vec<Slab> = self.buffers.iter().filter_map(Buffer::partial).collect();
        self.worker.sync(partial, self.draws)?;
        self.folder.path.clone_from(&self.path);
        (self.published, self.synced) = (true, Some(self.draws));
        Ok(())
    }

    /// An error if the folder is not at its path any more.
    fn present(&self) -> Result<(), TraceError> {
        if self.folder.is_present() {
            return Ok(());
        }
        let path = self.folder.path.clone();
        Err(TraceError::Lost { path })
    }

    /// Nothing is written after an error: what comes after a gap is no trace.
    fn attempt(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), TraceError>,
    ) -> Result<(), TraceError> {
        if self.failed {
            let path = self.path.clone();
            return Err(TraceError::Failed { path });
        }
        let done = write(self);
        self.failed = done.is_err();
        done
    }
}

/// Writes the symbols of a batch in little-endian order.
fn states<'b, S: Symbol>(
    batch: &'b Batch<'_, S>,
    sites: usize,
) -> impl Fn(usize, usize, &mut [u8]) + use<'b, S> {
    let (x, draws) = (batch.x, batch.draws);
    move |chain, first, to| {
        let from = &x[(chain * draws + first) * sites..];
        if size_of::<S>() == 1 {
            for (byte, symbol) in to.iter_mut().zip(from) {
                *byte = symbol.widen() as u8;
            }
        } else {
            let (pairs, _) = to.as_chunks_mut::<2>();
            for (pair, symbol) in pairs.iter_mut().zip(from) {
                *pair = symbol.widen().to_le_bytes();
            }
        }
    }
}

/// Writes the symbols of a batch as bits, those of a state from a new byte on.
fn bits<'b, S: Symbol>(
    batch: &'b Batch<'_, S>,
    sites: usize,
) -> impl Fn(usize, usize, &mut [u8]) + use<'b, S> {
    let (x, draws) = (batch.x, batch.draws);
    move |chain, first, to| {
        let from = x[(chain * draws + first) * sites..].chunks(sites);
        for (state, packed) in from.zip(to.chunks_mut(sites.div_ceil(8))) {
            for (byte, symbols) in packed.iter_mut().zip(state.chunks(8)) {
                let bit = |(i, symbol): (usize, &S)| (symbol.widen() as u8) << i;
                *byte = symbols.iter().enumerate().map(bit).sum();
            }
        }
    }
}

/// Writes the values of a statistic in little-endian order.
fn floats(values: &[f64], draws: usize) -> impl Fn(usize, usize, &mut [u8]) {
    move |chain, first, to| {
        let from = &values[chain * draws + first..];
        let (cells, _) = to.as_chunks_mut::<8>();
        for (cell, value) in cells.iter_mut().zip(from) {
            *cell = value.to_le_bytes();
        }
    }
}
