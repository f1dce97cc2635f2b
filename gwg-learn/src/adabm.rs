//! The files of adabmDCA: parameters (`params.dat`) and chains (FASTA).
//!
//! A line of parameters is `J i j a b value` or `h i a value`, with sites from 0 and letters of an alphabet:
//! `f(x) = sum_i h[i, x_i] + sum_{i < j} J[i, j, x_i, x_j]`, and adabmDCA's energy is `-f`. This is [`PairPotts`]; the couplings of
//! [`DensePotts`](gwg_models::DensePotts) are half of these.

mod chains;
mod fault;
mod number;
mod parse;
mod records;
mod write;

use std::path::Path;

use gwg_models::io::read_bytes;

use crate::{Alphabet, PairPotts};

pub use chains::{chain_names, log_weights};
pub use fault::{ParamsError, ParamsFault};
pub use parse::parse_params;
pub use write::{params_text, write_params};

/// A Potts model read from a file of adabmDCA.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// The parameters.
    pub model: PairPotts<f64>,
    /// The letters of the states.
    pub alphabet: Alphabet,
    /// The lines, from 1, that adabmDCA skips because they begin with neither `J` nor `h` nor `#`: the first ten.
    pub skipped: Vec<usize>,
}

/// Reads a file of parameters; packed by gzip or not.
///
/// Records may be in any order, and absent ones are 0. `J i j a b` and `J j i b a` add up; of the same record twice, the last one counts;
/// `J i i a a` adds to the field. Without an alphabet, it is the one of RNA, DNA, proteins or `01` that has all letters of the file. In the
/// older format the states are numbers: there, the numbers of sites and of states are the largest ones of the lines `h`, plus 1.
///
/// # Cost
/// `O(bytes + L^2 q^2)`; memory of up to three times the bytes and 8 bytes per parameter.
///
/// # Errors
/// [`ParamsError`], with the line. A model with more than 2^27 parameters (1 GiB) is refused if its file states fewer than a hundredth of
/// them.
pub fn read_params(path: &Path, alphabet: Option<&Alphabet>) -> Result<Params, ParamsError> {
    parse_params(&read_bytes(path)?, alphabet).map_err(|fault| ParamsError::Content {
        path: path.to_owned(),
        fault,
    })
}
