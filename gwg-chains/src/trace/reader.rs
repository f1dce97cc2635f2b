//! Reading a trace.

mod check;
mod floats;
mod states;
mod stats;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::MAX_CHUNK_BYTES;
use super::error::TraceError;
use super::metadata::DataType;
use super::ours::{MAX_RANK, check_file_name};
use super::parse::ArrayInfo;
use super::recorder::STEP_STATISTICS;
use super::root::Root;
use super::spec::SymbolType;
use crate::quantity::{Quantity, QuantityDraws};
use floats::read_floats;

/// Arrays of `sample_stats` that are coordinates.
const COORDINATES: [&str; 3] = ["chain", "draw", "site"];

/// Reads a trace, also while it is written: it stays at the draws that the trace had when it was opened. Only metadata is kept in memory; every call
/// reads its files again.
///
/// A file that is missing, damaged or hostile is a [`TraceError`], and memory stays bounded by the size of the files and of one
/// chunk. A missing chunk is an error, too: Zarr would have it read as the fill value, but every chunk of a trace is written, and zeros in
/// place of what was drawn would be taken for draws. [`check`](Self::check) reads all there is.
#[derive(Clone, Debug)]
pub struct TraceReader {
    path: PathBuf,
    root: Root,
    x: ArrayInfo,
}

