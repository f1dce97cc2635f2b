//! The relaxations of a section.

use super::{Allowance, Entrant};
use crate::compare::contender::Contender;
use crate::compare::finished::Finished;
use crate::compare::measure::{Bench, Completed};
use crate::compare::relaxed::{self, Form};
use crate::failure::Failure;
use crate::session::{self, ProgressReporter};
use gwg_bench::relaxations::RelaxedMethod;
use gwg_registry::Precision;

/// The results of relaxations.
pub(super) struct Relaxed {
    pub(super) completed: Vec<(Entrant, Completed)>,
    pub(super) interrupted: bool,
}

fn charted(methods: &[(RelaxedMethod, f64)], k: usize) -> bool {
    let (first, here) = (methods.first(), methods.get(k));
    first
        .zip(here)
        .is_some_and(|(first, here)| first.1 == here.1 && !here.0.has_particles())
}

/// Runs all relaxations.
pub(super) fn relaxations_of<R: Precision>(
    bench: &Bench<'_, R>,
    model: &str,
    (form, methods, style): (&Form<'_, R>, &[(RelaxedMethod, f64)], usize),
    allowance: Allowance,
    (finished, reporter): &mut (&mut Finished, &mut ProgressReporter),
) -> Result<Relaxed, Failure> {
    let mut completed = Vec::new();
    for (k, &(method, temperature)) in methods.iter().enumerate() {
        let wanted = relaxed::wanted(method, temperature);
        let before = wanted.iter().map(|r| finished.run(model, &r.name()));
        let found = match before.collect::<Option<Vec<_>>>() {
            Some(before) => Some(wanted.into_iter().zip(before).collect()),
            None => relaxed::run(bench, form, (method, temperature), allowance, reporter)?,
        };
        let Some(found) = found else {
            return Ok(Relaxed {
                completed,
                interrupted: true,
            });
        };
        for (relaxation, done) in found {
            finished.keep_run(model, &relaxation.name(), &done);
            let entrant = Entrant {
                name: relaxation.name(),
                what: Contender::Relaxation(relaxation),
                // Figures have the samplers, and without weights the chains of the first temperature.
                style: (charted(methods, k) && !relaxation.weighted).then_some(style + k),
            };
            completed.push((entrant, done));
        }
    }
    Ok(Relaxed {
        completed,
        interrupted: session::interrupted(),
    })
}
