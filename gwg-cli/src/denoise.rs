//! `gwg denoise`.

use crate::failure::Failure;
use crate::flags::DenoiseFlags;

pub(crate) fn run(_: &DenoiseFlags) -> Result<(), Failure> {
    Err(Failure::run("not built"))
}
