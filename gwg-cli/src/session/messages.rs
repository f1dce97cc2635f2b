//! Messages on standard error: lines of text, or of JSON.

use crate::failure::plain;
use serde_json::json;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether lines are JSON: from the reading of the flags on.
static JSON: AtomicBool = AtomicBool::new(false);

/// Makes all further lines on standard error JSON.
pub(crate) fn use_json() {
    JSON.store(true, Ordering::Relaxed);
}

pub(crate) fn is_json() -> bool {
    JSON.load(Ordering::Relaxed)
}

/// Says something that is no error.
pub(crate) fn note(text: &str) {
    say("note", "note:", &plain(text));
}

/// Says why the command ends.
pub(crate) fn error(text: &str) {
    say("error", "error:", text);
}

/// Says what is about to run.
pub(crate) fn announce(text: &str) {
    say("run", "running ", &plain(text));
}

/// Reports an update of a training run; its figures are fields of the line where lines are JSON.
pub(crate) fn update(text: &str, figures: &impl serde::Serialize) {
    let line = if is_json() {
        json!({ "message": "update", "text": text, "figures": figures }).to_string()
    } else {
        text.to_owned()
    };
    write(&line);
}

fn say(kind: &str, label: &str, text: &str) {
    let line = if is_json() {
        json!({ "message": kind, "text": text }).to_string()
    } else {
        format!("{label} {text}")
    };
    write(&line);
}

pub(super) fn write(line: &str) {
    // A closed stream is no reason to end the run.
    let _ = writeln!(std::io::stderr(), "{line}");
}
