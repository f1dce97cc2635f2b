//! `KIND` of `gwg learn`.

use super::any::AnyEngine;
use super::engine::Engine;
use super::potts::PottsEngine;
use super::rbm::RbmEngine;
use super::sites::{self, SitesEngine};
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use gwg_chains::Threads;
use gwg_registry::grammar::closest;
use std::str::FromStr;

/// What is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Couplings and fields of all pairs of sites.
    Potts,
    /// The same of two states.
    Ising,
    /// The coupling and the field of a square lattice with periodic borders.
    IsingLattice {
        side: usize,
    },
    Rbm {
        hidden: usize,
    },
}

/// Units of a layer, or sites of a side, at most.
const MOST: usize = 1 << 20;

const NAMES: [&str; 4] = ["potts", "ising", "ising-lattice", "rbm"];

impl FromStr for Kind {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (name, settings) = text.split_once(':').unwrap_or((text, ""));
        let number = |key: &str| match settings.split_once('=') {
            Some((found, value)) if found == key => {
                value.parse().ok().filter(|n| (1..=MOST).contains(n))
            }
            _ => None,
        };
        let refused =
            |allowed: &str| Failure::usage(format!("KIND: found `{text}`, allowed is {allowed}"));
        match (name, settings) {
            ("potts", "") => Ok(Self::Potts),
            ("ising", "") => Ok(Self::Ising),
            ("potts" | "ising", _) => Err(refused(&format!("{name} without keys"))),
            ("ising-lattice", _) => {
                let side = number("side");
                side.map(|side| Self::IsingLattice { side }).ok_or_else(|| {
                    refused(&format!(
                        "ising-lattice:side=N, N an integer from 1 to {MOST}"
                    ))
                })
            }
            ("rbm", _) => {
                let hidden = number("hidden");
                hidden
                    .map(|hidden| Self::Rbm { hidden })
                    .ok_or_else(|| refused(&format!("rbm:hidden=N, N an integer from 1 to {MOST}")))
            }
            _ => {
                let like = closest(name, NAMES);
                let like = like.map_or_else(String::new, |l| format!("; did you mean `{l}`?"));
                Err(refused(&format!("{}{like}", NAMES.join(", "))))
            }
        }
    }
}

impl Kind {
    /// The states of a site, where they do not follow from the data.
    pub(super) fn states(self) -> Option<usize> {
        let free = matches!(self, Self::Potts | Self::Rbm { .. });
        (!free).then_some(2)
    }

    pub(super) fn engine<'e>(
        self,
        flags: &'e LearnFlags,
        rows: &'e Rows,
        threads: &Threads,
    ) -> Result<Box<dyn Engine + 'e>, Failure> {
        if let Some(loss) = sites::loss(flags)? {
            let engine = SitesEngine::new((self, loss), flags, rows, threads)?;
            return Ok(Box::new(engine));
        }
        let has_ladder = matches!(self, Self::Rbm { .. }) && flags.sampler.is_none();
        if flags.ladder.is_some() && !has_ladder {
            return Err(Failure::usage(
                "--ladder: only the training of rbm without --sampler keeps one",
            ));
        }
        let adapts = matches!(self, Self::Rbm { .. }) && flags.sampler.is_none();
        if flags.adapt && !adapts {
            return Err(Failure::usage(
                "--adapt: only the training of rbm without --sampler adapts",
            ));
        }
        match (self, &flags.sampler) {
            (Self::Potts | Self::Ising, None) => {
                Ok(Box::new(PottsEngine::new(self, flags, rows, threads)?))
            }
            (Self::Rbm { hidden }, None) => {
                Ok(Box::new(RbmEngine::new(hidden, flags, rows, threads)?))
            }
            _ => AnyEngine::boxed(self, flags, rows, threads),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_names_with_one_key() {
        let kind = |text: &str| text.parse::<Kind>();
        assert_eq!(kind("potts").unwrap(), Kind::Potts);
        assert_eq!(kind("rbm:hidden=16").unwrap(), Kind::Rbm { hidden: 16 });
        let lattice = Kind::IsingLattice { side: 10 };
        assert_eq!(kind("ising-lattice:side=10").unwrap(), lattice);
        for (text, said) in [
            ("rbm", "rbm:hidden=N"),
            ("rbm:hidden=0", "an integer from 1 to 1048576"),
            ("rbm:hidden=1e9", "found `rbm:hidden=1e9`"),
            ("rbm:hiden=4", "rbm:hidden=N"),
            ("pots", "did you mean `potts`?"),
            ("potts:side=3", "potts without keys"),
        ] {
            let message = kind(text).unwrap_err();
            assert!(message.said().contains(said), "{}", message.said());
        }
    }
}
