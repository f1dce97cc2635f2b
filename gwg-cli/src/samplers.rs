//! Samplers by name: `gwg`, `lb:balance=barker`, `gibbs:scan=random`.

use crate::failure::Failure;
use gwg_core::{AnyBalance, Scan};
use std::fmt;

/// A sampler, chosen and fully set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sampler {
    /// Locally balanced on first-order differences.
    Gwg {
        balance: AnyBalance,
        temperature: f64,
    },
    /// Locally balanced on exact differences.
    Lb {
        balance: AnyBalance,
        temperature: f64,
    },
    /// One site from its conditional.
    Gibbs { scan: Scan },
}

/// A sampler's entry in `gwg samplers`.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    /// Key, default, what is allowed, meaning.
    pub(crate) keys: &'static [(&'static str, &'static str, &'static str, &'static str)],
    pub(crate) cost: &'static str,
    pub(crate) when: &'static str,
}

const BALANCE: (&str, &str, &str, &str) = (
    "balance",
    "sqrt",
    "sqrt, barker, min, max",
    "balancing function g, with g(t) = t g(1/t)",
);
const TEMPERATURE: (&str, &str, &str, &str) = (
    "temperature",
    "2",
    "a positive finite number",
    "proposal temperature: weights g(exp(2 beta d / temperature))",
);

pub(crate) const TABLE: &[Entry] = &[
    Entry {
        name: "gwg",
        meaning: "Gibbs-With-Gradients: one move in proportion to exp(beta d / 2), d from one gradient; Metropolis-Hastings",
        keys: &[BALANCE, TEMPERATURE],
        cost: "one gradient a step; O(degree + log D) on sparse models",
        when: "the default: any model with a gradient, the more so where few sites want to move",
    },
    Entry {
        name: "lb",
        meaning: "locally balanced: the same with exact differences d (Zanella 2020)",
        keys: &[BALANCE, TEMPERATURE],
        cost: "all D (or D q) exact differences a step; O(degree + log D) on sparse models",
        when: "to judge gwg by, or where the first-order differences are poor; barker when the target is cold",
    },
    Entry {
        name: "gibbs",
        meaning: "Gibbs: one site drawn from its exact conditional; never rejected",
        keys: &[(
            "scan",
            "systematic",
            "systematic, random",
            "order of the sites",
        )],
        cost: "q - 1 exact differences of one site a step; D steps make a sweep",
        when: "a plain baseline; hard to beat on easy lattices where every site wants to move",
    },
];

impl Sampler {
    pub(crate) fn parse(spec: &str) -> Result<Self, Failure> {
        let (name, rest) = spec
            .split_once(':')
            .map_or((spec, None), |(name, rest)| (name, Some(rest)));
        let Some(entry) = TABLE.iter().find(|e| e.name == name) else {
            let names: Vec<&str> = TABLE.iter().map(|e| e.name).collect();
            return Err(Failure::usage(format!(
                "--sampler {spec}: unknown name `{name}`; allowed are {} (see `gwg samplers`)",
                names.join(", ")
            )));
        };
        let mut values: Vec<(&str, &str)> = entry.keys.iter().map(|k| (k.0, k.1)).collect();
        let mut set = Vec::new();
        for setting in rest.into_iter().flat_map(|rest| rest.split(',')) {
            let (key, value) = setting.split_once('=').ok_or_else(|| {
                Failure::usage(format!(
                    "--sampler {spec}: found `{setting}` where key=value is expected; {}",
                    entry.keys_text()
                ))
            })?;
            let slot = values.iter_mut().find(|(k, _)| *k == key).ok_or_else(|| {
                Failure::usage(format!(
                    "--sampler {spec}: unknown key `{key}`; {}",
                    entry.keys_text()
                ))
            })?;
            if set.contains(&key) {
                return Err(Failure::usage(format!(
                    "--sampler {spec}: key `{key}` is set twice; once is allowed"
                )));
            }
            set.push(key);
            slot.1 = value;
        }
        let value = |key: &str| {
            values
                .iter()
                .find(|(k, _)| *k == key)
                .map_or("", |(_, v)| *v)
        };
        Self::build(name, value).ok_or_else(|| {
            let found: Vec<String> = values.iter().map(|(k, v)| format!("{k}={v}")).collect();
            Failure::usage(format!(
                "--sampler {spec}: a value is not allowed: found {}; {}",
                found.join(", "),
                entry.keys_text()
            ))
        })
    }

    fn build<'v>(name: &str, value: impl Fn(&str) -> &'v str) -> Option<Self> {
        let balance = match value("balance") {
            "barker" => AnyBalance::Barker,
            "min" => AnyBalance::Min,
            "max" => AnyBalance::Max,
            "sqrt" | "" => AnyBalance::Sqrt,
            _ => return None,
        };
        let temperature = || {
            value("temperature")
                .parse::<f64>()
                .ok()
                .filter(|t| t.is_finite() && *t > 0.0)
        };
        match name {
            "gwg" => Some(Self::Gwg {
                balance,
                temperature: temperature()?,
            }),
            "lb" => Some(Self::Lb {
                balance,
                temperature: temperature()?,
            }),
            _ => match value("scan") {
                "systematic" => Some(Self::Gibbs {
                    scan: Scan::Systematic,
                }),
                "random" => Some(Self::Gibbs { scan: Scan::Random }),
                _ => None,
            },
        }
    }
}

impl Entry {
    fn keys_text(&self) -> String {
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|k| format!("{}={} ({})", k.0, k.1, k.2))
            .collect();
        format!("`{}` takes {}", self.name, keys.join("; "))
    }
}

/// The canonical spec, every key written out.
impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |b: AnyBalance| match b {
            AnyBalance::Sqrt => "sqrt",
            AnyBalance::Barker => "barker",
            AnyBalance::Min => "min",
            AnyBalance::Max => "max",
        };
        match *self {
            Self::Gwg {
                balance,
                temperature,
            } => write!(f, "gwg:balance={},temperature={temperature}", name(balance)),
            Self::Lb {
                balance,
                temperature,
            } => write!(f, "lb:balance={},temperature={temperature}", name(balance)),
            Self::Gibbs {
                scan: Scan::Systematic,
            } => f.write_str("gibbs:scan=systematic"),
            Self::Gibbs { scan: Scan::Random } => f.write_str("gibbs:scan=random"),
        }
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
            "gibbs",
            "gibbs:scan=random",
        ] {
            let sampler = Sampler::parse(spec).unwrap();
            assert_eq!(Sampler::parse(&sampler.to_string()).unwrap(), sampler);
        }
    }

    #[test]
    fn wrong_specs_are_refused_with_what_is_allowed() {
        for (spec, said) in [
            ("gwgg", "allowed are gwg, lb, gibbs"),
            ("gwg:flip=3", "unknown key `flip`"),
            ("gwg:balance", "key=value is expected"),
            ("gwg:balance=cosine", "sqrt, barker, min, max"),
            ("lb:temperature=0", "a positive finite number"),
            ("lb:temperature=NaN", "a positive finite number"),
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
