//! Says that an input is waited for: a pipe that nothing writes to blocks what opens it.

use crate::found;
use crate::session::note;
use gwg_models::io::visible_path;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Inputs that come later are said to be waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Does what reads an input, and says so where it is a pipe and takes long.
pub(crate) fn while_reading<T>(path: &Path, read: impl FnOnce() -> T) -> T {
    if !found::is_stream(path) {
        return read();
    }
    let (done, waits) = channel::<()>();
    let shown = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        visible_path(path)
    };
    let watch = move || {
        if waits.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            note(&format!("waiting for what is written to {shown}"));
        }
    };
    // Without a thread, nothing is said.
    let watching = std::thread::Builder::new()
        .name("waiting".into())
        .spawn(watch);
    let found = read();
    drop(done);
    if let Ok(watching) = watching {
        let _ = watching.join();
    }
    found
}
