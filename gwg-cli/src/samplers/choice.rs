//! One sampler, or two made into one: `20*gwg+gibbs` in turn, `0.9*gwg|0.1*window2` by chance.

use super::Sampler;
use crate::failure::Failure;
use std::fmt;

/// What `--sampler` asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Choice {
    One(Sampler),
    Two(Pair),
}

/// Two samplers on the same chains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) first: Sampler,
    pub(crate) second: Sampler,
    pub(crate) how: How,
}

/// How two samplers make one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// So many steps of the first, then so many of the second.
    InTurn(u64, u64),
    /// A step of the first with this probability, else of the second.
    ByChance(f64),
}

impl From<Sampler> for Choice {
    fn from(sampler: Sampler) -> Self {
        Self::One(sampler)
    }
}

impl Choice {
    /// Reads `A`, `[n*]A+[n*]B` or `[w*]A|[w*]B`.
    pub(crate) fn parse(spec: &str) -> Result<Self, Failure> {
        let spec = spec.trim();
        let [chance, turn] = [joints(spec, '|'), joints(spec, '+')];
        match (&chance[..], &turn[..]) {
            ([], []) => Sampler::parse(spec).map(Self::One),
            (&[at], []) => Pair::by_chance(spec, at).map(Self::Two),
            ([], &[at]) => Pair::in_turn(spec, at).map(Self::Two),
            _ => Err(refused(spec, "more than two samplers; two are allowed")),
        }
    }

    /// The spec with each sampler as `one` writes it, and without factors of 1 that are understood.
    pub(crate) fn written(&self, one: impl Fn(&Sampler) -> String) -> String {
        let Pair { first, second, how } = match self {
            Self::One(sampler) => return one(sampler),
            Self::Two(pair) => pair,
        };
        let (first, second) = (one(first), one(second));
        let times = |n: u64| {
            if n == 1 {
                String::new()
            } else {
                format!("{n}*")
            }
        };
        match *how {
            How::InTurn(n, m) => format!("{}{first}+{}{second}", times(n), times(m)),
            How::ByChance(p) => format!("{p}*{first}|{}*{second}", rest(p)),
        }
    }

    /// True where warm-up is to adapt what is not set.
    pub(crate) const fn adapts(&self) -> bool {
        match self {
            Self::One(sampler) => sampler.adapts(),
            Self::Two(pair) => pair.first.adapts() || pair.second.adapts(),
        }
    }

    /// See [`Sampler::bias`].
    pub(crate) const fn bias(&self) -> Option<&'static str> {
        match self {
            Self::One(sampler) => sampler.bias(),
            Self::Two(_) => None,
        }
    }

    /// Steps of the first and of the second sampler that make a turn, which is one step of the run.
    pub(crate) const fn turn(&self) -> Option<(u64, u64)> {
        match self {
            Self::Two(Pair {
                how: How::InTurn(n, m),
                ..
            }) => Some((*n, *m)),
            _ => None,
        }
    }

    /// Names of what a chain tunes, in the order of `Outcome::tuning`.
    pub(crate) fn tuned(&self) -> Vec<String> {
        let of = |place: &str, sampler: &Sampler| {
            let key = sampler.tuned();
            sampler.adapts().then(|| format!("{place}{key}"))
        };
        match self {
            Self::One(sampler) => of("", sampler).into_iter().collect(),
            Self::Two(pair) => [("first.", &pair.first), ("second.", &pair.second)]
                .iter()
                .filter_map(|(place, sampler)| of(place, sampler))
                .collect(),
        }
    }
}

impl Pair {
    fn in_turn(spec: &str, at: usize) -> Result<Self, Failure> {
        let count = |text: &str| text.parse::<u64>().ok().filter(|n| *n >= 1);
        let allowed = "an integer from 1 up: steps of a turn";
        let (n, first) = factor(spec, &spec[..at], count, 1, allowed)?;
        let (m, second) = factor(spec, &spec[at + 1..], count, 1, allowed)?;
        Self::of(spec, first, second, How::InTurn(n, m))
    }

    fn by_chance(spec: &str, at: usize) -> Result<Self, Failure> {
        let weight = |text: &str| {
            let weight = text.parse::<f64>().ok();
            weight.filter(|w| *w > 0.0 && *w <= 1e9)
        };
        let allowed = "a number above 0, at most 1e9: in proportion to the probability of a step";
        let (a, first) = factor(spec, &spec[..at], weight, 1.0, allowed)?;
        let (b, second) = factor(spec, &spec[at + 1..], weight, 1.0, allowed)?;
        // A number below 1 is meant as a probability, and what is meant is not to be guessed.
        if a.min(b) < 1.0 && (a + b - 1.0).abs() > 1e-9 {
            return Err(refused(
                spec,
                &format!(
                    "{a} and {b} add up to {}: probabilities add up to 1; proportions are 1 or more, as in 9*A|B",
                    a + b
                ),
            ));
        }
        Self::of(spec, first, second, How::ByChance(a / (a + b)))
    }

    fn of(spec: &str, first: Sampler, second: Sampler, how: How) -> Result<Self, Failure> {
        for sampler in [first, second] {
            let why = match sampler {
                Sampler::BlockSweep => "its sweeps need the model as it is",
                Sampler::Jump { .. } | Sampler::Lb { .. } => "it needs all exact differences",
                Sampler::Dula { .. } => "it is biased, and so would be what is made of it",
                _ => continue,
            };
            let name = sampler.name();
            return Err(refused(
                spec,
                &format!(
                    "`{name}` cannot be one of two: {why}; allowed are gwg, pas, dmala, acs, dlmc, window2, gibbs, block-gibbs, hamming-ball and random-walk"
                ),
            ));
        }
        Ok(Self { first, second, how })
    }
}

