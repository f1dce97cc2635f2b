//! Reading a trace.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::error::TraceError;
use super::metadata::DataType;
use super::parse::{ArrayInfo, group_attributes};
use super::recorder::STEP_STATISTICS;
use super::store::Missing;
use crate::quantity::{Quantity, QuantityDraws};

/// Arrays of `sample_stats` that are coordinates.
const COORDINATES: [&str; 3] = ["chain", "draw", "site"];

/// An open trace. Nothing but metadata is in memory; every call reads its files again.
///
/// Any file may be missing, damaged or hostile: the answer is a [`TraceError`], and memory stays bounded by the size of the files
/// and of one chunk. A chunk that is missing is fill value, as Zarr has it, up to a quarter of a gibibyte of them.
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
    /// No Zarr 3 group there, no `posterior/x` in it, or one that is not uint8 (chain, draw, site) in chunks of whole states of one chain.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let attributes = group_attributes(path)?;
        let folder = path.join("posterior").join("x");
        let x = ArrayInfo::read(&folder, DataType::UInt8, 3)?;
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

    /// Draws of each chain, maybe none.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.x.shape[1]
    }

    /// Symbols of one state, at least 1.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.x.shape[2]
    }

    /// Draws of one chain in a chunk of `x`; the last chunk may have fewer that count.
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
        let array = ArrayInfo::read(&folder, DataType::Float64, 2)?;
        if array.shape != self.x.shape[..2] {
            let allowed = format!("posterior/x has (chain, draw) {:?}", &self.x.shape[..2]);
            return Err(wrong(&folder, "shape", &array.shape, &allowed));
        }
        read_floats(&array)
    }

    /// States of draws `chunk * draws_per_chunk ..` of one chain, row-major (draw, site), as many as the chunk has.
    ///
    /// # Errors
    /// No such chunk, or damage.
    pub fn x_chunk(&self, chain: usize, chunk: usize) -> Result<Vec<u8>, TraceError> {
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
        self.load_x(chain, chunk, &mut Missing::default())
    }

    /// Visits all states, one chunk after another, chain after chain: `visit(chain, first draw, states)` with states row-major (draw, site).
    ///
    /// # Errors
    /// Damage, after the visits of all chunks before it.
    pub fn for_each_x(&self, mut visit: impl FnMut(usize, usize, &[u8])) -> Result<(), TraceError> {
        if self.draws() == 0 {
            return Ok(());
        }
        let mut missing = Missing::default();
        for chain in 0..self.chains() {
            for chunk in 0..self.x.grid(1) {
                let states = self.load_x(chain, chunk, &mut missing)?;
                visit(chain, chunk * self.draws_per_chunk(), &states);
            }
        }
        Ok(())
    }

    /// Without the padding of the last chunk.
    fn load_x(
        &self,
        chain: usize,
        chunk: usize,
        missing: &mut Missing,
    ) -> Result<Vec<u8>, TraceError> {
        let first = chunk * self.draws_per_chunk();
        let bytes = self.draws_per_chunk().min(self.draws() - first) * self.sites();
        match self.x.load(&[chain, chunk, 0], bytes, missing)? {
            Some(mut states) => {
                states.truncate(bytes);
                Ok(states)
            }
            None => Ok(vec![self.x.fill[0]; bytes]),
        }
    }
}

/// All of a two-dimensional array, row-major.
fn read_floats(array: &ArrayInfo) -> Result<Vec<f64>, TraceError> {
    let [rows, columns] = [array.shape[0], array.shape[1]];
    if columns == 0 {
        return Ok(Vec::new());
    }
    // Sizes are claims until each chunk's file has been seen to be able to hold it; only then is memory asked for.
    let mut missing = Missing::default();
    for_each_block(array, |index, height, width| {
        array
            .probe(index, height * width * size_of::<f64>(), &mut missing)
            .map(drop)
    })?;
    let mut values: Vec<f64> = Vec::new();
    let reserved = rows
        .checked_mul(columns)
        .is_some_and(|n| values.try_reserve_exact(n).is_ok());
    if !reserved {
        return Err(wrong(
            &array.folder,
            "shape",
            &array.shape,
            "it does not fit in memory",
        ));
    }
    let fill = <[u8; 8]>::try_from(array.fill.as_slice()).map_or(f64::NAN, f64::from_le_bytes);
    values.resize(rows * columns, fill);
    let mut missing = Missing::default();
    for_each_block(array, |index, height, width| {
        let needed = height * width * size_of::<f64>();
        let Some(bytes) = array.load(index, needed, &mut missing)? else {
            return Ok(());
        };
        let (floats, _) = bytes.as_chunks::<8>();
        for row in 0..height {
            let to = (index[0] * array.chunk[0] + row) * columns + index[1] * array.chunk[1];
            let from = &floats[row * array.chunk[1]..];
            for (value, bytes) in values[to..to + width].iter_mut().zip(from) {
                *value = f64::from_le_bytes(*bytes);
            }
        }
        Ok(())
    })?;
    Ok(values)
}

/// Visits the chunks of a two-dimensional array: index, and how many rows and columns of it are inside the array.
fn for_each_block(
    array: &ArrayInfo,
    mut visit: impl FnMut(&[usize; 2], usize, usize) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let inside = |dimension: usize, index: usize| {
        let (length, chunk) = (array.shape[dimension], array.chunk[dimension]);
        chunk.min(length - index * chunk)
    };
    for i in 0..array.grid(0) {
        for j in 0..array.grid(1) {
            visit(&[i, j], inside(0, i), inside(1, j))?;
        }
    }
    Ok(())
}

fn wrong(folder: &Path, field: &str, found: &[usize], allowed: &str) -> TraceError {
    TraceError::metadata(
        &folder.join("zarr.json"),
        field,
        Some(&Value::from(found)),
        allowed,
    )
}
