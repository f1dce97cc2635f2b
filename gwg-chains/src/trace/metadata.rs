//! The contents of zarr.json files, for writing. Structs, not JSON maps: the order of keys is part of the bytes.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::Compression;

/// The types of the elements of arrays in traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DataType {
    UInt8,
    UInt16,
    Int64,
    Float64,
}

impl DataType {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::UInt8 => 1,
            Self::UInt16 => 2,
            Self::Int64 | Self::Float64 => 8,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UInt8 => "uint8",
            Self::UInt16 => "uint16",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
        }
    }

    /// A missing statistic is NaN; symbols and indices have no such value.
    fn fill(self) -> Value {
        if self == Self::Float64 {
            Value::from("NaN")
        } else {
            Value::from(0)
        }
    }
}

/// An array node.
#[derive(Clone, Debug)]
pub(super) struct ArrayNode {
    pub(super) data_type: DataType,
    pub(super) shape: Vec<usize>,
    pub(super) chunk: Vec<usize>,
    pub(super) dimensions: Vec<String>,
    pub(super) compression: Compression,
    pub(super) attributes: Map<String, Value>,
}

/// A group node; the root alone has `children`.
#[derive(Clone, Debug)]
pub(super) struct GroupNode {
    pub(super) attributes: Map<String, Value>,
    pub(super) children: Option<Vec<(String, Node)>>,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Array(ArrayNode),
    Group(GroupNode),
}

#[derive(serde::Serialize)]
struct Named<C> {
    name: &'static str,
    configuration: C,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Setting<'a> {
    Chunk { chunk_shape: &'a [usize] },
    Key { separator: &'static str },
    Bytes { endian: &'static str },
    Gzip { level: u32 },
}

fn named<'a>(name: &'static str, configuration: Setting<'a>) -> Named<Setting<'a>> {
    Named {
        name,
        configuration,
    }
}

impl Serialize for ArrayNode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut codecs = vec![named("bytes", Setting::Bytes { endian: "little" })];
        if let Compression::Gzip(level) = self.compression {
            codecs.push(named("gzip", Setting::Gzip { level }));
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("zarr_format", &3)?;
        map.serialize_entry("node_type", "array")?;
        map.serialize_entry("shape", &self.shape)?;
        map.serialize_entry("data_type", &self.data_type)?;
        let grid = named(
            "regular",
            Setting::Chunk {
                chunk_shape: &self.chunk,
            },
        );
        map.serialize_entry("chunk_grid", &grid)?;
        map.serialize_entry(
            "chunk_key_encoding",
            &named("default", Setting::Key { separator: "/" }),
        )?;
        map.serialize_entry("fill_value", &self.data_type.fill())?;
        map.serialize_entry("codecs", &codecs)?;
        map.serialize_entry("attributes", &self.attributes)?;
        map.serialize_entry("dimension_names", &self.dimensions)?;
        map.serialize_entry("storage_transformers", &[(); 0])?;
        map.end()
    }
}

impl Serialize for GroupNode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("zarr_format", &3)?;
        map.serialize_entry("node_type", "group")?;
        map.serialize_entry("attributes", &self.attributes)?;
        if let Some(children) = &self.children {
            map.serialize_entry("consolidated_metadata", &Consolidated(children))?;
        }
        map.end()
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Array(array) => array.serialize(serializer),
            Self::Group(group) => group.serialize(serializer),
        }
    }
}

/// All other nodes' metadata in the root's: a convention of zarr-python that saves readers many requests to slow file systems.
struct Consolidated<'a>(&'a [(String, Node)]);

impl Serialize for Consolidated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", "inline")?;
        map.serialize_entry("must_understand", &false)?;
        map.serialize_entry("metadata", &Ordered(self.0))?;
        map.end()
    }
}

struct Ordered<'a>(&'a [(String, Node)]);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(path, node)| (path, node)))
    }
}
