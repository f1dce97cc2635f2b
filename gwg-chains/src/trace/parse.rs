//! The contents of zarr.json files, for reading: written by other programs, damaged, or hostile.

use std::fs::{self, File};
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::MAX_CHUNK_BYTES;
use super::chunks::MAX_PADDED_BYTES;
use super::error::TraceError;
use super::metadata::DataType;

/// Largest zarr.json that is read. The configuration of a run is kilobytes.
const MAX_JSON_BYTES: u64 = 64 << 20;

/// An array as its zarr.json describes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ArrayInfo {
    /// Folder of the array.
    pub(super) folder: PathBuf,
    pub(super) data_type: DataType,
    pub(super) shape: Vec<usize>,
    pub(super) chunk: Vec<usize>,
    pub(super) separator: char,
    pub(super) gzip: bool,
    /// The number of sites where `x` has them as bits.
    pub(super) packed: Option<Packed>,
}

/// States as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) sites: usize,
    /// Whether the first site is the most significant bit.
    pub(super) big: bool,
}

/// Whether `folder` has the zarr.json of a Zarr 3 group.
pub(super) fn is_group(folder: &Path) -> bool {
    group_attributes(folder).is_ok()
}

/// Attributes of the group in `folder`.
pub(super) fn group_attributes(folder: &Path) -> Result<Map<String, Value>, TraceError> {
    Fields::read(folder)?.attributes()
}

/// Refuses links that lead out of the trace.
pub(super) fn no_link(folder: &Path) -> Result<(), TraceError> {
    let mut folders = folder.parent().into_iter().chain([folder]);
    if let Some(link) = folders.find(|folder| folder.is_symlink()) {
        let (found, allowed) = (Value::from("a symbolic link"), "it must be a folder");
        return Err(TraceError::metadata(link, "it", Some(&found), allowed));
    }
    Ok(())
}

impl ArrayInfo {
    /// Of the array in `folder` by the zarr.json there.
    pub(super) fn read(
        folder: &Path,
        data_types: &[DataType],
        rank: RangeInclusive<usize>,
    ) -> Result<Self, TraceError> {
        no_link(folder)?;
        Self::of(&Fields::read(folder)?, folder, data_types, rank)
    }

    pub(super) fn of(
        fields: &Fields,
        folder: &Path,
        data_types: &[DataType],
        rank: RangeInclusive<usize>,
    ) -> Result<Self, TraceError> {
        fields.node("array")?;
        let data_type = fields.data_type(data_types)?;
        fields.is("chunk_grid.name", "regular")?;
        fields.no_transformers()?;
        let shape = fields.lengths("shape", rank, 0)?;
        let rank = shape.len();
        let chunk = fields.lengths("chunk_grid.configuration.chunk_shape", rank..=rank, 1)?;
        fields.bounded(&chunk, data_type)?;
        fields.within(&chunk, &shape, data_type)?;
        fields.fill(data_type)?;
        Ok(Self {
            folder: folder.to_owned(),
            data_type,
            shape,
            chunk,
            separator: fields.separator()?,
            gzip: fields.codecs(data_type)?,
            packed: fields.packed()?,
        })
    }
}

/// The metadata of a node and where they are.
pub(super) struct Fields {
    pub(super) path: PathBuf,
    /// The node, where the file is another one's; or empty.
    pub(super) node: String,
    pub(super) json: Value,
}

impl Fields {
    pub(super) fn read(folder: &Path) -> Result<Self, TraceError> {
        let path = folder.join("zarr.json");
        // Reading a pipe or a device could block forever, and a link leads out of the trace.
        let metadata = fs::symlink_metadata(&path).map_err(TraceError::io("open", &path))?;
        if !metadata.is_file() {
            let allowed = "it must be the metadata of a Zarr 3 node";
            return Err(TraceError::metadata(
                &path,
                "it",
                Some(&Value::from(if metadata.is_symlink() {
                    "a symbolic link"
                } else {
                    "not a file"
                })),
                allowed,
            ));
        }
        let file = File::open(&path).map_err(TraceError::io("open", &path))?;
        let mut text = Vec::new();
        let mut limited = file.take(MAX_JSON_BYTES + 1);
        limited
            .read_to_end(&mut text)
            .map_err(TraceError::io("read", &path))?;
        if text.len() as u64 > MAX_JSON_BYTES {
            let allowed = format!("at most {MAX_JSON_BYTES} are read; this is not a trace");
            let found = Value::from(format!("more than {MAX_JSON_BYTES} bytes"));
            return Err(TraceError::metadata(
                &path,
                "the file",
                Some(&found),
                &allowed,
            ));
        }
        match serde_json::from_slice(&text) {
            Ok(json) => Ok(Self {
                path,
                node: String::new(),
                json,
            }),
            Err(cause) => Err(TraceError::Json { path, cause }),
        }
    }

