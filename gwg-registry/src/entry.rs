//! What an entry of the registry is.

use crate::error::BindError;
use crate::grammar::{Allowed, Entry, KeyEntry, Keys, Settings, SpecError};
use crate::model::{DynStepper, Model};
use crate::models::models;
use gwg_core::Symbol;
use gwg_models::Scalar;
use std::fmt::Debug;
use std::path::PathBuf;

/// A sampler of the registry: all that is known of it. A static of its own file.
#[derive(Debug)]
#[non_exhaustive]
pub struct SamplerEntry {
    /// The name that a spec begins with.
    pub name: &'static str,
    /// Other names that a spec may begin with; the canonical spec has the first.
    pub aliases: &'static [&'static str],
    /// What it is, in one line.
    pub meaning: &'static str,
    /// What a step costs.
    pub cost: &'static str,
    /// When to use it.
    pub when: &'static str,
    /// A warning for every run of a sampler that does not leave the model's distribution invariant.
    pub bias: Option<&'static str>,
    /// Its keys, in the order of the canonical spec.
    pub keys: &'static [KeyEntry],
    /// Takes the settings in the order of `keys`.
    pub(crate) make: fn(&mut Settings<'_>) -> Result<Box<dyn Sampler>, SpecError>,
}

impl Entry for &'static SamplerEntry {
    const NOUN: &'static str = "sampler";
    const OTHERWISE: &'static str = " (see `gwg samplers`)";

    fn hint(name: &str) -> String {
        if models().iter().any(|entry| entry.name == name) {
            format!("; `{name}` is a model")
        } else {
            String::new()
        }
    }

    fn keys(&self) -> Keys {
        Keys {
            name: self.name,
            keys: self.keys,
        }
    }

    fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }
}

/// A sampler, chosen and fully set.
pub trait Sampler: Debug + Send + Sync {
    /// Its entry.
    fn entry(&self) -> &'static SamplerEntry;

    /// Every key with its value, as they stand in the canonical spec.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// The keys that warm-up adapts, in the order in which chains report their values; none where nothing is left to adapt.
    fn tuned(&self) -> Vec<&'static str>;

    /// The mean number of sites that a step changes at most; `None` where that may be any number.
    fn reach(&self) -> Option<f64>;

    /// The estimated mean number of sites that a step updates, where `sites` sites of at most `states` states are free: changed, or drawn anew.
    /// Self-tuned samplers are estimated as they are after warm-up. It is positive, and at most `sites`.
    fn sites_updated(&self, sites: usize, states: usize) -> f64;

    /// True where the state after a step does not depend on the one before: each step is a draw.
    fn is_independent(&self) -> bool;

    /// True where a step costs `O(sites)` or more on every model; false where sparse models make it cheap.
    fn evaluates_all(&self) -> bool;

    /// The work of a step in passes over the parameters of a model, or over its moves where these are more, where a step has to evaluate all exact differences,
    /// or pairs of moves; 1 of other samplers.
    fn passes(&self) -> f64;

    /// The files that it reads, where it reads any.
    fn files(&self) -> Vec<PathBuf>;

    /// The sampler on a model in `f32`.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind_f32(&self, model: &Model<f32>) -> Result<Box<DynStepper<f32>>, BindError>;

    /// The sampler on a model in `f64`.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind_f64(&self, model: &Model<f64>) -> Result<Box<DynStepper<f64>>, BindError>;

    /// The sampler on a model of 16-bit symbols in `f32`.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind_f32_wide(
        &self,
        model: &Model<f32, u16>,
    ) -> Result<Box<DynStepper<f32, u16>>, BindError>;

    /// The sampler on a model of 16-bit symbols in `f64`.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind_f64_wide(
        &self,
        model: &Model<f64, u16>,
    ) -> Result<Box<DynStepper<f64, u16>>, BindError>;

    /// A copy.
    fn boxed(&self) -> Box<dyn Sampler>;
}

impl dyn Sampler + '_ {
    /// The canonical spec, every key written out.
    #[must_use]
    pub fn spec(&self) -> String {
        let mut spec = self.entry().name.to_owned();
        for (i, (key, value)) in self.settings().into_iter().enumerate() {
            let mark = if i == 0 { ':' } else { ',' };
            spec = format!("{spec}{mark}{key}={value}");
        }
        spec
    }
}

impl Clone for Box<dyn Sampler> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

impl PartialEq for dyn Sampler + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.spec() == other.spec()
    }
}

/// How a sampler runs on a model: what its file says in addition to its keys.
pub(crate) trait Bind {
    /// The sampler on a model, by the cheapest form that the model's capabilities allow.
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError>;

