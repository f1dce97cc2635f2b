//! The flags of a command line with all defaults, as TOML and JSON.

use super::config::name;
use crate::named::Named;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// Every flag that is set or has a default, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Resolved(Named<Value>);

/// Arguments about the command line itself.
const ABOUT: [&str; 4] = ["config", "print_config", "help", "version"];

/// Whether an argument is a key of a configuration.
pub(super) fn is_setting(arg: &Arg) -> bool {
    !ABOUT.contains(&arg.get_id().as_str())
}

impl Resolved {
    /// The flags of a command; those of a default that conflicts with another flag are left out.
    pub(super) fn new(command: &Command, matches: &ArgMatches) -> Self {
        let args = || command.get_arguments().filter(|arg| is_setting(arg));
        let source = |arg: &Arg| matches.value_source(arg.get_id().as_str());
        let typed = |arg: &Arg| source(arg).is_some_and(|s| s != ValueSource::DefaultValue);
        let replaced = |arg: &Arg| {
            let mut others = args().filter(|other| typed(other));
            !typed(arg) && others.any(|other| command.get_arg_conflicts_with(other).contains(&arg))
        };
        let kept = args().filter(|arg| !replaced(arg));
        let pair = |arg| Some((name(arg).to_owned(), value(arg, matches)?));
        Self(kept.filter_map(pair).collect())
    }

    /// As lines of a command: its name with the positional arguments, which have these names, and each flag; `quote` is for a shell.
    pub(crate) fn command(
        &self,
        name: &str,
        positional: &[&str],
        quote: impl Fn(&str) -> String,
    ) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::String(text) => quote(text),
            other => other.to_string(),
        };
        let found = |key: &&str| self.0.iter().find(|(name, _)| name == key);
        let words = positional.iter().filter_map(found).map(|(_, v)| text(v));
        let words: Vec<String> = [format!("gwg {name}")].into_iter().chain(words).collect();
        let flags = self.0.iter().filter(|(key, _)| !positional.contains(key));
        let flags = flags.filter_map(|(key, value)| match value {
            Value::Bool(false) => None,
            Value::Bool(true) => Some(format!("--{key}")),
            Value::Array(several) => {
                let several: Vec<String> = several.iter().map(text).collect();
                Some(format!("--{key} {}", several.join(",")))
            }
            value => Some(format!("--{key} {}", text(value))),
        });
        [words.join(" ")].into_iter().chain(flags).collect()
    }

    /// The flags with their values, those that are not set left out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter()
    }

    /// As TOML.
    pub(crate) fn toml(&self) -> String {
        let mut text = String::new();
        for (key, value) in self.0.iter() {
            // Strings of JSON are strings of TOML, but for one character.
            let value = value.to_string().replace('\u{7f}', "\\u007f");
            let _ = writeln!(text, "{key} = {value}");
        }
        text
    }
}

fn value(arg: &Arg, matches: &ArgMatches) -> Option<Value> {
    let raw = matches.get_raw(arg.get_id().as_str())?;
    let texts: Vec<String> = raw
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    if !arg.get_action().takes_values() {
        return Some(Value::Bool(texts.iter().any(|text| text == "true")));
    }
    match (arg.get_action(), texts.as_slice()) {
        (clap::ArgAction::Append, texts) => Some(texts.iter().map(|text| plain(text)).collect()),
        (_, [text]) => Some(plain(text)),
        _ => None,
    }
}

/// A number where the text reads as one and is written like it, else a string.
pub(crate) fn plain(text: &str) -> Value {
    let number = serde_json::from_str::<serde_json::Number>(text).ok();
    // Integers of TOML have 64 bits and a sign.
    let number =
        number.filter(|n| n.to_string() == text && n.as_u64().is_none_or(|n| n >> 63 == 0));
    number.map_or_else(|| Value::from(text), Value::Number)
}
