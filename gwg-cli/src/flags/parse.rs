//! From the arguments of the process to flags.

use super::{Command, Flags, Resolved, RunFlags, WorkFlags, config};
use crate::failure::Failure;
use crate::session;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Error, FromArgMatches as _, Parser as _};
use gwg_models::io::visible;
use std::ffi::OsString;

/// The flags of this process, with those of the file of `--config`; prints a message and exits where those of the command line are wrong.
///
/// # Errors
/// What is wrong in the file.
pub(crate) fn parse() -> Result<Flags, Failure> {
    let command = Flags::command();
    let given: Vec<OsString> = std::env::args_os().collect();
    if given.iter().any(|arg| arg == "--json-lines") {
        session::use_json();
    }
    let args = config::expanded(&command, given)?;
    let parsed = command.clone().try_get_matches_from(&args);
    let matches = parsed.unwrap_or_else(|error| exit(&command, error, &args));
    let flags = Flags::from_arg_matches(&matches);
    let mut flags = flags.unwrap_or_else(|error| error.format(&mut Flags::command()).exit());
    let resolved = matches
        .subcommand()
        .and_then(|(name, matches)| Some(Resolved::new(command.find_subcommand(name)?, matches)));
    if let (Some(own), Some(resolved)) = (flags.command.own(), resolved) {
        *own.resolved = resolved;
    }
    Ok(flags)
}

/// Says what is wrong with the arguments, or what was asked for, and ends the process. Control characters of arguments are shown escaped.
fn exit(command: &clap::Command, error: Error, args: &[OsString]) -> ! {
    let hostile = |arg: &&OsString| arg.to_string_lossy().chars().any(char::is_control);
    let mut error = error;
    if args.iter().any(|arg| hostile(&arg)) {
        let shown = args
            .iter()
            .map(|arg| visible(&arg.to_string_lossy()).to_string());
        let again = command.clone().try_get_matches_from(shown);
        error = again.err().unwrap_or(error);
    }
    let error = with_tip(error);
    if session::is_json() && error.use_stderr() {
        let text = error.to_string();
        let text = text.trim_start_matches("error: ").trim_end();
        session::error(text);
        std::process::exit(error.exit_code());
    }
    error.exit()
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

/// Flags about the command line itself.
struct Own<'f> {
    resolved: &'f mut Resolved,
    json_lines: bool,
    print_config: bool,
}

impl<'f> Own<'f> {
    fn of_run(flags: &'f mut RunFlags) -> Self {
        Self {
            resolved: &mut flags.resolved,
            json_lines: flags.json_lines,
            print_config: flags.print_config,
        }
    }

    fn of_work(flags: &'f mut WorkFlags) -> Self {
        Self {
            resolved: &mut flags.resolved,
            json_lines: flags.json_lines,
            print_config: flags.print_config,
        }
    }
}

impl Command {
    fn own(&mut self) -> Option<Own<'_>> {
        match self {
            Self::Sample(flags) => Some(Own::of_run(&mut flags.run)),
            Self::Compare(flags) => Some(Own::of_run(&mut flags.run)),
            Self::Learn(flags) => Some(Own::of_work(&mut flags.work)),
            Self::Evaluate(flags) => Some(Own::of_work(&mut flags.work)),
            Self::Contacts(flags) => Some(Own::of_work(&mut flags.work)),
            Self::Denoise(flags) => Some(Own::of_work(&mut flags.work)),
            Self::Optimize(flags) => Some(Own::of_work(&mut flags.work)),
            _ => None,
        }
    }

    /// Whether standard error has lines of JSON.
    pub(crate) fn json_lines(&mut self) -> bool {
        self.own().is_some_and(|own| own.json_lines)
    }

    /// What `--print-config` prints, where it is set.
    pub(crate) fn configuration(&mut self) -> Option<String> {
        let own = self.own().filter(|own| own.print_config);
        own.map(|own| own.resolved.toml())
    }
}
