//! `gwg completions` and `gwg man`.

use crate::failure::Failure;
use crate::flags::{CompletionFlags, Flags, ManFlags};
use crate::outputs;
use clap::{Command, CommandFactory};

/// Prints the script of a shell.
pub(crate) fn completions(flags: &CompletionFlags) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut Flags::command(), "gwg", &mut script);
    outputs::print(&String::from_utf8_lossy(&script))
}

/// Prints a page in roff.
pub(crate) fn page(flags: &ManFlags) -> Result<(), Failure> {
    let mut all = Flags::command();
    all.build();
    let command = match flags.command.as_deref() {
        None => all,
        Some(name) => {
            let found = all.find_subcommand(name).cloned();
            found.ok_or_else(|| unknown(name, &all))?
        }
    };
    let mut page = Vec::new();
    let written = clap_mangen::Man::new(command).render(&mut page);
    written.map_err(Failure::run)?;
    outputs::print(&String::from_utf8_lossy(&page))
}

fn unknown(name: &str, all: &Command) -> Failure {
    let known = all.get_subcommands().map(Command::get_name);
    let known: Vec<&str> = known.filter(|name| *name != "help").collect();
    Failure::usage(format!(
        "gwg man: found `{name}`, allowed are {}",
        known.join(", ")
    ))
}
