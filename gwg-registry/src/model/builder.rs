//! What an entry of the registry of models is.

use super::error::{BuildError, Fault};
use super::{Model, ModelSpec};
use crate::entry::SamplerEntry;
use crate::grammar::{Allowed, Entry, KeyEntry, Keys, Settings, SpecError};
use crate::samplers::samplers;
use gwg_models::Scalar;
use gwg_models::io::Kind;
use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

/// A model of the registry: its name, its keys, its distribution. A static of its own file.
#[derive(Debug)]
#[non_exhaustive]
pub struct ModelEntry {
    /// The name that a spec begins with.
    pub name: &'static str,
    /// What the model is, in one line.
    pub meaning: &'static str,
    /// Its `f(x)`, the log-probability up to a constant.
    pub formula: &'static str,
    /// Its keys, in the order of the canonical spec.
    pub keys: &'static [KeyEntry],
    /// True where it defines blocks of conditionally independent sites.
    pub sweeps: bool,
    /// Takes the settings in the order of `keys`.
    pub(crate) make: fn(&mut Settings<'_>) -> Result<Box<dyn ModelBuilder>, SpecError>,
}

impl Entry for &'static ModelEntry {
    const NOUN: &'static str = "model";
    const OTHERWISE: &'static str = ", or the path of a .safetensors file";

    fn hint(name: &str) -> String {
        let is_sampler =
            |entry: &&SamplerEntry| entry.name == name || entry.aliases.contains(&name);
        if samplers().iter().any(is_sampler) {
            return format!(
                "; `{name}` is a sampler: several samplers are one word, with commas between them"
            );
        }
        let unpacked = name.strip_suffix(".gz").unwrap_or(name);
        let extension = Path::new(unpacked).extension().and_then(OsStr::to_str);
        match extension.unwrap_or_default() {
            found @ ("npz" | "npy" | "pt" | "pth" | "h5" | "pkl" | "json") => format!(
                "; a .{found} file is no model file: save the tensors as .safetensors (Python: safetensors.numpy.save_file)"
            ),
            "txt" | "edges" | "mtx" | "uai" | "graph" | "clq" | "col" | "coo" => {
                format!(
                    "; write {}",
                    ModelSpec::of_file(Path::new(name)).join(" or ")
                )
            }
            _ => String::new(),
        }
    }

    fn keys(&self) -> Keys {
        Keys {
            name: self.name,
            keys: self.keys,
        }
    }
}

/// The keys with their defaults, as in an error message.
impl fmt::Display for ModelEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = Keys {
            name: self.name,
            keys: self.keys,
        };
        keys.fmt(f)
    }
}

/// A model, chosen and fully set, but not built.
///
/// Its methods are not generic, so that a model is compiled where its file is, and not in every program that names it.
pub trait ModelBuilder: fmt::Debug + Send + Sync {
    /// Its entry; `None` of a model file.
    fn entry(&self) -> Option<&'static ModelEntry>;

    /// Every key with its value, as they stand in the canonical spec.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// The canonical spec, every key written out.
    fn spec(&self) -> String {
        let mut spec = self.entry().map_or("file", |entry| entry.name).to_owned();
        for (i, (key, value)) in self.settings().into_iter().enumerate() {
            let mark = if i == 0 { ':' } else { ',' };
            spec = format!("{spec}{mark}{key}={value}");
        }
        spec
    }

    /// The same of a model file that holds a model of this kind; `None` of any other model.
    fn with_kind(&self, kind: Kind) -> Option<Box<dyn ModelBuilder>> {
        let _ = kind;
        None
    }

    /// The model in `f32`, of 8-bit symbols: reads its file, or draws its parameters.
    ///
    /// # Errors
    /// [`BuildError`].
    fn build_f32(&self) -> Result<Model<f32>, BuildError>;

    /// The model in `f64`, of 8-bit symbols.
    ///
    /// # Errors
    /// [`BuildError`].
    fn build_f64(&self) -> Result<Model<f64>, BuildError>;

