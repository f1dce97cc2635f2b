//! Files of networks: tensors in the safetensors format, named as PyTorch names those of a `torch.nn.Sequential`, and the description in the metadata.

use crate::energy::Terms;
use crate::plan::{Plan, Weights};
use crate::{Base, Description, NetError, Network, NeuralEnergy};
use gwg_core::Real;
use gwg_linalg::Scalar;
use gwg_models::io::{
    IoError, NamedTensor, named_with_metadata, parse_metadata, parse_named, read_bytes, shortened,
    write_bytes,
};
use std::path::Path;

/// The `kind` in the metadata of files of networks.
pub const KIND: &str = "network";

/// The entry of the metadata that has the [`Description`], as JSON.
pub const ENTRY: &str = "network";

/// The most characters of the reason why a description is none: it may quote the description.
const REASON: usize = 200;

const LOGITS: &str = "base.logits";
const LOG_PROB: &str = "base.log_prob";
const MEAN: &str = "base.mean";
const PRECISION: &str = "base.precision";

/// Reads a network, and its base distribution where the file has one.
///
/// The metadata has the description in the entry `network`. The tensors are those of its layers, with the names and shapes that PyTorch gives them in a
/// `torch.nn.Sequential`: `0.weight`, `0.bias`, `1.body.0.weight`. A base distribution is `base.logits` (sites) for binary sites,
/// `base.log_prob` (sites, states) for categorical ones, `base.mean` and `base.precision` (sites) for ordinal ones. Numbers in F64 are rounded to F32.
///
/// # Errors
/// [`NetError`], with the path where the file cannot be read.
pub fn read_network<R: Scalar>(path: &Path) -> Result<NeuralEnergy<R>, NetError> {
    let bytes = read_bytes(path)?;
    let fault = |fault| IoError::Model {
        path: path.to_owned(),
        fault,
    };
    let text = parse_metadata(&bytes, ENTRY).map_err(fault)?;
    let tensors = parse_named(&bytes).map_err(fault)?;
    from_tensors(text.as_deref(), tensors)
}

/// Reads a network from the bytes of a file.
///
/// # Errors
/// [`NetError`].
pub fn parse_network<R: Scalar>(bytes: &[u8]) -> Result<NeuralEnergy<R>, NetError> {
    let fault = |fault| IoError::Model {
        path: "network".into(),
        fault,
    };
    let text = parse_metadata(bytes, ENTRY).map_err(fault)?;
    from_tensors(text.as_deref(), parse_named(bytes).map_err(fault)?)
}

fn from_tensors<R: Scalar>(
    text: Option<&str>,
    tensors: Vec<NamedTensor<'_>>,
) -> Result<NeuralEnergy<R>, NetError> {
    let described = |what: String| NetError::Description { what };
    let text = text.ok_or_else(|| {
        described(format!(
            "the metadata has no entry `{ENTRY}`; write it with the tensors, as JSON"
        ))
    })?;
    let description: Description = serde_json::from_str(text)
        .map_err(|error| described(shortened(&error.to_string(), REASON)))?;
    let network = Network::from_tensors(description, &tensors, "")?;
    let base = base(&tensors, network.description())?;
    let layers = &network.plan.tensors;
    let known =
        |name: &str| BASE.contains(&name) || layers.iter().any(|weights| weights.name == name);
    let mut unknown = tensors.iter().map(|t| &*t.name).filter(|name| !known(name));
    if unknown.clone().next().is_some() {
        return Err(NetError::Unknown {
            names: names(&mut unknown),
            expected: names(layers.iter().map(|weights| &*weights.name)),
        });
    }
    let energy = NeuralEnergy::new(network)?;
    match base {
        Some(base) => energy.with_base(base),
        None => Ok(energy),
    }
}

/// Networks that are parts of other files: names of tensors begin with a prefix.
impl<R: Scalar> Network<R> {
    /// The network whose tensors have these names after `prefix`; there may be others.
    ///
    /// # Errors
    /// Those of [`Network::new`]; [`NetError::Missing`], [`NetError::Shape`].
    pub fn from_tensors(
        description: Description,
        tensors: &[NamedTensor<'_>],
        prefix: &str,
    ) -> Result<Self, NetError> {
        let plan = Plan::new(&description)?;
        let mut parameters = vec![R::ZERO; plan.parameters];
        for weights in &plan.tensors {
            let name = format!("{prefix}{}", weights.name);
            let expected = weights.layout.shape(weights.range.len());
            let Some(tensor) = tensors.iter().find(|t| *t.name == *name) else {
                return Err(NetError::Missing {
                    tensor: name,
                    expected,
                    found: names(tensors.iter().map(|t| &*t.name)),
                });
            };
            if tensor.shape != expected {
                return Err(NetError::Shape {
                    tensor: name,
                    found: tensor.shape.clone(),
                    expected,
                });
            }
            let values = &mut parameters[weights.range.clone()];
            for (k, value) in values.iter_mut().enumerate() {
                *value = R::from_f64(f64::from(tensor.numbers[weights.layout.place(k)]));
            }
        }
        Self::new(description, parameters)
    }

    /// The tensors, in f32, with names that begin with `prefix`.
    #[must_use]
    pub fn tensors(&self, prefix: &str) -> Vec<NamedTensor<'static>> {
        let tensor = |weights: &Weights| {
            let values = &self.parameters()[weights.range.clone()];
            let mut numbers = vec![0.0; values.len()];
            for (k, value) in values.iter().enumerate() {
                numbers[weights.layout.place(k)] = value.to_f64() as f32;
            }
            NamedTensor {
                name: format!("{prefix}{}", weights.name).into(),
                shape: weights.layout.shape(values.len()),
                numbers: numbers.into(),
            }
        };
        self.plan.tensors.iter().map(tensor).collect()
    }
}

