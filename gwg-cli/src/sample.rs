//! `gwg sample`.

use crate::clamp::Clamp;
use crate::failure::Failure;
use crate::flags::{Float, SampleFlags};
use crate::session::{self, Session, catch_interrupts};
use crate::{load, outputs, report, sampling, summary, table, tempering};
use gwg_chains::trace::{Recorder, TraceSpec};
use gwg_chains::{Annealing, Outcome, Plan, Quantity, RunError, batch_draws};
use gwg_registry::{Model, Precision, SamplerSpec, SharedSpace};
use serde_json::{Map, Value, json};
use std::path::Path;

pub(crate) fn run(flags: &SampleFlags) -> Result<(), Failure> {
    match flags.run.float {
        Float::F32 => sample::<f32>(flags),
        Float::F64 => sample::<f64>(flags),
    }
}

/// The command, once the precision is a type.
fn sample<R: Precision>(flags: &SampleFlags) -> Result<(), Failure> {
    let sampler = sampling::parse(&flags.sampler)?;
    tempering::check(flags)?;
    check_outputs(flags)?;
    let spec = load::spec(&flags.model)?;
    let model: Model<R> = load::model(&spec, &flags.model)?;
    let plan = plan(flags, &sampler, model.sites(), model.states())?;
    let clamp = flags.clamp.as_deref();
    let clamp = clamp
        .map(|path| Clamp::read(path, model.space()))
        .transpose()?;
    if let Some(clamp) = &clamp {
        clamp.check(&plan, model.space())?;
    }
    let facts = Facts {
        flags,
        model: spec.to_string(),
        sampler,
        clamp,
        sites: model.sites(),
        states: model.states(),
        grid: model.grid(),
    };
    catch_interrupts()?;
    let trace = flags
        .out
        .as_deref()
        .map(|path| open_trace(path, &facts, &plan, model.space()))
        .transpose()?;
    let batch_draws = batch_draws(plan.chains, facts.sites);
    let mut session = Session::new(trace, batch_draws, flags.run.quiet);
    let observed = facts.clamp.as_ref().map(|clamp| &clamp.observed[..]);
    let outcome = sampling::run(&facts.sampler, &model, observed, &plan, &mut session)?;
    session.done();
    finish(&facts, &outcome, session)
}

/// What can be refused of the outputs before anything is built.
fn check_outputs(flags: &SampleFlags) -> Result<(), Failure> {
    let [out, report, summary] =
        [&flags.out, &flags.report, &flags.run.summary].map(Option::as_deref);
    let force = flags.run.force;
    if let Some(path) = out {
        let why = "a trace is a folder and cannot be standard output; name a folder";
        outputs::refuse_stdout("--out", path, why)?;
        outputs::check("--out", path, force)?;
    }
    if let Some(path) = report {
        let why = "standard output has the table, or the JSON of --summary -; name a file";
        outputs::refuse_stdout("--report", path, why)?;
        outputs::check_file("--report", path, force)?;
    }
    if let Some(path) = summary {
        outputs::check_file("--summary", path, force)?;
    }
    outputs::check_apart(&[("--out", out), ("--report", report), ("--summary", summary)])
}

/// What is known before the first step.
struct Facts<'f> {
    flags: &'f SampleFlags,
    model: String,
    sampler: SamplerSpec,
    clamp: Option<Clamp>,
    sites: usize,
    states: usize,
    grid: Option<Vec<usize>>,
}

impl Facts<'_> {
    /// What every output begins with. Nothing here depends on the machine or on the number of threads.
    fn configuration(&self) -> Map<String, Value> {
        let f = self.flags;
        let pairs = json!({
            "version": env!("CARGO_PKG_VERSION"), "model": self.model, "sites": self.sites, "states": self.states,
            "sampler": self.sampler.to_string(), "chains": f.chains, "warmup": f.warmup, "draws": f.draws,
            "thin": f.thin, "seed": f.run.seed, "float": f.run.float.name(), "beta": f.run.beta, "init": f.init,
        });
        let mut map = match pairs {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        if let Some(turn) = self.sampler.turn() {
            map.insert("turn".into(), json!(turn));
        }
        if let Some(clamp) = &self.clamp {
            map.insert("clamp".into(), clamp.json());
        }
        tempering::configuration(f, &mut map);
        map
    }
}

