//! Files of the models of a ladder.

use crate::rbm::RbmLayers;
use gwg_models::io::tensors::{NamedTensor, named_to_bytes, parse_named};
use gwg_models::io::{IoError, ModelFault, excerpt, read_bytes, visible_path, write_bytes};
use std::path::{Path, PathBuf};

/// The `kind` in the metadata.
const KIND: &str = "rbm-ladder";

/// The reason why a ladder was not read or written. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LadderFileError {
    /// The system reads and writes the file, and it is in the safetensors format.
    #[error(transparent)]
    Io(#[from] IoError),
    /// It has the tensors `W`, `b` and `c`, and no others.
    #[error(
        "{}: {found}; a ladder has the tensors W (models, visible, hidden), b (models, visible) and c (models, hidden), as `gwg learn --ladder` writes them",
        visible_path(path)
    )]
    Shape {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// Every number is finite.
    #[error(
        "{}: tensor `{tensor}`: entry {index} of model {model} is {found}, allowed are finite numbers",
        visible_path(path)
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: &'static str,
        /// The model, from 0.
        model: usize,
        /// The entry of its tensor, from 0.
        index: usize,
        /// Its value.
        found: f32,
    },
    /// The first model has no weights: its partition function is known.
    #[error(
        "{}: tensor `W`: entry {index} of model 0 is {found}, allowed is 0 only: the first model of a ladder has independent units",
        visible_path(path)
    )]
    Coupled {
        /// The file.
        path: PathBuf,
        /// The first weight that is not 0.
        index: usize,
        /// Its value.
        found: f32,
    },
}

/// Writes the models of a ladder, from one without weights to the last: the tensors `W` (models, visible, hidden), `b` (models, visible) and
/// `c` (models, hidden) in f32, in the safetensors format. An existing file is replaced.
///
/// # Errors
/// [`LadderFileError`]: without a model, for models of different shapes, with numbers that are not finite, or with a first model that has
/// weights, nothing is written.
pub fn write_ladder(path: &Path, models: &[RbmLayers]) -> Result<(), LadderFileError> {
    let shape = |found: String| LadderFileError::Shape {
        path: path.to_owned(),
        found,
    };
    let Some(first) = models.first() else {
        return Err(shape("found no model".to_owned()));
    };
    let (visible, hidden) = (first.visible(), first.hidden());
    for (k, model) in models.iter().enumerate() {
        let found = (model.visible(), model.hidden(), model.weights.len());
        if found != (visible, hidden, visible * hidden) || visible * hidden == 0 {
            return Err(shape(format!(
                "model {k} has {} visible and {} hidden units and {} weights, the first one {visible} and {hidden} units",
                found.0, found.1, found.2
            )));
        }
        check(path, k, model)?;
    }
    let all = |part: fn(&RbmLayers) -> &[f32]| models.iter().flat_map(part).copied().collect();
    let weights: Vec<f32> = all(|m| &m.weights);
    let tensor = |name: &'static str, sizes: &[usize], numbers: Vec<f32>| NamedTensor {
        name: name.into(),
        shape: [&[models.len()], sizes].concat(),
        numbers: numbers.into(),
    };
    let tensors = [
        tensor("W", &[visible, hidden], weights),
        tensor("b", &[visible], all(|m| &m.visible_bias)),
        tensor("c", &[hidden], all(|m| &m.hidden_bias)),
    ];
    let bytes = named_to_bytes(KIND, &tensors).map_err(|fault| format_of(path, fault))?;
    Ok(write_bytes(path, &bytes)?)
}

