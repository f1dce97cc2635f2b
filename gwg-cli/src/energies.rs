//! `gwg energies`.

use crate::failure::Failure;
use crate::flags::EnergiesFlags;

pub(crate) fn run(_: &EnergiesFlags) -> Result<(), Failure> {
    Err(Failure::run("not built"))
}
