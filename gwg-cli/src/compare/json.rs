//! The comparison as one JSON object.

use super::Comparison;
use super::estimate::Estimate;
use super::section::{Row, Section};
use serde_json::{Map, Value, json};

pub(super) fn object(comparison: &Comparison<'_>) -> Value {
    let flags = comparison.flags;
    let steps = flags.seconds.is_none().then_some(flags.steps);
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "chains": flags.chains, "steps": steps, "seconds": flags.seconds, "seed": flags.run.seed,
        "float": flags.run.float.name(), "beta": flags.run.beta, "interrupted": comparison.interrupted,
        "models": comparison.sections.iter().map(section).collect::<Vec<_>>(),
    })
}

fn section(section: &Section) -> Value {
    let truth = section.truth.as_ref().map(|t| {
        json!({
            "source": t.source, "sample_source": (!t.sample.is_empty()).then_some(t.sample_source.as_str()), "error": t.error, "doubt": t.doubt,
            "log_prob": t.log_prob.as_ref().map(|l| l.value), "log_prob_source": t.log_prob.as_ref().map(|l| l.source.as_str()),
        })
    });
    let left_out = section.left_out.iter();
    json!({
        "model": section.model, "sites": section.sites, "states": section.states,
        "truth": truth,
        "mmd_floor": section.floor.map(|f| json!({ "v": f.0, "sd": f.1 })),
        "left_out": left_out.map(|(s, why)| json!({ "sampler": s, "reason": why })).collect::<Vec<_>>(),
        "samplers": section.rows.iter().map(row).collect::<Vec<_>>(),
        "advice": section.advice,
    })
}

fn row(row: &Row) -> Value {
    let f = &row.figures;
    let b = f.budget;
    let estimate = |e: Option<Estimate>| e.map(|e| json!({ "value": e.value, "se": e.error }));
    json!({
        "sampler": row.entrant.sampler.to_string(), "name": row.entrant.name,
        "steps": b.steps(), "warmup": b.warmup, "thin": b.thin, "draws": b.draws, "burn_in": b.burn,
        "seconds": { "warmup": f.seconds.0, "sampling": f.seconds.1 },
        "steps_per_second": f.steps_per_second, "acceptance": f.acceptance, "hops": f.hops,
        "values_per_step": f.evaluations.0, "gradients_per_step": f.evaluations.1,
        "adapted": adapted(&f.adapted),
        "rhat": { "hamming": f.rhat[0], "log_prob": f.rhat[1] },
        "ess": { "hamming": estimate(f.ess[0]), "log_prob": estimate(f.ess[1]) },
        "ess_per_step": estimate(f.ess_per_step), "ess_per_second": estimate(f.ess_per_second),
        "log_prob": estimate(f.log_prob), "rmse": row.last("rmse"),
        "mmd_v": row.last("mmd_v"), "mmd_u": row.last("mmd_u"), "residual": row.last("residual"),
        "fault": row.candidate.fault(),
    })
}

/// Adapted parameters and their means; `None` if there are none.
fn adapted(all: &[(String, f64)]) -> Option<Map<String, Value>> {
    let pairs = all.iter().map(|(key, mean)| (key.clone(), (*mean).into()));
    (!all.is_empty()).then(|| pairs.collect())
}
