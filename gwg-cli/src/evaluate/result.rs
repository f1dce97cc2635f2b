//! The results of `gwg evaluate`, as the object of `--summary`.

use super::likelihood;
use super::work::{Estimates, Found, Kind, Work};
use crate::failure::Failure;
use gwg_learn::LogLikelihood;
use gwg_learn::log_z::{Method, Verdict, verdict};
use gwg_registry::{Model, ModelSpec};
use serde::Serialize;
use std::time::Duration;

/// The `--summary` object.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EvaluateResult {
    version: &'static str,
    pub(super) model: String,
    pub(super) sites: usize,
    pub(super) states: usize,
    pub(super) method: &'static str,
    pub(super) temperatures: usize,
    pub(super) particles: usize,
    pub(super) sampler: Option<String>,
    pub(super) steps: Option<usize>,
    pub(super) seed: u64,
    threads: usize,
    pub(super) log_z: LogZ,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<RowsOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log_likelihood: Option<Option<Likelihood>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bits_per_dim: Option<Option<f64>>,
    seconds: f64,
    pub(super) warnings: Vec<String>,
}

/// The estimates, and the value that they agree on.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LogZ {
    /// Null where there is no single value.
    pub(super) mean: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exact: Option<f64>,
    pub(super) agree: bool,
    /// The method of `mean`.
    pub(super) of: Option<&'static str>,
    /// Why there is no single value.
    pub(super) refused: Option<String>,
    forward: Option<Figures>,
    reverse: Option<Figures>,
    bar: Option<Figures>,
    ti: Option<Figures>,
    ptt: Option<Figures>,
    #[serde(skip)]
    pub(super) rows: Vec<Found>,
}

/// An estimate.
#[derive(Clone, Debug, Serialize)]
struct Figures {
    value: Option<f64>,
    se: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ess: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quadrature_error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ladder: Option<Ladder>,
    seconds: f64,
}

#[derive(Clone, Debug, Serialize)]
struct Ladder {
    models: usize,
    arrivals: u64,
    acceptance: Vec<Option<f64>>,
    evidence: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct RowsOf {
    pub(super) path: String,
    pub(super) rows: usize,
    pub(super) effective_rows: f64,
}

/// In nats per row.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Likelihood {
    pub(super) mean: f64,
    /// Of the rows and of `log Z` together.
    pub(super) se: f64,
    se_of_rows: f64,
    pub(super) se_of_log_z: f64,
}

impl EvaluateResult {
    pub(super) fn new(
        spec: &ModelSpec,
        model: &Model<f64>,
        work: &Work<'_>,
        found: Estimates,
        values: Option<Vec<f64>>,
        elapsed: Duration,
    ) -> Result<Self, Failure> {
        let flags = work.flags;
        let mut found = found;
        without_few_weights(&mut found);
        let evidence = found.all.iter().filter(|one| one.counts);
        let estimates: Vec<_> = evidence.map(|one| one.estimate).collect();
        let verdict = verdict(&estimates);
        found.notes.extend(unproven(&verdict, &found.all));
        let mut log_z = LogZ::new(&verdict, found.all);
        let mut likelihood = None;
        if let (Some(data), Some(values)) = (work.data, values) {
            let of = verdict.estimate();
            let of = of.map(|estimate| likelihood::of(data, &values, &estimate));
            likelihood = Some(match of.transpose()? {
                Some(Ok(found)) => Some(found),
                Some(Err(text)) => {
                    log_z.refuse(text);
                    None
                }
                None => None,
            });
        }
        let mut warnings = found.notes;
        warnings.extend(log_z.refused.clone());
        let data = flags.data.as_ref().zip(work.data);
        let paths = (!found.sampler.is_empty() && work.method.forward()).then_some(found.steps);
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            model: spec.to_string(),
            sites: model.sites(),
            states: model.states(),
            method: work.method.name(),
            temperatures: flags.temperatures,
            particles: flags.particles,
            sampler: paths.map(|_| found.sampler),
            steps: paths,
            seed: flags.work.seed,
            threads: work.threads.count(),
            log_z,
            data: data.map(|(path, data)| RowsOf {
                path: path.to_string_lossy().into_owned(),
                rows: data.rows(),
                effective_rows: data.effective_rows(),
            }),
            bits_per_dim: likelihood.map(|of| of.map(|of| of.bits_per_dimension)),
            log_likelihood: likelihood.map(|of| of.map(Likelihood::from)),
            seconds: elapsed.as_secs_f64(),
            warnings,
        })
    }
}

