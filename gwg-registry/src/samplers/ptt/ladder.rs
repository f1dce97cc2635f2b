//! The models of a ladder as models of the registry.

use super::refused;
use crate::error::BindError;
use crate::model::Model;
use gwg_core::{Real, Symbol};
use gwg_models::io::{Ladder, Parameters, PottsLadder, RbmLadder};
use gwg_models::{CategoricalRbm, DenseIsing, DensePotts, ModelError, Rbm, Scalar};
use std::path::Path;

/// The models of a ladder before the last, and the last where it is not the model itself. Potts models are Ising models where the model is one.
pub(super) fn others<R: Scalar, S: Symbol>(
    path: &Path,
    model: &Model<R, S>,
) -> Result<Vec<Model<R>>, BindError> {
    let ladder = Ladder::read(path).map_err(|error| refused(&error.to_string()))?;
    let own = model.parameters().ok().flatten();
    let mut all = match (&ladder, &own) {
        (Ladder::Rbm(ladder), _) => machines(ladder),
        (Ladder::Potts(ladder), Some(Parameters::IsingDense { .. })) => spins(ladder),
        (Ladder::Potts(ladder), _) => potts(ladder),
        _ => Ok(Vec::new()),
    }
    .map_err(|error| refused(&error.to_string()))?;
    let last = all.last().and_then(|last| last.parameters().ok().flatten());
    if last.is_some_and(|last| own.is_some_and(|own| same(&own, &last))) {
        all.pop();
    }
    Ok(all)
}

/// True of equal parameters.
fn same<R: Real>(a: &Parameters<'_, R>, b: &Parameters<'_, R>) -> bool {
    let tensors = |parameters: &Parameters<'_, R>| -> Vec<Vec<R>> {
        match parameters {
            Parameters::Rbm {
                weights,
                visible_bias,
                hidden_bias,
            }
            | Parameters::RbmCategorical {
                weights,
                visible_bias,
                hidden_bias,
                ..
            } => vec![weights.to_vec(), visible_bias.to_vec(), hidden_bias.to_vec()],
            Parameters::IsingDense { coupling, field }
            | Parameters::PottsDense {
                coupling, field, ..
            } => vec![coupling.to_vec(), field.to_vec()],
        }
    };
    a.kind() == b.kind() && tensors(a) == tensors(b)
}

fn wide<R: Scalar>(numbers: &[f32]) -> Vec<R> {
    numbers.iter().map(|&x| R::from_f64(f64::from(x))).collect()
}

fn machines<R: Scalar>(ladder: &RbmLadder) -> Result<Vec<Model<R>>, ModelError> {
    let [_, visible, hidden] = ladder.shape;
    let weights = ladder.weights.chunks_exact(visible * hidden);
    let biases = ladder.visible_bias.chunks_exact(visible);
    let biases = biases.zip(ladder.hidden_bias.chunks_exact(hidden));
    let all = weights.zip(biases).map(|(weights, (visible, hidden))| {
        let (weights, b, c) = (wide(weights), wide(visible), wide(hidden));
        match ladder.units {
            1 => Rbm::new(weights, b, c).map(Model::from),
            units => CategoricalRbm::new(units, weights, b, c).map(Model::from),
        }
    });
    all.collect()
}

/// The place of each pair's couplings in a matrix of all ordered pairs: `(i, j)` of the pairs in the order of the ladder.
fn pairs(sites: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..sites).flat_map(move |i| (i + 1..sites).map(move |j| (i, j)))
}

/// Each pair counts once in a ladder, and twice in the model.
fn potts<R: Scalar>(ladder: &PottsLadder) -> Result<Vec<Model<R>>, ModelError> {
    let [_, n, q] = ladder.shape;
    let all = ladder.models().map(|(coupling, field)| {
        let mut dense = vec![R::ZERO; n * n * q * q];
        for ((i, j), block) in pairs(n).zip(coupling.chunks_exact(q * q)) {
            for (k, &value) in block.iter().enumerate() {
                let (a, b) = (k / q, k % q);
                let value = R::from_f64(0.5 * f64::from(value));
                dense[((i * n + j) * q + a) * q + b] = value;
                dense[((j * n + i) * q + b) * q + a] = value;
            }
        }
        DensePotts::new(n, q, &dense, wide(field)).map(Model::from)
    });
    all.collect()
}

/// Ising models; none where a model has other couplings than those of spins.
fn spins<R: Scalar>(ladder: &PottsLadder) -> Result<Vec<Model<R>>, ModelError> {
    let [_, n, q] = ladder.shape;
    let is_spins = |coupling: &[f32], field: &[f32]| {
        let blocks = coupling.chunks_exact(4);
        let mut blocks = blocks.map(|k| k[0] == k[3] && k[1] == -k[3] && k[2] == -k[3]);
        blocks.all(|is| is) && field.chunks_exact(2).all(|h| h[0] == -h[1])
    };
    if q != 2 || !ladder.models().all(|(j, h)| is_spins(j, h)) {
        return Ok(Vec::new());
    }
    let all = ladder.models().map(|(coupling, field)| {
        let mut matrix = vec![R::ZERO; n * n];
        for ((i, j), block) in pairs(n).zip(coupling.chunks_exact(4)) {
            let value = R::from_f64(0.5 * f64::from(block[3]));
            (matrix[i * n + j], matrix[j * n + i]) = (value, value);
        }
        let field = field.chunks_exact(2).map(|h| R::from_f64(f64::from(h[1])));
        DenseIsing::new(matrix, field.collect()).map(Model::from)
    });
    all.collect()
}
