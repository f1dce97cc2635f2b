//! `--config FILE.toml`: flags by their names. A file is read into arguments that clap parses with those of the command line, so that both are checked in
//! the same way.

use super::resolved::is_setting;
use crate::failure::Failure;
use crate::waiting;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use gwg_models::io::visible_path;
use gwg_registry::grammar::closest;
use std::ffi::OsString;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The most bytes of a configuration.
const MOST_BYTES: u64 = 1 << 20;

/// The arguments, with those of the file of `--config` in front of the command's own. What the command line sets itself, or conflicts with what it
/// sets, is left out.
///
/// # Errors
/// What is wrong in the file, and where.
pub(super) fn expanded(command: &Command, args: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    // What is wrong on the command line is said by the parse that follows.
    let lenient = command.clone().ignore_errors(true);
    let Ok(matches) = lenient.try_get_matches_from(&args) else {
        return Ok(args);
    };
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(args);
    };
    let path = matches.try_get_one::<PathBuf>("config");
    let (Ok(Some(path)), Some(command)) = (path, command.find_subcommand(name)) else {
        return Ok(args);
    };
    let refused = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--config {}: {why}", visible_path(path)))
    };
    let mut text = String::new();
    waiting::while_reading(path, || {
        std::fs::File::open(path)
            .and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text))
    })
    .map_err(|error| refused(&error))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(refused(
            &"it has more than 1 MiB, the most of a configuration",
        ));
    }
    let file = File { path, text: &text };
    let found = file.arguments(command, matches)?;
    // The program and the command stand first.
    let mut all = args;
    let own = all.split_off(2.min(all.len()));
    all.extend(found);
    all.extend(own);
    Ok(all)
}

struct File<'f> {
    path: &'f Path,
    text: &'f str,
}

impl File<'_> {
    fn arguments(&self, command: &Command, matches: &ArgMatches) -> Result<Vec<OsString>, Failure> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let message = error.message().replace('\n', ", ");
            self.refused(error.span().unwrap_or_default(), &message)
        })?;
        let mut found = Vec::new();
        let mut pairs: Vec<_> = table.get_ref().iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in pairs {
            let arg = self.arg(command, key)?;
            let given = self.given(arg, key, value)?;
            self.check(command, key, &given)?;
            let conflicts = command.get_arg_conflicts_with(arg);
            let mut others = conflicts.into_iter().chain([arg]);
            if !others.any(|other| is_typed(matches, other)) {
                found.extend(given);
            }
        }
        Ok(found.into_iter().map(OsString::from).collect())
    }

    /// The flag or positional argument of this name.
    fn arg<'c>(&self, command: &'c Command, key: &Spanned<Text<'_>>) -> Result<&'c Arg, Failure> {
        let name = key.get_ref();
        let mut known = command.get_arguments().filter(|arg| is_setting(arg));
        if let Some(arg) = known.find(|arg| self::name(arg) == name) {
            return Ok(arg);
        }
        let known = command.get_arguments().filter(|arg| is_setting(arg));
        let names: Vec<&str> = known.map(self::name).collect();
        let meant = closest(&name.replace('_', "-"), names.iter().copied());
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        let message = format!(
            "unknown key `{}`{meant}; allowed are the flags of gwg {}: {}",
            name.escape_debug(),
            command.get_name(),
            names.join(", ")
        );
        Err(self.refused(key.span(), &message))
    }

    /// A value as it is written on the command line.
    fn given(
        &self,
        arg: &Arg,
        key: &Spanned<Text<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Vec<String>, Failure> {
        let name = name(arg);
        let refused = |allowed: &str| {
            let found = value.get_ref().type_str();
            let message = format!("{name}: found a value of type {found}, allowed is {allowed}");
            self.refused(key.span(), &message)
        };
        if !arg.get_action().takes_values() {
            return match value.get_ref() {
                DeValue::Boolean(true) => Ok(vec![format!("--{name}")]),
                DeValue::Boolean(false) => Ok(Vec::new()),
                _ => Err(refused("true or false")),
            };
        }
        let several = matches!(arg.get_action(), clap::ArgAction::Append);
        let texts = match (value.get_ref(), scalar(value.get_ref())) {
            (_, Some(text)) => vec![text],
            (DeValue::Array(all), None) if several && !all.is_empty() => {
                let texts = all.iter().map(|one| scalar(one.get_ref()));
                let texts: Option<Vec<String>> = texts.collect();
                texts.ok_or_else(|| refused("an array of strings or numbers"))?
            }
            _ if several => return Err(refused("a string, a number, or a nonempty array of them")),
            _ => return Err(refused("a string or a number")),
        };
        Ok(match arg.get_long() {
            Some(long) => texts
                .iter()
                .map(|text| format!("--{long}={text}"))
                .collect(),
            None => texts,
        })
    }

    /// What clap says of the value alone.
    fn check(
        &self,
        command: &Command,
        key: &Spanned<Text<'_>>,
        given: &[String],
    ) -> Result<(), Failure> {
        let alone = command.clone().mut_args(|arg| arg.required(false));
        let first = [command.get_name().to_owned()];
        let args = first.iter().chain(given);
        alone
            .try_get_matches_from(args)
            .map(|_| ())
            .map_err(|error| {
                let text = error.to_string();
                let lines = text.lines().map(str::trim);
                let said: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
                let said = said.join(" ");
                self.refused(key.span(), said.strip_prefix("error: ").unwrap_or(&said))
            })
    }

    /// What is wrong at a place.
    fn refused(&self, span: Range<usize>, message: &str) -> Failure {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Failure::usage(format!("{}:{line}: {message}", visible_path(self.path)))
    }
}

type Text<'t> = std::borrow::Cow<'t, str>;

/// The key of an argument.
pub(super) fn name(arg: &Arg) -> &str {
    arg.get_long().unwrap_or_else(|| arg.get_id().as_str())
}

/// Whether an argument stands on the command line.
fn is_typed(matches: &ArgMatches, arg: &Arg) -> bool {
    let source = matches.value_source(arg.get_id().as_str());
    source == Some(ValueSource::CommandLine)
}

/// A string or a number, as it is written.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}
