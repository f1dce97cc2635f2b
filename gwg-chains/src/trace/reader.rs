//! Reading a trace.

mod check;
mod floats;

use std::fs;
use std::path::{Path, PathBuf};

use gwg_core::Symbol;
use serde_json::{Map, Value};

use super::error::TraceError;
use super::metadata::DataType;
use super::parse::{ArrayInfo, group_attributes};
use super::recorder::STEP_STATISTICS;
use super::spec::SymbolType;
use crate::quantity::{Quantity, QuantityDraws};
use floats::read_floats;

/// Arrays of `sample_stats` that are coordinates.
const COORDINATES: [&str; 3] = ["chain", "draw", "site"];

/// Reads a trace. Only metadata is kept in memory; every call reads its files again.
///
/// A file that is missing, damaged or hostile is a [`TraceError`], and memory stays bounded by the size of the files and of one
/// chunk. A missing chunk is an error, too: Zarr would have it read as the fill value, but every chunk of a trace is written, and zeros in
/// place of what was drawn would be taken for draws. [`check`](Self::check) reads all there is.
#[derive(Clone, Debug)]
pub struct TraceReader {
    path: PathBuf,
    attributes: Map<String, Value>,
    x: ArrayInfo,
}

impl TraceReader {
    /// Reads the metadata of the trace at `path`.
    ///
    /// # Errors
    /// [`TraceError`]: no folder with a `zarr.json` or no Zarr 3 group there, no `posterior/x` in it, or one that is not uint8 or uint16 (chain, draw, site) in chunks of whole states of one chain.
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
        let attributes = group_attributes(path)?;
        let folder = path.join("posterior").join("x");
        let x = ArrayInfo::read(&folder, &[DataType::UInt8, DataType::UInt16], 3)?;
        for (dimension, least) in [(0, "one chain"), (2, "one site")] {
            if x.shape[dimension] == 0 {
                return Err(wrong(
                    &folder,
                    "shape",
                    &x.shape,
                    &format!("it must have at least {least}"),
                ));
            }
        }
        if x.chunk[0] != 1 || x.chunk[2] != x.shape[2] {
            let allowed = format!("a chunk must be (1, draws, {})", x.shape[2]);
            return Err(wrong(
                &folder,
                "chunk_grid.configuration.chunk_shape",
                &x.chunk,
                &allowed,
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            attributes,
            x,
        })
    }

