//! A sampler as it is written: one, or several in turn or at random.

mod pieces;

use crate::compose::{Cycle, Mixture};
use crate::entry::Sampler;
use crate::error::{BindError, SamplerSpecError};
use crate::model::{DynStepper, Model};
use crate::precision::{Precision, Width};
pub(crate) use pieces::operators;
use pieces::{factor, one, refused, split, unzip};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Samplers of a composition at most: more are a mistake.
const MOST: usize = 64;
/// Steps of one of them in a turn at most: between turns, a run can be interrupted.
const MOST_STEPS: u64 = 1_000_000;

/// How several samplers make one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Composition {
    /// There is one.
    One,
    /// So many steps of each, in turn: `20*gwg+gibbs`. A step is a whole turn.
    InTurn(Vec<u64>),
    /// One of them per step, with these probabilities: `0.9*gwg|0.1*window2`.
    AtRandom(Vec<f64>),
}

/// A sampler, chosen and fully set: `name[:key=value,...]`, `[n*]A+[m*]B+...` or `[p*]A|[q*]B|...`.
#[derive(Clone, Debug)]
pub struct SamplerSpec {
    samplers: Vec<Box<dyn Sampler>>,
    composition: Composition,
}

impl PartialEq for SamplerSpec {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl FromStr for SamplerSpec {
    type Err = SamplerSpecError;

    fn from_str(spec: &str) -> Result<Self, SamplerSpecError> {
        Self::parse(spec)
    }
}

impl SamplerSpec {
    /// Reads a spec.
    ///
    /// # Errors
    /// [`SamplerSpecError`], which quotes what is wrong and says what is allowed.
    pub fn parse(spec: &str) -> Result<Self, SamplerSpecError> {
        let spec = spec.trim();
        let [random, turn] = [operators(spec, '|'), operators(spec, '+')];
        match (random.is_empty(), turn.is_empty()) {
            (true, true) => Ok(Self {
                samplers: vec![one(spec)?],
                composition: Composition::One,
            }),
            (false, true) => Self::at_random(spec, &random),
            (true, false) => Self::in_turn(spec, &turn),
            (false, false) => Err(refused(
                spec,
                "found both + and |: samplers are composed in turn or at random, not both",
            )),
        }
    }

    /// Sweeps of conditionally independent sites, with which comparisons compute what they compare with.
    #[must_use]
    pub fn sweeps() -> Self {
        Self {
            samplers: vec![crate::samplers::sweeps()],
            composition: Composition::One,
        }
    }

    fn in_turn(spec: &str, at: &[usize]) -> Result<Self, SamplerSpecError> {
        let count = |text: &str| {
            text.parse::<u64>()
                .ok()
                .filter(|n| (1..=MOST_STEPS).contains(n))
        };
        let allowed = "an integer from 1 to 1000000: steps of a turn";
        let parts = split(spec, at);
        let parts = parts.map(|part| factor(spec, part, count, 1, allowed));
        let (steps, samplers) = unzip(parts)?;
        Self::of(spec, samplers, Composition::InTurn(steps))
    }

    fn at_random(spec: &str, at: &[usize]) -> Result<Self, SamplerSpecError> {
        let weight = |text: &str| {
            let weight = text.parse::<f64>().ok();
            weight.filter(|w| *w > 0.0 && *w <= 1e9)
        };
        let allowed = "a number above 0, at most 1e9: in proportion to the probability of a step";
        let parts = split(spec, at);
        let parts = parts.map(|part| factor(spec, part, weight, 1.0, allowed));
        let (weights, samplers) = unzip(parts)?;
        let total: f64 = weights.iter().sum();
        let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
        // A number below 1 is meant as a probability, and what is meant is not to be guessed.
        if least < 1.0 && (total - 1.0).abs() > 1e-9 {
            let listed: Vec<String> = weights.iter().map(f64::to_string).collect();
            let why = format!(
                "{} add up to {total}: probabilities add up to 1; proportions are 1 or more, as in 9*A|B",
                listed.join(" and ")
            );
            return Err(refused(spec, &why));
        }
        // Probabilities stay as they are written, so that a spec that was written reads back as the same.
        let total = if (total - 1.0).abs() > 1e-9 {
            total
        } else {
            1.0
        };
        let probabilities = weights.iter().map(|w| w / total).collect();
        Self::of(spec, samplers, Composition::AtRandom(probabilities))
    }

    fn of(
        spec: &str,
        samplers: Vec<Box<dyn Sampler>>,
        composition: Composition,
    ) -> Result<Self, SamplerSpecError> {
        if samplers.len() > MOST {
            let why = format!(
                "found {} samplers, at most {MOST} are allowed",
                samplers.len()
            );
            return Err(refused(spec, &why));
        }
        if let Some(biased) = samplers.iter().find(|s| s.entry().bias.is_some()) {
            let why = format!(
                "`{}` cannot be one of several: it is biased, and so would be the composition",
                biased.entry().name
            );
            return Err(refused(spec, &why));
        }
        Ok(Self {
            samplers,
            composition,
        })
    }

    /// The samplers, in the order of the spec.
    #[must_use]
    pub fn samplers(&self) -> &[Box<dyn Sampler>] {
        &self.samplers
    }

