//! Writes model files.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use gwg_core::Real;
use safetensors::Dtype;
use safetensors::tensor::{View, serialize};

use super::{Parameters, rules};
use crate::io::error::{IoError, ModelFault};
use crate::io::files;
use crate::number::{all_finite, has_shape};

/// Writes a model file atomically; an existing file at `path` is replaced.
///
/// The same parameters give the same bytes. Tensors are F32 or F64, like `R`.
///
/// # Errors
/// [`IoError::Model`] if the parameters violate a rule (nothing is written then), or the error of the system.
pub fn write_model<R: Real>(path: &Path, parameters: &Parameters<'_, R>) -> Result<(), IoError> {
    let bytes = to_bytes(parameters).map_err(|fault| IoError::Model {
        path: path.to_owned(),
        fault,
    })?;
    files::write(path, &bytes)
}

/// The content of the file that [`write_model`] writes.
///
/// # Errors
/// The first violated rule.
pub fn to_bytes<R: Real>(parameters: &Parameters<'_, R>) -> Result<Vec<u8>, ModelFault> {
    let tensors = tensors(parameters);
    for Out {
        name,
        shape,
        numbers,
    } in &tensors
    {
        if shape.contains(&0) {
            return Err(ModelFault::ZeroSize {
                tensor: name,
                found: shape.clone(),
            });
        }
        has_shape(name, numbers.len(), shape).map_err(ModelFault::Content)?;
        all_finite(name, numbers, shape).map_err(ModelFault::Content)?;
    }
    match parameters {
        Parameters::PottsDense { sites, states, .. } => rules::states(*sites, *states)?,
        Parameters::RbmCategorical {
            states,
            visible_bias,
            ..
        } => rules::states(visible_bias.len() / (*states).max(1), *states)?,
        Parameters::Rbm { .. } | Parameters::IsingDense { .. } => {}
    }
    if let [
        Out {
            name: "J",
            shape,
            numbers,
        },
        ..,
    ] = tensors.as_slice()
    {
        rules::couplings(numbers, shape)?;
    }
    let metadata = HashMap::from([("kind".to_owned(), parameters.kind().to_string())]);
    let tensors = tensors.into_iter().map(|tensor| (tensor.name, tensor));
    serialize(tensors, Some(metadata)).map_err(|error| ModelFault::NotSafetensors {
        reason: error.to_string(),
    })
}

/// A tensor to be written.
struct Out<'a, R> {
    name: &'static str,
    shape: Vec<usize>,
    numbers: &'a [R],
}

fn tensors<'a, R: Real>(parameters: &'a Parameters<'_, R>) -> Vec<Out<'a, R>> {
    let out = |name, shape, numbers| Out {
        name,
        shape,
        numbers,
    };
    match parameters {
        Parameters::Rbm {
            weights,
            visible_bias,
            hidden_bias,
        } => {
            let (visible, hidden) = (visible_bias.len(), hidden_bias.len());
            vec![
                out("W", vec![visible, hidden], weights),
                out("b", vec![visible], visible_bias),
                out("c", vec![hidden], hidden_bias),
            ]
        }
        Parameters::RbmCategorical {
            states,
            weights,
            visible_bias,
            hidden_bias,
        } => {
            let (sites, hidden) = (visible_bias.len() / (*states).max(1), hidden_bias.len());
            vec![
                out("W", vec![sites, *states, hidden], weights),
                out("b", vec![sites, *states], visible_bias),
                out("c", vec![hidden], hidden_bias),
            ]
        }
        Parameters::IsingDense { coupling, field } => vec![
            out("J", vec![field.len(); 2], coupling),
            out("h", vec![field.len()], field),
        ],
        Parameters::PottsDense {
            sites,
            states,
            coupling,
            field,
        } => vec![
            out("J", vec![*sites, *sites, *states, *states], coupling),
            out("h", vec![*sites, *states], field),
        ],
    }
}

impl<R: Real> View for Out<'_, R> {
    fn dtype(&self) -> Dtype {
        if size_of::<R>() == size_of::<f32>() {
            Dtype::F32
        } else {
            Dtype::F64
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let numbers = self.numbers.iter().map(|x| x.to_f64());
        let mut bytes = Vec::with_capacity(self.data_len());
        match self.dtype() {
            // Exact: the number was converted from f32 before.
            Dtype::F32 => bytes.extend(numbers.flat_map(|x| (x as f32).to_le_bytes())),
            _ => bytes.extend(numbers.flat_map(f64::to_le_bytes)),
        }
        Cow::Owned(bytes)
    }

    fn data_len(&self) -> usize {
        size_of_val(self.numbers)
    }
}
