//! Writes files of parameters.

use std::fmt::LowerExp;
use std::path::Path;

use gwg_core::Real;
use gwg_models::io::{IoError, write_bytes};

use super::number::push;
use crate::{Alphabet, PairPotts};

/// The text of a file of parameters as adabmDCA writes it: all couplings with `i < j`, then all fields. With `sparse`, couplings that are
/// 0 are left out.
///
/// Numbers have the fewest digits that are read back as the same number. Symbols without a letter are written as `?`.
#[must_use]
pub fn params_text<R: Real + LowerExp>(
    model: &PairPotts<R>,
    alphabet: &Alphabet,
    sparse: bool,
) -> String {
    let q = model.states();
    let letters = alphabet.letters();
    let letter = |symbol: usize| letters.get(symbol).map_or('?', |&letter| letter.into());
    let mut text = String::new();
    for (i, j) in model.pairs() {
        for (at, &value) in model.block(i, j).iter().enumerate() {
            if sparse && value == R::ZERO {
                continue;
            }
            text.push_str(&format!("J {i} {j} {} {} ", letter(at / q), letter(at % q)));
            push(&mut text, value);
            text.push('\n');
        }
    }
    for (at, &value) in model.field().iter().enumerate() {
        text.push_str(&format!("h {} {} ", at / q, letter(at % q)));
        push(&mut text, value);
        text.push('\n');
    }
    text
}

/// Writes a file of parameters: [`params_text`].
///
/// # Errors
/// [`IoError::Write`].
pub fn write_params<R: Real + LowerExp>(
    path: &Path,
    model: &PairPotts<R>,
    alphabet: &Alphabet,
    sparse: bool,
) -> Result<(), IoError> {
    write_bytes(path, params_text(model, alphabet, sparse).as_bytes())
}
