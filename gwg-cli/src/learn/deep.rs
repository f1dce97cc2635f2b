//! `deep` of `gwg learn`: networks, by the name of their shape, by a description in a file, or from a file with weights.

mod source;

use crate::failure::Failure;
use gwg_learn::Data;
use gwg_models::Rbm;
use gwg_models::io::{Kind as FileKind, Parameters, read_model, visible_path};
use gwg_nets::{
    Base, Description, NetError, NeuralEnergy, Symbols, on_machine, random, read_network,
};
use source::Source;
use std::path::{Path, PathBuf};

/// Added to frequencies of the data, relative to one row, for the base distribution.
const PSEUDOCOUNT: f64 = 1.0;

/// What the spec says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deep {
    network: Source,
    /// Whether symbols are nominal or levels, where there are more than two; from the data where it is not said.
    ordinal: bool,
    base: OnWhat,
}

/// What the network is added to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OnWhat {
    /// Independent sites with the frequencies of the data.
    Data,
    Nothing,
    /// A Boltzmann machine, in this file.
    Machine(PathBuf),
}

impl OnWhat {
    fn parse(text: &str) -> Result<Self, Failure> {
        match text {
            "data" => Ok(Self::Data),
            "none" => Ok(Self::Nothing),
            path if path.ends_with(".safetensors") => Ok(Self::Machine(path.into())),
            found => Err(refused(
                &format!("base={found}"),
                "data, none, or FILE.safetensors with a Boltzmann machine of binary sites",
            )),
        }
    }
}

impl Deep {
    /// Reads what comes after `deep:`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let mut keys: Vec<(&str, &str)> = Vec::new();
        let trained = name.ends_with(".safetensors");
        for part in parts {
            if trained {
                let allowed = "no key after FILE.safetensors, which says all of the network";
                return Err(refused(&format!("`{part}`"), allowed));
            }
            let pair = part.split_once('=');
            keys.push(pair.ok_or_else(|| refused(&format!("`{part}`"), "key=value"))?);
        }
        let symbols = take(&mut keys, "symbols").unwrap_or("nominal");
        let ordinal = match symbols {
            "nominal" => false,
            "ordinal" => true,
            found => return Err(refused(&format!("symbols={found}"), "nominal or ordinal")),
        };
        let base = OnWhat::parse(take(&mut keys, "base").unwrap_or("data"))?;
        let network = Source::parse(name, &mut keys)?;
        if let Some((key, _)) = keys.first() {
            return Err(refused(&format!("key `{key}`"), network.keys()));
        }
        Ok(Self {
            network,
            ordinal,
            base,
        })
    }

    /// The network before its first update, with the base distribution of the data.
    pub(super) fn energy(
        &self,
        data: &Data,
        letters: bool,
        seed: u64,
    ) -> Result<NeuralEnergy<f32>, Failure> {
        if let Source::Trained(path) = &self.network {
            let energy = read_network(path).map_err(|error| unread(path, error))?;
            fits(energy.network().description(), data)?;
            return Ok(energy);
        }
        let description = self.description(data, letters)?;
        fits(&description, data)?;
        let network = random(description, seed).map_err(said)?;
        if let OnWhat::Machine(path) = &self.base {
            return on_machine(&network, &machine(path)?).map_err(|e| said_of(path, e));
        }
        let energy = NeuralEnergy::new(network).map_err(said)?;
        if self.base == OnWhat::Nothing {
            return Ok(energy);
        }
        let (found, states) = (
            data.states(),
            energy.network().description().symbols.states(),
        );
        let frequencies = spread(&data.frequencies(), found, states);
        let pseudocount = PSEUDOCOUNT / data.effective_rows();
        let base = Base::of_frequencies(space(&energy), &frequencies, pseudocount).map_err(said)?;
        energy.with_base(base).map_err(said)
    }

    fn description(&self, data: &Data, letters: bool) -> Result<Description, Failure> {
        let states = data.states();
        let symbols = match (states, self.ordinal) {
            (_, true) => Symbols::Ordinal {
                states,
                low: 0.0,
                high: 1.0,
            },
            (2, _) if !letters => Symbols::Binary {
                low: 0.0,
                high: 1.0,
            },
            _ => Symbols::Categorical { states },
        };
        self.network.description(data, symbols)
    }
}

fn take<'t>(keys: &mut Vec<(&str, &'t str)>, key: &str) -> Option<&'t str> {
    let at = keys.iter().position(|(found, _)| *found == key)?;
    Some(keys.remove(at).1)
}