    /// Attributes of the root group: the configuration of the run.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.attributes
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
        self.x.shape[2]
    }

    /// The symbols of the states.
    #[must_use]
    pub fn symbols(&self) -> SymbolType {
        match self.x.data_type {
            DataType::UInt8 => SymbolType::U8,
            _ => SymbolType::U16,
        }
    }

    /// Draws of one chain in a chunk of `x`; the last chunk may have fewer.
    #[must_use]
    pub fn draws_per_chunk(&self) -> usize {
        self.x.chunk[1]
    }

    /// Names of the statistics, in alphabetical order.
    ///
    /// # Errors
    /// The folder `sample_stats` cannot be listed.
    pub fn stat_names(&self) -> Result<Vec<String>, TraceError> {
        let folder = self.path.join("sample_stats");
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(TraceError::io("list", &folder))? {
            let entry = entry.map_err(TraceError::io("list", &folder))?;
            let name = entry.file_name().into_string().unwrap_or_default();
            let listed = !COORDINATES.contains(&name.as_str());
            if listed && !name.is_empty() && entry.path().join("zarr.json").is_file() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The quantities that the run recorded: every statistic but those of steps (`accepted` and `hops`). Built-in quantities come first,
    /// others in alphabetical order.
    ///
    /// # Errors
    /// Those of [`stat_names`](Self::stat_names) and [`stat`](Self::stat).
    pub fn quantities(&self) -> Result<QuantityDraws, TraceError> {
        let mut names = self.stat_names()?;
        names.retain(|name| !STEP_STATISTICS.contains(&name.as_str()));
        let built_in = Quantity::<u8>::built_in();
        let place = |name: &String| built_in.iter().position(|q| q.name() == name);
        names.sort_by_key(|name| place(name).unwrap_or(built_in.len()));
        let columns = names.into_iter().map(|name| {
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
        let names = self.stat_names()?;
        if !names.iter().any(|n| n == name) {
            return Err(TraceError::Missing {
                path: self.path.clone(),
                what: format!("statistic {name:?}"),
                allowed: format!("it has {}", names.join(", ")),
            });
        }
        let folder = self.path.join("sample_stats").join(name);
        let array = ArrayInfo::read(&folder, &[DataType::Float64], 2)?;
        if array.shape != self.x.shape[..2] {
            let allowed = format!("posterior/x has (chain, draw) {:?}", &self.x.shape[..2]);
            return Err(wrong(&folder, "shape", &array.shape, &allowed));
        }
        read_floats(&array)
    }

    /// States of draws `chunk * draws_per_chunk ..` of one chain, row-major (draw, site), as many as the chunk has. 16-bit symbols read
    /// traces of either [type](Self::symbols).
    ///
    /// # Errors
    /// No such chunk, or damage; states of 16 bits for an `S` of 8.
    pub fn x_chunk<S: Symbol>(&self, chain: usize, chunk: usize) -> Result<Vec<S>, TraceError> {
        self.fits::<S>()?;
        if chain >= self.chains() || chunk >= self.x.grid(1) {
            return Err(TraceError::Missing {
                path: self.path.clone(),
                what: format!("chunk {chunk} of chain {chain}"),
                allowed: format!(
                    "it has {} of each of {} chains",
                    self.x.grid(1),
                    self.chains()
                ),
            });
        }
        self.load_x(chain, chunk)
    }

    /// Visits all states, one chunk after another, chain after chain: `visit(chain, first draw, states)` with states row-major (draw, site).
    ///
    /// # Errors
    /// States of 16 bits for an `S` of 8; damage, after the visits of all chunks before it.
    pub fn for_each_x<S: Symbol>(
        &self,
        mut visit: impl FnMut(usize, usize, &[S]),
    ) -> Result<(), TraceError> {
        self.fits::<S>()?;
        if self.draws() == 0 {
            return Ok(());
        }
        for chain in 0..self.chains() {
            for chunk in 0..self.x.grid(1) {
                let states = self.load_x(chain, chunk)?;
                visit(chain, chunk * self.draws_per_chunk(), &states);
            }
        }
        Ok(())
    }

    /// Refuses to cut the symbols.
    fn fits<S: Symbol>(&self) -> Result<(), TraceError> {
        if self.symbols().bytes() <= size_of::<S>() {
            return Ok(());
        }
        let name = self.x.data_type.name();
        let allowed = "states of 8 bits were requested; read them as 16-bit symbols";
        Err(TraceError::metadata(
            &self.x.folder.join("zarr.json"),
            "data_type",
            Some(&Value::from(name)),
            allowed,
        ))
    }

    /// Without the padding of the last chunk.
    fn load_x<S: Symbol>(&self, chain: usize, chunk: usize) -> Result<Vec<S>, TraceError> {
        let first = chunk * self.draws_per_chunk();
        let symbols = self.draws_per_chunk().min(self.draws() - first) * self.sites();
        let bytes = symbols * self.symbols().bytes();
        let mut raw = self.x.load(&[chain, chunk, 0])?;
        raw.truncate(bytes);
        Ok(symbols_of(&raw, self.symbols()))
    }
}

/// Stored symbols, which [fit](TraceReader::fits) into an `S`.
fn symbols_of<S: Symbol>(bytes: &[u8], stored: SymbolType) -> Vec<S> {
    if stored == SymbolType::U8 {
        let symbols = bytes.iter().map(|&s| S::narrow(u16::from(s)));
        return symbols.collect();
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    let symbols = pairs.iter().map(|s| S::narrow(u16::from_le_bytes(*s)));
    symbols.collect()
}

fn wrong(folder: &Path, field: &str, found: &[usize], allowed: &str) -> TraceError {
    TraceError::metadata(
        &folder.join("zarr.json"),
        field,
        Some(&Value::from(found)),
        allowed,
    )
}
