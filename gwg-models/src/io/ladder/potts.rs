//! Ladders of Potts models.

use super::{LadderFileError, check_finite, format_of, shape_fault, tensors};
use crate::io::tensors::{NamedTensor, named_to_bytes};
use crate::io::{excerpt, write_bytes};
use std::path::Path;

/// The `kind` in the metadata.
const KIND: &str = "potts-ladder";

/// The parameters of several Potts models of one shape, from one without couplings to the last:
/// `f(x) = sum_i h[i, x_i] + sum_{i < j} J[i, j, x_i, x_j]`, each pair once. An Ising model is one of two states with couplings `(K, -K; -K, K)` and fields
/// `(-h, h)`, where `f = s'Js + h.s` and `K = 2 J`.
#[derive(Clone, Debug, PartialEq)]
pub struct PottsLadder {
    /// `[models, sites, states]`.
    pub shape: [usize; 3],
    /// `J` of all models, shape (models, L (L - 1) / 2, q, q), the pairs (0, 1), (0, 2), .., (1, 2), ..
    pub coupling: Vec<f32>,
    /// `h`, shape (models, L, q).
    pub field: Vec<f32>,
}

impl PottsLadder {
    /// The numbers of couplings and of fields of one model; `None` where there are too many.
    fn sizes(&self) -> Option<[usize; 2]> {
        let [_, sites, states] = self.shape;
        let pairs = sites.checked_mul(sites.checked_sub(1)?)? / 2;
        let coupling = pairs.checked_mul(states.checked_mul(states)?)?;
        Some([coupling, sites.checked_mul(states)?])
    }

    /// The couplings and the field of each model.
    pub fn models(&self) -> impl Iterator<Item = (&[f32], &[f32])> {
        let [coupling, field] = self.sizes().unwrap_or([0, 0]);
        (0..self.shape[0]).map(move |k| {
            let part = |all: &'_ [f32], size: usize| k * size..((k + 1) * size).min(all.len());
            (
                &self.coupling[part(&self.coupling, coupling)],
                &self.field[part(&self.field, field)],
            )
        })
    }
}

/// Writes the models of a ladder: the tensors `J` and `h` in f32, in the safetensors format. An existing file is replaced.
///
/// # Errors
/// [`LadderFileError`]: without a model, with numbers that are not finite, or with a first model that has couplings, nothing is written.
pub fn write_potts_ladder(path: &Path, ladder: &PottsLadder) -> Result<(), LadderFileError> {
    check(path, ladder)?;
    let [models, sites, states] = ladder.shape;
    let pairs = sites * (sites - 1) / 2;
    let tensor = |name: &'static str, shape: &[usize], numbers: &[f32]| NamedTensor {
        name: name.into(),
        shape: shape.to_vec(),
        numbers: numbers.to_vec().into(),
    };
    let tensors = [
        tensor("J", &[models, pairs, states, states], &ladder.coupling),
        tensor("h", &[models, sites, states], &ladder.field),
    ];
    let bytes = named_to_bytes(KIND, &tensors).map_err(|fault| format_of(path, fault))?;
    Ok(write_bytes(path, &bytes)?)
}

/// Reads the models of a ladder that [`write_potts_ladder`] wrote.
///
/// # Errors
/// [`LadderFileError`].
pub fn read_potts_ladder(path: &Path) -> Result<PottsLadder, LadderFileError> {
    parse(path, &tensors(path)?)
}

