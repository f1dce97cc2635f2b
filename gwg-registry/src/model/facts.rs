//! Facts of a model, as text.

use super::Model;
use super::error::SaveError;
use gwg_core::{Real, Space, Symbol};
use gwg_models::Scalar;
use gwg_models::io::{IoError, write_bytes, write_model};
use std::path::Path;

impl<R: Scalar, S: Symbol> Model<R, S> {
    /// Labeled facts in the order in which they are to be read: kind, law, sizes, the ranges of the parameters, memory.
    /// `O(parameters)`.
    #[must_use]
    pub fn facts(&self) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        let about = self.about();
        if let Some(about) = about {
            facts.extend([fact("kind", about.name()), fact("law", about.formula())]);
        }
        facts.extend([
            fact("sites", self.sites()),
            fact("states", self.alphabets()),
        ]);
        if let Some(shape) = self.grid() {
            let sizes: Vec<_> = shape.iter().map(usize::to_string).collect();
            facts.push(fact("grid", sizes.join(" x ")));
        }
        if let Some(about) = about {
            facts.extend(about.facts());
            facts.push(fact("parameters", about.parameter_count()));
        }
        facts.push(fact("precision", precision::<R>()));
        if let Some(about) = about {
            facts.push(fact("memory", bytes(about.stored_bytes())));
        }
        if let Some(model) = self.as_factors() {
            facts.extend(crate::models::elimination_facts(model, self.sites()));
        }
        facts
    }

    /// The number of states of a site, or the smallest and the largest.
    fn alphabets(&self) -> String {
        let states = |site| self.space().states_at(site);
        let least = (0..self.sites()).map(states).min();
        match least {
            Some(least) if least < self.states() => format!("{least} to {}", self.states()),
            _ => self.states().to_string(),
        }
    }

    /// Writes a model file, whole or not at all; what stood at `path` before is replaced.
    ///
    /// # Errors
    /// [`SaveError`]: no file holds a model of this kind, it does not fit into memory, or what the system says.
    pub fn save(&self, path: &Path) -> Result<(), SaveError> {
        if let Some(bytes) = self
            .about()
            .map(|about| about.file())
            .transpose()?
            .flatten()
        {
            return Ok(write_bytes(path, &bytes)?);
        }
        match self.parameters()? {
            Some(parameters) => Ok(write_model(path, &parameters)?),
            None => Err(SaveError::Io(IoError::NoKind {
                path: path.to_owned(),
                model: self.name().unwrap_or("of a type of its own"),
            })),
        }
    }
}

/// A label and its value.
pub(crate) fn fact(label: &str, value: impl ToString) -> (String, String) {
    (label.to_owned(), value.to_string())
}

/// The smallest and the largest.
pub(crate) fn range<R: Real>(label: &str, numbers: impl Iterator<Item = R>) -> (String, String) {
    let ends = numbers.fold(None, |ends: Option<(R, R)>, x| {
        Some(ends.map_or((x, x), |(low, high)| (low.min(x), high.max(x))))
    });
    match ends {
        Some((low, high)) => fact(label, format!("{low} to {high}")),
        None => fact(label, "none"),
    }
}

fn precision<R>() -> &'static str {
    if size_of::<R>() == size_of::<f32>() {
        "f32"
    } else {
        "f64"
    }
}

/// A number of bytes in the unit that makes it readable.
fn bytes(count: usize) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = count as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0);
    format!("{size:.digits$} {}", UNITS[unit])
}
