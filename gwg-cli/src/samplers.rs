//! Samplers by name: `gwg`, `lb:balance=barker`, `gibbs:scan=random`.

use crate::failure::Failure;
use gwg_core::{AnyBalance, Scan};
use std::fmt;

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

/// A sampler's entry in `gwg samplers`.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    /// Key, default, what is allowed, meaning.
    pub(crate) keys: &'static [Key],
    pub(crate) cost: &'static str,
    pub(crate) when: &'static str,
}

type Key = (&'static str, &'static str, &'static str, &'static str);

const BALANCE: Key = (
    "balance",
    "sqrt",
    "sqrt, barker, min, max",
    "balancing function g, with g(t) = t g(1/t)",
);
const TEMPERATURE: Key = (
    "temperature",
    "2",
    "a positive finite number",
    "proposal temperature: weights g(exp(2 beta d / temperature))",
);
const SCAN: Key = (
    "scan",
    "systematic",
    "systematic, random",
    "order of the sites",
);
/// How a key is set that adapts where it is not.
const OR_AUTO: &str = "a positive finite number, or auto: adapted in warm-up, then frozen";

pub(crate) const TABLE: &[Entry] = &[
    Entry {
        name: "gwg",
        meaning: "Gibbs-With-Gradients: one move in proportion to exp(beta d / 2), d from one gradient; Metropolis-Hastings",
        keys: &[
            BALANCE,
            TEMPERATURE,
            (
                "flips",
                "1",
                "a number from 1 up",
                "moves drawn a step, with replacement (GWG-n)",
            ),
        ],
        cost: "one gradient a step; O(degree log D) on sparse models, O(degree) on Ising lattices",
        when: "the default: any model with a gradient, the more so where few sites want to move",
    },
    Entry {
        name: "lb",
        meaning: "locally balanced: the same with exact differences d (Zanella 2020)",
        keys: &[BALANCE, TEMPERATURE],
        cost: "all D (or D q) exact differences a step; O(degree log D) on sparse models",
        when: "to judge gwg by, or where the first-order differences are poor; barker when the target is cold",
    },
    Entry {
        name: "pas",
        meaning: "path auxiliary: several sites a step, drawn without replacement as gwg draws one (Sun et al. 2021)",
        keys: &[
            BALANCE,
            TEMPERATURE,
            ("path", "auto", OR_AUTO, "mean number of sites a step"),
        ],
        cost: "one gradient a step, and O(D) for the path",
        when: "large models in which many sites want to move at once",
    },
    Entry {
        name: "dmala",
        meaning: "discrete Langevin: every site decides for itself, with Metropolis-Hastings (Zhang et al. 2022)",
        keys: &[
            BALANCE,
            TEMPERATURE,
            ("step", "auto", OR_AUTO, "step size alpha"),
        ],
        cost: "one gradient a step, and O(D)",
        when: "as pas; better where couplings are weak",
    },
    Entry {
        name: "dula",
        meaning: "BIASED: dmala without Metropolis-Hastings; what it samples is near the model, but is not it (Zhang et al. 2022)",
        keys: &[
            BALANCE,
            TEMPERATURE,
            (
                "step",
                "0.1",
                "a positive finite number",
                "step size alpha; the bias falls with it and never vanishes",
            ),
        ],
        cost: "that of dmala",
        when: "for comparisons only; every run warns",
    },
    Entry {
        name: "acs",
        meaning: "cyclical dmala: large steps that find modes, small ones that characterise them (Pynadath et al. 2024)",
        keys: &[
            (
                "largest",
                "1",
                "a positive finite number",
                "step size alpha_0; alpha_k = largest (cos(pi k / period) + 1) / 2, at least smallest",
            ),
            (
                "smallest",
                "0.2",
                "a positive finite number, at most largest",
                "the least step size",
            ),
            ("period", "8", "1 to 65535", "steps of a cycle"),
        ],
        cost: "that of dmala, and one more pass over the moves",
        when: "several modes, far apart",
    },
    Entry {
        name: "dlmc",
        meaning: "discrete Langevin Monte Carlo: every site by a jump process of its own (Sun et al. 2023)",
        keys: &[
            BALANCE,
            (
                "form",
                "interpolate",
                "interpolate, forward",
                "exact two-state law, or its forward step (DLMCf)",
            ),
            ("moves", "auto", OR_AUTO, "mean number of moves a step"),
        ],
        cost: "one gradient a step, and O(D)",
        when: "as dmala; often the best on classical graphical models",
    },
    Entry {
        name: "window2",
        meaning: "Gibbs-With-Gradients on all single moves and pairs of them",
        keys: &[BALANCE, TEMPERATURE],
        cost: "one gradient a step, and O(D) to O(D^2) for the pairs",
        when: "where single moves are stuck behind small barriers",
    },
    Entry {
        name: "gibbs",
        meaning: "Gibbs: one site drawn from its exact conditional; never rejected",
        keys: &[SCAN],
        cost: "q - 1 exact differences of one site a step; D steps make a sweep",
        when: "a plain baseline; hard to beat on easy lattices where every site wants to move",
    },
    Entry {
        name: "block-gibbs",
        meaning: "block Gibbs: some sites from their exact joint conditional; never rejected",
        keys: &[("block", "2", "1 to 16", "sites of a block"), SCAN],
        cost: "q^block exact differences a step",
        when: "few strong couplings between neighbouring sites",
    },
    Entry {
        name: "hamming-ball",
        meaning: "Hamming ball: a block drawn anew within a radius of where it stands (Titsias and Yau 2017)",
        keys: &[
            ("block", "10", "1 to 65535", "sites of a block"),
            (
                "radius",
                "1",
                "1 to the size of the block",
                "sites that may change at once",
            ),
            (
                "scan",
                "random",
                "systematic, random",
                "order of the blocks",
            ),
        ],
        cost: "(block q)^radius exact differences a step",
        when: "the paper's baseline",
    },
    Entry {
        name: "random-walk",
        meaning: "Metropolis: some sites at random, each to another state at random",
        keys: &[("flips", "auto", OR_AUTO, "mean number of sites a step")],
        cost: "one exact difference a site changed",
        when: "the baseline without information",
    },
    Entry {
        name: "jump",
        meaning: "locally informed jump process (Zanella 2020; Power and Goldman 2019), looked at in equal intervals of its time",
        keys: &[
            BALANCE,
            ("interval", "auto", OR_AUTO, "process time of a step"),
        ],
        cost: "that of lb a jump",
        when: "cold targets, where lb mostly goes to and fro",
    },
    Entry {
        name: "structured",
        meaning: "sweeps of what the model knows to be independent: checkerboards on lattices, colours of a sparse graph, two layers of an RBM; never rejected",
        keys: &[],
        cost: "every site once a step; two matrix products for an RBM",
        when: "all models but ising-dense and potts-dense: the fastest on lattices and RBMs unless couplings are strong; exact independent draws on bernoulli and categorical",
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

    const fn name(&self) -> &'static str {
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

impl Entry {
    fn keys_text(&self) -> String {
        if self.keys.is_empty() {
            return format!("`{}` takes no keys", self.name);
        }
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
