//! What is checked of the flags, and the options that all kinds share.

use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{LearnFlags, Shape};
use crate::{found, memory, outputs};
use gwg_learn::{Data, Optimizer, Penalty, Schedule};
use gwg_models::io::visible_path;
use std::path::Path;

/// Numbers that no training can have.
pub(super) fn numbers(flags: &LearnFlags, data: &Data) -> Result<(), Failure> {
    let counts = [
        ("--updates", Some(flags.updates)),
        ("--steps-per-update", flags.steps_per_update),
        ("--chains", flags.chains),
        ("--batch", flags.batch),
    ];
    if let Some((flag, _)) = counts.iter().find(|(_, n)| *n == Some(0)) {
        return Err(Failure::usage(format!(
            "{flag}: found 0, allowed is at least 1"
        )));
    }
    if let Some(found) = flags.pearson.filter(|r| !(*r > 0.0 && *r <= 1.0)) {
        return Err(Failure::usage(format!(
            "--pearson: found {found}, allowed is above 0 and at most 1"
        )));
    }
    // States, and what layers and batches of them take at most.
    let needed = (flags.chains.unwrap_or(0) as u64).saturating_mul(16 * data.sites() as u64);
    match memory::available() {
        Some(free) if needed > free => Err(Failure::usage(format!(
            "--chains: {} chains of {} sites need {}, and {} are free; use fewer",
            flags.chains.unwrap_or(0),
            data.sites(),
            memory::shown(needed),
            memory::shown(free)
        ))),
        _ => Ok(()),
    }
}

/// A file that learning writes by a name of its own: devices and pipes would be replaced.
fn check_plain(flag: &str, path: &Path) -> Result<(), Failure> {
    if found::is_stream(path) {
        return Err(Failure::usage(format!(
            "{flag} {}: it is a device or a pipe, which a file would replace; name a file",
            visible_path(path)
        )));
    }
    Ok(())
}

pub(super) fn outputs_of(flags: &LearnFlags) -> Result<(), Failure> {
    let why = "a model file is not written to standard output; name a file";
    outputs::refuse_stdout("--out", &flags.out, why)?;
    check_plain("--out", &flags.out)?;
    let force = flags.work.force;
    outputs::check_file("--out", &flags.out, force)?;
    for (flag, path) in [("--samples", &flags.samples), ("--ladder", &flags.ladder)] {
        if let Some(path) = path {
            outputs::refuse_stdout(flag, path, "name a file")?;
            check_plain(flag, path)?;
            outputs::check_file(flag, path, force)?;
        }
    }
    if let Some(path) = &flags.report {
        let why = "standard output has the table, or the JSON of --summary -; name a file";
        outputs::refuse_stdout("--report", path, why)?;
        check_plain("--report", path)?;
        outputs::check_file("--report", path, force)?;
    }
    if let Some(path) = &flags.checkpoint {
        outputs::check_checkpoint(path, flags.resume.as_deref(), force)?;
    }
    if let Some(path) = &flags.work.summary {
        outputs::check("--summary", path, force)?;
    }
    let written = [
        ("--out", Some(flags.out.as_path())),
        ("--samples", flags.samples.as_deref()),
        ("--ladder", flags.ladder.as_deref()),
        ("--report", flags.report.as_deref()),
        ("--summary", flags.work.summary.as_deref()),
    ];
    let checkpoint = ("--checkpoint", flags.checkpoint.as_deref());
    let inputs = [
        ("DATA", Some(flags.data.as_path())),
        ("--weights", flags.rows.weights.as_deref()),
    ];
    outputs::check_apart(&[&inputs[..1], &written, &[checkpoint]].concat())?;
    outputs::check_apart(&[&inputs[1..], &written, &[checkpoint]].concat())?;
    // A checkpoint may take the place of the one that the run goes on from.
    let resumed = ("--resume", flags.resume.as_deref());
    outputs::check_apart(&[&[resumed], &written[..]].concat())
}

/// The shape of the images in the report: that of `--image`, or a square of the sites of two states that are no columns of an alignment.
pub(super) fn image(flags: &LearnFlags, rows: &Rows) -> Result<Option<Shape>, Failure> {
    let sites = rows.data.sites();
    let Some(shape) = flags.image else {
        let side = sites.isqrt();
        let is_square = side * side == sites && side > 1;
        let binary = rows.data.states() == 2 && rows.alignment.is_none();
        let square = Shape {
            rows: side,
            columns: side,
        };
        return Ok((is_square && binary).then_some(square));
    };
    if shape.sites() != sites {
        return Err(Failure::usage(format!(
            "--image: found {shape}, which are {} sites, but the data have {sites}; name rows and columns of as many",
            shape.sites()
        )));
    }
    Ok(Some(shape))
}

/// The options that all kinds share.
pub(super) fn optimizer(flags: &LearnFlags) -> Result<Optimizer, Failure> {
    match flags.optimizer.as_str() {
        "sgd" => Ok(Optimizer::Sgd),
        "momentum" => Ok(Optimizer::Momentum { momentum: 0.9 }),
        "adam" => Ok(Optimizer::adam()),
        found => Err(Failure::usage(format!(
            "--optimizer: found `{found}`, allowed are sgd, momentum and adam"
        ))),
    }
}

pub(super) fn penalty(flags: &LearnFlags) -> Result<Penalty, Failure> {
    for (flag, found) in [("--l1", flags.l1), ("--l2", flags.l2)] {
        if !(found.is_finite() && found >= 0.0) {
            return Err(Failure::usage(format!(
                "{flag}: found {found}, allowed are finite numbers of at least 0"
            )));
        }
    }
    Ok(Penalty {
        l1: flags.l1,
        l2: flags.l2,
        ..Penalty::default()
    })
}

pub(super) fn schedule(flags: &LearnFlags, default: f64) -> Result<Schedule, Failure> {
    let rate = flags.rate.unwrap_or(default);
    if !(rate.is_finite() && rate > 0.0) {
        return Err(Failure::usage(format!(
            "--rate: found {rate}, allowed are finite numbers above 0"
        )));
    }
    Ok(Schedule {
        rate,
        warmup: 0,
        decay_after: flags.decay_after.unwrap_or(0) as u64,
    })
}
