//! Samplers by name: `gwg`, `lb:balance=barker`, `gibbs:scan=random`.

mod list;
mod table;

use crate::failure::Failure;
use gwg_core::{AnyBalance, Scan};
use std::fmt;

#[cfg_attr(
    not(test),
    allow(unused_imports, reason = "for the commands that take several samplers")
)]
pub(crate) use list::parse_list;
pub(crate) use table::TABLE;

/// A sampler, chosen and fully set. A number that is `None` adapts in warm-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sampler {
    /// Locally balanced on first-order differences.
    Gwg {
        balance: AnyBalance,
        temperature: f64,
        flips: f64,
    },
    /// Locally balanced on exact differences.
    Lb {
        balance: AnyBalance,
        temperature: f64,
    },
    /// A path of sites without replacement.
    Pas {
        balance: AnyBalance,
        temperature: f64,
        path: Option<f64>,
    },
    /// Every site for itself, with a penalty on leaving.
    Dmala {
        balance: AnyBalance,
        temperature: f64,
        step: Option<f64>,
    },
    /// The same without Metropolis-Hastings: biased.
    Dula {
        balance: AnyBalance,
        temperature: f64,
        step: f64,
    },
    /// The same with step sizes in a cycle.
    Acs {
        largest: f64,
        smallest: f64,
        period: usize,
    },
    /// Every site by a short jump process.
    Dlmc {
        balance: AnyBalance,
        forward: bool,
        moves: Option<f64>,
    },
    /// One site or two, in proportion to the sum of their differences.
    Window2 {
        balance: AnyBalance,
        temperature: f64,
    },
    /// One site from its conditional.
    Gibbs { scan: Scan },
    /// Some sites from their joint conditional.
    BlockGibbs { block: usize, scan: Scan },
    /// A block, near where it stands.
    HammingBall {
        block: usize,
        radius: usize,
        scan: Scan,
    },
    /// Uniform proposals.
    RandomWalk { flips: Option<f64> },
    /// The locally informed jump process, looked at in equal intervals.
    Jump {
        balance: AnyBalance,
        interval: Option<f64>,
    },
    /// Sweeps of what the model knows to be independent.
    Structured,
}

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
        let scan = match value("scan") {
            "random" => Scan::Random,
            "systematic" | "" => Scan::Systematic,
            _ => return None,
        };
        let number = |key: &str| {
            let number = value(key).parse::<f64>().ok();
            number.filter(|n| n.is_finite() && *n > 0.0)
        };
        // The outer option is what is allowed, the inner what is set.
        let or_auto = |key: &str| match value(key) {
            "auto" => Some(None),
            _ => number(key).map(Some),
        };
        let count = |key: &str| value(key).parse::<usize>().ok();
        let temperature = || number("temperature");
        Some(match name {
            "gwg" => Self::Gwg {
                balance,
                temperature: temperature()?,
                flips: number("flips").filter(|n| *n >= 1.0)?,
            },
            "lb" => Self::Lb {
                balance,
                temperature: temperature()?,
            },
            "pas" => Self::Pas {
                balance,
                temperature: temperature()?,
                path: or_auto("path").filter(|n| n.is_none_or(|n| n >= 1.0))?,
            },
            "dmala" => Self::Dmala {
                balance,
                temperature: temperature()?,
                step: or_auto("step")?,
            },
            "dula" => Self::Dula {
                balance,
                temperature: temperature()?,
                step: number("step")?,
            },
            "acs" => Self::Acs {
                largest: number("largest")?,
                smallest: number("smallest").filter(|s| Some(*s) <= number("largest"))?,
                period: count("period").filter(|p| (1..=65_535).contains(p))?,
            },
            "dlmc" => Self::Dlmc {
                balance,
                forward: match value("form") {
                    "forward" => true,
                    "interpolate" => false,
                    _ => return None,
                },
                moves: or_auto("moves")?,
            },
            "window2" => Self::Window2 {
                balance,
                temperature: temperature()?,
            },
            "gibbs" => Self::Gibbs { scan },
            "block-gibbs" => Self::BlockGibbs {
                block: count("block").filter(|b| (1..=16).contains(b))?,
                scan,
            },
            "hamming-ball" => Self::HammingBall {
                block: count("block").filter(|b| (1..=65_535).contains(b))?,
                radius: count("radius").filter(|r| *r >= 1 && Some(*r) <= count("block"))?,
                scan,
            },
            "random-walk" => Self::RandomWalk {
                flips: or_auto("flips").filter(|n| n.is_none_or(|n| n >= 1.0))?,
            },
            "jump" => Self::Jump {
                balance,
                interval: or_auto("interval")?,
            },
            "structured" => Self::Structured,
            _ => return None,
        })
    }

    /// True where warm-up is to adapt what is not set.
    pub(crate) const fn adapts(&self) -> bool {
        matches!(
            self,
            Self::Pas { path: None, .. }
                | Self::Dmala { step: None, .. }
                | Self::Dlmc { moves: None, .. }
                | Self::RandomWalk { flips: None }
                | Self::Jump { interval: None, .. }
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
            _ => "flips",
        }
    }

    /// The values of its keys, in the order of its entry.
    fn settings(&self) -> Vec<String> {
        let balance = |b: AnyBalance| {
            match b {
                AnyBalance::Sqrt => "sqrt",
                AnyBalance::Barker => "barker",
                AnyBalance::Min => "min",
                AnyBalance::Max => "max",
            }
            .to_owned()
        };
        let scan = |s: Scan| {
            match s {
                Scan::Systematic => "systematic",
                Scan::Random => "random",
            }
            .to_owned()
        };
        let auto = |n: Option<f64>| n.map_or_else(|| "auto".to_owned(), |n| n.to_string());
        match *self {
            Self::Gwg {
                balance: b,
                temperature,
                flips,
            } => vec![balance(b), temperature.to_string(), flips.to_string()],
            Self::Lb {
                balance: b,
                temperature,
            }
            | Self::Window2 {
                balance: b,
                temperature,
            } => vec![balance(b), temperature.to_string()],
            Self::Pas {
                balance: b,
                temperature,
                path: n,
            }
            | Self::Dmala {
                balance: b,
                temperature,
                step: n,
            } => vec![balance(b), temperature.to_string(), auto(n)],
            Self::Dula {
                balance: b,
                temperature,
                step,
            } => vec![balance(b), temperature.to_string(), step.to_string()],
            Self::Acs {
                largest,
                smallest,
                period,
            } => vec![
                largest.to_string(),
                smallest.to_string(),
                period.to_string(),
            ],
            Self::Dlmc {
                balance: b,
                forward,
                moves,
            } => {
                let form = if forward { "forward" } else { "interpolate" };
                vec![balance(b), form.to_owned(), auto(moves)]
            }
            Self::Gibbs { scan: s } => vec![scan(s)],
            Self::BlockGibbs { block, scan: s } => vec![block.to_string(), scan(s)],
            Self::HammingBall {
                block,
                radius,
                scan: s,
            } => vec![block.to_string(), radius.to_string(), scan(s)],
            Self::RandomWalk { flips } => vec![auto(flips)],
            Self::Jump {
                balance: b,
                interval,
            } => vec![balance(b), auto(interval)],
            Self::Structured => Vec::new(),
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Gwg { .. } => "gwg",
            Self::Lb { .. } => "lb",
            Self::Pas { .. } => "pas",
            Self::Dmala { .. } => "dmala",
            Self::Dula { .. } => "dula",
            Self::Acs { .. } => "acs",
            Self::Dlmc { .. } => "dlmc",
            Self::Window2 { .. } => "window2",
            Self::Gibbs { .. } => "gibbs",
            Self::BlockGibbs { .. } => "block-gibbs",
            Self::HammingBall { .. } => "hamming-ball",
            Self::RandomWalk { .. } => "random-walk",
            Self::Jump { .. } => "jump",
            Self::Structured => "structured",
        }
    }
}

/// The canonical spec, every key written out.
impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let keys = TABLE
            .iter()
            .find(|entry| entry.name == self.name())
            .map_or(&[][..], |entry| entry.keys);
        for (i, (key, value)) in keys.iter().zip(self.settings()).enumerate() {
            write!(f, "{}{}={value}", if i == 0 { ':' } else { ',' }, key.0)?;
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
            ("pas", true),
            ("pas:path=4", false),
            ("dula", false),
            ("acs", false),
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
            assert_eq!(sampler.settings().len(), entry.keys.len());
        }
    }

    #[test]
    fn wrong_specs_are_refused_with_what_is_allowed() {
        for (spec, said) in [
            ("gwgg", "allowed are gwg, lb, pas"),
            ("hamming-ball:radius=11", "1 to the size of the block"),
            ("gwg:flips=0.5", "a number from 1 up"),
            ("dula:step=auto", "a positive finite number"),
            ("acs:smallest=2", "at most largest"),
            ("acs:period=0", "1 to 65535"),
            ("acs:balance=sqrt", "unknown key `balance`"),
            ("structured:scan=random", "takes no keys"),
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
