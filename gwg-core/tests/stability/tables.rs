//! Tables in files: compared line by line, or rewritten.

use std::path::PathBuf;
use std::{env, fs};

/// Fails if the rows differ from those of a table; with `UPDATE_TABLES` set, writes the table instead.
pub(crate) fn is_as_committed(table: &str, rows: &[String]) {
    let folder = [env!("CARGO_MANIFEST_DIR"), "tests", "stability", "tables"];
    let path = folder.iter().collect::<PathBuf>().join(table);
    let found = rows.join("\n") + "\n";
    if env::var_os("UPDATE_TABLES").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    for (found, committed) in rows.iter().zip(committed.lines()) {
        assert_eq!(found, committed, "{table}");
    }
    assert_eq!(found, committed, "{table}: rows");
}
