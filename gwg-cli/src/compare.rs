//! `gwg compare`: runs several samplers on the same budget and compares them.

mod advice;
mod budget;
mod clock;
mod contender;
mod csv;
mod errors;
mod estimate;
mod figures;
mod finished;
mod json;
mod labels;
mod measure;
mod page;
mod recorder;
mod relaxed;
mod section;
mod table;
mod truth;
mod usual;
mod varied;

use crate::failure::Failure;
use crate::flags::{CompareFlags, Float, ModelFlags};
use crate::folder::Folder;
use crate::report::text::plural;
use crate::session::{self, ProgressReporter, catch_interrupts};
use crate::{load, memory, outputs};
use finished::Finished;
use gwg_registry::{Model, Precision, SamplerSpec, parse_list};
use json::CompareResult;
use measure::Bench;
use section::{Allowance, Contest, Entrant, LeftOut, Section};
use std::ffi::{OsStr, OsString};
use std::path::Path;

pub(crate) fn run(flags: &CompareFlags) -> Result<(), Failure> {
    memory::check_limit(flags.run.threads_of(flags.chains))?;
    match flags.run.float {
        Float::F32 => compare::<f32>(flags),
        Float::F64 => compare::<f64>(flags),
    }
}

/// All sections, and the flags they were run with.
#[derive(Debug)]
struct Comparison<'c> {
    flags: &'c CompareFlags,
    /// Those of the flags, or of the standard comparison of relaxations.
    models: Vec<OsString>,
    samplers: Vec<SamplerSpec>,
    sections: Vec<Section>,
    interrupted: bool,
}

/// A model, loaded, and the samplers that run on it.
struct Ready<R: Precision> {
    spec: String,
    model: Model<R>,
    entrants: Vec<Entrant>,
    left_out: LeftOut,
}

/// Runs the command in the chosen precision.
fn compare<R: Precision>(flags: &CompareFlags) -> Result<(), Failure> {
    check(flags)?;
    let list = flags.samplers.as_deref().unwrap_or(usual::samplers(flags));
    let samplers =
        parse_list(list).map_err(|error| Failure::usage(format!("--samplers: {error}")))?;
    check_models(flags)?;
    let models = usual::models(flags);
    let ready: Vec<Ready<R>> = models
        .iter()
        .map(|model| ready(flags, model, &samplers))
        .collect::<Result<_, _>>()?;
    let mut finished = Finished::new(flags)?;
    catch_interrupts()?;
    let mut comparison = Comparison {
        flags,
        models,
        samplers,
        sections: Vec::new(),
        interrupted: false,
    };
    let allowance = flags
        .seconds
        .map_or(Allowance::Steps(flags.steps), Allowance::Seconds);
    let mut reporter = ProgressReporter::new(flags.run.quiet, None);
    if !flags.run.quiet {
        for ready in &ready {
            session::announce(&announcement(&comparison, ready));
        }
    }
    for ready in &ready {
        if comparison.interrupted {
            break;
        }
        let bench = bench(flags, &ready.model);
        let contest = Contest {
            entrants: ready.entrants.clone(),
            left_out: ready.left_out.clone(),
            relaxed: relaxed::on(flags, &bench, &ready.spec)?,
            style: comparison.samplers.len(),
        };
        let (section, interrupted) = section::run(
            &bench,
            ready.spec.clone(),
            contest,
            allowance,
            (&mut finished, &mut reporter),
        )?;
        comparison.interrupted = interrupted;
        comparison.sections.push(section);
    }
    reporter.clear();
    finish(&comparison)
}

/// What is about to run on a model, in one line.
fn announcement<R: Precision>(comparison: &Comparison<'_>, ready: &Ready<R>) -> String {
    let names: Vec<&str> = ready.entrants.iter().map(|e| e.name.as_str()).collect();
    let run = &comparison.flags.run;
    let relaxed = if comparison.flags.relaxations {
        " and relaxations"
    } else {
        ""
    };
    format!(
        "{} ({} sites), {}{relaxed}, each {}, {}, {}",
        ready.spec,
        ready.model.sites(),
        names.join(", "),
        comparison.allowance(),
        plural(run.threads_of(comparison.flags.chains), "thread"),
        run.float.name(),
    )
}

