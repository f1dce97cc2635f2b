//! The `gwg` command.

mod chart;
mod checkpoint;
mod clamp;
mod compare;
mod contacts;
mod csv;
mod data;
mod denoise;
mod diagnose;
mod diverged;
mod energies;
mod evaluate;
mod failure;
mod flags;
mod folder;
mod found;
mod hidden;
mod info;
mod learn;
mod list;
mod load;
mod manual;
mod memory;
mod merge;
mod mutations;
mod named;
mod optimize;
mod outputs;
mod params;
mod record;
mod remedy;
mod report;
mod resume;
mod sample;
mod sampling;
mod scored;
mod session;
mod shard;
mod statistics;
mod table;
mod tempering;
mod verify;
mod waiting;

use failure::Failure;
use flags::{Command, Flags};
use std::process::ExitCode;

fn main() -> ExitCode {
    match flags::parse().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Failure::Usage(message) | Failure::Run(message) = &failure {
                session::error(message);
            }
            ExitCode::from(failure.code())
        }
    }
}

fn run(mut flags: Flags) -> Result<(), Failure> {
    if let Some(configuration) = flags.command.configuration() {
        return outputs::print(&configuration);
    }
    if flags.command.json_lines() {
        session::use_json();
    }
    match &flags.command {
        Command::Sample(flags) => sample::run(flags),
        Command::Merge(flags) => merge::run(flags),
        Command::Resume(flags) => resume::run(flags),
        Command::Compare(flags) => compare::run(flags),
        Command::Learn(flags) => learn::run(flags),
        Command::Evaluate(flags) => evaluate::run(flags),
        Command::Contacts(flags) => contacts::run(flags),
        Command::Energies(flags) => energies::run(flags),
        Command::Mutations(flags) => mutations::run(flags),
        Command::Denoise(flags) => denoise::run(flags),
        Command::Optimize(flags) => optimize::run(flags),
        Command::Models => list::models(),
        Command::Samplers => list::samplers(),
        Command::Info(flags) => info::run(flags),
        Command::Diagnose(flags) => diagnose::run(flags),
        Command::Verify(flags) => verify::run(flags),
        Command::Completions(flags) => manual::completions(flags),
        Command::Man(flags) => manual::page(flags),
    }
}
