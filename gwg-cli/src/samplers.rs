//! Samplers by name: `gwg`, `lb:balance=barker`, `gibbs:scan=random`.

mod choice;
mod entry;
mod list;
mod sizes;
mod table;

use crate::failure::Failure;
use entry::SamplerEntry;
use gwg_models::spec::{Allowed, Entry, Setting, SpecError, ValueFault, open};
use std::fmt;

pub(crate) use choice::{Choice, How, Pair};
pub(crate) use entry::Form;

pub(crate) use list::parse_list;
pub(crate) use table::{Sampler, TABLE};

impl Sampler {
    /// Reads `name[:key=value,...]`.
    pub(crate) fn parse(spec: &str) -> Result<Self, Failure> {
        let spec = spec.trim();
        let (entry, mut settings) = open(TABLE, spec).map_err(Failure::usage)?;
        let sampler = (entry.make)(&mut settings).map_err(Failure::usage)?;
        sampler.agrees(spec).map_err(Failure::usage)?;
        Ok(sampler)
    }

    /// What a value may be where another key limits it.
    fn agrees(&self, spec: &str) -> Result<(), SpecError> {
        let refused = |key, found, allowed| {
            Err(SpecError::Value {
                noun: SamplerEntry::NOUN,
                spec: spec.to_owned(),
                key,
                found,
                fault: ValueFault::OutOfRange,
                allowed,
            })
        };
        match *self {
            Self::Acs {
                largest, smallest, ..
            } if smallest > largest => {
                let (min, max) = (f64::MIN_POSITIVE, largest);
                refused("smallest", smallest.write(), Allowed::Number { min, max })
            }
            Self::HammingBall { block, radius, .. } if radius > block => {
                let (min, max) = (1, block);
                refused("radius", radius.write(), Allowed::Count { min, max })
            }
            _ => Ok(()),
        }
    }

    /// True where warm-up is to adapt what is not set.
    pub(crate) const fn adapts(&self) -> bool {
        matches!(
            self,
            Self::Gwg { flips: None, .. }
                | Self::Pas { path: None, .. }
                | Self::Dmala { step: None, .. }
                | Self::Dlmc { moves: None, .. }
                | Self::RandomWalk { flips: None }
                | Self::Jump { interval: None, .. }
                | Self::Acs { scale: None, .. }
        )
    }

    /// What every run is to be told of a sampler that does not leave the model's law invariant.
    pub(crate) const fn bias(&self) -> Option<&'static str> {
        match self {
            Self::Dula { .. } => Some(
                "dula is biased: it has no Metropolis-Hastings step and samples near the model, not from it; longer runs do not mend this; use dmala",
            ),
            _ => None,
        }
    }

    /// The key that names what a run tunes.
    pub(crate) const fn tuned(&self) -> &'static str {
        match self {
            Self::Pas { .. } => "path",
            Self::Dmala { .. } => "step",
            Self::Dlmc { .. } => "moves",
            Self::Jump { .. } => "interval",
            Self::Acs { .. } => "scale",
            _ => "flips",
        }
    }
}

/// The canonical spec, every key written out.
impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        for (i, (key, value)) in self.settings().into_iter().enumerate() {
            write!(f, "{}{key}={value}", if i == 0 { ':' } else { ',' })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_specs_read_back() {
        for spec in [
            "gwg",
            "gwg:balance=barker",
            "lb:temperature=1.5,balance=max",
            "gwg:flips=3",
            "gwg:flips=auto",
            "gibbs",
            "gibbs:scan=random",
            "pas",
            "pas:path=5.5",
            "dmala:step=0.2",
            "dula",
            "dula:step=0.05,balance=barker",
            "acs",
            "acs:largest=3,smallest=0.1,period=20",
            "dlmc:form=forward,moves=3",
            "window2",
            "block-gibbs:block=3,scan=random",
            "hamming-ball:radius=2",
            "random-walk:flips=1",
            "jump:balance=barker",
            "jump:interval=0.25",
            "structured",
        ] {
            let sampler = Sampler::parse(spec).unwrap();
            assert_eq!(Sampler::parse(&sampler.to_string()).unwrap(), sampler);
        }
    }

    #[test]
    fn what_is_not_set_adapts() {
        for (spec, adapts) in [
            ("gwg:flips=3", false),
            ("gwg:flips=auto", true),
            ("gwg", false),
            ("pas", true),
            ("pas:path=4", false),
            ("dula", false),
            ("acs", true),
            ("acs:scale=1", false),
        ] {
            assert_eq!(Sampler::parse(spec).unwrap().adapts(), adapts, "{spec}");
        }
    }

    #[test]
    fn what_is_biased_says_so_and_nothing_else_does() {
        for entry in TABLE {
            let bias = Sampler::parse(entry.name).unwrap().bias();
            assert_eq!(bias.is_some(), entry.name == "dula", "{}", entry.name);
            assert_eq!(bias.is_some(), entry.meaning.starts_with("BIASED"));
        }
    }

    #[test]
    fn every_entry_builds_by_its_defaults() {
        for entry in TABLE {
            let sampler = Sampler::parse(entry.name).unwrap();
            assert_eq!(sampler.name(), entry.name);
            let keys: Vec<_> = entry.keys.iter().map(|key| Some(key.name)).collect();
            let set: Vec<_> = sampler.settings().iter().map(|s| Some(s.0)).collect();
            assert_eq!(set, keys);
            let defaults: Vec<_> = entry.keys.iter().map(|key| key.default).collect();
            let settings = sampler.settings();
            let set: Vec<_> = settings.iter().map(|s| Some(s.1.as_str())).collect();
            assert_eq!(set, defaults);
        }
    }

    #[test]
    fn wrong_specs_are_refused_with_what_is_allowed() {
        for (spec, said) in [
            ("gwgg", "did you mean `gwg`?; allowed are gwg, lb, pas"),
            (
                "hamming-ball:radius=11",
                "key `radius`: out of range: found `11`, allowed is an integer from 1 to 10",
            ),
            (
                "gwg:flips=0.5",
                "key `flips`: out of range: found `0.5`, allowed is a finite number, at least 1, or auto",
            ),
            ("dula:step=auto", "allowed is a finite number above 0"),
            (
                "dmala:step=0",
                "allowed is a finite number above 0, or auto",
            ),
            (
                "acs:smallest=2",
                "key `smallest`: out of range: found `2`, allowed is a number above 0, at most 1",
            ),
            ("acs:period=0", "an integer from 1 to 65535"),
            ("acs:period=2.5", "not written as an integer"),
            ("acs:balance=sqrt", "unknown key `balance`"),
            ("structured:scan=random", "`structured` takes no keys"),
            (
                "gwg:flip=3",
                "unknown key `flip`; did you mean `flips`?; `gwg` takes balance=sqrt, temperature=2, flips=1",
            ),
            ("gwg:balance", "key=value is expected"),
            (
                "gwg:balance=cosine",
                "key `balance`: unknown word: found `cosine`, allowed is sqrt, barker, min or max",
            ),
            ("gwg:flips=", "the value is missing"),
            ("lb:temperature=0", "a finite number above 0"),
            ("lb:temperature=NaN", "not a finite number"),
            ("gibbs:scan=random,scan=random", "set twice"),
        ] {
            match Sampler::parse(spec) {
                Err(Failure::Usage(message)) => {
                    assert!(message.contains(said), "{spec}: {message}");
                }
                other => panic!("{spec}: {other:?}"),
            }
        }
    }
}
