//! Files in the directory `shared/data` next to the repository, which are too large for it or have other licenses.

use std::io::Write;
use std::path::PathBuf;

const SKIP: &str = "GWG_SKIP_SHARED_DATA";

/// The path of a file or directory in `shared/data`; `None`, with a message that the test harness does not capture,
/// if it is absent and `GWG_SKIP_SHARED_DATA=1` is set.
///
/// # Panics
/// If it is absent and the variable is not set.
#[track_caller]
pub(crate) fn shared_data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")).join(name);
    if path.exists() {
        return Some(path);
    }
    let skip = std::env::var_os(SKIP).is_some_and(|value| value == "1");
    let (path, caller) = (path.display(), std::panic::Location::caller());
    assert!(
        skip,
        "{path} is absent, and this test needs it; {SKIP}=1 skips the tests that need shared/data"
    );
    writeln!(
        std::io::stderr(),
        "SKIPPED ({SKIP}=1): nothing was checked at {caller}, for {path} is absent"
    )
    .expect("stderr is open");
    None
}
