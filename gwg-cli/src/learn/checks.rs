//! What is checked of the flags, and the options that all kinds share.

use super::kind::Kind;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{LearnFlags, Shape};
use crate::{found, memory, outputs};
use gwg_learn::{Data, Optimizer, Penalty, Schedule};
use gwg_models::io::{visible, visible_path};
use std::path::Path;

/// Numbers that no training can have.
pub(super) fn numbers(flags: &LearnFlags, data: &Data) -> Result<(), Failure> {
    let counts = [
        ("--updates", Some(flags.updates)),
        ("--steps-per-update", flags.steps_per_update),
        ("--chains", flags.chains),
        ("--batch", flags.batch),
        ("--updates-per-round", flags.updates_per_round),
        ("--buffer", flags.buffer),
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
    let (chains, sites) = (flags.chains.unwrap_or(0), data.sites());
    let what = format!("--chains: {chains} chains of {sites} sites");
    memory::check(&what, needed, "use fewer")
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

/// Refuses the name of a file that does not have the model's format.
pub(super) fn model_file(flags: &LearnFlags, kind: &Kind) -> Result<(), Failure> {
    let pairs = matches!(kind, Kind::Potts | Kind::Ising) && flags.sampler.is_none();
    let (allowed, what): (&[&str], _) = match kind {
        Kind::IsingLattice { .. } => (&["txt"], ".txt, a text file with the spec of the model"),
        _ if pairs => (
            &["safetensors", "dat"],
            ".safetensors, or .dat in the format of adabmDCA",
        ),
        _ => (&["safetensors"], ".safetensors"),
    };
    let found = flags.out.extension();
    if found.is_some_and(|found| allowed.iter().any(|one| found.eq_ignore_ascii_case(one))) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "--out {}: allowed for {} is a name that ends in {what}",
        visible_path(&flags.out),
        visible(&flags.kind)
    )))
}

/// Refuses a file of letters for states that have none.
pub(super) fn letters(flags: &LearnFlags, rows: &Rows) -> Result<(), Failure> {
    let found = flags.out.extension();
    if found.is_some_and(|found| found.eq_ignore_ascii_case("dat")) {
        super::potts::letters(rows)?;
    }
    Ok(())
}

/// The flags by which the options of saved training are set.
const FLAGS: &[(&str, &str)] = &[
    ("`chains`", "--chains"),
    ("`buffer`", "--chains"),
    ("`sweeps`", "--steps-per-update"),
    ("`steps`", "--steps-per-update"),
    ("`batch`", "--batch"),
    ("`rate`", "--rate"),
    ("`decay_after`", "--decay-after"),
    ("`optimizer`", "--optimizer"),
    ("`l1`", "--l1"),
    ("`l2`", "--l2"),
    ("`seed`", "--seed"),
    ("`moves`", "--moves"),
    ("`graph`", "--graph"),
    ("`average`", "--average"),
    ("`clip`", "--clip"),
    ("`adapt`", "--adapt"),
    ("`warmup`", "--warmup"),
    ("`restart`", "--restart"),
    ("`value_l2`", "--value-l2"),
    ("`hidden`", "number of hidden units"),
];

/// An error of saved training in which options have the names of flags.
pub(super) fn of_flags(said: &str) -> String {
    let named = FLAGS.iter().find(|(option, _)| said.contains(option));
    let named = named.map_or_else(
        || said.to_owned(),
        |(option, flag)| said.replace(option, flag),
    );
    named.replace("`centered`", "gradient (centered, which --plain ends)")
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
    let name = flags.optimizer.as_deref().unwrap_or("sgd");
    if flags.momentum.is_some() && name != "momentum" {
        return Err(Failure::usage("--momentum: only with --optimizer momentum"));
    }
    match name {
        "sgd" => Ok(Optimizer::Sgd),
        "momentum" => {
            let momentum = part("--momentum", flags.momentum)?.unwrap_or(0.9) as f32;
            Ok(Optimizer::Momentum { momentum })
        }
        "adam" => Ok(Optimizer::adam()),
        found => Err(Failure::usage(format!(
            "--optimizer: found `{found}`, allowed are sgd, momentum and adam"
        ))),
    }
}

/// A part that is kept from update to update.
fn part(flag: &str, found: Option<f64>) -> Result<Option<f64>, Failure> {
    match found {
        // Rounded to single precision, it is below 1, too.
        Some(found) if !(0.0..1.0).contains(&found) || found as f32 == 1.0 => Err(Failure::usage(
            format!("{flag}: found {found}, allowed are numbers of at least 0 and below 1"),
        )),
        found => Ok(found),
    }
}

/// The part that the moving average keeps; 0 without one.
pub(super) fn average(flags: &LearnFlags) -> Result<f64, Failure> {
    Ok(part("--average", flags.average)?.unwrap_or(0.0))
}

/// The largest norm of the gradient; 0 for any.
pub(super) fn clip(flags: &LearnFlags) -> Result<f64, Failure> {
    match flags.clip {
        Some(found) if !(found.is_finite() && found > 0.0) => Err(Failure::usage(format!(
            "--clip: found {found}, allowed are finite numbers above 0"
        ))),
        found => Ok(found.unwrap_or(0.0)),
    }
}

/// Refuses flags of the training by sweeps of potts and ising.
pub(super) fn refuse_sweep_flags(flags: &LearnFlags) -> Result<(), Failure> {
    let given = [
        ("--pearson", flags.pearson.is_some()),
        ("--graph", flags.graph != "full"),
        ("--density", flags.density.is_some()),
        ("--fraction", flags.fraction.is_some()),
        ("--updates-per-round", flags.updates_per_round.is_some()),
        ("--moves", flags.moves.is_some()),
        ("--pair-norm", flags.pair_norm != 0.0),
    ];
    refuse(&given, "only of potts and ising without --sampler")
}

/// Refuses flags of the training with a sampler.
pub(super) fn refuse_sampler_flags(flags: &LearnFlags) -> Result<(), Failure> {
    let given = [
        ("--buffer", flags.buffer.is_some()),
        ("--init", flags.init.is_some()),
        ("--restart", flags.restart.is_some()),
        ("--value-l2", flags.value_l2.is_some()),
    ];
    refuse(&given, "only with --sampler, or of ising-lattice and deep")
}

pub(super) fn refuse(given: &[(&str, bool)], allowed: &str) -> Result<(), Failure> {
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(Failure::usage(format!("{flag}: {allowed}"))),
        None => Ok(()),
    }
}

pub(super) fn penalty(flags: &LearnFlags) -> Result<Penalty, Failure> {
    let penalties = [
        ("--l1", flags.l1),
        ("--l2", flags.l2),
        ("--pair-norm", flags.pair_norm),
    ];
    for (flag, found) in penalties {
        if !(found.is_finite() && found >= 0.0) {
            return Err(Failure::usage(format!(
                "{flag}: found {found}, allowed are finite numbers of at least 0"
            )));
        }
    }
    Ok(Penalty {
        l1: flags.l1,
        l2: flags.l2,
        block: flags.pair_norm,
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
        warmup: flags.warmup.unwrap_or(0) as u64,
        decay_after: flags.decay_after.unwrap_or(0) as u64,
    })
}