const BASE: [&str; 4] = [LOGITS, LOG_PROB, MEAN, PRECISION];

fn base<R: Scalar>(
    tensors: &[NamedTensor<'_>],
    description: &Description,
) -> Result<Option<Base<R>>, NetError> {
    let states = description.symbols.states();
    let numbers = |name: &str| -> Result<Option<Vec<R>>, NetError> {
        let Some(tensor) = tensors.iter().find(|t| t.name == name) else {
            return Ok(None);
        };
        if let Some(k) = tensor.numbers.iter().position(|x| !x.is_finite()) {
            return Err(NetError::NotFinite {
                tensor: name.to_owned(),
                index: vec![k],
                found: f64::from(tensor.numbers[k]),
            });
        }
        let numbers = tensor.numbers.iter().map(|&x| R::from_f64(f64::from(x)));
        Ok(Some(numbers.collect()))
    };
    let base = match (numbers(LOGITS)?, numbers(LOG_PROB)?) {
        (Some(logits), _) => Base::binary(logits),
        (_, Some(log_prob)) => Base::categorical(states, log_prob),
        _ => match (numbers(MEAN)?, numbers(PRECISION)?) {
            (Some(mean), Some(precision)) if mean.len() == precision.len() => {
                Base::ordinal(states, mean, precision)
            }
            (None, None) => return Ok(None),
            (mean, precision) => {
                return Err(NetError::Base {
                    tensor: PRECISION,
                    found: precision.map_or(0, |p| p.len()),
                    expected: mean.map_or(0, |m| m.len()),
                });
            }
        },
    };
    Ok(Some(base))
}

/// Some names, for a message.
fn names<'t>(all: impl Iterator<Item = &'t str>) -> String {
    const SHOWN: usize = 8;
    let all: Vec<_> = all.map(gwg_models::io::excerpt).collect();
    match all.len() {
        0 => "none".to_owned(),
        n if n > SHOWN => format!("{} and {} more", all[..SHOWN].join(", "), n - SHOWN),
        _ => all.join(", "),
    }
}

/// Writes a network and its base distribution, as [`read_network`] reads them; `path` has the old or the new content, whole, at every moment.
///
/// # Errors
/// [`NetError::Read`] where the file cannot be written.
pub fn write_network<R: Scalar>(path: &Path, energy: &NeuralEnergy<R>) -> Result<(), NetError> {
    Ok(write_bytes(path, &network_to_bytes(energy)?)?)
}

/// The content of such a file.
///
/// # Errors
/// [`NetError::Description`] where a number of the description is not finite: never for one that [`Network`] has.
pub fn network_to_bytes<R: Scalar>(energy: &NeuralEnergy<R>) -> Result<Vec<u8>, NetError> {
    let network = energy.network();
    let described = |what: String| NetError::Description { what };
    let text = serde_json::to_string(network.description())
        .map_err(|error| described(error.to_string()))?;
    let mut tensors = network.tensors("");
    for (name, shape, numbers) in energy.base().map(base_tensors).unwrap_or_default() {
        let numbers = numbers.iter().map(|x| x.to_f64() as f32);
        tensors.push(NamedTensor {
            name: name.into(),
            shape,
            numbers: numbers.collect(),
        });
    }
    named_with_metadata(&[("kind", KIND), (ENTRY, &text)], &tensors)
        .map_err(|error| described(error.to_string()))
}

/// The name, the shape and the numbers.
type BaseTensor<'b, R> = (&'static str, Vec<usize>, &'b [R]);

fn base_tensors<R: Real>(base: &Base<R>) -> Vec<BaseTensor<'_, R>> {
    match base.terms() {
        Terms::Binary(logits) => vec![(LOGITS, vec![logits.len()], logits)],
        Terms::Categorical { states, log_prob } => {
            let shape = vec![log_prob.len() / states, *states];
            vec![(LOG_PROB, shape, log_prob)]
        }
        Terms::Ordinal {
            mean, precision, ..
        } => vec![
            (MEAN, vec![mean.len()], mean),
            (PRECISION, vec![precision.len()], precision),
        ],
    }
}
