//! `gwg contacts`.

use crate::failure::Failure;
use crate::flags::ContactsFlags;

pub(crate) fn run(_: &ContactsFlags) -> Result<(), Failure> {
    Err(Failure::run("not built"))
}