/// Reads the models of a ladder that [`write_ladder`] wrote.
///
/// # Errors
/// [`LadderFileError`].
///
/// ```
/// use gwg_learn::{RbmLayers, read_ladder, write_ladder};
///
/// let first = RbmLayers { weights: vec![0.0; 6], visible_bias: vec![0.5; 3], hidden_bias: vec![0.0; 2] };
/// let last = RbmLayers { weights: vec![0.3; 6], ..first.clone() };
/// let path = std::env::temp_dir().join("gwg-ladder-example.safetensors");
/// write_ladder(&path, &[first.clone(), last.clone()])?;
/// assert_eq!(read_ladder(&path)?, [first, last]);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_ladder(path: &Path) -> Result<Vec<RbmLayers>, LadderFileError> {
    let tensors = parse_named(&read_bytes(path)?).map_err(|fault| format_of(path, fault))?;
    let shape = |found: String| LadderFileError::Shape {
        path: path.to_owned(),
        found,
    };
    let of = |name: &str| {
        let tensor = tensors.iter().find(|tensor| tensor.name == name);
        tensor.ok_or_else(|| shape(format!("tensor `{name}` is missing")))
    };
    let (w, b, c) = (of("W")?, of("b")?, of("c")?);
    if let Some(other) = tensors
        .iter()
        .find(|tensor| !["W", "b", "c"].contains(&&*tensor.name))
    {
        return Err(shape(format!("found tensor `{}`", excerpt(&other.name))));
    }
    let &[models, visible, hidden] = &w.shape[..] else {
        return Err(shape(format!("W has the shape {:?}", w.shape)));
    };
    if b.shape != [models, visible] || c.shape != [models, hidden] {
        return Err(shape(format!(
            "W has the shape {:?}, b {:?} and c {:?}",
            w.shape, b.shape, c.shape
        )));
    }
    if models == 0 || visible == 0 || hidden == 0 {
        return Err(shape(format!("W has the shape {:?}", w.shape)));
    }
    let parts = w
        .numbers
        .chunks_exact(visible * hidden)
        .zip(b.numbers.chunks_exact(visible))
        .zip(c.numbers.chunks_exact(hidden));
    let mut all = Vec::with_capacity(models);
    for (k, ((weights, visible_bias), hidden_bias)) in parts.enumerate() {
        let model = RbmLayers {
            weights: weights.to_vec(),
            visible_bias: visible_bias.to_vec(),
            hidden_bias: hidden_bias.to_vec(),
        };
        check(path, k, &model)?;
        all.push(model);
    }
    Ok(all)
}

/// Refuses numbers that are not finite, and weights of the first model.
fn check(path: &Path, model: usize, layers: &RbmLayers) -> Result<(), LadderFileError> {
    let tensors = [
        ("W", &layers.weights),
        ("b", &layers.visible_bias),
        ("c", &layers.hidden_bias),
    ];
    for (tensor, numbers) in tensors {
        let wrong = numbers.iter().enumerate().find(|(_, x)| !x.is_finite());
        if let Some((index, &found)) = wrong {
            return Err(LadderFileError::NotFinite {
                path: path.to_owned(),
                tensor,
                model,
                index,
                found,
            });
        }
    }
    let coupled = layers.weights.iter().enumerate().find(|(_, w)| **w != 0.0);
    match coupled {
        Some((index, &found)) if model == 0 => Err(LadderFileError::Coupled {
            path: path.to_owned(),
            index,
            found,
        }),
        _ => Ok(()),
    }
}

fn format_of(path: &Path, fault: ModelFault) -> IoError {
    IoError::Model {
        path: path.to_owned(),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(weight: f32) -> RbmLayers {
        RbmLayers {
            weights: vec![weight; 6],
            visible_bias: vec![0.1, 0.2, 0.3],
            hidden_bias: vec![-1.0, 1.0],
        }
    }

    #[test]
    fn ladders_that_are_none_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let message = |models: &[RbmLayers]| write_ladder(&path, models).unwrap_err().to_string();
        assert!(message(&[]).contains("found no model"));
        assert!(message(&[layers(0.5)]).contains("entry 0 of model 0 is 0.5, allowed is 0"));
        assert!(message(&[layers(0.0), layers(f32::NAN)]).contains("of model 1 is NaN"));
        let mut other = layers(0.0);
        other.hidden_bias.push(0.0);
        assert!(message(&[layers(0.0), other]).contains("model 1 has 3 visible and 3 hidden"));
        assert!(!path.exists());
    }

    #[test]
    fn files_that_are_no_ladder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let message = || read_ladder(&path).unwrap_err().to_string();
        assert!(message().contains("cannot be read"));
        std::fs::write(&path, "text").unwrap();
        assert!(message().contains("not a safetensors file"));
        let model = layers(0.0).to_model().unwrap();
        let parameters = gwg_models::io::Parameters::Rbm {
            weights: model.weights().into(),
            visible_bias: model.visible_bias().into(),
            hidden_bias: model.hidden_bias().into(),
        };
        gwg_models::io::write_model(&path, &parameters).unwrap();
        assert!(
            message().contains("W has the shape [3, 2]"),
            "{}",
            message()
        );
        let lone = NamedTensor {
            name: "W".into(),
            shape: vec![1, 3, 2],
            numbers: vec![0.0; 6].into(),
        };
        std::fs::write(&path, named_to_bytes(KIND, &[lone]).unwrap()).unwrap();
        assert!(message().contains("tensor `b` is missing"), "{}", message());
    }
}
