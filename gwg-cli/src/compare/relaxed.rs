//! Runs one relaxation on one model and computes its results, with and without importance weights.

mod chains;
mod particles;
mod weighted;

use super::budget::Budget;
use super::contender::Relaxation;
use super::measure::{Bench, Completed};
use super::recorder::{Recorder, Wanted};
use super::section::Allowance;
use crate::failure::Failure;
use crate::flags::CompareFlags;
use crate::session::ProgressReporter;
use chains::of_chains;
use gwg_bench::relaxations::{RelaxedMethod, TEMPERATURES};
use gwg_registry::{DynRelaxed, Precision};
use gwg_relax::{BinaryRelaxation, Scaled};
use particles::of_particles;

/// A model between its states, at the inverse temperature of the comparison.
pub(super) type Form<'m, R> = Scaled<DynRelaxed<'m, R>>;

/// A model between its states, and the methods that run there, at temperatures.
pub(super) type Planned<'m, R> = (Form<'m, R>, Vec<(RelaxedMethod, f64)>);

/// What a run of a relaxation has measured; of particles one, of chains those without and with weights.
pub(super) type Both = Vec<(Relaxation, Completed)>;

/// The rows of a method at a temperature.
pub(super) fn wanted(method: RelaxedMethod, temperature: f64) -> Vec<Relaxation> {
    let with = |weighted| Relaxation {
        method,
        temperature,
        weighted,
    };
    let weights: &[bool] = if method.has_particles() {
        &[false]
    } else {
        &[false, true]
    };
    weights.iter().map(|&weighted| with(weighted)).collect()
}

/// All methods at these temperatures; particles, which take long, at the one next to 0.5.
fn methods(temperatures: &[f64]) -> Vec<(RelaxedMethod, f64)> {
    let of_chains = RelaxedMethod::ALL.iter().filter(|m| !m.has_particles());
    let of_particles = RelaxedMethod::ALL.iter().filter(|m| m.has_particles());
    let far = |t: &&f64| (t.ln() - 0.5_f64.ln()).abs();
    let middle = temperatures.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
    let chains = temperatures
        .iter()
        .flat_map(|&t| of_chains.clone().map(move |&method| (method, t)));
    let particles = middle
        .into_iter()
        .flat_map(|&t| of_particles.clone().map(move |&m| (m, t)));
    chains.chain(particles).collect()
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::run(format!("--relaxations: {error}"))
}

/// Runs a method at a temperature; `None` if interrupted.
pub(super) fn run<R: Precision>(
    bench: &Bench<'_, R>,
    form: &Form<'_, R>,
    (method, temperature): (RelaxedMethod, f64),
    allowance: Allowance,
    reporter: &mut ProgressReporter,
) -> Result<Option<Both>, Failure> {
    let relaxation = Relaxation {
        method,
        temperature,
        weighted: false,
    };
    if method.has_particles() {
        let found = of_particles(bench, form, relaxation, allowance, reporter)?;
        return Ok(found.map(|completed| vec![(relaxation, completed)]));
    }
    let gradients = match allowance {
        Allowance::Steps(gradients) => gradients,
        Allowance::Seconds(seconds) => {
            match gradients_in(bench, form, relaxation, seconds, reporter)? {
                Some(gradients) => gradients,
                None => return Ok(None),
            }
        }
    };
    let budget = Budget::relaxed(method, bench.chains, gradients);
    let found = of_chains(bench, form, relaxation, &budget, reporter)?;
    Ok(found.map(|both| wanted(method, temperature).into_iter().zip(both).collect()))
}

/// The number of gradients of each chain that take about this many seconds, to two digits; `None` if interrupted.
fn gradients_in<R: Precision>(
    bench: &Bench<'_, R>,
    form: &Form<'_, R>,
    relaxation: Relaxation,
    seconds: f64,
    reporter: &mut ProgressReporter,
) -> Result<Option<u64>, Failure> {
    let mut gradients = 100;
    loop {
        let budget = Budget::relaxed(relaxation.method, bench.chains, gradients);
        let Some([plain, _]) = of_chains(bench, form, relaxation, &budget, reporter)? else {
            return Ok(None);
        };
        let took = plain.figures.seconds.0 + plain.figures.seconds.1;
        if took > (0.05 * seconds).min(0.5) || gradients > 1 << 40 {
            let wanted = (gradients as f64 * seconds / took.max(1e-9)).max(100.0);
            let unit = 10.0_f64.powf(wanted.log10().floor() - 1.0);
            return Ok(Some(((wanted / unit).round() * unit) as u64));
        }
        gradients *= 4;
    }
}

impl<R: Precision> Bench<'_, R> {
    fn recorder<'r>(
        &'r self,
        budget: &Budget,
        named: (&'r str, &'r mut ProgressReporter),
        log_prob: &'r dyn Fn(&[u8]) -> f64,
    ) -> Result<Recorder<'r>, Failure> {
        let shape = (self.chains, self.model.sites(), self.model.states());
        let wanted = Wanted {
            checkpoints: budget.checkpoints(),
            keep: self.keep(),
            burn: 0,
            log_prob,
        };
        Recorder::new(named.0, named.1, shape, wanted).map_err(Failure::from)
    }
}

/// Checks that a model can be relaxed, and returns it between its states.
fn form<'m, R: Precision>(bench: &Bench<'m, R>, spec: &str) -> Result<Form<'m, R>, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--relaxations: model `{spec}`: {why}"))
    };
    let own = bench.model.relaxed().map_err(|error| refused(&error))?;
    let form = Scaled::new(own, bench.beta).map_err(|error| refused(&error))?;
    BinaryRelaxation::new(&form, 1.0).map_err(|error| refused(&error))?;
    Ok(form)
}

/// The model between its states, and what runs there, where relaxations are compared.
pub(super) fn on<'m, R: Precision>(
    flags: &CompareFlags,
    bench: &Bench<'m, R>,
    spec: &str,
) -> Result<Option<Planned<'m, R>>, Failure> {
    if !flags.relaxations {
        return Ok(None);
    }
    let temperatures = flags.temperatures.as_deref().unwrap_or(&TEMPERATURES);
    let form = form(bench, spec)?;
    Ok(Some((form, methods(temperatures))))
}
