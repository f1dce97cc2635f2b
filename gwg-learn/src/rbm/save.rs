//! Trainers that are saved, and go on.

use super::layers::RbmLayers;
use super::train::RbmTrainer;
use crate::saved::{ResumeError, SavedTraining, described};
use gwg_chains::Generator;

impl RbmTrainer {
    /// All that the rest of the training depends on, as bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.saved().bytes()
    }

    /// Goes on where a trainer of the same data and options was saved.
    ///
    /// # Errors
    /// [`ResumeError`]; the trainer is unchanged in that case.
    pub fn resume(&mut self, bytes: &[u8]) -> Result<(), ResumeError> {
        let mut saved = SavedTraining::read(bytes, &self.saved())?;
        let rows = self.order.len();
        let adapted = saved.adapted.take();
        let [weights, b, c, memory, of_b, of_c, averages @ ..] = &mut saved.numbers[..] else {
            return Ok(());
        };
        let units = self.layers.units;
        self.layers = layers(units, [weights, b, c]);
        if let [weights, b, c] = averages {
            self.average = Some(layers(units, [weights, b, c]));
        }
        self.memory = std::mem::take(memory);
        self.bias_memory = [std::mem::take(of_b), std::mem::take(of_c)];
        self.chains.set_rows(&saved.states);
        let (own, chains) = saved.generators.split_at(1);
        self.bits = Generator::new(own[0]);
        self.chains.set_generators(chains);
        let next = saved.order.pop().unwrap_or(0) as usize;
        self.order = saved
            .order
            .into_iter()
            .map(|k| k.min(rows as u32 - 1))
            .collect();
        self.next = next.min(rows);
        self.update = saved.update;
        if let Some(adapted) = adapted {
            self.adapted = adapted;
        }
        Ok(())
    }

    fn saved(&self) -> SavedTraining {
        let [of_b, of_c] = &self.bias_memory;
        let of = |l: &'_ RbmLayers| {
            let numbers = [&l.weights, &l.visible_bias, &l.hidden_bias];
            numbers.map(Vec::clone)
        };
        let kept = [&self.memory, of_b, of_c].map(Vec::clone);
        let averages = self.average.iter().flat_map(of);
        let numbers = of(&self.layers).into_iter().chain(kept).chain(averages);
        let order = self.order.iter().copied().chain([self.next as u32]);
        SavedTraining {
            what: described("restricted Boltzmann machine", &self.options),
            checksum: self.checksum,
            update: self.update,
            numbers: numbers.collect(),
            states: self.chains.rows(),
            generators: [self.bits.state()]
                .into_iter()
                .chain(self.chains.generators())
                .collect(),
            order: order.collect(),
            chains: Vec::new(),
            adapted: Some(self.adapted.clone()),
            graph: Vec::new(),
        }
    }
}

/// Takes the weights and both biases.
fn layers(units: usize, [weights, b, c]: [&mut Vec<f32>; 3]) -> RbmLayers {
    RbmLayers {
        units,
        weights: std::mem::take(weights),
        visible_bias: std::mem::take(b),
        hidden_bias: std::mem::take(c),
    }
}
