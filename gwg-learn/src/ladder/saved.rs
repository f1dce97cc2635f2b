//! Ladders that are saved, and go on growing.

use super::grow::GrowingLadder;
use super::swap::Pair;
use super::{Level, SweptModel};
use crate::saved::ResumeError;
use gwg_chains::{Frame, Generator};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct SavedLadder {
    levels: Vec<SavedLevel>,
    /// Of the exchanges.
    generators: Vec<u128>,
    steps: u64,
    joined: u64,
    first: u64,
}

/// A model, its chains, and its exchanges with the next one.
#[derive(Debug, Deserialize, Serialize)]
struct SavedLevel {
    parameters: Vec<f32>,
    states: Vec<u8>,
    generators: Vec<u128>,
    fresh: Vec<bool>,
    proposed: u64,
    probability: f64,
    arrivals: u64,
    /// Differences of `f` of the last rounds, of both models' states.
    differences: [Vec<f64>; 2],
}

const FRAME: Frame = Frame::new(b"gwgladr", 2);

impl SavedLadder {
    pub(super) fn of<M: SweptModel>(growing: &GrowingLadder<M>) -> Self {
        let ladder = &growing.ladder;
        let none = Pair::default();
        let pairs = ladder.pairs.iter().chain([&none]);
        let levels = ladder.levels.iter().zip(pairs).map(|(level, pair)| {
            let (proposed, probability) = pair.counts();
            SavedLevel {
                parameters: level.model.parameters(),
                states: level.model.rows(&level.chains),
                generators: level.model.generators(&level.chains),
                fresh: level.fresh.clone(),
                proposed,
                probability,
                arrivals: pair.arrivals,
                differences: [pair.lower.clone(), pair.upper.clone()],
            }
        });
        Self {
            levels: levels.collect(),
            generators: ladder.generators.iter().map(Generator::state).collect(),
            steps: ladder.steps,
            joined: growing.joined,
            first: growing.first,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        // Nothing in it is of unknown length.
        FRAME.encode(self).unwrap_or_default()
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, ResumeError> {
        Ok(FRAME.decode(bytes)?)
    }

    /// Puts everything back, if the shapes are those of this ladder.
    pub(super) fn restore<M: SweptModel>(
        self,
        growing: &mut GrowingLadder<M>,
    ) -> Result<(), ResumeError> {
        let Some(first) = growing.ladder.levels.first() else {
            return Ok(());
        };
        let shape = (first.model.sites(), growing.ladder.generators.len());
        let other = |found: String| ResumeError::Other {
            what: "ladder",
            found,
            expected: format!("{} chains of {} sites", shape.1, shape.0),
        };
        if self.levels.is_empty() || self.generators.len() != shape.1 {
            let (models, chains) = (self.levels.len(), self.generators.len());
            return Err(other(format!("{models} models with {chains} chains")));
        }
        let (mut levels, mut pairs) = (Vec::new(), Vec::new());
        for saved in self.levels {
            let sizes = (
                saved.states.len(),
                saved.generators.len(),
                saved.fresh.len(),
            );
            if sizes != (shape.0 * shape.1, shape.1, shape.1) {
                return Err(other(format!("states, generators and flags: {sizes:?}")));
            }
            let count = saved.parameters.len();
            let model = first.model.with_parameters(&saved.parameters);
            let model = model.ok_or_else(|| other(format!("{count} parameters")))?;
            let states: Vec<u8> = saved.states.iter().map(|&s| model.allowed(s)).collect();
            let mut chains = model.chains(&states, 0);
            model.set_generators(&mut chains, &saved.generators);
            levels.push(Level {
                model,
                chains,
                fresh: saved.fresh.clone(),
            });
            let [lower, upper] = saved.differences;
            let rounds = lower.len() / shape.1;
            if lower.len() != upper.len() || lower.len() != rounds * shape.1 {
                let sizes = (lower.len(), upper.len());
                return Err(other(format!("differences of f: {sizes:?}")));
            }
            let counts = (saved.proposed, saved.probability);
            let mut pair = Pair::of_counts(counts, saved.arrivals);
            (pair.lower, pair.upper) = (lower, upper);
            pairs.push(pair);
        }
        pairs.pop();
        let ladder = &mut growing.ladder;
        (ladder.levels, ladder.pairs, ladder.steps) = (levels, pairs, self.steps);
        ladder.generators = self.generators.into_iter().map(Generator::new).collect();
        (growing.joined, growing.first) = (self.joined, self.first);
        Ok(())
    }
}