fn bench<'b, R: Precision>(flags: &CompareFlags, model: &'b Model<R>) -> Bench<'b, R> {
    Bench {
        model,
        chains: flags.chains,
        seed: flags.run.seed,
        beta: flags.run.beta,
        threads: flags.run.threads,
    }
}

/// Checks the flags before any model is built.
fn check(flags: &CompareFlags) -> Result<(), Failure> {
    for (name, found) in [("chains", flags.chains as u64), ("steps", flags.steps)] {
        if found == 0 {
            return Err(Failure::usage(format!(
                "--{name}: found 0, at least 1 is needed"
            )));
        }
    }
    if let Some(seconds) = flags.seconds.filter(|s| !(s.is_finite() && *s > 0.0)) {
        return Err(Failure::usage(format!(
            "--seconds: found {seconds}, allowed are positive finite numbers"
        )));
    }
    // Not by clap, which is to read each key of a configuration alone.
    if flags.models.is_empty() && !flags.relaxations {
        return Err(Failure::usage(
            "no MODEL is given; name one or more (see `gwg models`), or compare relaxations on several with --relaxations",
        ));
    }
    if flags.temperatures.is_some() && !flags.relaxations {
        return Err(Failure::usage(
            "--temperatures: they are those of relaxations; add --relaxations",
        ));
    }
    let temperatures = flags.temperatures.iter().flatten();
    let mut unusable = temperatures.filter(|t| !(t.is_finite() && (0.001..=1000.0).contains(*t)));
    if let Some(found) = unusable.next() {
        return Err(Failure::usage(format!(
            "--temperatures: found {found}, allowed are numbers from 0.001 to 1000"
        )));
    }
    if !(flags.run.beta.is_finite() && flags.run.beta >= 0.0) {
        return Err(Failure::usage(format!(
            "--beta: found {}, allowed are finite numbers from 0",
            flags.run.beta
        )));
    }
    let [out, summary] = [&flags.out, &flags.run.summary].map(Option::as_deref);
    if let Some(path) = summary {
        outputs::check_file("--summary", path, flags.run.force)?;
    }
    if let Some(path) = out {
        folder(path, flags.run.force).check()?;
    }
    let checkpoint = flags.checkpoint.as_deref();
    if let Some(path) = checkpoint {
        outputs::check_checkpoint(path, flags.resume.as_deref(), flags.run.force)?;
    }
    outputs::check_apart(&[
        ("--out", out),
        ("--summary", summary),
        ("--checkpoint", checkpoint),
    ])
}

/// Refuses samplers that stand among the models, as in `--samplers gwg gibbs`.
fn check_models(flags: &CompareFlags) -> Result<(), Failure> {
    let is_sampler = |text: &&str| SamplerSpec::parse(text).is_ok() && !Path::new(text).exists();
    let models = flags.models.iter().filter_map(|model| model.to_str());
    let stray: Vec<&str> = models.filter(is_sampler).collect();
    let Some(first) = stray.first() else {
        return Ok(());
    };
    let listed: Vec<&str> = flags
        .samplers
        .as_deref()
        .into_iter()
        .chain(stray.clone())
        .collect();
    Err(Failure::usage(format!(
        "model `{first}`: it is a sampler; samplers are one argument, separated by commas: --samplers {}",
        crate::report::quote(&listed.join(","))
    )))
}

const fn folder(path: &Path, force: bool) -> Folder<'_> {
    Folder {
        path,
        command: "gwg compare",
        table: page::TABLE,
        force,
    }
}