fn plan(
    flags: &SampleFlags,
    sampler: &SamplerSpec,
    sites: usize,
    states: usize,
) -> Result<Plan, Failure> {
    let init = load::init(&flags.init, sites)?;
    let plan = Plan {
        chains: flags.chains,
        warmup: flags.warmup,
        draws: flags.draws,
        thin: flags.thin,
        seed: flags.run.seed,
        beta: flags.run.beta,
        tempering: Some(tempering::ladder(flags).map_err(refused)?),
        anneal: flags.anneal.map(|from| Annealing::Linear { from }),
        init,
        adapt: sampler.adapts(),
        quantities: Quantity::defaults(),
        threads: flags.run.threads,
        block: None,
    };
    plan.check(sites, states).map_err(refused)?;
    Ok(plan)
}

/// A field of the plan by the name of its flag.
fn refused(error: RunError) -> Failure {
    match error {
        RunError::Zero { name } => Failure::usage(format!(
            "--{}",
            RunError::Zero { name }
                .to_string()
                .replacen(name, &name.replace('_', "-"), 1)
        )),
        RunError::InitShape { .. } | RunError::InitSymbol { .. } => {
            Failure::usage(format!("--init: {error}"))
        }
        other => Failure::usage(format!("--{other}")),
    }
}

fn open_trace(
    path: &Path,
    facts: &Facts<'_>,
    plan: &Plan,
    space: &SharedSpace,
) -> Result<Recorder, Failure> {
    let mut spec = TraceSpec::of_run(space, plan);
    spec.attributes = facts.configuration();
    spec.version = env!("CARGO_PKG_VERSION").into();
    spec.force = facts.flags.run.force;
    Recorder::with_spec(path, spec, plan).map_err(|error| Failure::usage(format!("--out: {error}")))
}

/// Writes everything; what cannot be written is told after the table.
fn finish(facts: &Facts<'_>, outcome: &Outcome, session: Session) -> Result<(), Failure> {
    let flags = facts.flags;
    let mut failed = Vec::new();
    if let Some(why) = session.lost {
        let draws = outcome.draws;
        failed.push(Failure::run(format!(
            "--out: {why} (the run was ended after {draws} draws, and nothing is left of its trace)"
        )));
    }
    if let Some(trace) = session.trace {
        let done = trace.finish();
        failed.extend(
            done.err()
                .map(|error| Failure::run(format!("--out: {error}"))),
        );
    }
    if let Some(invalid) = &outcome.invalid {
        failed.push(Failure::run(invalid.as_error()));
    }
    let statistics = summary::statistics(&outcome.quantities, outcome.chains, outcome.draws);
    let object = summary_of(facts, outcome, &statistics);
    if let Some(path) = &flags.report {
        failed.extend(outputs::write("--report", path, &page(facts, outcome, &object)).err());
    }
    if let Some(path) = &flags.run.summary {
        failed.extend(outputs::write("--summary", path, &format!("{object:#}\n")).err());
    }
    if !flags.run.summary.as_deref().is_some_and(outputs::is_stdout) {
        let text = [
            table::run(&object),
            "\n".into(),
            table::statistics(&statistics),
            "\n".into(),
            table::speed(&object),
            tempering::line(outcome),
            table::warnings(&object),
        ];
        failed.extend(outputs::print(&text.concat()).err());
    }
    Failure::of_all(failed)?;
    if outcome.interrupted {
        Err(session::interruption())
    } else {
        Ok(())
    }
}

