//! Files of the models of a ladder.

use crate::potts::PairPotts;
use crate::rbm::RbmLayers;
use gwg_models::io::{self, LadderFileError, PottsLadder, RbmLadder};
use std::path::Path;

/// Writes the models of a ladder, from one without weights to the last: the tensors `W` (models, visible, hidden), `b` (models, visible) and
/// `c` (models, hidden) in f32, in the safetensors format; of categorical sites `W` (models, sites, states, hidden) and `b` (models, sites, states). An existing file is replaced.
///
/// # Errors
/// [`LadderFileError`]: without a model, for models of different shapes, with numbers that are not finite, or with a first model that has
/// weights, nothing is written.
pub fn write_ladder(path: &Path, models: &[RbmLayers]) -> Result<(), LadderFileError> {
    let first = models.first().map_or((0, 0), |m| (m.visible(), m.hidden()));
    let all = |part: fn(&RbmLayers) -> &[f32]| models.iter().flat_map(part).copied().collect();
    let ladder = RbmLadder {
        shape: [models.len(), first.0, first.1],
        units: models.first().map_or(1, |m| m.units),
        weights: all(|m| &m.weights),
        visible_bias: all(|m| &m.visible_bias),
        hidden_bias: all(|m| &m.hidden_bias),
    };
    io::write_ladder(path, &ladder)
}

/// Reads the models of a ladder that [`write_ladder`] wrote.
///
/// # Errors
/// [`LadderFileError`].
///
/// ```
/// use gwg_learn::{RbmLayers, read_ladder, write_ladder};
///
/// let first = RbmLayers { units: 1, weights: vec![0.0; 6], visible_bias: vec![0.5; 3], hidden_bias: vec![0.0; 2] };
/// let last = RbmLayers { weights: vec![0.3; 6], ..first.clone() };
/// let path = std::env::temp_dir().join("gwg-ladder-example.safetensors");
/// write_ladder(&path, &[first.clone(), last.clone()])?;
/// assert_eq!(read_ladder(&path)?, [first, last]);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_ladder(path: &Path) -> Result<Vec<RbmLayers>, LadderFileError> {
    let ladder = io::read_ladder(path)?;
    let [_, visible, hidden] = ladder.shape;
    let models = ladder
        .weights
        .chunks_exact(visible * hidden)
        .zip(ladder.visible_bias.chunks_exact(visible))
        .zip(ladder.hidden_bias.chunks_exact(hidden));
    let layers = models.map(|((weights, visible_bias), hidden_bias)| RbmLayers {
        units: ladder.units,
        weights: weights.to_vec(),
        visible_bias: visible_bias.to_vec(),
        hidden_bias: hidden_bias.to_vec(),
    });
    Ok(layers.collect())
}

/// Writes the models of a ladder, from one without couplings to the last: the tensors `J` (models, pairs, states, states), each pair once, and `h` (models, sites,
/// states) in f32, in the safetensors format. An existing file is replaced.
///
/// # Errors
/// [`LadderFileError`]: without a model, for models of different shapes, with numbers that are not finite, or with a first model that has
/// couplings, nothing is written.
pub fn write_potts_ladder(path: &Path, models: &[PairPotts<f32>]) -> Result<(), LadderFileError> {
    let shape = |m: &PairPotts<f32>| (m.sites(), m.states());
    let first = models.first().map_or((0, 0), shape);
    let coupling = models.iter().flat_map(PairPotts::coupling);
    let field = models.iter().flat_map(PairPotts::field);
    let ladder = PottsLadder {
        shape: [models.len(), first.0, first.1],
        coupling: coupling.copied().collect(),
        field: field.copied().collect(),
    };
    io::write_potts_ladder(path, &ladder)
}

/// Reads the models of a ladder that [`write_potts_ladder`] wrote.
///
/// # Errors
/// [`LadderFileError`].
///
/// ```
/// use gwg_learn::{PairPotts, read_potts_ladder, write_potts_ladder};
///
/// let first = PairPotts::<f32>::zeros(3, 2)?;
/// let mut last = first.clone();
/// last.coupling_mut()[5] = 0.3;
/// let path = std::env::temp_dir().join("gwg-potts-ladder-example.safetensors");
/// write_potts_ladder(&path, &[first.clone(), last.clone()])?;
/// assert_eq!(read_potts_ladder(&path)?, [first, last]);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_potts_ladder(path: &Path) -> Result<Vec<PairPotts<f32>>, LadderFileError> {
    let ladder = io::read_potts_ladder(path)?;
    let [_, sites, states] = ladder.shape;
    let models = ladder
        .models()
        .map(|(coupling, field)| PairPotts::new(sites, states, field.to_vec(), coupling.to_vec()));
    // What was read has these sizes and finite numbers.
    Ok(models.filter_map(Result::ok).collect())
}