    /// By keys with dots between levels.
    fn get(&self, field: &str) -> Option<&Value> {
        field
            .split('.')
            .try_fold(&self.json, |value, key| value.get(key))
    }

    fn error(&self, field: &str, allowed: &str) -> TraceError {
        let named = match &*self.node {
            "" => field.to_owned(),
            node => format!("{node}: {field}"),
        };
        TraceError::metadata(&self.path, &named, self.get(field), allowed)
    }

    pub(super) fn attributes(&self) -> Result<Map<String, Value>, TraceError> {
        self.node("group")?;
        match self.get("attributes") {
            None => Ok(Map::new()),
            Some(Value::Object(attributes)) => Ok(attributes.clone()),
            _ => Err(self.error("attributes", "it must be an object")),
        }
    }

    fn is(&self, field: &str, word: &str) -> Result<(), TraceError> {
        if self.get(field).and_then(Value::as_str) == Some(word) {
            return Ok(());
        }
        Err(self.error(field, &format!("only \"{word}\" is read here")))
    }

    fn data_type(&self, allowed: &[DataType]) -> Result<DataType, TraceError> {
        let field = "data_type";
        let found = self.get(field).and_then(Value::as_str);
        let known = allowed.iter().find(|t| Some(t.name()) == found);
        known.copied().ok_or_else(|| {
            let names: Vec<String> = allowed
                .iter()
                .map(|t| format!("\"{}\"", t.name()))
                .collect();
            self.error(field, &format!("only {} is read here", names.join(" or ")))
        })
    }

    fn node(&self, kind: &str) -> Result<(), TraceError> {
        if self.get("zarr_format").and_then(Value::as_u64) != Some(3) {
            return Err(self.error("zarr_format", "only 3 is read"));
        }
        self.is("node_type", kind)
    }

    fn no_transformers(&self) -> Result<(), TraceError> {
        let field = "storage_transformers";
        match self.get(field) {
            None => Ok(()),
            Some(Value::Array(list)) if list.is_empty() => Ok(()),
            _ => Err(self.error(field, "none is read: it must be missing or []")),
        }
    }

    fn lengths(
        &self,
        field: &str,
        rank: RangeInclusive<usize>,
        least: usize,
    ) -> Result<Vec<usize>, TraceError> {
        let length = |v: &Value| usize::try_from(v.as_u64()?).ok().filter(|&n| n >= least);
        let list = self.get(field).and_then(Value::as_array);
        let lengths: Option<Vec<usize>> = list.and_then(|list| list.iter().map(length).collect());
        let allowed = || {
            let (few, many) = (rank.start(), rank.end());
            let rank = if few == many {
                few.to_string()
            } else {
                format!("{few} to {many}")
            };
            format!("it must be {rank} whole numbers of at least {least}")
        };
        lengths
            .filter(|l| rank.contains(&l.len()))
            .ok_or_else(|| self.error(field, &allowed()))
    }

    fn bounded(&self, chunk: &[usize], data_type: DataType) -> Result<(), TraceError> {
        let bytes = chunk
            .iter()
            .try_fold(data_type.bytes(), |size, &n| size.checked_mul(n));
        if bytes.is_some_and(|b| b <= MAX_CHUNK_BYTES) {
            return Ok(());
        }
        let allowed = format!("a chunk may have at most {MAX_CHUNK_BYTES} bytes");
        Err(self.error("chunk_grid.configuration.chunk_shape", &allowed))
    }