    /// See [`Sampler::tuned`].
    fn tuned(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// See [`Sampler::reach`].
    fn reach(&self) -> Option<f64> {
        None
    }

    /// See [`Sampler::sites_updated`]; the numbers of sites and of states, the first at least 1.
    fn sites_updated(&self, _sites: usize, _states: usize) -> f64 {
        self.reach().unwrap_or(1.0)
    }

    /// See [`Sampler::is_independent`].
    fn is_independent(&self) -> bool {
        false
    }

    /// See [`Sampler::evaluates_all`].
    fn evaluates_all(&self) -> bool {
        false
    }

    /// See [`Sampler::passes`].
    fn passes(&self) -> f64 {
        1.0
    }

    /// See [`Sampler::files`].
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// What a value may be where another key limits it: the key, what was found, and what is allowed.
    fn agrees(&self) -> Result<(), (&'static str, String, Allowed)> {
        Ok(())
    }
}

/// Default, what is allowed, meaning.
pub(crate) type About = (&'static str, Allowed, &'static str);

/// Makes of the description of a sampler: its type, its `ENTRY`, and the way from one to the other.
macro_rules! sampler {
    (
        $(#[$doc:meta])*
        $type:ident $name:literal $(alias $alias:literal)* $({ $($key:ident: $kind:ty = $about:expr,)* })?
            meaning $meaning:literal
            cost $cost:literal
            when $when:literal
            $(bias $bias:literal)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $type { $($($key: $kind),*)? }

        pub(crate) static ENTRY: $crate::entry::SamplerEntry = $crate::entry::SamplerEntry {
            name: $name,
            aliases: &[$($alias),*],
            meaning: $meaning,
            cost: $cost,
            when: $when,
            bias: $crate::entry::optional!($($bias)?),
            keys: &[$($({
                const ABOUT: $crate::entry::About = $about;
                $crate::grammar::KeyEntry::new(stringify!($key), Some(ABOUT.0), ABOUT.1, ABOUT.2)
            },)*)?],
            make: |_settings| {
                let made = $type { $($($key: _settings.take()?,)*)? };
                match $crate::entry::Bind::agrees(&made) {
                    Ok(()) => Ok(Box::new(made)),
                    Err((key, found, allowed)) => Err($crate::grammar::SpecError::Value {
                        noun: <&$crate::entry::SamplerEntry as $crate::grammar::Entry>::NOUN,
                        spec: $crate::entry::Sampler::entry(&made).name.to_owned(),
                        key,
                        found,
                        fault: $crate::grammar::ValueFault::OutOfRange,
                        allowed,
                    }),
                }
            },
        };

        impl $crate::entry::Sampler for $type {
            fn entry(&self) -> &'static $crate::entry::SamplerEntry {
                &ENTRY
            }

            fn settings(&self) -> Vec<(&'static str, String)> {
                vec![$($((stringify!($key), $crate::grammar::Setting::write(&self.$key)),)*)?]
            }

            fn tuned(&self) -> Vec<&'static str> {
                $crate::entry::Bind::tuned(self)
            }

            fn reach(&self) -> Option<f64> {
                $crate::entry::Bind::reach(self)
            }

            fn sites_updated(&self, sites: usize, states: usize) -> f64 {
                let sites = sites.max(1);
                let updated = $crate::entry::Bind::sites_updated(self, sites, states);
                // A step size near 0 changes next to nothing.
                updated.clamp(1e-3, sites as f64)
            }

            fn is_independent(&self) -> bool {
                $crate::entry::Bind::is_independent(self)
            }

            fn evaluates_all(&self) -> bool {
                $crate::entry::Bind::evaluates_all(self)
            }

            fn passes(&self) -> f64 {
                $crate::entry::Bind::passes(self)
            }

            fn files(&self) -> Vec<std::path::PathBuf> {
                $crate::entry::Bind::files(self)
            }

            fn bind_f32(
                &self,
                model: &$crate::Model<f32>,
            ) -> Result<Box<$crate::DynStepper<f32>>, $crate::BindError> {
                let label = (self as &dyn $crate::Sampler).spec();
                $crate::entry::Bind::bind(self, model, label)
            }

            fn bind_f64(
                &self,
                model: &$crate::Model<f64>,
            ) -> Result<Box<$crate::DynStepper<f64>>, $crate::BindError> {
                let label = (self as &dyn $crate::Sampler).spec();
                $crate::entry::Bind::bind(self, model, label)
            }

            fn bind_f32_wide(
                &self,
                model: &$crate::Model<f32, u16>,
            ) -> Result<Box<$crate::DynStepper<f32, u16>>, $crate::BindError> {
                let label = (self as &dyn $crate::Sampler).spec();
                $crate::entry::Bind::bind(self, model, label)
            }

            fn bind_f64_wide(
                &self,
                model: &$crate::Model<f64, u16>,
            ) -> Result<Box<$crate::DynStepper<f64, u16>>, $crate::BindError> {
                let label = (self as &dyn $crate::Sampler).spec();
                $crate::entry::Bind::bind(self, model, label)
            }

            fn boxed(&self) -> Box<dyn $crate::Sampler> {
                Box::new(self.clone())
            }
        }
    };
}
pub(crate) use sampler;

/// `Some` of what is there.
macro_rules! optional {
    () => {
        None
    };
    ($some:literal) => {
        Some($some)
    };
}
pub(crate) use optional;
