//! The `gwg` command.

mod chart;
mod clamp;
mod compare;
mod diagnose;
mod failure;
mod flags;
mod folder;
mod found;
mod hidden;
mod info;
mod list;
mod load;
mod named;
mod outputs;
mod record;
mod report;
mod sample;
mod sampling;
mod session;
mod statistics;
mod table;
mod tempering;
mod verify;

use failure::Failure;
use flags::Command;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let flags = flags::parse();
    let done = match &flags.command {
        Command::Sample(flags) => sample::run(flags),
        Command::Compare(flags) => compare::run(flags),
        Command::Models => list::models(),
        Command::Samplers => list::samplers(),
        Command::Info(flags) => info::run(flags),
        Command::Diagnose(flags) => diagnose::run(flags),
        Command::Verify(flags) => verify::run(flags),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Failure::Usage(message) | Failure::Run(message) = &failure {
                // A closed stream is no reason to panic.
                let _ = writeln!(std::io::stderr(), "error: {message}");
            }
            ExitCode::from(failure.code())
        }
    }
}
