//! `gwg evaluate`.

use crate::failure::Failure;
use crate::flags::EvaluateFlags;

pub(crate) fn run(_: &EvaluateFlags) -> Result<(), Failure> {
    Err(Failure::run("not built"))
}