/// The `--summary` object of the contract.
fn summary_of(facts: &Facts<'_>, outcome: &Outcome, statistics: &summary::Statistics) -> Value {
    let counts = outcome.counts;
    let steps = summary::steps(outcome, facts.flags.thin);
    let per_step = |n: u64| summary::ratio(Some(n as f64), steps as f64);
    let (warmup, sampling) = (
        outcome.seconds.0.as_secs_f64(),
        outcome.seconds.1.as_secs_f64(),
    );
    let ess = statistics
        .iter()
        .find(|(name, _)| name == "hamming")
        .and_then(|(_, s)| s.ess_bulk);
    let acceptance = summary::ratio(Some(counts.accepted as f64), counts.steps as f64);
    let mut warnings = summary::warnings(statistics, outcome.chains, outcome.draws, acceptance);
    warnings.extend(tempering::warning(outcome));
    if let Some(bias) = facts.sampler.bias() {
        warnings.insert(0, bias.into());
    }
    if outcome.interrupted {
        warnings.insert(
            0,
            format!(
                "{} after {} of {} draws",
                if outcome.invalid.is_some() {
                    "ended by an invalid value of the model"
                } else {
                    "interrupted"
                },
                outcome.draws,
                facts.flags.draws
            ),
        );
    }
    let mut object = facts.configuration();
    let rest = json!({
        "draws": outcome.draws,
        "threads": outcome.threads,
        "seconds": { "warmup": warmup, "sampling": sampling },
        "steps": steps,
        "steps_per_second": summary::ratio(Some(steps as f64), sampling),
        "acceptance": acceptance,
        "hops": per_step(counts.sites_changed),
        "evaluations": { "values": counts.values, "gradients": counts.gradients },
        "adapted": adapted(facts, outcome),
        "statistics": summary::statistics_json(statistics),
        "ess_per_second": summary::ratio(ess, sampling),
        "ess_per_step": summary::ratio(ess, steps as f64),
        "means": summary::means(outcome, facts.states),
        "warnings": warnings,
    });
    if let Value::Object(rest) = rest {
        object.extend(rest);
    }
    if let Some(tempered) = &outcome.swaps {
        object.insert("tempering".into(), tempering::json(tempered));
    }
    object.into()
}

/// What the chains chose in warm-up.
fn adapted(facts: &Facts<'_>, outcome: &Outcome) -> Value {
    let keys = facts.sampler.tuned();
    let of = |k: usize| {
        let values = outcome.tuning.iter().skip(k).step_by(keys.len());
        let (mut sum, mut count) = (0.0, 0u32);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for &value in values {
            (sum, count) = (sum + value, count + 1);
            (least, most) = (least.min(value), most.max(value));
        }
        (count > 0).then(|| json!({ "mean": sum / f64::from(count), "min": least, "max": most }))
    };
    let pairs = keys.iter().enumerate();
    let pairs: Map<String, Value> = pairs
        .filter_map(|(k, key)| Some((key.clone(), of(k)?)))
        .collect();
    pairs.into()
}

fn page(facts: &Facts<'_>, outcome: &Outcome, object: &Value) -> String {
    let sites = facts.sites;
    let chains: Vec<&[u8]> = outcome.last.chunks(sites).take(4).collect();
    let means = summary::shares(outcome);
    let picture = match facts.grid.as_deref() {
        Some(&[rows, columns]) => Some(report::Picture {
            states: facts.states,
            rows,
            columns,
            chains: &chains,
            means: means.as_deref(),
        }),
        _ => None,
    };
    let series: Vec<report::Series<'_>> = outcome
        .quantities
        .iter()
        .map(|(name, values)| report::Series { name, values })
        .collect();
    report::render(&report::Report {
        summary: object,
        chains: outcome.chains,
        draws: outcome.draws,
        series: &series,
        picture,
    })
}
