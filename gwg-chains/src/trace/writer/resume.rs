//! Taking up a trace that another run left.

use std::path::Path;

use serde_json::Map;

use super::buffer::Buffer;
use super::sink::Sink;
use crate::trace::error::TraceError;
use crate::trace::layout::{self, Column};
use crate::trace::metadata::{ArrayNode, DataType, Node};
use crate::trace::parse::ArrayInfo;
use crate::trace::staging::Staging;
use crate::trace::{TraceReader, TraceSpec};

/// The first `draws` draws of the trace at `path`, which is of this spec: cuts it to them, and returns what writes to it, and the draws that do not
/// fill their chunks.
pub(super) fn take_up(
    path: &Path,
    spec: &TraceSpec,
    draws: usize,
) -> Result<(Sink, Vec<Buffer>), TraceError> {
    let staging = Staging::resume(path)?;
    let reader = TraceReader::open(path)?;
    same(&reader, spec, path)?;
    if draws > reader.draws() {
        return Err(TraceError::Missing {
            path: path.to_owned(),
            what: format!("{draws} draws to continue from"),
            allowed: format!("it has {}", reader.draws()),
        });
    }
    let columns = layout::columns(spec);
    let load = |(k, column): (usize, &Column)| {
        let array = reader.column(&column.path)?;
        whole(&array, column, spec.chains, draws)?;
        let mut buffer = Buffer::new(k, column, spec.chains, draws);
        fill(&mut buffer, &array, column, (spec.chains, draws))?;
        Ok(buffer)
    };
    let buffers: Result<_, TraceError> = columns.iter().enumerate().map(load).collect();
    let buffers = buffers?;
    let mut sink = Sink::new(staging, spec.clone(), reader.draws());
    sink.cut(draws, reader.attributes())?;
    Ok((sink, buffers))
}

/// Whether all chunks that stay as they are are there.
fn whole(
    array: &ArrayInfo,
    column: &Column,
    chains: usize,
    draws: usize,
) -> Result<(), TraceError> {
    for block in 0..chains.div_ceil(column.chains) {
        for row in 0..draws / column.draws {
            array.probe(&index(column, block, row))?;
        }
    }
    Ok(())
}

/// Reads the draws of the last chunks that are not full.
fn fill(
    buffer: &mut Buffer,
    array: &ArrayInfo,
    column: &Column,
    (chains, draws): (usize, usize),
) -> Result<(), TraceError> {
    let (row, rest) = (draws / column.draws, draws % column.draws);
    if rest == 0 {
        return Ok(());
    }
    let mut stored = Vec::with_capacity(chains * rest * column.bytes);
    for block in 0..chains.div_ceil(column.chains) {
        let raw = array.load(&index(column, block, row))?;
        let inside = column.chains.min(chains - block * column.chains);
        for chain in raw.chunks(column.draws * column.bytes).take(inside) {
            stored.extend_from_slice(&chain[..rest * column.bytes]);
        }
    }
    let copy = |chain: usize, first: usize, to: &mut [u8]| {
        let at = (chain * rest + first) * column.bytes;
        to.copy_from_slice(&stored[at..at + to.len()]);
    };
    // Fewer than a chunk: none is full.
    buffer.push(rest, copy, |_| Ok(()))
}

fn index(column: &Column, block: usize, row: usize) -> Vec<usize> {
    let mut index = vec![block, row];
    index.resize(2 + column.inner, 0);
    index
}

/// Whether the trace is one of this spec, apart from its attributes and its number of draws.
fn same(reader: &TraceReader, spec: &TraceSpec, path: &Path) -> Result<(), TraceError> {
    let differs = |field: &str, found: String, needed: String| {
        Err(TraceError::Differs {
            path: path.to_owned(),
            field: field.to_owned(),
            found,
            needed,
        })
    };
    for (field, found, needed) in [
        ("the number of chains", reader.chains(), spec.chains),
        ("the number of sites", reader.sites(), spec.sites),
    ] {
        if found != needed {
            return differs(field, found.to_string(), needed.to_string());
        }
    }
    let mut names = spec.stats.clone();
    names.sort_unstable();
    let stored = reader.stat_names()?;
    if stored != names {
        let of = |names: Vec<String>| format!("[{}]", names.join(", "));
        return differs("the statistics", of(stored), of(names));
    }
    let arrays = layout::children(spec, reader.draws()).into_iter();
    let mut arrays: Vec<(String, ArrayNode)> = arrays
        .filter_map(|(name, node)| match node {
            Node::Array(array) => Some((name, array)),
            Node::Group(_) => None,
        })
        .collect();
    // Coordinates are missing or others because the states are.
    arrays.sort_by_key(|(_, array)| array.data_type == DataType::Int64);
    for (name, array) in arrays {
        let needed = serde_json::to_value(array).unwrap_or_default();
        let found = reader.node(&name)?;
        // The first ones say best what the others follow from.
        let first = ["data_type", "attributes", "shape"].into_iter();
        let all = needed.as_object().into_iter().flat_map(Map::keys);
        for field in first.chain(all.map(String::as_str)) {
            let [found, needed] = [&found, &needed].map(|json| &json[field]);
            if found != needed {
                let field = format!("the {field} of {name}");
                return differs(&field, found.to_string(), needed.to_string());
            }
        }
    }
    Ok(())
}
