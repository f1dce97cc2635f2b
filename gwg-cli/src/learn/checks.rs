//! What is checked of the flags, and the options that all kinds share.

use super::kind::Kind;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
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
            "{flag} {}: it is a device or a pipe, which a model file would replace; name a file",
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
pub(super) fn model_file(flags: &LearnFlags, kind: Kind) -> Result<(), Failure> {
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
const FLAGS: [(&str, &str); 12] = [
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
