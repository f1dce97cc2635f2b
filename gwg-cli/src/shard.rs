//! `--shard`: a part of the chains of a run.

use crate::failure::Failure;
use gwg_chains::{Init, RunError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most shards of a run.
const MOST: usize = 1_000_000;

/// Shard `number` of `of`, from 1, as it is on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    number: usize,
    of: usize,
}

/// The chains of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Shard {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) of: usize,
    /// The number of its first chain among all.
    pub(crate) first_chain: usize,
    /// Chains of all shards.
    pub(crate) chains: usize,
}

/// Parses `2/4`.
///
/// # Errors
/// What is allowed, as clap shows it after the value and the flag.
pub(crate) fn parse(text: &str) -> Result<Part, String> {
    let numbers = text.split_once('/');
    let numbers = numbers.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match numbers {
        Some((number, of)) if (1..=of).contains(&number) && of <= MOST => Ok(Part { number, of }),
        _ => Err("allowed is I/N, shard I of N, from 1/N to N/N".into()),
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Part {
    /// The share of this shard in `chains` chains: shards of equal size, but for one chain.
    pub(crate) fn shard(self, chains: usize) -> Result<Shard, Failure> {
        let Self { number, of } = self;
        if of > chains {
            return Err(Failure::usage(format!(
                "--shard {self}: there are {chains} chains, which cannot be divided into {of} shards; use more --chains or fewer shards"
            )));
        }
        Ok(Shard {
            number,
            of,
            first_chain: begin(number - 1, of, chains),
            chains,
        })
    }
}

/// The first chain of a shard, counted from 0.
fn begin(shard: usize, of: usize, chains: usize) -> usize {
    let (each, more) = (chains / of, chains % of);
    shard * each + shard.min(more)
}

impl Shard {
    /// Its number of chains.
    pub(crate) fn len(&self) -> usize {
        begin(self.number, self.of, self.chains) - self.first_chain
    }

    pub(crate) fn part(&self) -> Part {
        Part {
            number: self.number,
            of: self.of,
        }
    }

    /// Its share of the initial states of all chains.
    pub(crate) fn init(&self, init: Init, sites: usize) -> Result<Init, RunError> {
        let Init::States(rows) = init else {
            return Ok(init);
        };
        if rows.len() == sites {
            return Ok(Init::States(rows));
        }
        let (found, chains) = (rows.len(), self.chains);
        if Some(found) != chains.checked_mul(sites) {
            return Err(RunError::InitShape {
                found,
                sites,
                chains,
            });
        }
        let from = self.first_chain * sites;
        let own = rows[from..from + self.len() * sites].to_vec();
        Ok(Init::States(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_divide_the_chains() {
        for (chains, of) in [(4, 4), (10, 3), (7, 1), (1001, 10)] {
            let part = |number| Part { number, of }.shard(chains).unwrap();
            let all: Vec<usize> = (1..=of)
                .map(part)
                .flat_map(|s| s.first_chain..s.first_chain + s.len())
                .collect();
            assert_eq!(all, (0..chains).collect::<Vec<_>>());
            assert!((1..=of).all(|n| part(n).len() >= chains / of));
        }
        assert!(parse("3/2").is_err() && parse("0/2").is_err() && parse("1").is_err());
        assert!(parse("1/0").is_err() && parse("-1/2").is_err() && parse("1/9999999").is_err());
        assert_eq!(parse("2/3").map(|p| p.to_string()), Ok("2/3".into()));
        assert!(matches!(
            parse("2/3").unwrap().shard(2),
            Err(Failure::Usage(_))
        ));
    }

    #[test]
    fn initial_states_are_divided_as_well() {
        let shard = parse("2/2").unwrap().shard(3).unwrap();
        let init = |rows: &[u16]| shard.init(Init::States(rows.to_vec()), 2);
        assert_eq!(init(&[0, 1]).unwrap(), Init::States(vec![0, 1]));
        assert_eq!(init(&[0, 1, 2, 3, 4, 5]).unwrap(), Init::States(vec![4, 5]));
        assert!(matches!(
            init(&[0, 1, 2, 3]),
            Err(RunError::InitShape { chains: 3, .. })
        ));
        assert_eq!(shard.init(Init::Zeros, 2).unwrap(), Init::Zeros);
    }
}
