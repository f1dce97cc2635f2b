//! The settings of one spec, split but not yet read.

use super::closest::closest;
use super::error::{SpecError, ValueFault};
use super::table::{KeyEntry, SpecEntry};
use super::value::Setting;

/// What a spec sets, and what its model's keys are.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    spec: &'a str,
    entry: &'static SpecEntry,
    /// One place per key of the entry, in its order.
    found: Vec<Option<String>>,
    /// How many keys have been taken.
    taken: usize,
}

impl<'a> Settings<'a> {
    /// Splits what follows the colon (`None`: there is no colon).
    pub(super) fn parse(
        entry: &'static SpecEntry,
        spec: &'a str,
        rest: Option<&str>,
    ) -> Result<Self, SpecError> {
        let mut settings = Self {
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
            spec: self.spec.to_owned(),
            key: key.to_owned(),
        })?;
        self.set(key, value)?;
        Ok(rest)
    }

    fn not_a_setting(&self, found: &str) -> SpecError {
        SpecError::NotASetting {
            spec: self.spec.to_owned(),
            found: found.trim().to_owned(),
            entry: self.entry,
        }
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), SpecError> {
        let keys = self.entry.keys;
        let Some(i) = keys.iter().position(|entry| entry.name == key) else {
            return Err(SpecError::UnknownKey {
                spec: self.spec.to_owned(),
                key: key.to_owned(),
                closest: closest(key, keys.iter().map(|entry| entry.name)),
                entry: self.entry,
            });
        };
        if self.found[i].is_some() {
            return Err(SpecError::DuplicateKey {
                spec: self.spec.to_owned(),
                key: keys[i].name,
            });
        }
        self.found[i] = Some(value);
        Ok(())
    }

    /// The value of the entry's next key: what was set, or its default.
    pub(super) fn take<T: Setting>(&mut self) -> Result<T, SpecError> {
        let i = self.taken;
        let key: &KeyEntry = &self.entry.keys[i];
        self.taken += 1;
        let text = match (&self.found[i], key.default) {
            (Some(found), _) => found.as_str(),
            (None, Some(default)) => default,
            (None, None) => {
                return Err(SpecError::MissingKey {
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
