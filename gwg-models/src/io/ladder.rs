//! Files of the models that one was on its way of being learned: restricted Boltzmann machines, or Potts models of all pairs of sites.

mod potts;

pub use potts::{PottsLadder, read_potts_ladder, write_potts_ladder};

use super::tensors::{NamedTensor, named_to_bytes, parse_named};
use super::{IoError, ModelFault, excerpt, read_bytes, visible_path, write_bytes};
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
    /// It has the tensors `W`, `b` and `c`, or `J` and `h`, and no others.
    #[error(
        "{}: {found}; a ladder has the tensors W (models, visible, hidden), b (models, visible) and c (models, hidden), those of categorical sites W (models, sites, states, hidden) and b (models, sites, states), or of Potts models J (models, pairs, states, states) and h (models, sites, states), as `gwg learn --ladder` writes them",
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
    /// The first model has no weights or couplings: its partition function is known.
    #[error(
        "{}: tensor `{tensor}`: entry {index} of model 0 is {found}, allowed is 0 only: the first model of a ladder has independent units",
        visible_path(path)
    )]
    Coupled {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: &'static str,
        /// The first weight or coupling that is not 0.
        index: usize,
        /// Its value.
        found: f32,
    },
}

/// The parameters of several restricted Boltzmann machines of one shape, from one without weights to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct RbmLadder {
    /// `[models, visible, hidden]`.
    pub shape: [usize; 3],
    /// The visible units of each site: 1 of a binary site, as many as its states of a categorical one.
    pub units: usize,
    /// `W` of all models, shape (models, visible, hidden); in the file of categorical sites (models, sites, states, hidden).
    pub weights: Vec<f32>,
    /// `b`, shape (models, visible); in the file of categorical sites (models, sites, states).
    pub visible_bias: Vec<f32>,
    /// `c`, shape (models, hidden).
    pub hidden_bias: Vec<f32>,
}

/// The models of a ladder of either kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ladder {
    /// Restricted Boltzmann machines.
    Rbm(RbmLadder),
    /// Potts models, and Ising models as such.
    Potts(PottsLadder),
}

impl Ladder {
    /// Reads the models of a ladder that [`write_ladder`] or [`write_potts_ladder`] wrote.
    ///
    /// # Errors
    /// [`LadderFileError`].
    pub fn read(path: &Path) -> Result<Self, LadderFileError> {
        let tensors = tensors(path)?;
        if tensors.iter().any(|tensor| tensor.name == "h") {
            return Ok(Self::Potts(potts::parse(path, &tensors)?));
        }
        Ok(Self::Rbm(parse(path, &tensors)?))
    }

    /// The number of models.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Rbm(ladder) => ladder.shape[0],
            Self::Potts(ladder) => ladder.shape[0],
        }
    }

    /// False: what was read has a model.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Writes the models of a ladder: the tensors `W`, `b` and `c` in f32, in the safetensors format. An existing file is replaced.
///
/// # Errors
/// [`LadderFileError`]: without a model, with numbers that are not finite, or with a first model that has weights, nothing is written.
pub fn write_ladder(path: &Path, ladder: &RbmLadder) -> Result<(), LadderFileError> {
    check(path, ladder)?;
    let [models, visible, hidden] = ladder.shape;
    let layer: &[usize] = match ladder.units {
        1 => &[visible],
        q => &[visible / q, q],
    };
    let tensor = |name: &'static str, shape: &[usize], numbers: &[f32]| NamedTensor {
        name: name.into(),
        shape: shape.to_vec(),
        numbers: numbers.to_vec().into(),
    };
    let tensors = [
        tensor(
            "W",
            &[&[models], layer, &[hidden]].concat(),
            &ladder.weights,
        ),
        tensor("b", &[&[models], layer].concat(), &ladder.visible_bias),
        tensor("c", &[models, hidden], &ladder.hidden_bias),
    ];
    let bytes = named_to_bytes(KIND, &tensors).map_err(|fault| format_of(path, fault))?;
    Ok(write_bytes(path, &bytes)?)
}

/// Reads the models of a ladder that [`write_ladder`] wrote.
///
/// # Errors
/// [`LadderFileError`].
pub fn read_ladder(path: &Path) -> Result<RbmLadder, LadderFileError> {
    parse(path, &tensors(path)?)
}

fn tensors(path: &Path) -> Result<Vec<NamedTensor<'static>>, LadderFileError> {
    let tensors = parse_named(&read_bytes(path)?);
    Ok(tensors.map_err(|fault| format_of(path, fault))?)
}

fn shape_fault(path: &Path, found: String) -> LadderFileError {
    LadderFileError::Shape {
        path: path.to_owned(),
        found,
    }
}