impl TraceReader {
    /// Reads the metadata of the trace at `path`.
    ///
    /// # Errors
    /// [`TraceError`]: no folder with a `zarr.json` or no Zarr 3 group there, no `posterior/x` in it, or one that is not uint8 or uint16 (chain, draw, site, or other dimensions of a state) in chunks
    /// of whole states.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let found = match (path.is_dir(), path.join("zarr.json").exists()) {
            (false, _) if path.exists() => Some("a file"),
            (true, false) => Some("a folder without zarr.json"),
            _ => None,
        };
        if let Some(found) = found {
            let path = path.to_owned();
            return Err(TraceError::NoTrace { path, found });
        }
        let root = Root::read(path)?;
        let folder = path.join("posterior").join("x");
        let types = [DataType::UInt8, DataType::UInt16];
        let x = root.array("posterior/x", &types, 3..=MAX_RANK)?;
        if x.shape[0] == 0 || x.shape[2..].contains(&0) {
            let allowed = "it must have at least one chain and one site";
            return Err(wrong(&folder, "shape", &x.shape, allowed));
        }
        if let Some(packed) = x.packed {
            let bytes = [packed.sites.div_ceil(8)];
            if x.shape[2..] != bytes || x.data_type != DataType::UInt8 {
                let allowed = format!("{} sites as bits are {bytes:?} bytes", packed.sites);
                return Err(wrong(&folder, "shape", &x.shape, &allowed));
            }
        }
        if x.chunk[2..] != x.shape[2..] {
            let allowed = format!("a chunk must be of whole states, {:?}", &x.shape[2..]);
            return Err(wrong(
                &folder,
                "chunk_grid.configuration.chunk_shape",
                &x.chunk,
                &allowed,
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            root,
            x,
        })
    }

    /// Attributes of the root group: the configuration of the run.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.root.attributes
    }

    /// Number of chains, at least 1.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.x.shape[0]
    }

    /// Draws of each chain, 0 or more.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.x.shape[1]
    }

    /// Symbols of one state, at least 1.
    #[must_use]
    pub fn sites(&self) -> usize {
        // A chunk, of bounded size, has whole states.
        let stored = || self.x.shape[2..].iter().product();
        self.x.packed.map_or_else(stored, |packed| packed.sites)
    }

    /// The symbols of the states.
    #[must_use]
    pub fn symbols(&self) -> SymbolType {
        match self.x.data_type {
            DataType::UInt8 => SymbolType::U8,
            _ => SymbolType::U16,
        }
    }

    /// Draws in a chunk of `x`; the last chunk may have fewer.
    #[must_use]
    pub fn draws_per_chunk(&self) -> usize {
        self.x.chunk[1]
    }

    /// Names of the statistics, in alphabetical order.
    ///
    /// # Errors
    /// The folder `sample_stats` cannot be listed, if the trace has no consolidated metadata.
    pub fn stat_names(&self) -> Result<Vec<String>, TraceError> {
        let mut names: Vec<String> = match self.root.names("sample_stats") {
            Some(names) => names.map(str::to_owned).collect(),
            None => self.listed()?,
        };
        names.retain(|name| !COORDINATES.contains(&name.as_str()) && !name.is_empty());
        names.sort_unstable();
        Ok(names)
    }

    fn listed(&self) -> Result<Vec<String>, TraceError> {
        let folder = self.path.join("sample_stats");
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(TraceError::io("list", &folder))? {
            let entry = entry.map_err(TraceError::io("list", &folder))?;
            if entry.path().join("zarr.json").is_file() {
                names.push(entry.file_name().into_string().unwrap_or_default());
            }
        }
        Ok(names)
    }

    /// The names of the quantities that the run recorded: every statistic but those of steps (`accepted` and `hops`). Built-in quantities come
    /// first, others in alphabetical order.
    ///
    /// # Errors
    /// Those of [`stat_names`](Self::stat_names).
    pub fn quantity_names(&self) -> Result<Vec<String>, TraceError> {
        let mut names = self.stat_names()?;
        names.retain(|name| !STEP_STATISTICS.contains(&name.as_str()));
        let built_in = Quantity::<u8>::built_in();
        let place = |name: &String| built_in.iter().position(|q| q.name() == name);
        names.sort_by_key(|name| place(name).unwrap_or(built_in.len()));
        Ok(names)
    }

    /// The [quantities](Self::quantity_names) that the run recorded, at all draws.
    ///
    /// # Errors
    /// Those of [`stat_names`](Self::stat_names) and [`stat`](Self::stat).
    pub fn quantities(&self) -> Result<QuantityDraws, TraceError> {
        let columns = self.quantity_names()?.into_iter().map(|name| {
            let values = self.stat(&name)?;
            Ok((name, values))
        });
        columns.collect()
    }

    /// One statistic, row-major (chain, draw).
    ///
    /// # Errors
    /// No such statistic, or one that is not float64 of this trace's chains and draws, or damage.
    pub fn stat(&self, name: &str) -> Result<Vec<f64>, TraceError> {
        read_floats(&self.known_stat(name)?)
    }

    fn known_stat(&self, name: &str) -> Result<ArrayInfo, TraceError> {
        let names = self.stat_names()?;
        if !names.iter().any(|n| n == name) {
            return Err(TraceError::Missing {
                path: self.path.clone(),
                what: format!("statistic {name:?}"),
                allowed: format!("it has {}", names.join(", ")),
            });
        }
        self.stat_array(name)
    }

    fn stat_array(&self, name: &str) -> Result<ArrayInfo, TraceError> {
        let path = format!("sample_stats/{name}");
        let array = self.root.array(&path, &[DataType::Float64], 2..=2)?;
        if array.shape != self.x.shape[..2] {
            let allowed = format!("posterior/x has (chain, draw) {:?}", &self.x.shape[..2]);
            return Err(wrong(&array.folder, "shape", &array.shape, &allowed));
        }
        Ok(array)
    }

    /// The bytes of a file that [`TraceWriter::put_file`](super::TraceWriter::put_file) put into the trace; `None` if there is none of this name.
    ///
    /// # Errors
    /// A name that no such file has; one that is not a plain file or has more than [`MAX_CHUNK_BYTES`](super::MAX_CHUNK_BYTES) bytes; an error of the file
    /// system.
    pub fn file(&self, name: &str) -> Result<Option<Vec<u8>>, TraceError> {
        check_file_name(name)?;
        extra(&self.path.join(name))
    }

    /// `x` or a statistic by its path in the trace.
    pub(super) fn column(&self, path: &str) -> Result<ArrayInfo, TraceError> {
        match path.strip_prefix("sample_stats/") {
            Some(name) => self.stat_array(name),
            None => Ok(self.x.clone()),
        }
    }

    /// The metadata of a node.
    pub(super) fn node(&self, name: &str) -> Result<Value, TraceError> {
        Ok(self.root.node(name)?.json)
    }
}

fn extra(path: &Path) -> Result<Option<Vec<u8>>, TraceError> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(TraceError::io("look at", path))?,
    };
    let refused = |found: &str| {
        let (found, allowed) = (Value::from(found), "it must be a file of the trace");
        Err(TraceError::metadata(path, "it", Some(&found), allowed))
    };
    if !metadata.is_file() {
        return refused("not a plain file");
    }
    if metadata.len() > MAX_CHUNK_BYTES as u64 {
        return refused(&format!("a file of {} bytes", metadata.len()));
    }
    let bytes = fs::read(path).map_err(TraceError::io("read", path))?;
    Ok(Some(bytes))
}

fn wrong(folder: &Path, field: &str, found: &[usize], allowed: &str) -> TraceError {
    TraceError::metadata(
        &folder.join("zarr.json"),
        field,
        Some(&Value::from(found)),
        allowed,
    )
}
