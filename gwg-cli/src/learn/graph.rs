//! `--graph` and `--moves` of `gwg learn`.

use super::checks::refuse;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use gwg_learn::{Activation, Decimation, PottsGraph, PottsMoves};

/// Which couplings are learned.
pub(super) fn graph(flags: &LearnFlags) -> Result<PottsGraph, Failure> {
    let rounds = ("--updates-per-round", flags.updates_per_round.is_some());
    match flags.graph.as_str() {
        "full" => {
            let given = [
                ("--density", flags.density.is_some()),
                ("--fraction", flags.fraction.is_some()),
                rounds,
            ];
            refuse(&given, "only with --graph activate or decimate")?;
            Ok(PottsGraph::Full)
        }
        "activate" => {
            let default = Activation::default();
            let updates = flags.updates_per_round.map(|n| n as u64);
            Ok(PottsGraph::Activate(Activation {
                fraction: part("--fraction", flags.fraction, default.fraction, true)?,
                density: part("--density", flags.density, default.density, true)?,
                pearson: flags.pearson.unwrap_or(default.pearson),
                updates: updates.unwrap_or(default.updates),
            }))
        }
        "decimate" => {
            let default = Decimation::default();
            let updates = flags.updates_per_round.map(|n| n as u64);
            Ok(PottsGraph::Decimate(Decimation {
                fraction: part("--fraction", flags.fraction, default.fraction, false)?,
                density: part("--density", flags.density, default.density, false)?,
                pearson: flags.pearson.unwrap_or(default.pearson),
                updates: updates.unwrap_or(default.updates),
            }))
        }
        found => Err(Failure::usage(format!(
            "--graph: found `{found}`, allowed are full, activate and decimate"
        ))),
    }
}

/// A number above 0 and below 1, or at most 1.
fn part(flag: &str, found: Option<f64>, default: f64, all: bool) -> Result<f64, Failure> {
    let value = found.unwrap_or(default);
    if value > 0.0 && (value < 1.0 || (all && value == 1.0)) {
        return Ok(value);
    }
    let most = if all { "at most" } else { "below" };
    Err(Failure::usage(format!(
        "{flag}: found {value}, allowed are numbers above 0 and {most} 1"
    )))
}

/// How a sweep changes a site.
pub(super) fn moves(flags: &LearnFlags) -> Result<PottsMoves, Failure> {
    match flags.moves.as_deref() {
        None | Some("gibbs") => Ok(PottsMoves::Gibbs),
        Some("metropolis") => Ok(PottsMoves::Metropolis),
        Some(found) => Err(Failure::usage(format!(
            "--moves: found `{found}`, allowed are gibbs and metropolis"
        ))),
    }
}
