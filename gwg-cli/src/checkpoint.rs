//! Checkpoints of a run: written at intervals, and read to go on with it.

use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::outputs;
use crate::sample::{ModelFile, Settings};
use crate::session::note;
use crate::waiting;
use gwg_chains::trace::{Recorder, TraceReader};
use gwg_chains::{Checkpoint, SavedRun};
use gwg_models::io::{visible, visible_path};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The checkpoint in the folder of a trace.
pub(crate) const IN_TRACE: &str = "checkpoint.gwg";

/// Time between two checkpoints at least, as a multiple of the time that one takes.
const RARER: u32 = 20;

/// Settings that may differ from those that were saved; files of the model are compared on their own.
const FREE: [&str; 6] = [
    "auto",
    "command",
    "config",
    "draws",
    "model_files",
    "version",
];

/// Writes the checkpoints of a run.
pub(crate) struct Checkpoints {
    /// `--checkpoint`.
    path: Option<PathBuf>,
    every: Duration,
    last: Instant,
    took: Duration,
    /// The settings of the run.
    note: String,
    /// Whether it was said that one could not be written.
    failed: bool,
    saved: bool,
}

impl Checkpoints {
    pub(crate) fn new(flags: &SampleFlags, settings: &Settings) -> Self {
        Self {
            path: flags.checkpoint.clone(),
            every: flags.every,
            last: Instant::now(),
            took: Duration::ZERO,
            // Settings are plain data.
            note: serde_json::to_string(settings).unwrap_or_default(),
            failed: false,
            saved: false,
        }
    }

    /// Whether one is to be written now.
    pub(crate) fn due(&self, last: bool, trace: bool) -> bool {
        let interval = self.every.max(self.took * RARER);
        (trace || self.path.is_some()) && (last || self.last.elapsed() >= interval)
    }

    /// Whether one was written to the file.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.path.as_deref().filter(|_| self.saved)
    }

    /// Writes it to the file and into the trace, of which all draws are on the disk first. The error is one of the trace.
    pub(crate) fn write(
        &mut self,
        checkpoint: &Checkpoint<'_>,
        trace: Option<&mut Recorder>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let began = Instant::now();
        let mut trace = trace;
        if let Some(trace) = &mut trace {
            trace.sync()?;
        }
        // Without draws it replaces no other.
        let trace = trace.filter(|trace| trace.is_published());
        if trace.is_none() && self.path.is_none() {
            return Ok(());
        }
        let bytes = checkpoint.to_bytes(&self.note)?;
        if let Some(path) = &self.path {
            match outputs::replace("--checkpoint", path, &bytes) {
                Ok(()) => self.saved = true,
                // The run can go on without, and is better than nothing.
                Err(failure) if !self.failed => {
                    note(&format!("{}; the run goes on", failure.said()));
                    self.failed = true;
                }
                Err(_) => {}
            }
        }
        if let Some(trace) = trace {
            trace.put_file(IN_TRACE, &bytes)?;
        }
        self.took = began.elapsed();
        self.last = Instant::now();
        Ok(())
    }
}

/// Reads the file of `--resume`.
pub(crate) fn read(path: &Path) -> Result<SavedRun, Failure> {
    let shown = visible_path(path);
    let bytes = waiting::while_reading(path, || fs::read(path)).map_err(|error| {
        Failure::usage(format!(
            "--resume {shown}: {error}; name the file of --checkpoint, or start without --resume"
        ))
    })?;
    SavedRun::from_bytes(&bytes)
        .map_err(|error| Failure::usage(format!("--resume {shown}: {error}")))
}

/// The settings of the run; refuses to go on with other ones.
pub(crate) fn check(saved: &SavedRun, settings: &Settings) -> Result<Settings, Failure> {
    let damaged = |error| Failure::usage(format!("--resume: the saved settings: {error}"));
    let found: Map<String, Value> = serde_json::from_str(saved.note()).map_err(damaged)?;
    let first: Settings = serde_json::from_str(saved.note()).map_err(damaged)?;
    if first.version != settings.version {
        note(&format!(
            "the run was saved by gwg {}, this is {}: its draws may differ from those of a run that was not interrupted",
            visible(&first.version),
            settings.version
        ));
    }
    let needed = outputs::fields(settings).map_err(damaged)?;
    match differing(&found, &needed) {
        None => {
            ModelFile::check(&first.model_files, &settings.model_files)?;
            Ok(first)
        }
        Some((key, saved, here)) => Err(Failure::usage(format!(
            "--resume: {key}: the run was saved with {saved}, here it is {here}; repeat the flags of the run, all but --draws"
        ))),
    }
}

/// The first setting in which two runs differ that is none of those that may: its name and both values, as they are shown.
pub(crate) fn differing(
    found: &Map<String, Value>,
    needed: &Map<String, Value>,
) -> Option<(String, String, String)> {
    let mut keys = needed.keys().chain(found.keys());
    let key =
        keys.find(|key| !FREE.contains(&key.as_str()) && found.get(*key) != needed.get(*key))?;
    let shown = |all: &Map<String, Value>| {
        let value = all.get(key).map_or("nothing".into(), Value::to_string);
        visible(&value).to_string()
    };
    Some((visible(key).to_string(), shown(found), shown(needed)))
}

/// The checkpoint in the trace of the run, where it is of more draws than the one that was named.
pub(crate) fn newer(saved: SavedRun, trace: Option<&Path>) -> SavedRun {
    let there = trace.and_then(|path| TraceReader::open(path).ok()?.file(IN_TRACE).ok()?);
    let there = there.and_then(|bytes| SavedRun::from_bytes(&bytes).ok());
    let of_settings = |run: &SavedRun| serde_json::from_str::<Map<String, Value>>(run.note()).ok();
    let same = |other: &SavedRun| match (of_settings(&saved), of_settings(other)) {
        (Some(a), Some(b)) => differing(&a, &b).is_none(),
        _ => false,
    };
    match there {
        Some(other) if other.draws() > saved.draws() && same(&other) => {
            note(&format!(
                "the trace has a later checkpoint, of {} draws; the run goes on from there",
                other.draws()
            ));
            other
        }
        _ => saved,
    }
}
