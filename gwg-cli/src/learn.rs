//! `gwg learn`: a model of data by persistent contrastive divergence, or by objectives of single sites.

mod adapted;
mod any;
mod checks;
mod deep;
mod engine;
mod graph;
mod history;
mod kind;
mod ladder;
mod live;
mod page;
mod potts;
mod progress;
mod rbm;
mod resampled;
mod result;
mod saved;
mod sites;
mod size;
mod vae;

pub(crate) use potts::spins;

use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{LearnFlags, Shape};
use crate::{diverged, outputs, session};
use engine::{Engine, Figures};
use gwg_learn::fasta_text;
use gwg_models::io::visible_path;
use history::{History, HistoryRows, LastRow};
use kind::Kind;
use live::LivePage;
use page::{Page, State};
use progress::Reporter;
use resampled::Resampled;
use result::LearnResult;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) fn run(flags: &LearnFlags) -> Result<(), Failure> {
    let kind: Kind = flags.kind.parse()?;
    checks::outputs_of(flags)?;
    checks::model_file(flags, &kind)?;
    sites::loss(flags)?;
    session::catch_interrupts()?;
    let threads = flags.work.pool()?;
    let rows = Rows::read(&flags.data, &flags.rows, kind.states(), &threads)?;
    checks::numbers(flags, &rows.data)?;
    checks::letters(flags, &rows)?;
    let image = checks::image(flags, &rows)?;
    let mut engine = kind.engine(flags, &rows, &threads)?;
    let mut training = Training::new(flags, &rows, image);
    if let Some(path) = &flags.resume {
        training.history = saved::resume(&mut *engine, path)?;
        training.resumed = Some(engine.updates());
        training.resampled.go_on(&training.history);
    }
    let trained = training.all(&mut *engine);
    if let Err(failure) = &trained {
        training.show(&*engine, State::Failed(failure.said().to_owned()));
        return trained;
    }
    if training.interrupted && engine.updates() == 0 {
        let out = visible_path(&flags.out);
        training.last_page(&*engine, None)?;
        session::note(&format!("{out} is not written, as there was no update"));
        return Err(session::interruption());
    }
    training.facts = engine.facts(&rows.data, &threads);
    let written = training.write(&mut *engine);
    let page = training.last_page(&*engine, written.as_ref().err());
    training.result(&*engine)?;
    written?;
    page?;
    if training.interrupted {
        return Err(session::interruption());
    }
    Ok(())
}

/// A training run.
struct Training<'t> {
    flags: &'t LearnFlags,
    rows: &'t Rows,
    image: Option<Shape>,
    began: Instant,
    seconds: f64,
    facts: Figures,
    history: History,
    /// The update that the run went on from.
    resumed: Option<u64>,
    interrupted: bool,
    /// The update of the last checkpoint.
    saved: Option<u64>,
    /// Whether the data are reproduced as well as `--pearson` says.
    enough: bool,
    resampled: Resampled,
    reporter: Reporter,
    page: Option<LivePage>,
}

impl<'t> Training<'t> {
    fn new(flags: &'t LearnFlags, rows: &'t Rows, image: Option<Shape>) -> Self {
        if !flags.work.quiet {
            let states = match rows.data.states() {
                2 => String::new(),
                states => format!(" with {states} states"),
            };
            session::announce(&format!(
                "{} on {} rows of {} sites{states}",
                flags.kind,
                rows.data.rows(),
                rows.data.sites()
            ));
        }
        let page = flags.report.clone();
        Self {
            flags,
            rows,
            image,
            began: Instant::now(),
            seconds: 0.0,
            facts: Figures::default(),
            history: History::default(),
            resumed: None,
            interrupted: false,
            saved: None,
            enough: false,
            resampled: Resampled::new(flags),
            reporter: Reporter::new(flags.work.quiet),
            page: page.map(|path| LivePage::new(path, flags.work.force)),
        }
    }

