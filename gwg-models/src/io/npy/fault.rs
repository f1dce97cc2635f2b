//! What can be wrong with an array.

use std::path::PathBuf;

use crate::io::IoError;
use crate::io::text::Shown;

/// The reason why a `.npy` file was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] IoError),
    /// The content violates a rule.
    #[error("{}: {fault}", Shown(path))]
    Fault {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        #[source]
        fault: NpyFault,
    },
}

/// A violated rule of `.npy` files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyFault {
    /// The magic bytes, the version or the header are not those of NumPy.
    #[error("not a .npy file ({0}); save the array with numpy.save")]
    Format(&'static str),
    /// An unsupported element type.
    #[error(
        "found elements of type `{found}`, allowed are bool and integers of 1 to 8 bytes, little-endian; convert with .astype('int32')"
    )]
    Type {
        /// The type found, as NumPy writes it.
        found: String,
    },
    /// An element type that is not a number.
    #[error(
        "found elements of type `{found}`, allowed are floats of 4 or 8 bytes and integers of 1 to 8, little-endian; convert with .astype('float64')"
    )]
    NumberType {
        /// The type found, as NumPy writes it.
        found: String,
    },
    /// A zip archive of arrays.
    #[error(
        "found an archive of arrays (.npz); save one of them alone, in Python: numpy.save('ONE.npy', numpy.load('ALL.npz')['NAME'])"
    )]
    Archive,
    /// A shape that is no list of sizes.
    #[error("found shape {found}, needed is at least one dimension")]
    Shape {
        /// The shape found.
        found: String,
    },
    /// An array of several dimensions that is stored column by column.
    #[error(
        "found shape {found} in Fortran order, allowed is C order; convert with numpy.ascontiguousarray"
    )]
    Order {
        /// The shape found.
        found: String,
    },
    /// An array that does not have one number per site.
    #[error(
        "found shape {found:?}, allowed are ({sites},), or (rows, {sites}), or a shape with {sites} elements in row-major order"
    )]
    Sites {
        /// The shape found.
        found: Vec<usize>,
        /// The number of sites.
        sites: usize,
    },
    /// An array without rows, or of one dimension.
    #[error(
        "found shape {found:?}, allowed are (rows, sites) and shapes of more dimensions, with at least one row"
    )]
    Rows {
        /// The shape found.
        found: Vec<usize>,
    },
    /// A number of bytes that does not match the shape.
    #[error(
        "the shape requires {needed} bytes of elements, found {found}; the file is truncated or damaged"
    )]
    Length {
        /// The number of bytes required by the shape.
        needed: u128,
        /// The number of bytes found.
        found: usize,
    },
    /// An element that is not a symbol.
    #[error("element {index} (from 0): found {found}, allowed are 0 to 65535")]
    Symbol {
        /// Its position in row-major order.
        index: usize,
        /// Its value.
        found: i64,
    },
}
