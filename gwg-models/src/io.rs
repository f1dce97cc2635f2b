//! Files: model files ([`tensors`]), graphs ([`edges`]), factor graphs ([`uai`]), lists of numbers ([`numbers`]),
//! observations ([`observed`]) and black and white images ([`BinaryImage`]).
//!
//! Inputs are regular files of any size, pipes and devices (up to 1 GiB), or `-`, standard input. What is packed by gzip, whatever
//! its name, is unpacked: to 64 MiB or 100 times its length, at most 1 GiB. A byte order mark before a text is skipped.
//!
//! Files are not trusted: no input makes a reader panic or allocate more than a small multiple of its (unpacked) length, and what a
//! message shows of it is [`visible`] text.
//! Files are written atomically: under their name they are complete or do not exist.

pub mod edges;
mod error;
mod files;
mod graph;
mod guess;
mod ladder;
mod npy;
pub mod numbers;
pub mod observed;
mod pbm;
pub mod tensors;
mod text;
pub mod uai;

pub use edges::{EdgeList, LineFault, read_edges};
pub use error::{IoError, ModelFault};
pub use files::{Packer, read_bytes, write_bytes};
pub use graph::{GraphFile, read_graph};
pub use guess::Content;
pub use ladder::{
    Ladder, LadderFileError, PottsLadder, RbmLadder, read_ladder, read_potts_ladder, write_ladder,
    write_potts_ladder,
};
pub use npy::{NpyError, NpyFault, Rows, npy_bytes, parse_numbers, read_rows, read_states};
pub use numbers::{NumbersFault, read_numbers};
pub use observed::{ObservedError, read_observed};
pub use pbm::{BinaryImage, PbmFault};
pub use tensors::{Kind, Parameters, parse_model, read_model, write_model};
pub use tensors::{NamedTensor, named_with_metadata, parse_metadata, parse_named};
pub use text::{excerpt, shortened, visible, visible_path};
pub use uai::{FactorList, UaiFault, read_uai};
