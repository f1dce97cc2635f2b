//! The nodes of a trace: groups, coordinates and arrays, and their metadata.

use serde_json::{Map, Value};

use super::chunks::COORDINATE_CHUNK;
use super::metadata::{ArrayNode, DataType, GroupNode, Node};
use super::{Chunks, TraceSpec};

/// An array that grows draw by draw: `x` or a statistic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// From the trace's folder.
    pub(super) path: String,
    /// Chains in a chunk.
    pub(super) chains: usize,
    /// Draws in a chunk.
    pub(super) draws: usize,
    /// Bytes of one draw of one chain.
    pub(super) bytes: usize,
    /// Dimensions after (chain, draw).
    pub(super) inner: usize,
    /// What pads chunks.
    pub(super) fill: Fill,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    Zeros,
    NaN,
}

/// The columns of a trace: `x` and then the statistics.
pub(super) fn columns(spec: &TraceSpec) -> Vec<Column> {
    let chunks = spec.chunk_sizes();
    let x = Column {
        path: "posterior/x".to_owned(),
        chains: chunks.chains,
        draws: chunks.draws,
        bytes: spec.state_bytes(),
        inner: spec.state_dims().len(),
        fill: Fill::Zeros,
    };
    let stat = |name: &String| Column {
        path: format!("sample_stats/{name}"),
        chains: spec.chains,
        draws: chunks.stat_draws,
        bytes: size_of::<f64>(),
        inner: 0,
        fill: Fill::NaN,
    };
    std::iter::once(x)
        .chain(spec.stats.iter().map(stat))
        .collect()
}

impl Column {
    /// The file of a chunk, from the trace's folder.
    pub(super) fn file(&self, block: usize, row: usize) -> String {
        let mut file = format!("{}/c/{block}/{row}", self.path);
        file.extend(std::iter::repeat_n("/0", self.inner));
        file
    }
}

/// Every node but the root, parents first.
pub(super) fn children(spec: &TraceSpec, draws: usize) -> Vec<(String, Node)> {
    let Chunks {
        chains: chunk_chains,
        draws: chunk_draws,
        stat_draws,
    } = spec.chunk_sizes();
    let chains = spec.chains;
    let mut dimensions = vec![("chain", chains), ("draw", draws)];
    dimensions.extend(spec.state_dims());
    let (names, shape): (Vec<&str>, Vec<usize>) = dimensions.iter().copied().unzip();
    let chunk = [&[chunk_chains, chunk_draws], &shape[2..]].concat();
    let x = Array {
        data_type: spec.symbols.data_type(),
        shape: &shape,
        chunk: &chunk,
        dimensions: &names,
        attributes: packing(spec),
    };
    let mut nodes = group(spec, "posterior", &dimensions);
    nodes.push(("posterior/x".to_owned(), x.node(spec)));
    nodes.extend(group(spec, "sample_stats", &dimensions[..2]));
    for name in &spec.stats {
        let stat = Array {
            data_type: DataType::Float64,
            shape: &[chains, draws],
            chunk: &[chains, stat_draws],
            dimensions: &["chain", "draw"],
            attributes: Map::new(),
        };
        nodes.push((format!("sample_stats/{name}"), stat.node(spec)));
    }
    nodes
}

/// A group and the coordinates of its dimensions.
fn group(spec: &TraceSpec, name: &str, dimensions: &[(&str, usize)]) -> Vec<(String, Node)> {
    let version = Value::from(spec.version.as_str());
    let attributes = Map::from_iter([
        ("inference_library".to_owned(), Value::from("gwg")),
        ("inference_library_version".to_owned(), version),
        (
            "sample_dims".to_owned(),
            Value::from_iter(["chain", "draw"]),
        ),
    ]);
    let group = GroupNode {
        attributes,
        children: None,
    };
    let mut nodes = vec![(name.to_owned(), Node::Group(group))];
    for &(dimension, length) in dimensions {
        // The chunks of a trace that grows are those of one that has grown.
        let chunk = if dimension == "draw" {
            COORDINATE_CHUNK
        } else {
            length.min(COORDINATE_CHUNK)
        };
        let coordinate = Array {
            data_type: DataType::Int64,
            shape: &[length],
            chunk: &[chunk],
            dimensions: &[dimension],
            attributes: Map::new(),
        };
        nodes.push((format!("{name}/{dimension}"), coordinate.node(spec)));
    }
    nodes
}

struct Array<'a> {
    data_type: DataType,
    shape: &'a [usize],
    chunk: &'a [usize],
    dimensions: &'a [&'a str],
    attributes: Map<String, Value>,
}

/// How the states in packed bits are read.
fn packing(spec: &TraceSpec) -> Map<String, Value> {
    if !spec.packed {
        return Map::new();
    }
    let (names, lengths): (Vec<&str>, Vec<usize>) = spec.site_dims().into_iter().unzip();
    Map::from_iter([
        ("bitorder".to_owned(), Value::from("little")),
        ("sites".to_owned(), Value::from(spec.sites)),
        ("dims".to_owned(), Value::from(names)),
        ("shape".to_owned(), Value::from(lengths)),
    ])
}

impl Array<'_> {
    fn node(self, spec: &TraceSpec) -> Node {
        Node::Array(ArrayNode {
            data_type: self.data_type,
            shape: self.shape.to_vec(),
            chunk: self.chunk.to_vec(),
            dimensions: self.dimensions.iter().map(|&d| d.to_owned()).collect(),
            compression: spec.compression,
            attributes: self.attributes,
        })
    }
}