    /// Updates until they are done, a signal comes, or the data are reproduced well enough.
    fn all(&mut self, engine: &mut dyn Engine) -> Result<(), Failure> {
        let flags = self.flags;
        let updates = flags.updates as u64;
        let mut saved = Instant::now();
        let mut took = Duration::ZERO;
        self.show(engine, State::Running);
        while engine.updates() < updates && !engine.finished() {
            let Some(figures) = engine.update()? else {
                self.interrupted = true;
                break;
            };
            self.check(engine, figures.update)?;
            let figures = self.resampled.check(engine, figures);
            self.seconds = self.began.elapsed().as_secs_f64();
            self.history.push(&figures);
            self.reporter.report(&figures, updates, self.seconds);
            self.interrupted = session::interrupted();
            if let Some(path) = &flags.checkpoint
                && saved.elapsed() >= flags.every.max(took * 20)
            {
                let start = Instant::now();
                let bytes = saved::bytes(engine, &self.history)?;
                outputs::replace("--checkpoint", path, &bytes)?;
                self.saved = Some(engine.updates());
                (took, saved) = (start.elapsed(), Instant::now());
            }
            self.enough = engine.finished();
            if self.enough || self.interrupted {
                break;
            }
            if self.page.as_ref().is_some_and(LivePage::is_due) {
                self.show(engine, State::Running);
            }
        }
        match &flags.checkpoint {
            Some(path) => {
                let bytes = saved::bytes(engine, &self.history)?;
                outputs::replace("--checkpoint", path, &bytes)
            }
            None => Ok(()),
        }
    }

    /// Ends training that diverged, before its parameters replace others.
    fn check(&self, engine: &dyn Engine, update: u64) -> Result<(), Failure> {
        let flags = self.flags;
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

    /// Writes a page before the last one.
    fn show(&mut self, engine: &dyn Engine, state: State) {
        if let Some(mut page) = self.page.take() {
            page.write_now(|| self.content(engine, state).render());
            self.page = Some(page);
        }
    }

    /// Writes the page that stays.
    fn last_page(&mut self, engine: &dyn Engine, failure: Option<&Failure>) -> Result<(), Failure> {
        let state = match failure {
            Some(failure) => State::Failed(failure.said().to_owned()),
            None if self.interrupted => State::Interrupted,
            None if self.enough && engine.updates() < self.flags.updates as u64 => State::Enough,
            None => State::Done,
        };
        let Some(mut page) = self.page.take() else {
            return Ok(());
        };
        page.write(|| self.content(engine, state).render())
    }

    fn content<'p>(&'p self, engine: &'p dyn Engine, state: State) -> Page<'p> {
        Page {
            flags: self.flags,
            rows: self.rows,
            image: self.image,
            engine,
            state,
            seconds: self.seconds,
            resumed: self.resumed,
            history: &self.history,
            facts: &self.facts,
            warnings: self.warnings(engine),
        }
    }

    fn write(&self, engine: &mut dyn Engine) -> Result<(), Failure> {
        let flags = self.flags;
        engine.write(&flags.out, self.rows)?;
        if let Some(path) = &flags.ladder {
            engine.write_ladder(path)?;
        }
        match &flags.samples {
            Some(path) => write_samples(path, &engine.states(), flags.work.force, self.rows),
            None => Ok(()),
        }
    }

    fn warnings(&self, engine: &dyn Engine) -> Vec<String> {
        let mut all = engine.warnings();
        all.extend(self.resampled.warning());
        all
    }

    fn result(&self, engine: &dyn Engine) -> Result<(), Failure> {
        let (flags, data) = (self.flags, &self.rows.data);
        let result = LearnResult {
            kind: &flags.kind,
            rows: data.rows(),
            effective_rows: data.effective_rows(),
            sites: data.sites(),
            states: data.states(),
            updates: engine.updates(),
            seconds: self.seconds,
            interrupted: self.interrupted,
            last: LastRow(&self.history),
            facts: &self.facts,
            warnings: self.warnings(engine),
            history: HistoryRows(&self.history),
            config: serde_json::to_value(&flags.work.resolved).unwrap_or(Value::Null),
            version: env!("CARGO_PKG_VERSION"),
        };
        let summary = flags.work.summary.as_deref();
        outputs::results(summary, flags.work.force, &result, || {
            result.table(&flags.out)
        })
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
