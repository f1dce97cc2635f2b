//! Results, put together and judged against the truth.

use super::{At, Curve, Entrant, Row, Section};
use crate::compare::advice::{Candidate, advice};
use crate::compare::contender::Contender;
use crate::compare::errors::Errors;
use crate::compare::measure::{Bench, Completed, Figures};
use crate::compare::recorder::Moment;
use crate::compare::truth::Truth;
use gwg_bench::discrepancy::{AverageHamming, Reference};
use gwg_registry::Precision;

/// The results, judged against the truth.
pub(super) fn section<R: Precision>(
    bench: &Bench<'_, R>,
    model: String,
    truth: Option<Truth>,
    completed: Vec<(Entrant, Completed)>,
) -> Section {
    let sites = bench.model.sites();
    let reference = truth
        .as_ref()
        .filter(|_| bench.discrepancy())
        .and_then(|truth| {
            let kernel = AverageHamming::paper();
            Reference::new(&truth.sample, sites, bench.model.states(), kernel).ok()
        });
    let rows: Vec<Row> = completed
        .into_iter()
        .map(|(entrant, completed)| {
            let curves = curves(bench, &completed, truth.as_ref(), reference.as_ref());
            let mut row = Row {
                candidate: candidate(&entrant, &completed.figures),
                figures: completed.figures,
                entrant,
                curves,
                errors: Errors::default(),
            };
            if let Some(truth) = &truth {
                let rmse = row.last("rmse");
                row.candidate = row.candidate.against(rmse, truth, &row.figures);
                row.errors = Errors::new(&row, truth, sites);
            }
            row
        })
        .collect();
    let ranked = rows.iter().map(|row| &row.candidate).filter(|c| !c.relaxed);
    let standings: Vec<Candidate> = ranked.cloned().collect();
    Section {
        model,
        sites,
        states: bench.model.states(),
        floor: reference
            .map(|r| r.floor(bench.chains))
            .map(|f| (f.v, f.sd)),
        advice: advice(&standings),
        rows,
        truth,
        left_out: Vec::new(),
        relaxations: false,
    }
}

fn candidate(entrant: &Entrant, figures: &Figures) -> Candidate {
    match &entrant.what {
        Contender::Sampler(sampler) => {
            Candidate::new(&entrant.name, figures, sampler.bias().is_some())
        }
        Contender::Relaxation(relaxation) => {
            Candidate::relaxed(&entrant.name, figures, relaxation.weighted)
        }
    }
}

fn curves<R: Precision>(
    bench: &Bench<'_, R>,
    completed: &Completed,
    truth: Option<&Truth>,
    reference: Option<&Reference>,
) -> Vec<Curve> {
    let budget = completed.figures.budget;
    let before = completed.figures.seconds.0;
    let curve = |metric, value: &dyn Fn(&Moment) -> Option<f64>| {
        let at = |m: &Moment| {
            Some(At {
                steps: budget.steps_at(m.draws),
                seconds: before + m.seconds,
                value: value(m)?,
            })
        };
        let points: Vec<At> = completed.moments.iter().filter_map(at).collect();
        (!points.is_empty()).then_some(Curve { metric, points })
    };
    let mmd = |m: &Moment| reference?.mmd2(&m.states).ok();
    let residual = |m: &Moment| {
        let rows = m.states.chunks_exact(bench.model.sites());
        let chains = rows.len() as f64;
        let each = rows.map(|x| bench.residual(x));
        let sum: f64 = each.sum::<Option<f64>>()?;
        // Without kept states, there is none.
        (chains > 0.0).then(|| sum / chains)
    };
    let found = [
        curve("rmse", &|m| m.rmse(&truth?.means)),
        curve("mmd_v", &|m| Some(mmd(m)?.v)),
        curve("mmd_u", &|m| mmd(m)?.u),
        curve("log_prob", &|m| Some(m.log_prob)),
        curve("residual", &residual),
    ];
    found.into_iter().flatten().collect()
}
