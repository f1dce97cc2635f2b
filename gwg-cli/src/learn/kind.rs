//! `KIND` of `gwg learn`.

use super::any;
use super::deep::Deep;
use super::engine::Engine;
use super::potts::PottsEngine;
use super::rbm::RbmEngine;
use super::sites::{self, SitesEngine};
use super::vae::{Sizes, VaeEngine};
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use gwg_chains::Threads;
use gwg_registry::grammar::closest;
use std::str::FromStr;

/// What is learned.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A network.
    Deep(Deep),
    /// A variational autoencoder.
    Vae(Sizes),
}

/// Units of a layer, or sites of a side, at most.
const MOST: usize = 1 << 20;

const NAMES: [&str; 6] = ["potts", "ising", "ising-lattice", "rbm", "deep", "vae"];

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
            ("deep", _) => Deep::parse(settings).map(Self::Deep),
            ("vae", _) => Sizes::parse(settings).map(Self::Vae),
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
    pub(super) fn states(&self) -> Option<usize> {
        let two = matches!(self, Self::Ising | Self::IsingLattice { .. });
        two.then_some(2)
    }

    pub(super) fn engine<'e>(
        &self,
        flags: &'e LearnFlags,
        rows: &'e Rows,
        threads: &Threads,
    ) -> Result<Box<dyn Engine + 'e>, Failure> {
        if let Some(loss) = sites::loss(flags)? {
            let engine = SitesEngine::new((self.clone(), loss), flags, rows, threads)?;
            return Ok(Box::new(engine));
        }
        let sweeps =
            flags.sampler.is_none() && matches!(self, Self::Potts | Self::Ising | Self::Rbm { .. });
        if flags.ladder.is_some() && !sweeps {
            return Err(Failure::usage(
                "--ladder: only the training of potts, ising and rbm without --sampler keeps one",
            ));
        }
        if flags.adapt && !sweeps {
            return Err(Failure::usage(
                "--adapt: only the training of potts, ising and rbm without --sampler adapts",
            ));
        }
        match (self, &flags.sampler) {
            (Self::Potts | Self::Ising, None) => Ok(Box::new(PottsEngine::new(
                self.clone(),
                flags,
                rows,
                threads,
            )?)),
            (Self::Rbm { hidden }, None) => {
                Ok(Box::new(RbmEngine::new(*hidden, flags, rows, threads)?))
            }
            (Self::Vae(sizes), _) => Ok(Box::new(VaeEngine::new(*sizes, flags, rows, threads)?)),
            _ => any::boxed(self, flags, rows, threads),
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
