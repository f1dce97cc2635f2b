//! Trainers that are saved, and go on.

use super::{BindPosterior, EmError, MonteCarloEm};
use crate::saved::{SavedTraining, described};
use gwg_chains::{Chains, Generator, SavedChains};
use gwg_core::target::tensors;
use gwg_core::{Clamp, Parametric, Space};

impl<M> MonteCarloEm<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    /// All that the rest of the training depends on, as bytes.
    ///
    /// # Errors
    /// [`EmError::Chains`] where the chains cannot be written.
    pub fn save(&self) -> Result<Vec<u8>, EmError> {
        let chains = self.chains_of_first_row()?;
        let chains = chains.map(|chains| chains.save().to_bytes());
        let chains = chains.transpose()?.unwrap_or_default();
        Ok(SavedTraining {
            chains,
            ..self.saved()
        }
        .bytes())
    }

    /// Goes on where a trainer of the same rows and options was saved; `bind` is that of [`update`](Self::update).
    ///
    /// # Errors
    /// [`EmError::Resume`]; [`EmError::Run`] if the sampler refuses the model.
    pub fn resume(&mut self, bytes: &[u8], bind: &BindPosterior<'_, M>) -> Result<(), EmError> {
        let mut saved = SavedTraining::read(bytes, &self.saved())?;
        let [parameters, average, memory] = &mut saved.numbers[..] else {
            return Ok(());
        };
        self.model.write_parameters(parameters)?;
        self.parameters = std::mem::take(parameters);
        self.average = std::mem::take(average);
        self.memory = std::mem::take(memory);
        self.restore_states(&saved.states);
        self.bits = Generator::new(saved.generators[0]);
        self.update = saved.update;
        self.chains = None;
        if !saved.chains.is_empty() {
            self.restore_chains(&SavedChains::from_bytes(&saved.chains)?, bind)?;
        }
        Ok(())
    }

    /// The chains with the observed symbols of the first row in all of them, without which they could not be restored. Every update replaces their states.
    fn chains_of_first_row(&self) -> Result<Option<Chains<f32, u8>>, EmError> {
        let mut chains = self.chains.clone();
        if let Some(chains) = &mut chains {
            let first = self.states.get(..self.data.sites()).unwrap_or(&[]);
            (0..chains.len()).try_for_each(|chain| chains.set_state(chain, first))?;
        }
        Ok(chains)
    }

    /// Takes over the symbols of sites that are not observed, all of them possible.
    fn restore_states(&mut self, saved: &[u8]) {
        let (sites, space) = (self.data.sites(), self.model.space());
        for (k, (to, &from)) in self.states.iter_mut().zip(saved).enumerate() {
            let site = k % sites;
            if !self.data.observed()[site] {
                *to = from.min((space.states_at(site) - 1) as u8);
            }
        }
    }

    fn restore_chains(
        &mut self,
        saved: &SavedChains,
        bind: &BindPosterior<'_, M>,
    ) -> Result<(), EmError> {
        let observed = self.data.row(0);
        let mut free = vec![0; observed.len()];
        let target = Clamp::new(&self.model, &observed, &mut free)?;
        let (threads, own) = (&self.threads, &mut self.chains);
        bind(&target, &mut |stepper| {
            *own = Some(Chains::restore_with(saved, stepper, threads.clone())?);
            Ok(())
        })
    }

    fn saved(&self) -> SavedTraining {
        let numbers = [&self.parameters, &self.average, &self.memory];
        let names: Vec<&str> = tensors(&self.model)
            .map(|(tensor, _)| tensor.name)
            .collect();
        let kind = format!("Monte Carlo EM of {}", names.join(", "));
        SavedTraining {
            what: described(&kind, &self.options),
            checksum: self.data.checksum(),
            update: self.update,
            numbers: numbers.map(Vec::clone).into(),
            states: self.states.clone(),
            generators: vec![self.bits.state()],
            order: Vec::new(),
            chains: Vec::new(),
            adapted: None,
            graph: Vec::new(),
        }
    }
}
