//! `gwg learn`: a model of data by persistent contrastive divergence, or by objectives of single sites.

mod any;
mod checks;
mod engine;
mod graph;
mod kind;
mod potts;
mod progress;
mod rbm;
mod sites;
mod size;

use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, outputs, session, waiting};
use engine::{Engine, Figures};
use gwg_chains::Threads;
use gwg_learn::fasta_text;
use gwg_models::io::visible_path;
use kind::Kind;
use progress::Reporter;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) fn run(flags: &LearnFlags) -> Result<(), Failure> {
    let kind: Kind = flags.kind.parse()?;
    checks::outputs_of(flags)?;
    checks::model_file(flags, kind)?;
    sites::loss(flags)?;
    session::catch_interrupts()?;
    let threads = flags.work.pool()?;
    let rows = Rows::read(&flags.data, &flags.rows, kind.states(), &threads)?;
    checks::numbers(flags, &rows.data)?;
    checks::letters(flags, &rows)?;
    let mut engine = kind.engine(flags, &rows, &threads)?;
    if let Some(path) = &flags.resume {
        let bytes = waiting::while_reading(path, || std::fs::read(path));
        let refused = |what: &dyn std::fmt::Display| {
            Failure::usage(format!("--resume {}: {what}", visible_path(path)))
        };
        engine
            .resume(&bytes.map_err(|e| refused(&e))?)
            .map_err(|e| refused(&checks::of_flags(e.said())))?;
    }
    let mut training = Training::new(flags, &rows);
    training.all(&mut *engine, flags)?;
    if training.interrupted && engine.updates() == 0 {
        let out = visible_path(&flags.out);
        session::note(&format!("{out} is not written, as there was no update"));
        return Err(session::interruption());
    }
    let written = training.write(&mut *engine, flags, &rows);
    training.result(&*engine, flags, &rows, &threads)?;
    written?;
    if training.interrupted {
        return Err(session::interruption());
    }
    Ok(())
}

/// A training run.
struct Training {
    began: Instant,
    seconds: f64,
    last: Option<Figures>,
    history: Vec<Figures>,
    interrupted: bool,
    /// The update of the last checkpoint.
    saved: Option<u64>,
    reporter: Reporter,
}

/// Figures that the summary keeps at most.
const HISTORY: usize = 1000;

impl Training {
    fn new(flags: &LearnFlags, rows: &Rows) -> Self {
        if !flags.work.quiet {
            session::announce(&format!(
                "{} on {} rows of {} sites",
                flags.kind,
                rows.data.rows(),
                rows.data.sites()
            ));
        }
        Self {
            began: Instant::now(),
            seconds: 0.0,
            last: None,
            history: Vec::new(),
            interrupted: false,
            saved: None,
            reporter: Reporter::new(flags.work.quiet),
        }
    }

    /// Updates until they are done, a signal comes, or the data are reproduced well enough.
    fn all(&mut self, engine: &mut dyn Engine, flags: &LearnFlags) -> Result<(), Failure> {
        let updates = flags.updates as u64;
        let keep = updates.div_ceil(HISTORY as u64).max(1);
        let mut saved = Instant::now();
        let mut took = Duration::ZERO;
        while engine.updates() < updates && !engine.finished() {
            let Some(figures) = engine.update()? else {
                self.interrupted = true;
                break;
            };
            self.check(engine, flags, figures.update)?;
            self.seconds = self.began.elapsed().as_secs_f64();
            if figures.update % keep == 0 {
                self.history.push(figures.clone());
            }
            self.reporter.report(&figures, updates, self.seconds);
            self.last = Some(figures);
            self.interrupted = session::interrupted();
            if let Some(path) = &flags.checkpoint
                && saved.elapsed() >= flags.every.max(took * 20)
            {
                let start = Instant::now();
                outputs::replace("--checkpoint", path, &engine.save()?)?;
                self.saved = Some(engine.updates());
                (took, saved) = (start.elapsed(), Instant::now());
            }
            if engine.finished() || self.interrupted {
                break;
            }
        }
        match &flags.checkpoint {
            Some(path) => outputs::replace("--checkpoint", path, &engine.save()?),
            None => Ok(()),
        }
    }