pub(super) fn parse(
    path: &Path,
    tensors: &[NamedTensor<'_>],
) -> Result<PottsLadder, LadderFileError> {
    let shape = |found| shape_fault(path, found);
    let of = |name: &str| {
        let tensor = tensors.iter().find(|tensor| tensor.name == name);
        tensor.ok_or_else(|| shape(format!("tensor `{name}` is missing")))
    };
    let (j, h) = (of("J")?, of("h")?);
    if let Some(other) = tensors
        .iter()
        .find(|tensor| !["J", "h"].contains(&&*tensor.name))
    {
        return Err(shape(format!("found tensor `{}`", excerpt(&other.name))));
    }
    let &[models, sites, states] = &h.shape[..] else {
        return Err(shape(format!("h has the shape {:?}", h.shape)));
    };
    let pairs = sites.checked_mul(sites.saturating_sub(1)).map(|n| n / 2);
    if pairs.is_none_or(|pairs| j.shape != [models, pairs, states, states]) {
        let found = format!("J has the shape {:?}, and h {:?}", j.shape, h.shape);
        return Err(shape(found));
    }
    let ladder = PottsLadder {
        shape: [models, sites, states],
        coupling: j.numbers.to_vec(),
        field: h.numbers.to_vec(),
    };
    check(path, &ladder)?;
    Ok(ladder)
}

/// Refuses sizes that do not fit, numbers that are not finite, and couplings of the first model.
fn check(path: &Path, ladder: &PottsLadder) -> Result<(), LadderFileError> {
    let [models, sites, states] = ladder.shape;
    let is_one = models > 0 && sites > 0 && (2..=256).contains(&states);
    let sizes = ladder.sizes().filter(|_| is_one);
    let tensors = [("J", &ladder.coupling), ("h", &ladder.field)];
    let fits = |sizes: [usize; 2]| {
        let mut all = tensors.iter().zip(sizes);
        all.all(|((_, numbers), size)| models.checked_mul(size) == Some(numbers.len()))
    };
    let Some(sizes) = sizes.filter(|&sizes| fits(sizes)) else {
        let found = format!(
            "{models} models of {sites} sites with {states} states have {} numbers in J and {} in h",
            ladder.coupling.len(),
            ladder.field.len()
        );
        return Err(shape_fault(path, found));
    };
    for ((tensor, numbers), size) in tensors.into_iter().zip(sizes) {
        check_finite(path, tensor, numbers, size)?;
    }
    let mut first = ladder.coupling.iter().take(sizes[0]).enumerate();
    match first.find(|(_, j)| **j != 0.0) {
        Some((index, &found)) => Err(LadderFileError::Coupled {
            path: path.to_owned(),
            tensor: "J",
            index,
            found,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Ladder;

    fn ladder(couplings: &[f32]) -> PottsLadder {
        PottsLadder {
            shape: [couplings.len(), 3, 2],
            coupling: couplings.iter().flat_map(|&j| [j; 12]).collect(),
            field: [0.1, 0.2, 0.3, -0.1, 0.0, 1.0].repeat(couplings.len()),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let written = ladder(&[0.0, 0.5, 1.0]);
        write_potts_ladder(&path, &written).unwrap();
        assert_eq!(read_potts_ladder(&path).unwrap(), written);
        assert_eq!(Ladder::read(&path).unwrap(), Ladder::Potts(written.clone()));
        let models: Vec<_> = written.models().collect();
        assert_eq!(models[1], (&[0.5; 12][..], &written.field[..6]));
        assert_eq!(models.len(), 3);
        let refused = crate::io::read_ladder(&path).unwrap_err().to_string();
        assert!(refused.contains("tensor `W` is missing"), "{refused}");
        // One site has no pairs.
        let lone = PottsLadder {
            shape: [2, 1, 3],
            coupling: Vec::new(),
            field: vec![0.5; 6],
        };
        write_potts_ladder(&path, &lone).unwrap();
        assert_eq!(read_potts_ladder(&path).unwrap(), lone);
    }

    #[test]
    fn ladders_that_are_none_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let message = |l: &PottsLadder| write_potts_ladder(&path, l).unwrap_err().to_string();
        assert!(message(&ladder(&[])).contains("0 models"));
        let coupled = message(&ladder(&[0.5]));
        assert!(coupled.contains("tensor `J`: entry 0 of model 0 is 0.5, allowed is 0"));
        assert!(message(&ladder(&[0.0, f32::NAN])).contains("of model 1 is NaN"));
        for shape in [[1, 3, 1], [1, 0, 2], [2, 3, 2], [1, usize::MAX, 2]] {
            let other = PottsLadder {
                shape,
                ..ladder(&[0.0])
            };
            assert!(message(&other).contains("numbers in J"), "{shape:?}");
        }
        assert!(!path.exists());
    }

    #[test]
    fn files_that_are_no_ladder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.safetensors");
        let named = |name: &'static str, shape: &[usize]| NamedTensor::<'static> {
            name: name.into(),
            shape: shape.to_vec(),
            numbers: vec![0.0; shape.iter().product()].into(),
        };
        for (tensors, said) in [
            (vec![named("h", &[1, 3, 2])], "tensor `J` is missing"),
            (
                vec![named("h", &[1, 3, 2]), named("J", &[1, 2, 2, 2])],
                "J has the shape [1, 2, 2, 2], and h [1, 3, 2]",
            ),
            (
                vec![named("h", &[3, 2]), named("J", &[1, 3, 2, 2])],
                "h has the shape [3, 2]",
            ),
            (
                vec![
                    named("h", &[1, 3, 2]),
                    named("J", &[1, 3, 2, 2]),
                    named("K", &[1]),
                ],
                "found tensor `K`",
            ),
        ] {
            std::fs::write(&path, named_to_bytes(KIND, &tensors).unwrap()).unwrap();
            let found = Ladder::read(&path).unwrap_err().to_string();
            assert!(found.contains(said), "{found}");
        }
    }
}