    /// How they make one.
    #[must_use]
    pub fn composition(&self) -> &Composition {
        &self.composition
    }

    /// The spec with each sampler as `one` writes it, and without factors of 1 that are understood.
    #[must_use]
    pub fn to_spec(&self, one: impl Fn(&dyn Sampler) -> String) -> String {
        let each = self.samplers.iter().map(|sampler| one(&**sampler));
        match &self.composition {
            Composition::One => each.collect(),
            Composition::InTurn(steps) => {
                let times = |n: &u64| match n {
                    1 => String::new(),
                    n => format!("{n}*"),
                };
                let parts = each.zip(steps).map(|(one, n)| format!("{}{one}", times(n)));
                parts.collect::<Vec<_>>().join("+")
            }
            Composition::AtRandom(probabilities) => {
                let shown = shown(probabilities);
                let parts = each.zip(shown).map(|(one, p)| format!("{p}*{one}"));
                parts.collect::<Vec<_>>().join("|")
            }
        }
    }

    /// True where warm-up adapts what is not set.
    #[must_use]
    pub fn adapts(&self) -> bool {
        self.samplers
            .iter()
            .any(|sampler| !sampler.tuned().is_empty())
    }

    /// What every run is to be told of a sampler that does not leave the model's distribution invariant.
    #[must_use]
    pub fn bias(&self) -> Option<&'static str> {
        self.samplers
            .iter()
            .find_map(|sampler| sampler.entry().bias)
    }

    /// The files that the samplers read.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.samplers.iter().flat_map(|s| s.files()).collect()
    }

    /// Steps of each sampler that make a turn, which is one step of the composition; `None` where there are no turns.
    #[must_use]
    pub fn turn(&self) -> Option<&[u64]> {
        match &self.composition {
            Composition::InTurn(steps) => Some(steps),
            _ => None,
        }
    }

    /// Names of what a chain tunes, in the order in which the stepper reports it.
    #[must_use]
    pub fn tuned(&self) -> Vec<String> {
        let several = self.samplers.len() > 1;
        let name = |(place, key): (usize, &'static str)| {
            if several {
                format!("{}.{key}", ordinal(place))
            } else {
                key.to_owned()
            }
        };
        let each = self.samplers.iter().enumerate();
        let keys = each
            .flat_map(|(place, sampler)| sampler.tuned().into_iter().map(move |key| (place, key)));
        keys.map(name).collect()
    }

    /// Sites that a step changes at most (at random: at most on average); `None` where that may be any number.
    #[must_use]
    pub fn reach(&self) -> Option<f64> {
        let mut each = self.samplers.iter().map(|sampler| sampler.reach());
        match &self.composition {
            Composition::One => each.next_back()?,
            Composition::InTurn(steps) => each
                .zip(steps)
                .map(|(reach, &n)| Some(n as f64 * reach?))
                .sum(),
            Composition::AtRandom(p) => each.zip(p).map(|(reach, p)| Some(p * reach?)).sum(),
        }
    }

    /// The sampler on a model, by the cheapest form that the model's capabilities allow.
    ///
    /// # Errors
    /// [`BindError`]: what the model lacks, or what a kernel refuses.
    pub fn bind<R: Precision, S: Width>(
        &self,
        model: &Model<R, S>,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let each = self
            .samplers
            .iter()
            .map(|sampler| R::bind(&**sampler, model));
        let mut each = each.collect::<Result<Vec<_>, _>>()?;
        let label = self.to_string();
        Ok(match &self.composition {
            Composition::One => match each.pop() {
                Some(only) => only,
                None => Box::new(Cycle::new(each, Vec::new(), label)?),
            },
            Composition::InTurn(steps) => Box::new(Cycle::new(each, steps.clone(), label)?),
            Composition::AtRandom(p) => Box::new(Mixture::new(each, p, label)?),
        })
    }
}

/// The canonical spec, every key and factor written out: [`SamplerSpec::parse`] reads it back to the same.
impl fmt::Display for SamplerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.samplers.iter().map(|sampler| sampler.spec());
        let (parts, operator): (Vec<String>, _) = match &self.composition {
            Composition::One => (each.collect(), ""),
            Composition::InTurn(steps) => {
                let parts = each.zip(steps).map(|(one, n)| format!("{n}*{one}"));
                (parts.collect(), "+")
            }
            Composition::AtRandom(probabilities) => {
                let parts = each.zip(shown(probabilities));
                (parts.map(|(one, p)| format!("{p}*{one}")).collect(), "|")
            }
        };
        f.write_str(&parts.join(operator))
    }
}

/// Probabilities as they are written: the last in as few digits as say it, so that after 0.9 it is 0.1, not the
/// 0.09999999999999998 of the subtraction.
fn shown(probabilities: &[f64]) -> Vec<f64> {
    let mut shown = probabilities.to_vec();
    if let Some((last, front)) = shown.split_last_mut() {
        let left = 1.0 - front.iter().sum::<f64>();
        let round = (left * 1e12).round() / 1e12;
        *last = if round > 0.0 && (round - left).abs() < 1e-15 {
            round
        } else {
            left
        };
    }
    shown
}

fn ordinal(k: usize) -> String {
    const NAMES: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
    NAMES
        .get(k)
        .map_or_else(|| format!("part{}", k + 1), |name| (*name).to_owned())
}
