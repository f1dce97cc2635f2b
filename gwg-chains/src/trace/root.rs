//! The index of a trace: the metadata of all its nodes as its root has them.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::error::TraceError;
use super::metadata::DataType;
use super::parse::{ArrayInfo, Fields, no_link};

/// The metadata of the root group, and with them those of all nodes where they are consolidated.
#[derive(Clone, Debug)]
pub(super) struct Root {
    folder: PathBuf,
    pub(super) attributes: Map<String, Value>,
    nodes: Option<Map<String, Value>>,
}

impl Root {
    pub(super) fn read(folder: &Path) -> Result<Self, TraceError> {
        let mut fields = Fields::read(folder)?;
        let attributes = fields.attributes()?;
        let field = "consolidated_metadata";
        let nodes = match fields.json.get_mut(field).map(Value::take) {
            None | Some(Value::Null) => None,
            Some(mut consolidated) => match consolidated.get_mut("metadata").map(Value::take) {
                Some(Value::Object(nodes)) => Some(nodes),
                found => {
                    let (field, allowed) = (format!("{field}.metadata"), "it must be an object");
                    let found = found.as_ref();
                    return Err(TraceError::metadata(&fields.path, &field, found, allowed));
                }
            },
        };
        Ok(Self {
            folder: folder.to_owned(),
            attributes,
            nodes,
        })
    }

    /// Names of the nodes in a group; `None` where metadata are not consolidated.
    pub(super) fn names(&self, group: &str) -> Option<impl Iterator<Item = &str>> {
        let nodes = self.nodes.as_ref()?;
        Some(nodes.keys().filter_map(move |name| {
            let rest = name.strip_prefix(group)?.strip_prefix('/')?;
            (!rest.contains('/')).then_some(rest)
        }))
    }

    /// The metadata of a node as the root has them: what all of a trace's arrays have in common at some moment while it grows.
    pub(super) fn node(&self, name: &str) -> Result<Fields, TraceError> {
        let folder = self.folder.join(name);
        no_link(&folder)?;
        let Some(nodes) = &self.nodes else {
            return Fields::read(&folder);
        };
        let path = self.folder.join("zarr.json");
        match nodes.get(name) {
            Some(json) => Ok(Fields {
                path,
                node: name.to_owned(),
                json: json.clone(),
            }),
            None => {
                let field = format!("consolidated_metadata.metadata.{name}");
                let allowed = "a trace has it; the trace is damaged, write it again";
                Err(TraceError::metadata(&path, &field, None, allowed))
            }
        }
    }

    /// The array of this name, which must have one of some types of elements and `rank` dimensions.
    pub(super) fn array(
        &self,
        name: &str,
        data_types: &[DataType],
        rank: RangeInclusive<usize>,
    ) -> Result<ArrayInfo, TraceError> {
        ArrayInfo::of(&self.node(name)?, &self.folder.join(name), data_types, rank)
    }
}
