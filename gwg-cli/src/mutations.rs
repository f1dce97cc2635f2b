//! `gwg mutations`.

use crate::failure::Failure;
use crate::flags::MutationsFlags;

pub(crate) fn run(_: &MutationsFlags) -> Result<(), Failure> {
    Err(Failure::run("not built"))
}
