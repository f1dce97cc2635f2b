//! Trainers that are saved, and go on.

use super::{BindModel, Pcd, PcdError};
use crate::saved::{SavedTraining, checksum, described};
use gwg_chains::{Chains, Generator, SavedChains};
use gwg_core::target::tensors;
use gwg_core::{Parametric, Space};

impl<M> Pcd<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    /// All that the rest of the training depends on, as bytes.
    ///
    /// # Errors
    /// [`PcdError::Chains`] where the chains cannot be written.
    pub fn save(&self) -> Result<Vec<u8>, PcdError> {
        let chains = self.chains.as_ref().map(|chains| chains.save().to_bytes());
        let chains = chains.transpose()?.unwrap_or_default();
        Ok(SavedTraining {
            chains,
            ..self.saved()
        }
        .bytes())
    }

    /// Goes on where a trainer of the same data and options was saved; `bind` is that of [`update`](Self::update).
    ///
    /// # Errors
    /// [`PcdError::Resume`]; [`PcdError::Run`] if the sampler refuses the model.
    pub fn resume(&mut self, bytes: &[u8], bind: &BindModel<'_, M>) -> Result<(), PcdError> {
        let mut saved = SavedTraining::read(bytes, &self.saved())?;
        let [parameters, average, memory] = &mut saved.numbers[..] else {
            return Ok(());
        };
        self.model.write_parameters(parameters)?;
        self.parameters = std::mem::take(parameters);
        self.average = std::mem::take(average);
        self.memory = std::mem::take(memory);
        let most = (self.model.space().states() - 1) as u8;
        self.buffer = saved.states.into_iter().map(|s| s.min(most)).collect();
        self.bits = Generator::new(saved.generators[0]);
        self.update = saved.update;
        self.chains = None;
        if !saved.chains.is_empty() {
            let chains = SavedChains::from_bytes(&saved.chains)?;
            let (threads, own) = (self.threads.clone(), &mut self.chains);
            bind(&self.model, &mut |stepper| {
                *own = Some(Chains::restore_with(&chains, stepper, threads.clone())?);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The model by its parameters.
    fn kind(&self) -> String {
        let names: Vec<&str> = tensors(&self.model)
            .map(|(tensor, _)| tensor.name)
            .collect();
        format!("model of {}", names.join(", "))
    }

    fn saved(&self) -> SavedTraining {
        let numbers = [&self.parameters, &self.average, &self.memory];
        SavedTraining {
            what: described(&self.kind(), &self.options),
            checksum: checksum(&self.data),
            update: self.update,
            numbers: numbers.map(Vec::clone).into(),
            states: self.buffer.clone(),
            generators: vec![self.bits.state()],
            order: Vec::new(),
            chains: Vec::new(),
            adapted: None,
            graph: Vec::new(),
        }
    }
}
