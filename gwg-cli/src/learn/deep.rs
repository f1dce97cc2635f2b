//! `deep` of `gwg learn`: networks, by the name of their shape or by a description in a file.

use crate::failure::Failure;
use gwg_learn::Data;
use gwg_models::io::{read_bytes, visible_path};
use gwg_nets::{Base, Description, NeuralEnergy, Symbols, perceptron, random, resnet_of, sequence};
use gwg_registry::grammar::closest;
use std::path::{Path, PathBuf};

/// Added to frequencies of the data, relative to one row, for the base distribution.
const PSEUDOCOUNT: f64 = 1.0;

/// What the spec says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deep {
    network: Source,
    /// Whether symbols are nominal or levels, where there are more than two; from the data where it is not said.
    ordinal: bool,
    base: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    File(PathBuf),
    Resnet {
        channels: usize,
        blocks: usize,
        /// Rows and columns; a square where they are not said.
        shape: Option<(usize, usize)>,
    },
    Perceptron {
        hidden: usize,
        layers: usize,
    },
    Sequence {
        channels: usize,
        width: usize,
        blocks: usize,
    },
}

const SHAPES: [&str; 3] = ["resnet", "perceptron", "sequence"];

impl Deep {
    /// Reads what comes after `deep:`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let mut keys: Vec<(&str, &str)> = Vec::new();
        for part in parts {
            let pair = part.split_once('=');
            keys.push(pair.ok_or_else(|| refused(&format!("`{part}`"), "key=value"))?);
        }
        let symbols = take(&mut keys, "symbols").unwrap_or("nominal");
        let ordinal = match symbols {
            "nominal" => false,
            "ordinal" => true,
            found => return Err(refused(&format!("symbols={found}"), "nominal or ordinal")),
        };
        let base = match take(&mut keys, "base").unwrap_or("data") {
            "data" => true,
            "none" => false,
            found => return Err(refused(&format!("base={found}"), "data or none")),
        };
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
        let description = self.description(data, letters)?;
        let network = random(description, seed).map_err(said)?;
        let energy = NeuralEnergy::new(network).map_err(said)?;
        let (sites, states) = (data.sites(), data.states());
        let description = energy.network().description();
        if description.sites() != sites || description.symbols.states() < states {
            return Err(Failure::usage(format!(
                "KIND: the network is of {} sites with {} symbols, and the data have {sites} sites with {states}",
                description.sites(),
                description.symbols.states()
            )));
        }
        if !self.base {
            return Ok(energy);
        }
        let frequencies = spread(&data.frequencies(), states, description.symbols.states());
        let pseudocount = PSEUDOCOUNT / data.effective_rows();
        let base = Base::of_frequencies(space(&energy), &frequencies, pseudocount).map_err(said)?;
        energy.with_base(base).map_err(said)
    }

    fn description(&self, data: &Data, letters: bool) -> Result<Description, Failure> {
        let (sites, states) = (data.sites(), data.states());
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
        match &self.network {
            Source::File(path) => read(path),
            Source::Resnet {
                channels,
                blocks,
                shape,
            } => {
                let (rows, columns) = image(*shape, sites)?;
                Ok(resnet_of(rows, columns, symbols, *channels, *blocks))
            }
            Source::Perceptron { hidden, layers } => {
                Ok(perceptron(vec![sites], symbols, &vec![*hidden; *layers]))
            }
            Source::Sequence {
                channels,
                width,
                blocks,
            } => Ok(sequence(sites, states.max(2), *channels, *width, *blocks)),
        }
    }
}

impl Source {
    fn parse(name: &str, keys: &mut Vec<(&str, &str)>) -> Result<Self, Failure> {
        let mut number = |key, default| number(keys, key, default);
        match name {
            "resnet" => {
                let (channels, blocks) = (number("channels", 16)?, number("blocks", 6)?);
                let shape = take(keys, "shape").map(sides).transpose()?;
                Ok(Self::Resnet {
                    channels,
                    blocks,
                    shape,
                })
            }
            "perceptron" => Ok(Self::Perceptron {
                hidden: number("hidden", 256)?,
                layers: number("layers", 2)?,
            }),
            "sequence" => Ok(Self::Sequence {
                channels: number("channels", 32)?,
                width: number("width", 5)?,
                blocks: number("blocks", 2)?,
            }),
            path if path.ends_with(".json") => Ok(Self::File(path.into())),
            _ => {
                let like = closest(name, SHAPES);
                let like = like.map_or_else(String::new, |l| format!("; did you mean `{l}`?"));
                Err(Failure::usage(format!(
                    "KIND: found `deep:{name}`, allowed are deep:resnet, deep:perceptron, deep:sequence, or deep:FILE.json with the description of a network{like}"
                )))
            }
        }
    }

    fn keys(&self) -> &'static str {
        match self {
            Self::File(_) => "symbols and base",
            Self::Resnet { .. } => "channels, blocks, shape, symbols and base",
            Self::Perceptron { .. } => "hidden, layers, symbols and base",
            Self::Sequence { .. } => "channels, width, blocks, symbols and base",
        }
    }
}

fn take<'t>(keys: &mut Vec<(&str, &'t str)>, key: &str) -> Option<&'t str> {
    let at = keys.iter().position(|(found, _)| *found == key)?;
    Some(keys.remove(at).1)
}

/// Channels, layers and the like at most.
const MOST: usize = 1 << 16;

fn number(keys: &mut Vec<(&str, &str)>, key: &str, default: usize) -> Result<usize, Failure> {
    let Some(text) = take(keys, key) else {
        return Ok(default);
    };
    let found = text.parse().ok().filter(|n| (1..=MOST).contains(n));
    found.ok_or_else(|| {
        let allowed = format!("{key}=N, N an integer from 1 to {MOST}");
        refused(&format!("{key}={text}"), &allowed)
    })
}

fn sides(text: &str) -> Result<(usize, usize), Failure> {
    let both = text.split_once('x');
    let both = both.and_then(|(rows, columns)| Some((rows.parse().ok()?, columns.parse().ok()?)));
    both.ok_or_else(|| refused(&format!("shape={text}"), "shape=ROWSxCOLUMNS"))
}

/// Rows and columns of as many sites.
fn image(shape: Option<(usize, usize)>, sites: usize) -> Result<(usize, usize), Failure> {
    let side = sites.isqrt();
    let (rows, columns) = shape.unwrap_or((side, side));
    if rows.checked_mul(columns) == Some(sites) {
        return Ok((rows, columns));
    }
    let found = match shape {
        Some(_) => format!("shape={rows}x{columns}"),
        None => "no shape".to_owned(),
    };
    Err(refused(
        &found,
        &format!("shape=ROWSxCOLUMNS of the {sites} sites of the data"),
    ))
}

fn read(path: &Path) -> Result<Description, Failure> {
    let bytes = read_bytes(path).map_err(Failure::usage)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::usage(format!(
            "KIND: {}: {error}; a description of a network is expected",
            visible_path(path)
        ))
    })
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
                base: false,
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
            ("sequence,base=no", "data or none"),
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
