//! The `gwg` command.
fn main() {}