    /// True if some site has more than 256 states: symbols have 16 bits then, otherwise 8.
    fn is_wide(&self) -> bool {
        false
    }

    /// The model with 16-bit symbols in `f32`.
    ///
    /// # Errors
    /// [`BuildError`]; [`BuildError::Width`] unless it [is wide](Self::is_wide).
    fn build_f32_wide(&self) -> Result<Model<f32, u16>, BuildError> {
        Err(Fault::Width.of(self.spec()))
    }

    /// The model with 16-bit symbols in `f64`.
    ///
    /// # Errors
    /// [`BuildError`]; [`BuildError::Width`] unless it [is wide](Self::is_wide).
    fn build_f64_wide(&self) -> Result<Model<f64, u16>, BuildError> {
        Err(Fault::Width.of(self.spec()))
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn ModelBuilder>;
}

/// How a model is built: what its file says in addition to its keys.
pub(crate) trait Build {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault>;

    /// See [`ModelBuilder::is_wide`].
    fn is_wide(&self) -> bool {
        false
    }

    fn build_wide<R: Scalar>(&self) -> Result<Model<R, u16>, Fault> {
        Err(Fault::Width)
    }
}

/// Default, what is allowed, meaning.
pub(crate) type About = (Option<&'static str>, Allowed, &'static str);

/// A key with a default.
pub(crate) const fn key(default: &'static str, allowed: Allowed, meaning: &'static str) -> About {
    (Some(default), allowed, meaning)
}

/// A key that must be set.
pub(crate) const fn required(allowed: Allowed, meaning: &'static str) -> About {
    (None, allowed, meaning)
}

/// Makes of the description of a model: its type, its `ENTRY`, and the way from one to the other.
macro_rules! model {
    (
        $(#[$doc:meta])*
        $type:ident $name:literal { $($key:ident: $kind:ty = $about:expr,)* }
            meaning $meaning:literal
            formula $formula:expr,
            sweeps $sweeps:literal
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $type { $($key: $kind),* }

        pub(crate) static ENTRY: $crate::model::ModelEntry = $crate::model::ModelEntry {
            name: $name,
            meaning: $meaning,
            formula: $formula,
            keys: &[$({
                const ABOUT: $crate::model::builder::About = $about;
                $crate::grammar::KeyEntry::new(stringify!($key), ABOUT.0, ABOUT.1, ABOUT.2)
            },)*],
            sweeps: $sweeps,
            make: |settings| Ok(Box::new($type { $($key: settings.take()?,)* })),
        };

        impl $crate::model::ModelBuilder for $type {
            fn entry(&self) -> Option<&'static $crate::model::ModelEntry> {
                Some(&ENTRY)
            }

            fn settings(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($key), $crate::grammar::Setting::write(&self.$key)),)*]
            }

            fn build_f32(&self) -> Result<$crate::Model<f32>, $crate::BuildError> {
                let made = $crate::model::builder::Build::build(self);
                made.map_err(|fault| fault.of($crate::model::ModelBuilder::spec(self)))
            }

            fn build_f64(&self) -> Result<$crate::Model<f64>, $crate::BuildError> {
                let made = $crate::model::builder::Build::build(self);
                made.map_err(|fault| fault.of($crate::model::ModelBuilder::spec(self)))
            }

            fn is_wide(&self) -> bool {
                $crate::model::builder::Build::is_wide(self)
            }

            fn build_f32_wide(&self) -> Result<$crate::Model<f32, u16>, $crate::BuildError> {
                let made = $crate::model::builder::Build::build_wide(self);
                made.map_err(|fault| fault.of($crate::model::ModelBuilder::spec(self)))
            }

            fn build_f64_wide(&self) -> Result<$crate::Model<f64, u16>, $crate::BuildError> {
                let made = $crate::model::builder::Build::build_wide(self);
                made.map_err(|fault| fault.of($crate::model::ModelBuilder::spec(self)))
            }

            fn boxed(&self) -> Box<dyn $crate::model::ModelBuilder> {
                Box::new(self.clone())
            }
        }
    };
}
pub(crate) use model;
