//! `gwg resume`: goes on with the run that wrote a trace.

use crate::checkpoint::IN_TRACE;
use crate::failure::Failure;
use crate::flags::{self, Command, ResumeFlags};
use crate::found;
use crate::sample::{self, Settings};
use gwg_chains::SavedRun;
use gwg_chains::trace::TraceReader;
use gwg_models::io::visible_path;

pub(crate) fn run(flags: &ResumeFlags) -> Result<(), Failure> {
    let shown = visible_path(&flags.trace);
    found::refuse_no_trace(&flags.trace)?;
    let trace = TraceReader::open(&flags.trace).map_err(Failure::usage)?;
    let saved = trace.file(IN_TRACE).map_err(Failure::usage)?;
    let saved = saved.ok_or_else(|| {
        Failure::usage(format!(
            "{shown}: it has no checkpoint, so that the run cannot go on; traces of `gwg merge` and of older versions have none"
        ))
    })?;
    let refused =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{shown}: {IN_TRACE}: {error}"));
    let saved = SavedRun::from_bytes(&saved).map_err(|error| refused(&error))?;
    let settings: Settings = serde_json::from_str(saved.note()).map_err(|error| refused(&error))?;
    let words = settings.words();
    let parsed = flags::of(&words).map_err(|error| refused(&error))?;
    let Command::Sample(mut all) = parsed.command else {
        return Err(refused(&"it is not of `gwg sample`"));
    };
    all.out = Some(flags.trace.clone());
    all.packed = trace.is_packed();
    all.report.clone_from(&flags.report);
    all.every = flags.every;
    all.run.threads = flags.threads;
    all.run.summary.clone_from(&flags.summary);
    all.run.force = flags.force;
    all.run.quiet = flags.quiet;
    if let Some(draws) = flags.draws {
        all.draws = draws;
    }
    sample::go_on(&all, saved)
}