    /// Ends training that diverged, before its parameters replace others.
    fn check(&self, engine: &dyn Engine, flags: &LearnFlags, update: u64) -> Result<(), Failure> {
        let Some(why) = diverged::said(update, engine.largest(), flags.rate) else {
            return Ok(());
        };
        let kept = match (&flags.checkpoint, self.saved) {
            (Some(path), Some(saved)) => {
                format!(", and {} has update {saved}", visible_path(path))
            }
            _ => String::new(),
        };
        Err(Failure::run(format!(
            "{why}. {} is not written{kept}",
            visible_path(&flags.out)
        )))
    }

    fn write(
        &self,
        engine: &mut dyn Engine,
        flags: &LearnFlags,
        rows: &Rows,
    ) -> Result<(), Failure> {
        engine.write(&flags.out, rows)?;
        if let Some(path) = &flags.ladder {
            engine.write_ladder(path)?;
        }
        match &flags.samples {
            Some(path) => write_samples(path, &engine.states(), flags.work.force, rows),
            None => Ok(()),
        }
    }

    fn result(
        &self,
        engine: &dyn Engine,
        flags: &LearnFlags,
        rows: &Rows,
        threads: &Threads,
    ) -> Result<(), Failure> {
        let result = LearnResult {
            kind: &flags.kind,
            rows: rows.data.rows(),
            effective_rows: rows.data.effective_rows(),
            sites: rows.data.sites(),
            states: rows.data.states(),
            updates: engine.updates(),
            seconds: self.seconds,
            interrupted: self.interrupted,
            last: self.last.as_ref(),
            facts: engine.facts(&rows.data, threads),
            history: &self.history,
            config: serde_json::to_value(&flags.work.resolved).unwrap_or(Value::Null),
            version: env!("CARGO_PKG_VERSION"),
        };
        let summary = flags.work.summary.as_deref();
        outputs::results(summary, flags.work.force, &result, || {
            result.table(&flags.out, engine.unreached())
        })
    }
}

#[derive(Serialize)]
struct LearnResult<'r> {
    kind: &'r str,
    rows: usize,
    effective_rows: f64,
    sites: usize,
    states: usize,
    updates: u64,
    seconds: f64,
    interrupted: bool,
    #[serde(flatten)]
    last: Option<&'r Figures>,
    #[serde(flatten)]
    facts: Figures,
    history: &'r [Figures],
    config: Value,
    version: &'static str,
}

impl LearnResult<'_> {
    fn table(&self, out: &Path, unreached: Option<String>) -> String {
        let mut text = format!(
            "kind     {}\ndata     {} rows ({:.1} effective) of {} sites with {} states\nupdates  {} in {:.1} s\n",
            self.kind,
            self.rows,
            self.effective_rows,
            self.sites,
            self.states,
            self.updates,
            self.seconds
        );
        let all = self.last.into_iter().chain([&self.facts]);
        for (name, value) in all.flat_map(|figures| &figures.values) {
            let _ = writeln!(text, "{name:<8} {value:.4}");
        }
        let _ = writeln!(text, "model    {}", visible_path(out));
        if let Some(unreached) = unreached {
            let _ = writeln!(text, "! {unreached}");
        }
        text
    }
}

/// Writes states as rows of an array, or as sequences.
fn write_samples(path: &Path, states: &[u8], force: bool, rows: &Rows) -> Result<(), Failure> {
    let sites = rows.data.sites();
    let array = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("npy"));
    match &rows.alignment {
        Some(alignment) if !array => {
            let names = (0..states.len() / sites).map(|k| format!("chain_{k}"));
            let text = fasta_text(names, states, sites, alignment.alphabet());
            outputs::write("--samples", path, &text, force)
        }
        _ => {
            let bytes = gwg_models::io::npy_bytes(states, sites);
            outputs::write_bytes("--samples", path, &bytes, force)
        }
    }
}
