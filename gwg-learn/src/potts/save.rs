//! Trainers that are saved, and go on.

use super::sparse::Rounds;
use super::train::PottsTrainer;
use crate::saved::{ResumeError, SavedTraining, described};

impl PottsTrainer {
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
        let saved = SavedTraining::read(bytes, &self.saved())?;
        let [field, coupling, field_memory, memory, averages @ ..] = &saved.numbers[..] else {
            return Ok(());
        };
        self.model.field_mut().copy_from_slice(field);
        self.model.coupling_mut().copy_from_slice(coupling);
        if let (Some(average), [field, coupling]) = (&mut self.average, averages) {
            average.field_mut().copy_from_slice(field);
            average.coupling_mut().copy_from_slice(coupling);
        }
        if let Some(rounds) = &mut self.rounds {
            rounds.restore(&saved.graph);
        }
        self.field_memory.copy_from_slice(field_memory);
        self.memory.copy_from_slice(memory);
        let most = (self.model.states() - 1) as u8;
        let symbols = saved.states.iter().map(|&s| s.min(most));
        self.chains.set_rows(&symbols.collect::<Vec<u8>>());
        self.chains.set_generators(&saved.generators);
        self.update = saved.update;
        if let Some(adapted) = saved.adapted {
            self.adapted = adapted;
        }
        self.tables.update(&self.model, &self.threads);
        Ok(())
    }

    fn saved(&self) -> SavedTraining {
        let numbers = [
            self.model.field(),
            self.model.coupling(),
            &self.field_memory,
            &self.memory,
        ];
        let averages = self.average.iter();
        let averages = averages.flat_map(|average| [average.field(), average.coupling()]);
        SavedTraining {
            what: described("Potts model", &self.options),
            checksum: self.checksum,
            update: self.update,
            numbers: numbers
                .into_iter()
                .chain(averages)
                .map(<[f32]>::to_vec)
                .collect(),
            states: self.chains.rows(),
            generators: self.chains.generators(),
            order: Vec::new(),
            chains: Vec::new(),
            adapted: Some(self.adapted.clone()),
            graph: self.rounds.as_ref().map_or_else(Vec::new, Rounds::save),
        }
    }
}