fn ready<R: Precision>(
    flags: &CompareFlags,
    model: &OsStr,
    samplers: &[SamplerSpec],
) -> Result<Ready<R>, Failure> {
    let flagged = ModelFlags {
        model: model.to_owned(),
        kind: flags.kind.clone(),
    };
    let spec = load::spec(&flagged)?;
    if spec.is_wide() {
        return Err(Failure::usage(format!(
            "model `{spec}`: found sites of more than 256 states; `gwg compare` is for models of at most 256 states per site, `gwg sample` for all"
        )));
    }
    let model: Model<R> = load::model(&spec, &flagged)?;
    let spec = spec.to_string();
    let explicit = flags.samplers.is_some();
    let bench = bench(flags, &model);
    bench.check_room()?;
    // Refused before anything runs.
    relaxed::on(flags, &bench, &spec)?;
    let (entrants, left_out) = section::entrants(&bench, samplers, explicit, &spec)?;
    if entrants.is_empty() {
        let why = left_out.first().map_or("", |(_, why)| why.as_str());
        return Err(Failure::usage(format!(
            "{spec}: no sampler runs on this model: {why}"
        )));
    }
    Ok(Ready {
        spec,
        model,
        entrants,
        left_out,
    })
}

/// Writes all outputs; write errors are reported after the table.
fn finish(comparison: &Comparison<'_>) -> Result<(), Failure> {
    let flags = comparison.flags;
    let mut failed = Vec::new();
    let done = comparison.sections.iter().any(|s| !s.rows.is_empty());
    if done {
        if let Some(path) = &flags.out {
            let folder = folder(path, flags.run.force);
            failed.extend(folder.write(&page::files(comparison)).err());
        }
        let result = CompareResult::new(comparison);
        let summary = flags.run.summary.as_deref();
        failed.extend(
            outputs::results(summary, flags.run.force, &result, || {
                table::text(comparison)
            })
            .err(),
        );
    }
    Failure::of_all(failed)?;
    if comparison.interrupted {
        Err(session::interruption())
    } else {
        Ok(())
    }
}

impl Comparison<'_> {
    /// The command that repeats the comparison, one option per line.
    fn command(&self) -> Vec<String> {
        use crate::report::quote;
        let flags = self.flags;
        let models: Vec<String> = flags
            .models
            .iter()
            .map(|m| quote(&m.to_string_lossy()))
            .collect();
        let list: Vec<String> = self.samplers.iter().map(labels::short).collect();
        let mut lines = vec![
            format!("gwg compare {}", models.join(" "))
                .trim_end()
                .to_owned(),
        ];
        if let Some(kind) = &flags.kind {
            lines.push(format!("--kind {}", quote(kind)));
        }
        // The default list omits samplers that a model does not support; an explicit list may not.
        if flags.samplers.is_some() {
            lines.push(format!("--samplers {}", quote(&list.join(","))));
        }
        if flags.relaxations {
            lines.push("--relaxations".to_owned());
        }
        if let Some(temperatures) = &flags.temperatures {
            let list: Vec<String> = temperatures.iter().map(f64::to_string).collect();
            lines.push(format!("--temperatures {}", list.join(",")));
        }
        lines.push(format!("--chains {}", flags.chains));
        lines.push(match flags.seconds {
            Some(seconds) => format!("--seconds {seconds}"),
            None => format!("--steps {}", flags.steps),
        });
        lines.push(format!("--seed {}", flags.run.seed));
        lines.push(format!("--float {}", flags.run.float.name()));
        lines.push(format!("--beta {}", flags.run.beta));
        if let Some(out) = &flags.out {
            lines.push(format!("--out {}", quote(&out.display().to_string())));
        }
        lines
    }

    /// The budget, as a clause.
    fn allowance(&self) -> String {
        let flags = self.flags;
        match flags.seconds {
            Some(seconds) => format!("{} chains, {seconds} seconds per sampler", flags.chains),
            None => format!("{} chains x {} steps", flags.chains, flags.steps),
        }
    }
}
