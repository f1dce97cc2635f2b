//! From the arguments of the process to flags.

use super::{Command, Flags, Resolved, RunFlags, config};
use crate::failure::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Error, FromArgMatches as _, Parser as _};

/// The flags of this process, with those of the file of `--config`; prints a message and exits where those of the command line are wrong.
///
/// # Errors
/// What is wrong in the file.
pub(crate) fn parse() -> Result<Flags, Failure> {
    let command = Flags::command();
    let args = config::expanded(&command, std::env::args_os().collect())?;
    let parsed = command.clone().try_get_matches_from(args);
    let matches = parsed.unwrap_or_else(|error| with_tip(error).exit());
    let flags = Flags::from_arg_matches(&matches);
    let mut flags = flags.unwrap_or_else(|error| error.format(&mut Flags::command()).exit());
    let resolved = matches
        .subcommand()
        .and_then(|(name, matches)| Some(Resolved::new(command.find_subcommand(name)?, matches)));
    if let (Some(run), Some(resolved)) = (flags.command.run_flags(), resolved) {
        run.resolved = resolved;
    }
    Ok(flags)
}

/// The flags of another command line, which was checked before; what is wrong, otherwise.
pub(crate) fn of(words: &[String]) -> Result<Flags, String> {
    Flags::try_parse_from(words).map_err(|error| error.to_string())
}

/// Says how a model's keys are written where one of them is an argument of its own.
fn with_tip(mut error: Error) -> Error {
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) if error.kind() == ErrorKind::UnknownArgument => {
            argument.clone()
        }
        _ => return error,
    };
    if argument.contains('=') && !argument.starts_with('-') {
        let tip =
            format!("a model and its keys are one argument, as in `ising-lattice:{argument}`");
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tips);
    }
    error
}

impl Command {
    fn run_flags(&mut self) -> Option<&mut RunFlags> {
        match self {
            Self::Sample(flags) => Some(&mut flags.run),
            Self::Compare(flags) => Some(&mut flags.run),
            _ => None,
        }
    }

    /// Whether standard error has lines of JSON.
    pub(crate) fn json_lines(&mut self) -> bool {
        self.run_flags().is_some_and(|run| run.json_lines)
    }

    /// What `--print-config` prints, where it is set.
    pub(crate) fn configuration(&mut self) -> Option<String> {
        let run = self.run_flags().filter(|run| run.print_config);
        run.map(|run| run.resolved.toml())
    }
}
