//! Writes a run to a trace while it goes on.

use std::error::Error;
use std::path::Path;

use gwg_core::{Space, Symbol};
use serde_json::json;

use super::{Batch, SymbolType, TraceError, TraceSpec, TraceWriter};
use crate::observer::{self, Observer, batch_draws};
use crate::plan::Plan;
use crate::quantity::Quantity;

/// Statistics of the steps before a draw, which every run records in addition to the plan's quantities: the share of accepted steps and
/// the sites changed per step.
pub const STEP_STATISTICS: [&str; 2] = ["accepted", "hops"];

impl TraceSpec {
    /// The trace of a run of `plan` on `space`: its quantities and the statistics `accepted` and `hops`, and attributes that state the plan
    /// (with them `gwg diagnose` reads the trace).
    #[must_use]
    pub fn of_run<S: Space>(space: &S, plan: &Plan<S::Symbol>) -> Self {
        let (sites, states) = (space.sites(), space.states());
        let attributes = json!({
            "sites": sites, "states": states, "chains": plan.chains, "warmup": plan.warmup, "draws": plan.draws,
            "thin": plan.thin, "seed": plan.seed, "beta": plan.beta,
        });
        let mut spec = Self::new(plan.chains, sites);
        spec.symbols = SymbolType::of::<S::Symbol>();
        if let serde_json::Value::Object(attributes) = attributes {
            spec.attributes = attributes;
        }
        spec.stats = known(plan).map(str::to_owned).collect();
        spec
    }
}

/// The names of all that a run of `plan` records.
fn known<S: Symbol>(plan: &Plan<S>) -> impl Iterator<Item = &str> {
    let quantities = plan.quantities.iter().map(Quantity::name);
    quantities.chain(STEP_STATISTICS)
}

/// An [`Observer`] that writes every draw of a run to a trace, for [`run`](crate::run):
///
/// ```
/// use gwg_chains::trace::{Recorder, TraceReader};
/// # use gwg_core::{Binary, Gradient, LocallyBalanced, Target, Taylor};
/// # struct Fair(Binary);
/// # impl Target for Fair {
/// #     type Real = f64;
/// #     type Space = Binary;
/// #     fn space(&self) -> &Binary { &self.0 }
/// #     fn log_prob(&self, _: &[u8]) -> f64 { 0.0 }
/// # }
/// # impl Gradient for Fair {
/// #     fn value_and_gradient(&self, _: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 { gradient.fill(0.0); 0.0 }
/// # }
/// # let (model, folder) = (Fair(Binary::new(5)), tempfile::tempdir()?);
/// # let path = folder.path().join("trace.zarr");
///
/// let plan = gwg_chains::Plan { draws: 250, ..Default::default() };
/// let mut trace = Recorder::create(&path, model.space(), &plan)?;
/// let run = gwg_chains::run(&Taylor(&model), &LocallyBalanced::gwg(), &plan, &mut trace)?;
/// trace.finish()?;
///
/// let stored = TraceReader::open(&path)?.stat("log_prob")?;
/// assert_eq!(Some(&*stored), run.quantity("log_prob"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Dropped before [`finish`](Self::finish), it leaves the trace of the last [`sync`](Self::sync) with draws, or no files.
#[derive(Debug)]
pub struct Recorder {
    writer: TraceWriter,
    batch_draws: usize,
    stats: Vec<String>,
}

impl Recorder {
    /// Starts the trace of a run of `plan` on `space`, to be put at `path`.
    ///
    /// # Errors
    /// Those of [`TraceWriter::create`].
    pub fn create<S: Space>(
        path: &Path,
        space: &S,
        plan: &Plan<S::Symbol>,
    ) -> Result<Self, TraceError> {
        Self::with_spec(path, TraceSpec::of_run(space, plan), plan)
    }

    /// The same with a spec of one's own, best made from [`TraceSpec::of_run`]; its statistics are among the plan's quantities,
    /// `accepted` and `hops`.
    ///
    /// # Errors
    /// Another statistic or other symbols than the plan's; those of [`TraceWriter::create`].
    pub fn with_spec<S: Symbol>(
        path: &Path,
        spec: TraceSpec,
        plan: &Plan<S>,
    ) -> Result<Self, TraceError> {
        check(&spec, plan)?;
        Ok(Self::of(
            TraceWriter::create(path, spec.clone())?,
            spec,
            plan,
        ))
    }