/// The machine of a file.
fn machine(path: &Path) -> Result<Rbm<f32>, Failure> {
    let found = read_model(path, None).map_err(Failure::usage)?;
    let Parameters::Rbm {
        weights,
        visible_bias,
        hidden_bias,
    } = found
    else {
        return Err(Failure::usage(format!(
            "KIND: base={}: found a model of kind `{}`, allowed is `{}`, a Boltzmann machine of binary sites",
            visible_path(path),
            found.kind(),
            FileKind::Rbm
        )));
    };
    let made = Rbm::new(
        weights.into_owned(),
        visible_bias.into_owned(),
        hidden_bias.into_owned(),
    );
    made.map_err(|error| said_of(path, error))
}

/// The network has the sites of the data, and their states.
fn fits(description: &Description, data: &Data) -> Result<(), Failure> {
    let (sites, states) = (data.sites(), data.states());
    let (found, symbols) = (description.sites(), description.symbols.states());
    if found == sites && symbols >= states {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "KIND: the network is of {found} sites with {symbols} symbols, and the data have {sites} sites with {states}"
    )))
}

/// Frequencies of more states than the data have.
fn spread(frequencies: &[f64], found: usize, states: usize) -> Vec<f64> {
    let rows = frequencies.chunks_exact(found);
    rows.flat_map(|row| {
        let more = std::iter::repeat_n(0.0, states - found);
        row.iter().copied().chain(more)
    })
    .collect()
}

fn space(energy: &NeuralEnergy<f32>) -> &gwg_models::OwnedSpace {
    gwg_core::Target::space(energy)
}

fn refused(found: &str, allowed: &str) -> Failure {
    Failure::usage(format!("KIND: found {found} of deep, allowed is {allowed}"))
}

/// An error of a file of a network; those of reading it name the file themselves.
fn unread(path: &Path, error: NetError) -> Failure {
    match error {
        NetError::Read(error) => said(error),
        error => said_of(path, error),
    }
}

fn said_of(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("KIND: {}: {error}", visible_path(path)))
}

fn said(error: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("KIND: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_shapes_with_keys_or_files() {
        let deep = |text: &str| Deep::parse(text).map_err(|f| f.said().to_owned());
        assert_eq!(
            deep("resnet,channels=8,shape=4x6,base=none").unwrap(),
            Deep {
                network: Source::Resnet {
                    channels: 8,
                    blocks: 6,
                    shape: Some((4, 6))
                },
                ordinal: false,
                base: OnWhat::Nothing,
            }
        );
        assert!(deep("net.json,symbols=ordinal").unwrap().ordinal);
        for (text, part) in [
            ("resnt", "did you mean `resnet`?"),
            ("resnet,channel=3", "key `channel`"),
            ("resnet,channels=0", "channels=N, N an integer from 1"),
            ("resnet,channels", "key=value"),
            ("resnet,shape=28", "shape=ROWSxCOLUMNS"),
            ("perceptron,symbols=maybe", "nominal or ordinal"),
            (
                "sequence,base=no",
                "allowed is data, none, or FILE.safetensors",
            ),
            ("net.safetensors,base=none", "no key after FILE.safetensors"),
            ("", "deep:resnet"),
        ] {
            let found = deep(text).unwrap_err();
            assert!(found.contains(part), "{text}: {found}");
        }
    }

    #[test]
    fn networks_fit_their_data() {
        let data = |n: usize, q: usize| {
            let symbols = (0..3 * n).map(|k| (k % q) as u8).collect();
            Data::new(symbols, n, q).unwrap()
        };
        let energy = |text: &str, n, q| Deep::parse(text).unwrap().energy(&data(n, q), false, 1);
        let made = energy("resnet,channels=2,blocks=1", 16, 2).unwrap();
        assert_eq!(made.network().description().shape, [4, 4]);
        assert!(made.base().is_some());
        let found = energy("resnet", 15, 2).map(drop).unwrap_err();
        assert!(found.said().contains("15 sites"), "{}", found.said());
        assert!(energy("resnet,shape=3x5,channels=2", 15, 2).is_ok());
        let made = energy("perceptron,symbols=ordinal", 4, 6).unwrap();
        let symbols = made.network().description().symbols;
        assert!(matches!(symbols, Symbols::Ordinal { states: 6, .. }));
        assert!(energy("sequence,channels=4", 9, 5).is_ok());
    }
}
