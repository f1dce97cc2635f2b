//! A model as it is written.

use super::Model;
use super::builder::{ModelBuilder, ModelEntry};
use super::error::BuildError;
use crate::grammar::{Allowed, SpecError, open, path_of, quoted, text_of, unquoted};
use crate::models::{ModelFile, ReadPotts, models};
use crate::precision::{Precision, Width};
use gwg_models::DensePotts;
use gwg_models::io::Kind;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// What the names of model files end in.
const MODEL_FILES: [&str; 2] = [".safetensors", ".safetensors.gz"];

/// A model, chosen and fully set, but not built: `name[:key=value,...]`, or the path of a `.safetensors` file.
///
/// What begins with a known name (up to the first `:`) is a model of the [table](models()), whatever follows; any other text that
/// ends in `.safetensors` (or `.safetensors.gz`) is a model file. For a file with such a name, write `./`. The grammar is that of [`grammar`](crate::grammar).
///
/// ```
/// use gwg_registry::ModelSpec;
///
/// let spec = ModelSpec::parse("ising-lattice:side=10")?;
/// assert_eq!(spec.to_string(), "ising-lattice:side=10,theta=0.2,bias=0,dims=2");
/// let model = spec.build::<f32>()?;
/// assert_eq!(model.sites(), 100);
///
/// let error = ModelSpec::parse("ising-latice").unwrap_err();
/// assert!(error.to_string().contains("did you mean `ising-lattice`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ModelSpec {
    builder: Box<dyn ModelBuilder>,
}

impl Clone for ModelSpec {
    fn clone(&self) -> Self {
        Self {
            builder: self.builder.boxed(),
        }
    }
}

impl ModelSpec {
    /// Reads a spec. Nothing is opened: whether a file exists is seen when the model is built.
    ///
    /// # Errors
    /// [`SpecError`], which quotes the spec and says what is allowed.
    pub fn parse(spec: &str) -> Result<Self, SpecError> {
        let text = spec.trim();
        match open(models(), text) {
            Ok((entry, mut settings)) => Ok(Self {
                builder: (entry.make)(&mut settings)?,
            }),
            Err(SpecError::UnknownName { .. }) if is_model_file(text) => {
                Ok(Self::file(path_of(text)))
            }
            Err(error) => Err(error),
        }
    }

    /// [`parse`](Self::parse) of an argument of the command line, in which a path need not be UTF-8.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn parse_os(spec: &OsStr) -> Result<Self, SpecError> {
        Self::parse(&text_of(spec))
    }

    /// The specs of the models that are read from a file of graph or factors, in code quotes: `` `ising-file:path=G1.txt` `` and so on.
    #[must_use]
    pub fn of_file(path: &Path) -> Vec<String> {
        let path = quoted(&text_of(path.as_os_str()));
        let reads = |entry: &&&ModelEntry| entry.keys.iter().any(|key| key.name == "path");
        let entries = models().iter().filter(reads);
        entries
            .map(|entry| format!("`{}:path={path}`", entry.name))
            .collect()
    }

    /// The model of a file in the safetensors format, whatever its name.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            builder: Box::new(ModelFile {
                path: path.into(),
                kind: None,
            }),
        }
    }

    /// A Potts model that was read from a file of another format than those of [`file`](Self::file), and is named by the path of that file.
    pub fn read(path: impl Into<PathBuf>, model: DensePotts<f64>) -> Self {
        Self {
            builder: Box::new(ReadPotts {
                path: path.into(),
                model: Arc::new(model),
            }),
        }
    }

    /// The same model file, of which the file itself does not say what kind of model it holds.
    ///
    /// # Errors
    /// [`BuildError::Kind`] unless it is a model file.
    pub fn with_kind(self, kind: Kind) -> Result<Self, BuildError> {
        match self.builder.with_kind(kind) {
            Some(builder) => Ok(Self { builder }),
            None => Err(BuildError::Kind {
                spec: self.to_string(),
                kind,
            }),
        }
    }

    /// The entry of the table; `None` of a model file.
    #[must_use]
    pub fn entry(&self) -> Option<&'static ModelEntry> {
        self.builder.entry()
    }

    /// The name in the table, or `file`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.entry().map_or("file", |entry| entry.name)
    }

    /// Every key with its value, as they stand in the canonical spec; of a file, its path.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        self.builder.settings()
    }

    /// The files that the model is built from: those that its keys name, or the model file.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let Some(entry) = self.entry() else {
            return vec![path_of(&self.to_string())];
        };
        let is_path = |key: &str| {
            let key = entry.keys.iter().find(|entry| entry.name == key);
            key.is_some_and(|key| matches!(key.allowed, Allowed::Path | Allowed::OptionalPath))
        };
        let named = self.settings().into_iter();
        let named = named.filter(|(key, value)| is_path(key) && value != "none");
        named.map(|(_, value)| unquoted(&value)).collect()
    }

    /// True if some site has more than 256 states: the model's symbols have 16 bits then, otherwise 8.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.builder.is_wide()
    }

    /// Builds the model, of at most 256 states per site: reads its file, or draws its parameters.
    ///
    /// # Errors
    /// [`BuildError`]; [`BuildError::Width`] of a [wide](Self::is_wide) model. Memory that is too small is found beforehand if the
    /// system reports it.
    pub fn build<R: Precision>(&self) -> Result<Model<R>, BuildError> {
        self.build_with()
    }

    /// [`build`](Self::build) with symbols of type `S`: `u16` if the model [is wide](Self::is_wide), otherwise `u8`.
    ///
    /// # Errors
    /// Those of [`build`](Self::build); [`BuildError::Width`] unless the symbols are the model's.
    pub fn build_with<R: Precision, S: Width>(&self) -> Result<Model<R, S>, BuildError> {
        if self.is_wide() != S::IS_WIDE {
            return Err(BuildError::Width {
                spec: self.to_string(),
            });
        }
        R::build(&*self.builder)
    }
}

fn is_model_file(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is = |ending: &str| lower.len() > ending.len() && lower.ends_with(ending);
    MODEL_FILES.into_iter().any(is)
}

impl FromStr for ModelSpec {
    type Err = SpecError;

    fn from_str(spec: &str) -> Result<Self, SpecError> {
        Self::parse(spec)
    }
}

impl PartialEq for ModelSpec {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

/// The canonical spec, every key written out: [`ModelSpec::parse`] reads it back to the same value.
impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.builder.spec())
    }
}