/// The first number that is not finite.
fn check_finite(
    path: &Path,
    tensor: &'static str,
    numbers: &[f32],
    size: usize,
) -> Result<(), LadderFileError> {
    let wrong = numbers.iter().enumerate().find(|(_, x)| !x.is_finite());
    match wrong {
        Some((index, &found)) => Err(LadderFileError::NotFinite {
            path: path.to_owned(),
            tensor,
            model: index / size,
            index: index % size,
            found,
        }),
        None => Ok(()),
    }
}

fn parse(path: &Path, tensors: &[NamedTensor<'_>]) -> Result<RbmLadder, LadderFileError> {
    let shape = |found| shape_fault(path, found);
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
    let (models, visible, units, hidden) = match w.shape[..] {
        [models, visible, hidden] => (models, visible, 1, hidden),
        [models, sites, q, hidden] => (models, sites.saturating_mul(q), q, hidden),
        _ => return Err(shape(format!("W has the shape {:?}", w.shape))),
    };
    let layer = w.shape.split_last().map_or(&[][..], |(_, layer)| layer);
    if b.shape != layer || c.shape != [models, hidden] {
        return Err(shape(format!(
            "W has the shape {:?}, b {:?} and c {:?}",
            w.shape, b.shape, c.shape
        )));
    }
    let ladder = RbmLadder {
        shape: [models, visible, hidden],
        units,
        weights: w.numbers.to_vec(),
        visible_bias: b.numbers.to_vec(),
        hidden_bias: c.numbers.to_vec(),
    };
    check(path, &ladder)?;
    Ok(ladder)
}

/// Refuses sizes that do not fit, numbers that are not finite, and weights of the first model.
fn check(path: &Path, ladder: &RbmLadder) -> Result<(), LadderFileError> {
    let [models, visible, hidden] = ladder.shape;
    if ladder.units == 0 || !visible.is_multiple_of(ladder.units) {
        return Err(LadderFileError::Shape {
            path: path.to_owned(),
            found: format!(
                "{visible} visible units of sites with {} units",
                ladder.units
            ),
        });
    }
    let sizes = [visible.saturating_mul(hidden), visible, hidden];
    let tensors = [
        ("W", &ladder.weights),
        ("b", &ladder.visible_bias),
        ("c", &ladder.hidden_bias),
    ];
    for ((tensor, numbers), size) in tensors.into_iter().zip(sizes) {
        if models.checked_mul(size) != Some(numbers.len()) || numbers.is_empty() {
            let count = numbers.len();
            return Err(shape_fault(
                path,
                format!(
                    "{models} models of {visible} visible and {hidden} hidden units have {count} numbers in {tensor}"
                ),
            ));
        }
        check_finite(path, tensor, numbers, size)?;
    }
    let first = ladder.weights.iter().take(visible * hidden);
    match first.enumerate().find(|(_, w)| **w != 0.0) {
        Some((index, &found)) => Err(LadderFileError::Coupled {
            path: path.to_owned(),
            tensor: "W",
            index,
            found,
        }),
        None => Ok(()),
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

    fn ladder(weights: &[f32]) -> RbmLadder {
        RbmLadder {
            shape: [weights.len(), 3, 2],
            units: 1,
            weights: weights.iter().flat_map(|&w| [w; 6]).collect(),
            visible_bias: [0.1, 0.2, 0.3].repeat(weights.len()),
            hidden_bias: [-1.0, 1.0].repeat(weights.len()),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let written = ladder(&[0.0, 0.5, 1.0]);
        write_ladder(&path, &written).unwrap();
        assert_eq!(read_ladder(&path).unwrap(), written);
        let categorical = RbmLadder {
            units: 3,
            ..written
        };
        write_ladder(&path, &categorical).unwrap();
        assert_eq!(read_ladder(&path).unwrap(), categorical);
    }

    #[test]
    fn ladders_that_are_none_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let message = |l: &RbmLadder| write_ladder(&path, l).unwrap_err().to_string();
        assert!(message(&ladder(&[])).contains("0 models"));
        let coupled = message(&ladder(&[0.5]));
        assert!(coupled.contains("entry 0 of model 0 is 0.5, allowed is 0"));
        assert!(message(&ladder(&[0.0, f32::NAN])).contains("of model 1 is NaN"));
        let mut other = ladder(&[0.0, 1.0]);
        other.hidden_bias.push(0.0);
        assert!(message(&other).contains("have 5 numbers in c"));
        let uneven = RbmLadder {
            units: 2,
            ..ladder(&[0.0, 1.0])
        };
        assert!(message(&uneven).contains("3 visible units of sites with 2"));
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
        let parameters = crate::io::Parameters::Rbm {
            weights: vec![0.0_f32; 6].into(),
            visible_bias: vec![0.0; 3].into(),
            hidden_bias: vec![0.0; 2].into(),
        };
        crate::io::write_model(&path, &parameters).unwrap();
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
