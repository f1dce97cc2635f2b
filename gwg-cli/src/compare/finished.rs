//! What a comparison has measured, kept in a file, so that it goes on with the samplers that are left.

use super::measure::Completed;
use super::truth::Truth;
use crate::failure::Failure;
use crate::flags::CompareFlags;
use crate::outputs;
use crate::session::note;
use gwg_chains::{Frame, FrameError};
use gwg_models::io::visible_path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The format of the file.
const FRAME: Frame = Frame::new(b"gwg cmp", 2);

/// Measured so far, in the file of `--checkpoint`.
pub(super) struct Finished {
    path: Option<PathBuf>,
    all: Measured,
    /// Whether it was said that the file could not be written.
    failed: bool,
}

#[derive(Debug, Default, Deserialize, Serialize)]
struct Measured {
    /// What all runs have in common.
    settings: String,
    runs: BTreeMap<(String, String), Completed>,
    truths: BTreeMap<String, Truth>,
}

impl Finished {
    /// What the file of `--resume` holds, or nothing yet.
    pub(super) fn new(flags: &CompareFlags) -> Result<Self, Failure> {
        let settings = settings(flags);
        let mut all = match &flags.resume {
            Some(path) => read(path)?,
            None => Measured::default(),
        };
        if flags.resume.is_some() && all.settings != settings {
            return Err(Failure::usage(format!(
                "--resume: saved of a comparison with {}, here it is {settings}; repeat these flags",
                all.settings
            )));
        }
        all.settings = settings;
        Ok(Self {
            path: flags.checkpoint.clone(),
            all,
            failed: false,
        })
    }

    /// The run of a sampler on a model, if it was measured.
    pub(super) fn run(&mut self, model: &str, sampler: &str) -> Option<Completed> {
        let key = (model.to_owned(), sampler.to_owned());
        self.all.runs.get(&key).cloned()
    }

    pub(super) fn truth(&self, model: &str) -> Option<Truth> {
        self.all.truths.get(model).cloned()
    }

    pub(super) fn keep_run(&mut self, model: &str, sampler: &str, run: &Completed) {
        let key = (model.to_owned(), sampler.to_owned());
        self.all.runs.insert(key, run.clone());
        self.write();
    }

    pub(super) fn keep_truth(&mut self, model: &str, truth: &Truth) {
        self.all.truths.insert(model.to_owned(), truth.clone());
        self.write();
    }

    fn write(&mut self) {
        let Some(path) = &self.path else {
            return;
        };
        let Ok(bytes) = FRAME.encode(&self.all) else {
            return;
        };
        match outputs::replace("--checkpoint", path, &bytes) {
            Err(failure) if !self.failed => {
                note(&format!("{}; the comparison goes on", failure.said()));
                self.failed = true;
            }
            _ => {}
        }
    }
}

/// What measured runs depend on, other than model and sampler.
fn settings(flags: &CompareFlags) -> String {
    let budget = match flags.seconds {
        Some(seconds) => format!("--seconds {seconds}"),
        None => format!("--steps {}", flags.steps),
    };
    let run = &flags.run;
    let kind = flags.kind.as_deref();
    let kind = kind.map_or_else(String::new, |kind| format!(" --kind {kind}"));
    format!(
        "--chains {} {budget} --seed {} --beta {:?} --float {}{kind}",
        flags.chains,
        run.seed,
        run.beta,
        run.float.name()
    )
}

fn read(path: &Path) -> Result<Measured, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--resume {}: {why}", visible_path(path)))
    };
    let bytes = fs::read(path).map_err(|error| {
        refused(&format!(
            "{error}; name the file of --checkpoint, or start without --resume"
        ))
    })?;
    FRAME.decode(&bytes).map_err(|error| match error {
        FrameError::Name => refused(&"it is not the checkpoint of a comparison"),
        FrameError::Version { .. } => refused(&"it was written by another version of gwg"),
        _ => refused(&"it is damaged; start without --resume"),
    })
}
