//! The files of a trace that is written.

use serde::Serialize;
use serde_json::{Map, Value};

use super::buffer::{Slab, padding};
use crate::trace::TraceSpec;
use crate::trace::chunks::COORDINATE_CHUNK;
use crate::trace::codec::encode;
use crate::trace::error::TraceError;
use crate::trace::layout::{self, Column};
use crate::trace::metadata::{ArrayNode, DataType, GroupNode, Node};
use crate::trace::staging::Staging;

/// Writes chunks and the index.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) staging: Staging,
    spec: TraceSpec,
    columns: Vec<Column>,
    /// Draws that the index on the disk has.
    indexed: usize,
    /// Whether the nodes that do not change from one index to the next are still to be written.
    fresh: bool,
}

impl Sink {
    /// For a folder with an index of so many draws.
    pub(super) fn new(staging: Staging, spec: TraceSpec, indexed: usize) -> Self {
        Self {
            staging,
            columns: layout::columns(&spec),
            spec,
            indexed,
            fresh: true,
        }
    }

    /// Writes the chunks of a slab.
    pub(super) fn write_slab(&mut self, slab: &Slab) -> Result<(), TraceError> {
        let column = self.columns[slab.column].clone();
        let bytes = column.chains * column.draws * column.bytes;
        for (block, raw) in slab.raw.chunks(bytes).enumerate() {
            // The last chunk has fewer chains.
            let mut whole = Vec::new();
            if raw.len() < bytes {
                whole.extend_from_slice(raw);
                whole.extend(padding(bytes - raw.len(), column.fill));
            }
            let raw = if whole.is_empty() { raw } else { &whole };
            let file = column.file(block, slab.row);
            let chunk = encode(raw, self.spec.compression)
                .map_err(|cause| self.compressing(&file, cause))?;
            self.write_chunk(&file, slab.row * column.draws, &chunk)?;
        }
        Ok(())
    }

    /// Writes the index of so many draws, of which the chunks that are not full are given, so that the trace has them whatever happens next.
    ///
    /// Chunks come before the metadata of their arrays, and those before the root's: what a reader finds there is on the disk.
    pub(super) fn sync(&mut self, partial: &[Slab], draws: usize) -> Result<(), TraceError> {
        for slab in partial {
            self.write_slab(slab)?;
        }
        let children = layout::children(&self.spec, draws);
        for (path, node) in &children {
            if self.fresh || grows(path, node) {
                self.write_coordinate(path, node)?;
                self.write_node(path, node)?;
            }
        }
        let attributes = self.spec.attributes.clone();
        if self.staging.is_published() {
            self.staging.commit()?;
            self.write_root(attributes, children)?;
        } else {
            self.write_root(attributes, children)?;
            self.staging.publish()?;
        }
        (self.indexed, self.fresh) = (draws, false);
        Ok(())
    }

    /// Writes an extra file.
    pub(super) fn put_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), TraceError> {
        self.staging.replace_now(name, bytes)
    }

    /// Cuts a trace of this spec to its first `draws` draws: the index, with the attributes that it has, and the chunks after it.
    pub(super) fn cut(
        &mut self,
        draws: usize,
        attributes: &Map<String, Value>,
    ) -> Result<(), TraceError> {
        if draws < self.indexed {
            let children = layout::children(&self.spec, draws);
            self.write_root(attributes.clone(), children.clone())?;
            for (path, node) in children.iter().filter(|(path, node)| grows(path, node)) {
                self.write_node(path, node)?;
            }
            self.staging.commit()?;
            self.indexed = draws;
        }
        self.staging.remove_temporaries()?;
        for column in &self.columns {
            let folder = format!("{}/c", column.path);
            let needed = draws.div_ceil(column.draws);
            for block in 0..self.spec.chains.div_ceil(column.chains) {
                let folder = format!("{folder}/{block}");
                self.staging.remove_numbers(&folder, needed)?;
            }
        }
        for group in ["posterior", "sample_stats"] {
            let needed = draws.div_ceil(COORDINATE_CHUNK);
            let folder = format!("{group}/draw/c");
            self.staging.remove_numbers(&folder, needed)?;
        }
        Ok(())
    }

    /// Of a chunk whose first draw is in the index there must be the old or the new one at any moment.
    fn write_chunk(
        &mut self,
        file: &str,
        first_draw: usize,
        bytes: &[u8],
    ) -> Result<(), TraceError> {
        if first_draw < self.indexed {
            self.staging.replace(file, bytes)
        } else {
            self.staging.create(file, bytes)
        }
    }

    /// The values 0, 1, 2, ... of a coordinate that the index does not have yet; nothing for other nodes.
    fn write_coordinate(&mut self, path: &str, node: &Node) -> Result<(), TraceError> {
        let Node::Array(ArrayNode {
            data_type: DataType::Int64,
            shape,
            chunk,
            ..
        }) = node
        else {
            return Ok(());
        };
        let (length, chunk) = (shape[0], chunk[0]);
        let known = match grows(path, node) {
            true => self.indexed,
            false if self.staging.is_published() => return Ok(()),
            false => 0,
        };
        for row in known / chunk..length.div_ceil(chunk) {
            let from = row * chunk;
            let values = (from as i64..length as i64).take(chunk);
            let mut raw: Vec<u8> = values.flat_map(i64::to_le_bytes).collect();
            raw.resize(chunk * 8, 0);
            let file = format!("{path}/c/{row}");
            let bytes = encode(&raw, self.spec.compression)
                .map_err(|cause| self.compressing(&file, cause))?;
            if from < known {
                self.staging.replace(&file, &bytes)?;
            } else {
                self.staging.create(&file, &bytes)?;
            }
        }
        Ok(())
    }

    fn write_root(
        &mut self,
        attributes: Map<String, Value>,
        children: Vec<(String, Node)>,
    ) -> Result<(), TraceError> {
        let root = GroupNode {
            attributes,
            children: Some(children),
        };
        let (file, text) = self.encoded("", &root)?;
        if self.staging.is_published() {
            self.staging.replace_now(&file, &text)
        } else {
            self.staging.create(&file, &text)
        }
    }

    fn write_node(&mut self, path: &str, node: &impl Serialize) -> Result<(), TraceError> {
        let (file, text) = self.encoded(path, node)?;
        if self.staging.is_published() {
            self.staging.replace(&file, &text)
        } else {
            self.staging.create(&file, &text)
        }
    }

    /// The file of a node's metadata and what is in it.
    fn encoded(&self, path: &str, node: &impl Serialize) -> Result<(String, Vec<u8>), TraceError> {
        let file = if path.is_empty() {
            "zarr.json".to_owned()
        } else {
            format!("{path}/zarr.json")
        };
        let text = serde_json::to_vec_pretty(node).map_err(|cause| {
            TraceError::io("encode", &self.staging.folder().join(&file))(cause.into())
        })?;
        Ok((file, text))
    }

    fn compressing(&self, file: &str, cause: std::io::Error) -> TraceError {
        TraceError::io("compress", &self.staging.folder().join(file))(cause)
    }
}

/// Whether a node changes with the number of draws.
fn grows(path: &str, node: &Node) -> bool {
    match node {
        Node::Array(array) if array.data_type == DataType::Int64 => path.ends_with("/draw"),
        Node::Array(_) => true,
        Node::Group(_) => false,
    }
}