fn refused(spec: &str, why: &str) -> Failure {
    Failure::usage(format!(
        "--sampler {spec}: {why} (A+B: in turn, A|B: by chance)"
    ))
}

/// Where a joint stands: not in a number such as `1e+3`, which goes on with a digit and has no `*` before a name.
pub(super) fn joints(spec: &str, joint: char) -> Vec<usize> {
    let begins = |rest: &str| {
        let rest = rest.trim_start();
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        !rest.starts_with(|c: char| c.is_ascii_digit()) || digits.trim_start().starts_with('*')
    };
    spec.match_indices(joint)
        .map(|(at, _)| at)
        .filter(|at| begins(&spec[at + 1..]))
        .collect()
}

/// Reads `[factor*]sampler`.
fn factor<N>(
    spec: &str,
    part: &str,
    read: impl Fn(&str) -> Option<N>,
    default: N,
    allowed: &str,
) -> Result<(N, Sampler), Failure> {
    let sampler = |text: &str| {
        if text.trim().is_empty() {
            return Err(refused(spec, "a sampler is missing beside the joint"));
        }
        Sampler::parse(text)
    };
    let Some((number, name)) = part.split_once('*') else {
        return Ok((default, sampler(part)?));
    };
    let number = number.trim();
    let read = read(number).ok_or_else(|| {
        refused(
            spec,
            &format!("found `{number}` before `*`, allowed is {allowed}"),
        )
    })?;
    Ok((read, sampler(name)?))
}

/// The canonical spec, every key and factor written out.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(sampler) => sampler.fmt(f),
            Self::Two(Pair { first, second, how }) => match how {
                How::InTurn(n, m) => write!(f, "{n}*{first}+{m}*{second}"),
                How::ByChance(p) => write!(f, "{p}*{first}|{}*{second}", rest(*p)),
            },
        }
    }
}

/// What `p` leaves of 1, in as few digits as say it: of 0.9 it is 0.1, not the 0.09999999999999998 of the subtraction.
fn rest(p: f64) -> f64 {
    let rest = 1.0 - p;
    let round = (rest * 1e12).round() / 1e12;
    if p / (p + round) == p { round } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_samplers_are_read_and_written() {
        for (spec, canonical) in [
            ("gibbs", "gibbs:scan=systematic"),
            (
                "dmala:step=1e+3",
                "dmala:balance=sqrt,temperature=2,step=1000",
            ),
            (
                "20*gwg + gibbs",
                "20*gwg:balance=sqrt,temperature=2,flips=1+1*gibbs:scan=systematic",
            ),
            (
                "random-walk:flips=1e+0+3*gibbs",
                "1*random-walk:flips=1+3*gibbs:scan=systematic",
            ),
            (
                "9*gwg|window2",
                "0.9*gwg:balance=sqrt,temperature=2,flips=1|0.1*window2:balance=sqrt,temperature=2",
            ),
            (
                "3*random-walk|gibbs",
                "0.75*random-walk:flips=auto|0.25*gibbs:scan=systematic",
            ),
        ] {
            let found = Choice::parse(spec).unwrap();
            assert_eq!(found.to_string(), canonical);
            assert_eq!(Choice::parse(canonical).unwrap(), found);
        }
    }

    #[test]
    fn what_is_tuned_is_named_by_its_place() {
        let tuned = |spec| Choice::parse(spec).unwrap().tuned();
        assert_eq!(tuned("pas"), ["path"]);
        assert_eq!(tuned("gibbs+pas"), ["second.path"]);
        assert_eq!(tuned("pas|random-walk"), ["first.path", "second.flips"]);
        assert_eq!(tuned("gibbs|gwg:flips=auto"), ["second.flips"]);
        assert!(tuned("gwg+gibbs").is_empty() && tuned("gwg").is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (spec, said) in [
            ("gwg+gibbs+pas", "more than two"),
            ("gwg+gibbs|pas", "more than two"),
            ("0*gwg+gibbs", "found `0` before `*`, allowed is an integer"),
            ("1.5*gwg+gibbs", "found `1.5`"),
            ("-1*gwg|gibbs", "found `-1`"),
            ("gwg+structured", "`structured` cannot be one of two"),
            ("gwg|dula", "biased"),
            ("gwg+", "--sampler gwg+: a sampler is missing"),
            ("|gwg", "--sampler |gwg: a sampler is missing"),
            ("3*+gwg", "--sampler 3*+gwg: a sampler is missing"),
            ("0.5*gwg|0.6*gibbs", "0.5 and 0.6 add up to 1.1"),
            ("0.9*gwg|gibbs", "0.9 and 1 add up to 1.9"),
            ("-3*gwg+gibbs", "found `-3` before `*`"),
            ("gwg|gibs", "did you mean `gibbs`"),
        ] {
            match Choice::parse(spec) {
                Err(Failure::Usage(message)) => {
                    assert!(message.contains(said), "{spec}: {message}");
                }
                other => panic!("{spec}: {other:?}"),
            }
        }
    }
}
