//! Files: model files ([`tensors`]), edge lists ([`edges`]), factor graphs ([`uai`]), lists of numbers ([`numbers`]) and what was
//! observed ([`observed`]).
//!
//! What is read is hostile until shown otherwise: no input makes a reader panic, and none makes it
//! allocate more than a small multiple of the file's own length. What is written appears whole under
//! its name or not at all.

pub mod edges;
mod error;
mod files;
mod graph;
mod npy;
pub mod numbers;
pub mod observed;
pub mod tensors;
pub mod uai;

pub use edges::{EdgeList, read_edges};
pub use error::{IoError, LineFault, ModelFault};
pub use graph::{GraphFile, read_graph};
pub use npy::{NpyError, NpyFault, Rows, read_states};
pub use numbers::{NumbersFault, read_numbers};
pub use observed::{ObservedError, read_observed};
pub use tensors::{Kind, Parameters, read_model, write_model};
pub use uai::{FactorList, UaiFault, read_uai};