    /// Takes up the trace at `path` that a run of `plan` on `space` left, with its first `draws` draws: the run goes on after them.
    ///
    /// # Errors
    /// Those of [`TraceWriter::resume`].
    pub fn resume<S: Space>(
        path: &Path,
        space: &S,
        plan: &Plan<S::Symbol>,
        draws: usize,
    ) -> Result<Self, TraceError> {
        Self::resume_with_spec(path, TraceSpec::of_run(space, plan), plan, draws)
    }

    /// The same with a spec of one's own, that of [`with_spec`](Self::with_spec).
    ///
    /// # Errors
    /// Another statistic or other symbols than the plan's; those of [`TraceWriter::resume`].
    pub fn resume_with_spec<S: Symbol>(
        path: &Path,
        spec: TraceSpec,
        plan: &Plan<S>,
        draws: usize,
    ) -> Result<Self, TraceError> {
        check(&spec, plan)?;
        let writer = TraceWriter::resume(path, spec.clone(), draws)?;
        Ok(Self::of(writer, spec, plan))
    }

    fn of<S: Symbol>(writer: TraceWriter, spec: TraceSpec, plan: &Plan<S>) -> Self {
        Self {
            writer,
            batch_draws: batch_draws(plan.chains, spec.state_bytes()),
            stats: spec.stats,
        }
    }

    /// Draws of each chain that were recorded or taken up.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.writer.draws()
    }

    /// Waits until all draws made so far are in the trace that readers see.
    ///
    /// # Errors
    /// Those of [`TraceWriter::sync`].
    pub fn sync(&mut self) -> Result<(), TraceError> {
        self.writer.sync()
    }

    /// Whether the trace is at its path.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.writer.is_published()
    }

    /// Puts a file of the program's own into the trace.
    ///
    /// # Errors
    /// Those of [`TraceWriter::put_file`].
    pub fn put_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), TraceError> {
        self.writer.put_file(name, bytes)
    }

    /// What was cleaned of earlier runs on this path that were killed, as sentences.
    #[must_use]
    pub fn cleaned(&self) -> &[String] {
        self.writer.cleaned()
    }

    /// Finishes the trace, with the draws made until then.
    ///
    /// # Errors
    /// Those of [`TraceWriter::finish`].
    pub fn finish(self) -> Result<(), TraceError> {
        self.writer.finish()
    }
}

/// Whether a run of `plan` has what the trace is to record.
fn check<S: Symbol>(spec: &TraceSpec, plan: &Plan<S>) -> Result<(), TraceError> {
    let recorded = |name: &String| known(plan).any(|known| known == name);
    if let Some(name) = spec.stats.iter().find(|name| !recorded(name)) {
        let all: Vec<&str> = known(plan).collect();
        let allowed = format!("the run records {}", all.join(", "));
        return Err(TraceError::spec("stats", name, &allowed));
    }
    if spec.symbols != SymbolType::of::<S>() {
        let found = format!("{:?}", spec.symbols);
        let allowed = format!("the run's states are of {:?}", SymbolType::of::<S>());
        return Err(TraceError::spec("symbols", found, &allowed));
    }
    Ok(())
}

impl<S: Symbol> Observer<S> for Recorder {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        self.batch_draws
    }

    fn batch(
        &mut self,
        batch: &observer::Batch<'_, S>,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let column = |name: &String| match name.as_str() {
            "accepted" => Ok(batch.accepted),
            "hops" => Ok(batch.sites_changed),
            name => batch.quantity(name).ok_or_else(|| {
                let names: Vec<&str> = batch.quantities.names().collect();
                let allowed = format!("the run records {}", names.join(", "));
                TraceError::spec("stats", name, &allowed)
            }),
        };
        let stats = self
            .stats
            .iter()
            .map(column)
            .collect::<Result<Vec<_>, _>>()?;
        self.writer.append(&Batch {
            draws: batch.draws,
            x: batch.x,
            stats: &stats,
        })?;
        Ok(())
    }
}
