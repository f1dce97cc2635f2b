//! What an entry of the table of samplers is, and what is made of one.

use super::Sampler;
use gwg_models::spec::{Allowed, Entry, KeyEntry, Keys, Setting, Settings, SpecError, ValueFault};

/// A sampler's entry: what a spec is read by, and what `gwg samplers` lists.
pub(crate) struct SamplerEntry {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) when: &'static str,
    pub(crate) keys: &'static [KeyEntry],
    /// Takes the settings in the order of `keys`.
    pub(super) make: fn(&mut Settings<'_>) -> Result<Sampler, SpecError>,
}

impl Entry for SamplerEntry {
    const NOUN: &'static str = "sampler";
    const OTHERWISE: &'static str = " (see `gwg samplers`)";

    fn keys(&self) -> Keys {
        Keys {
            name: self.name,
            keys: self.keys,
        }
    }
}

/// Default, what is allowed, meaning.
pub(super) type About = (&'static str, Allowed, &'static str);

/// Makes of one table: [`Sampler`], `TABLE`, and the two ways between them.
macro_rules! samplers {
    ($(
        #[doc = $doc:literal]
        $variant:ident $name:literal $({ $($key:ident: $type:ty = $about:expr,)* })?
            meaning $meaning:literal
            cost $cost:literal
            when $when:literal
    )*) => {
        /// A sampler, chosen and fully set. A number that is `None` adapts in warm-up.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) enum Sampler {
            $(#[doc = $doc] $variant $({ $($key: $type),* })?,)*
        }

        pub(crate) static TABLE: &[SamplerEntry] = &[$(
            SamplerEntry {
                name: $name,
                meaning: $meaning,
                cost: $cost,
                when: $when,
                keys: &[$($({
                    const ABOUT: About = $about;
                    KeyEntry::new(stringify!($key), Some(ABOUT.0), ABOUT.1, ABOUT.2)
                },)*)?],
                make: |_settings| {
                    $($(let $key = _settings.take()?;)*)?
                    Ok(Sampler::$variant $({ $($key),* })?)
                },
            },
        )*];

        impl Sampler {
            pub(crate) const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                }
            }

            /// Every key with its value, as they stand in the canonical spec.
            pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$variant $({ $($key),* })? => vec![$($((stringify!($key), $key.write()),)*)?],)*
                }
            }
        }
    };
}
pub(super) use samplers;

/// How `dlmc` moves a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By the exact law of two states.
    Interpolate,
    /// By one forward step.
    Forward,
}

impl Setting for Form {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        match text {
            "interpolate" => Ok(Self::Interpolate),
            "forward" => Ok(Self::Forward),
            _ => Err(ValueFault::UnknownWord),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Interpolate => "interpolate".to_owned(),
            Self::Forward => "forward".to_owned(),
        }
    }
}
