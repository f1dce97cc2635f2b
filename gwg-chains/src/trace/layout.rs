//! The nodes of a trace: groups, coordinates and arrays, and their metadata.

use serde_json::{Map, Value};

use super::metadata::{ArrayNode, DataType, GroupNode, Node};
use super::{Compression, TraceSpec};

/// Every node but the root, parents first.
pub(super) fn children(spec: &TraceSpec, draws: usize, widths: [usize; 2]) -> Vec<(String, Node)> {
    let TraceSpec {
        chains,
        sites,
        compression,
        ..
    } = *spec;
    let shape = [chains, draws, sites];
    let x = array(
        compression,
        spec.symbols.data_type(),
        &shape,
        &[1, widths[0], sites],
        &["chain", "draw", "site"],
    );
    let mut nodes = group(spec, "posterior", &shape);
    nodes.push(("posterior/x".to_owned(), x));
    nodes.extend(group(spec, "sample_stats", &shape[..2]));
    for name in &spec.stats {
        let stat = array(
            compression,
            DataType::Float64,
            &shape[..2],
            &[chains, widths[1]],
            &["chain", "draw"],
        );
        nodes.push((format!("sample_stats/{name}"), stat));
    }
    nodes
}

/// A group and the coordinates of its dimensions.
fn group(spec: &TraceSpec, name: &str, lengths: &[usize]) -> Vec<(String, Node)> {
    let version = Value::from(spec.version.as_str());
    let attributes = Map::from_iter([
        ("inference_library".to_owned(), Value::from("gwg")),
        ("inference_library_version".to_owned(), version),
        (
            "sample_dims".to_owned(),
            Value::from_iter(["chain", "draw"]),
        ),
    ]);
    let mut nodes = vec![(
        name.to_owned(),
        Node::Group(GroupNode {
            attributes,
            children: None,
        }),
    )];
    let dimensions: [&'static [&'static str]; 3] = [&["chain"], &["draw"], &["site"]];
    for (dimension, &length) in dimensions.into_iter().zip(lengths) {
        let node = array(
            spec.compression,
            DataType::Int64,
            &[length],
            &[length],
            dimension,
        );
        nodes.push((format!("{name}/{}", dimension[0]), node));
    }
    nodes
}

fn array(
    compression: Compression,
    data_type: DataType,
    shape: &[usize],
    chunk: &[usize],
    dimensions: &'static [&'static str],
) -> Node {
    Node::Array(ArrayNode {
        data_type,
        shape: shape.to_vec(),
        chunk: chunk.iter().map(|&n| n.max(1)).collect(),
        dimensions,
        compression,
    })
}
