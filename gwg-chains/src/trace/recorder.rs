//! A run that is written down as it goes.

use std::error::Error;
use std::path::Path;

use gwg_core::Space;
use serde_json::json;

use super::{Batch, TraceError, TraceSpec, TraceWriter};
use crate::observer::{self, Observer, batch_draws};
use crate::plan::Plan;

/// Statistics that a run can bring to a trace.
const KNOWN: [&str; 4] = ["log_prob", "hamming", "accepted", "hops"];

impl TraceSpec {
    /// What a run of `plan` on `space` brings: statistics as for [`new`](Self::new), attributes that tell the plan
    /// (with them `gwg diagnose` reads the trace), and chunks of as many draws as a run hands over at once.
    #[must_use]
    pub fn of_run<S: Space>(space: &S, plan: &Plan) -> Self {
        let (sites, states) = (space.sites(), space.states());
        let attributes = json!({
            "sites": sites, "states": states, "chains": plan.chains, "warmup": plan.warmup, "draws": plan.draws,
            "thin": plan.thin, "seed": plan.seed, "beta": plan.beta,
        });
        let mut spec = Self::new(plan.chains, sites, batch_draws(plan.chains, sites));
        if let serde_json::Value::Object(attributes) = attributes {
            spec.attributes = attributes;
        }
        spec
    }
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
/// assert_eq!(TraceReader::open(&path)?.stat("log_prob")?, run.log_prob);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Dropped before [`finish`](Self::finish), it leaves nothing.
#[derive(Debug)]
pub struct Recorder {
    writer: TraceWriter,
    batch_draws: usize,
    /// Places among the known statistics.
    stats: Vec<usize>,
}

impl Recorder {
    /// Starts the trace of a run of `plan` on `space` that will be at `path`.
    ///
    /// # Errors
    /// Those of [`TraceWriter::create`].
    pub fn create<S: Space>(path: &Path, space: &S, plan: &Plan) -> Result<Self, TraceError> {
        Self::with_spec(path, TraceSpec::of_run(space, plan))
    }

    /// The same with a spec of one's own, best made from [`TraceSpec::of_run`]; its statistics are among `log_prob`,
    /// `hamming`, `accepted` and `sites_changed`.
    ///
    /// # Errors
    /// Another statistic; those of [`TraceWriter::create`].
    pub fn with_spec(path: &Path, spec: TraceSpec) -> Result<Self, TraceError> {
        let place = |name: &String| {
            let found = KNOWN.iter().position(|known| known == name);
            found.ok_or_else(|| {
                let allowed = "a run brings log_prob, hamming, accepted and hops";
                TraceError::spec("stats", name, allowed)
            })
        };
        let stats = spec.stats.iter().map(place).collect::<Result<_, _>>()?;
        let batch_draws = spec.draws_per_chunk;
        Ok(Self {
            writer: TraceWriter::create(path, spec)?,
            batch_draws,
            stats,
        })
    }

    /// Gives the trace its name, with the draws that were made until then.
    ///
    /// # Errors
    /// Those of [`TraceWriter::finish`].
    pub fn finish(self) -> Result<(), TraceError> {
        self.writer.finish()
    }
}

impl Observer for Recorder {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        self.batch_draws
    }

    fn batch(&mut self, batch: &observer::Batch<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        let known = [
            batch.log_prob,
            batch.hamming,
            batch.accepted,
            batch.sites_changed,
        ];
        let stats: Vec<&[f64]> = self.stats.iter().map(|&k| known[k]).collect();
        self.writer.append(&Batch {
            draws: batch.draws,
            x: batch.x,
            stats: &stats,
        })?;
        Ok(())
    }
}
