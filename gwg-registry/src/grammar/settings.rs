//! The settings of one spec, split but not yet read.

use std::fmt;

use super::closest::closest;
use super::error::{Meant, SpecError, ValueFault};
use super::key::KeyEntry;
use super::value::Setting;

/// A name of a table, with its keys in the order of the canonical spec.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keys {
    /// The name that a spec begins with.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [KeyEntry],
}

/// The keys with their defaults, as in an error message.
impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` takes ", self.name)?;
        for (i, key) in self.keys.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}={}", key.name, key.default.unwrap_or("..."))?;
        }
        if self.keys.is_empty() {
            f.write_str("no keys")?;
        }
        Ok(())
    }
}

/// An entry of a table that specs are read by: a model, a sampler.
pub trait Entry: 'static {
    /// What a spec names: the first word of every refusal.
    const NOUN: &'static str;
    /// What a refusal adds to the list of all names.
    const OTHERWISE: &'static str;

    /// The name, unique in the table, with its keys.
    fn keys(&self) -> Keys;

    /// What a refusal says of a name that is near none of the table: of what it is the name instead. Begins with a semicolon, or is empty.
    #[must_use]
    fn hint(name: &str) -> String {
        let _ = name;
        String::new()
    }

    /// Other names, unique in the table like the first.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }
}

/// Finds the entry that `spec` (`name[:key=value,...]`, without blanks at its ends) names, and splits its settings.
///
/// # Errors
/// [`SpecError`]: an unknown name or key, a key set twice, something that is no setting. Values are not read yet.
pub fn open<'a, E: Entry>(
    table: &'static [E],
    spec: &'a str,
) -> Result<(&'static E, Settings<'a>), SpecError> {
    let (name, rest) = match spec.split_once(':') {
        Some((name, rest)) => (name, Some(rest)),
        None => (spec, None),
    };
    let names = || table.iter().map(|entry| entry.keys().name);
    let is = |entry: &&E| entry.keys().name == name || entry.aliases().contains(&name);
    match table.iter().find(is) {
        Some(entry) => {
            let settings = Settings::parse(E::NOUN, entry.keys(), spec, rest)?;
            Ok((entry, settings))
        }
        None => Err(SpecError::UnknownName {
            noun: E::NOUN,
            spec: spec.to_owned(),
            name: name.to_owned(),
            hint: hint(table, name),
            allowed: names().collect::<Vec<_>>().join(", ") + E::OTHERWISE,
        }),
    }
}

/// What was probably meant by a name that is not in the table.
fn hint<E: Entry>(table: &'static [E], name: &str) -> String {
    let names = || table.iter().map(|entry| entry.keys().name);
    let aliases = table.iter().flat_map(|entry| entry.aliases()).copied();
    if let Some(closest) = closest(name, names().chain(aliases)) {
        return Meant(Some(closest)).to_string();
    }
    let longer = |known: &&str| {
        let rest = known.strip_prefix(name);
        !name.is_empty() && rest.is_some_and(|rest| rest.starts_with('-'))
    };
    let longer: Vec<String> = names()
        .filter(longer)
        .map(|known| format!("`{known}`"))
        .collect();
    match longer.split_last() {
        None => E::hint(name),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

/// What a spec sets, to be taken key after key.
#[derive(Debug)]
pub struct Settings<'a> {
    noun: &'static str,
    spec: &'a str,
    entry: Keys,
    /// One place per key of the entry, in its order.
    found: Vec<Option<String>>,
    /// How many keys have been taken.
    taken: usize,
}

impl<'a> Settings<'a> {
    /// Splits what follows the colon (`None`: there is no colon).
    fn parse(
        noun: &'static str,
        entry: Keys,
        spec: &'a str,
        rest: Option<&str>,
    ) -> Result<Self, SpecError> {
        let mut settings = Self {
            noun,
            spec,
            entry,
            found: vec![None; entry.keys.len()],
            taken: 0,
        };
        let mut rest = rest;
        while let Some(text) = rest {
            rest = settings.one(text)?;
        }
        Ok(settings)
    }

    /// Takes one setting off the front, and returns what follows its comma.
    fn one<'t>(&mut self, text: &'t str) -> Result<Option<&'t str>, SpecError> {
        let (key, after) = match (text.find('='), text.find(',')) {
            (Some(equals), comma) if comma.is_none_or(|comma| equals < comma) => {
                (text[..equals].trim(), text[equals + 1..].trim_start())
            }
            (_, comma) => return Err(self.not_a_setting(&text[..comma.unwrap_or(text.len())])),
        };
        let (value, rest) = split_value(after).ok_or_else(|| SpecError::Quote {
            noun: self.noun,
            spec: self.spec.to_owned(),
            key: key.to_owned(),
        })?;
        self.set(key, value)?;
        Ok(rest)
    }

    fn not_a_setting(&self, found: &str) -> SpecError {
        SpecError::NotASetting {
            noun: self.noun,
            spec: self.spec.to_owned(),
            found: found.trim().to_owned(),
            entry: self.entry,
        }
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), SpecError> {
        let keys = self.entry.keys;
        let Some(i) = keys.iter().position(|entry| entry.name == key) else {
            return Err(SpecError::UnknownKey {
                noun: self.noun,
                spec: self.spec.to_owned(),
                key: key.to_owned(),
                closest: closest(key, keys.iter().map(|entry| entry.name)),
                entry: self.entry,
            });
        };
        if self.found[i].is_some() {
            return Err(SpecError::DuplicateKey {
                noun: self.noun,
                spec: self.spec.to_owned(),
                key: keys[i].name,
            });
        }
        self.found[i] = Some(value);
        Ok(())
    }

    /// The value of the next key: what was set, or its default.
    ///
    /// # Errors
    /// [`SpecError::MissingKey`], [`SpecError::Value`].
    ///
    /// # Panics
    /// Where all keys have been taken.
    pub fn take<T: Setting>(&mut self) -> Result<T, SpecError> {
        let i = self.taken;
        let key: &KeyEntry = &self.entry.keys[i];
        self.taken += 1;
        let text = match (&self.found[i], key.default) {
            (Some(found), _) => found.as_str(),
            (None, Some(default)) => default,
            (None, None) => {
                return Err(SpecError::MissingKey {
                    noun: self.noun,
                    spec: self.spec.to_owned(),
                    key: key.name,
                    entry: self.entry,
                });
            }
        };
        let value = match text {
            "" => Err(ValueFault::Missing),
            text => T::read(text, key.allowed),
        };
        value.map_err(|fault| SpecError::Value {
            noun: self.noun,
            spec: self.spec.to_owned(),
            key: key.name,
            found: text.to_owned(),
            fault,
            allowed: key.allowed,
        })
    }
}

/// Splits a value from what follows its comma; `None` where a quote is not closed as it must be.
fn split_value(text: &str) -> Option<(String, Option<&str>)> {
    let Some(mut inside) = text.strip_prefix('"') else {
        return Some(match text.split_once(',') {
            Some((value, rest)) => (value.trim_end().to_owned(), Some(rest)),
            None => (text.trim_end().to_owned(), None),
        });
    };
    let mut value = String::new();
    loop {
        let (part, after) = inside.split_once('"')?;
        value.push_str(part);
        if let Some(more) = after.strip_prefix('"') {
            value.push('"');
            inside = more;
            continue;
        }
        let after = after.trim_start();
        return match after.strip_prefix(',') {
            Some(rest) => Some((value, Some(rest))),
            None => after.is_empty().then_some((value, None)),
        };
    }
}
