//! `gwg learn`.

use crate::failure::Failure;
use crate::flags::LearnFlags;

pub(crate) fn run(_: &LearnFlags) -> Result<(), Failure> {
    Err(Failure::run("not built"))
}
