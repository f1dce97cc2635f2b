//! The networks of `deep`: shapes by name, descriptions in files.

use super::{refused, take};
use crate::failure::Failure;
use gwg_learn::Data;
use gwg_models::io::{read_bytes, visible_path};
use gwg_nets::{Description, Symbols, perceptron, resnet_of, sequence};
use gwg_registry::grammar::closest;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    File(PathBuf),
    /// Weights, too.
    Trained(PathBuf),
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

impl Source {
    /// Reads a name, and the keys that it has.
    pub(super) fn parse(name: &str, keys: &mut Vec<(&str, &str)>) -> Result<Self, Failure> {
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
            path if path.ends_with(".safetensors") => Ok(Self::Trained(path.into())),
            _ => {
                let like = closest(name, SHAPES);
                let like = like.map_or_else(String::new, |l| format!("; did you mean `{l}`?"));
                Err(Failure::usage(format!(
                    "KIND: found `deep:{name}`, allowed are deep:resnet, deep:perceptron, deep:sequence, deep:FILE.json with the description of a network, or deep:FILE.safetensors with its weights, from which training goes on{like}"
                )))
            }
        }
    }

    /// The keys that there are.
    pub(super) fn keys(&self) -> &'static str {
        match self {
            Self::File(_) => "symbols and base",
            Self::Trained(_) => "none",
            Self::Resnet { .. } => "channels, blocks, shape, symbols and base",
            Self::Perceptron { .. } => "hidden, layers, symbols and base",
            Self::Sequence { .. } => "channels, width, blocks, symbols and base",
        }
    }

    /// The description of the network of such symbols.
    pub(super) fn description(
        &self,
        data: &Data,
        symbols: Symbols,
    ) -> Result<Description, Failure> {
        let (sites, states) = (data.sites(), data.states());
        match self {
            Self::File(path) | Self::Trained(path) => read(path),
            Self::Resnet {
                channels,
                blocks,
                shape,
            } => {
                let (rows, columns) = image(*shape, sites)?;
                Ok(resnet_of(rows, columns, symbols, *channels, *blocks))
            }
            Self::Perceptron { hidden, layers } => {
                Ok(perceptron(vec![sites], symbols, &vec![*hidden; *layers]))
            }
            Self::Sequence {
                channels,
                width,
                blocks,
            } => Ok(sequence(sites, states.max(2), *channels, *width, *blocks)),
        }
    }
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