    /// Padding is at most a part of a large chunk: a few bytes of gzip must not unpack to a gigabyte of it.
    fn within(
        &self,
        chunk: &[usize],
        shape: &[usize],
        data_type: DataType,
    ) -> Result<(), TraceError> {
        let small = chunk.iter().product::<usize>() * data_type.bytes() <= MAX_PADDED_BYTES;
        if small || chunk.iter().zip(shape).all(|(c, n)| *n == 0 || c <= n) {
            return Ok(());
        }
        let allowed = format!(
            "a chunk of more than {MAX_PADDED_BYTES} bytes may not be larger than the array, which is {shape:?}"
        );
        Err(self.error("chunk_grid.configuration.chunk_shape", &allowed))
    }

    fn separator(&self) -> Result<char, TraceError> {
        self.is("chunk_key_encoding.name", "default")?;
        let field = "chunk_key_encoding.configuration.separator";
        match self.get(field).map(Value::as_str) {
            None | Some(Some("/")) => Ok('/'),
            Some(Some(".")) => Ok('.'),
            _ => Err(self.error(field, "it must be \"/\" or \".\"")),
        }
    }

    /// The attributes of states as bits, if the node has them.
    fn packed(&self) -> Result<Option<Packed>, TraceError> {
        let field = "attributes.bitorder";
        let Some(order) = self.get(field) else {
            return Ok(None);
        };
        let big = match order.as_str() {
            Some("little") => false,
            Some("big") => true,
            _ => return Err(self.error(field, "it must be \"little\" or \"big\"")),
        };
        let field = "attributes.sites";
        let sites = self.get(field).and_then(Value::as_u64);
        let sites = sites.and_then(|n| usize::try_from(n).ok());
        let sites = sites.ok_or_else(|| self.error(field, "it must be the number of sites"))?;
        Ok(Some(Packed { sites, big }))
    }

    /// Whether chunks are gzipped.
    fn codecs(&self, data_type: DataType) -> Result<bool, TraceError> {
        let allowed = "only \"bytes\" (little endian), alone or followed by \"gzip\", is read";
        let error = || self.error("codecs", allowed);
        let codecs = self
            .get("codecs")
            .and_then(Value::as_array)
            .ok_or_else(error)?;
        let name = |codec: &Value| codec.get("name").and_then(Value::as_str).map(str::to_owned);
        let (first, rest) = codecs.split_first().ok_or_else(error)?;
        let endian = first
            .get("configuration")
            .and_then(|c| c.get("endian"))
            .and_then(Value::as_str);
        let little = data_type.bytes() == 1 || endian == Some("little");
        if name(first).as_deref() != Some("bytes") || !little {
            return Err(error());
        }
        match rest {
            [] => Ok(false),
            [codec] if name(codec).as_deref() == Some("gzip") => Ok(true),
            _ => Err(error()),
        }
    }

    /// A value of the type; which one is of no use, as no chunk may be missing.
    fn fill(&self, data_type: DataType) -> Result<(), TraceError> {
        let value = self.get("fill_value");
        let whole = value.and_then(Value::as_u64);
        let fits = match data_type {
            DataType::UInt8 => whole.is_some_and(|v| u8::try_from(v).is_ok()),
            DataType::UInt16 => whole.is_some_and(|v| u16::try_from(v).is_ok()),
            DataType::Int64 => value.is_some_and(Value::is_i64),
            DataType::Float64 => value.is_some_and(is_float),
        };
        if fits {
            return Ok(());
        }
        let allowed = format!("it must be a value of type {}", data_type.name());
        Err(self.error("fill_value", &allowed))
    }
}

/// Whether it is a float64 as Zarr writes it in JSON: a number, one of three words, or the bits in hexadecimal.
fn is_float(value: &Value) -> bool {
    match value.as_str() {
        None => value.is_number(),
        Some("NaN" | "Infinity" | "-Infinity") => true,
        Some(text) => {
            let digits = text.strip_prefix("0x").filter(|d| d.len() == 16);
            digits.is_some_and(|digits| u64::from_str_radix(digits, 16).is_ok())
        }
    }
}
