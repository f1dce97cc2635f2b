//! Files: model files ([`tensors`]), edge lists ([`edges`]), factor graphs ([`uai`]), lists of numbers ([`numbers`]) and
//! observations ([`observed`]).
//!
//! Files are not trusted: no input makes a reader panic or allocate more than a small multiple of the file's length.
//! Files are written atomically: under their name they are complete or do not exist.

pub mod edges;
mod error;
mod files;
mod graph;
mod npy;
pub mod numbers;
pub mod observed;
pub mod tensors;
mod text;
pub mod uai;

pub use edges::{EdgeList, read_edges};
pub use error::{IoError, LineFault, ModelFault};
pub use graph::{GraphFile, read_graph};
pub use npy::{NpyError, NpyFault, Rows, read_states};
pub use numbers::{NumbersFault, read_numbers};
pub use observed::{ObservedError, read_observed};
pub use tensors::{Kind, Parameters, read_model, write_model};
pub use text::visible;
pub use uai::{FactorList, UaiFault, read_uai};