/// Next to an exact value, an estimate by weights that are too uneven for its error to be known contradicts nothing.
fn without_few_weights(found: &mut Estimates) {
    if found.all.iter().all(|one| one.kind != Kind::Exact) {
        return;
    }
    for one in &mut found.all {
        let uncertain = matches!(verdict(&[one.estimate]), Verdict::Disagree { .. });
        if let Some(spread) = one.estimate.spread.filter(|_| uncertain) {
            one.counts = false;
            found.notes.push(format!(
                "{} is no evidence: {} weights have an effective size of {:.1}; use more --temperatures",
                one.estimate.method, spread.count, spread.effective_size
            ));
        }
    }
}

/// What estimates that agree do not show, where none of them is exact, from exact draws, or of a ladder.
fn unproven(verdict: &Verdict, rows: &[Found]) -> Option<String> {
    let proof = |one: &Found| {
        one.counts
            && (matches!(one.kind, Kind::Exact | Kind::Ladder)
                || one.estimate.method == Method::Reverse)
    };
    let agree = matches!(verdict, Verdict::Agree { .. });
    (agree && !rows.iter().any(proof)).then(|| {
        "reverse paths start from chains: that the estimates agree is no proof that no mode is missed, such as one that is neither uniform nor of one symbol nor of the data; an exact value is, and a ladder (gwg learn --ladder) is evidence"
            .to_owned()
    })
}

impl LogZ {
    fn new(verdict: &Verdict, rows: Vec<Found>) -> Self {
        let of = |kind: Kind| rows.iter().find(|one| one.kind == kind);
        let figures = |kind| of(kind).map(Figures::from);
        let mut made = Self {
            mean: None,
            lower: None,
            upper: None,
            exact: of(Kind::Exact).map(|one| one.estimate.value),
            agree: false,
            of: None,
            refused: None,
            forward: figures(Kind::Forward),
            reverse: figures(Kind::Reverse),
            bar: figures(Kind::Bar),
            ti: figures(Kind::Integration),
            ptt: figures(Kind::Ladder),
            rows: Vec::new(),
        };
        match verdict {
            Verdict::Agree {
                value,
                lower,
                upper,
                method,
            } => {
                (made.mean, made.agree) = (Some(*value), true);
                (made.lower, made.upper) = (Some(*lower), Some(*upper));
                made.of = Some(method.name());
            }
            Verdict::Unconfirmed { text } | Verdict::Disagree { text } => {
                made.refused = Some(text.clone());
            }
        }
        made.rows = rows;
        made
    }

    /// There is no single value.
    fn refuse(&mut self, why: String) {
        (self.mean, self.lower, self.upper) = (None, None, None);
        (self.agree, self.of, self.refused) = (false, None, Some(why));
    }
}

impl From<&Found> for Figures {
    fn from(found: &Found) -> Self {
        let finite = |x: f64| Some(x).filter(|x| x.is_finite());
        let Found { estimate, .. } = found;
        let systematic = estimate.systematic_error;
        Self {
            value: finite(estimate.value),
            se: finite(estimate.standard_error),
            ess: estimate.spread.map(|spread| spread.effective_size),
            quadrature_error: (estimate.method == Method::Integration)
                .then_some(systematic)
                .and_then(finite),
            from: found.source.clone(),
            ladder: found.ladder.as_ref().map(|ladder| Ladder {
                models: ladder.models,
                arrivals: ladder.arrivals,
                acceptance: ladder.acceptance.iter().map(|&a| finite(a)).collect(),
                evidence: found.counts,
            }),
            seconds: found.seconds,
        }
    }
}

impl From<LogLikelihood> for Likelihood {
    fn from(found: LogLikelihood) -> Self {
        Self {
            mean: found.mean,
            se: found.error(),
            se_of_rows: found.standard_error,
            se_of_log_z: found.log_z_error,
        }
    }
}
