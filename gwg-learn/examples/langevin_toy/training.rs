//! Training by short chains from a replay buffer.

use super::energy::Energy;
use super::moons::normal_point;
use gwg_core::{Bits, SplitMix64};
use gwg_learn::{Optimizer, Schedule};
use gwg_relax::{Chain, Langevin, Normal, Sampler};

pub(crate) type Failed = Box<dyn std::error::Error>;

/// Points that are kept from update to update.
const BUFFER: usize = 1000;
/// Negatives, and data, of an update.
const BATCH: usize = 100;
/// Of so many negatives one starts anew, from normal numbers.
const RESTART: usize = 20;
/// Langevin steps of a negative, and their size.
const STEPS: usize = 25;
const STEP: f64 = 0.005;

/// An energy with what its training keeps.
pub(crate) struct Training {
    pub(crate) energy: Energy,
    buffer: Vec<[f32; 2]>,
    optimizer: Optimizer,
    memory: Vec<f32>,
    updates: u64,
    normal: Normal,
}

impl Training {
    pub(crate) fn new(bits: &mut SplitMix64) -> Result<Self, Failed> {
        let energy = Energy::new(bits.next_u64())?;
        let optimizer = Optimizer::Adam {
            beta1: 0.9,
            beta2: 0.99,
        };
        let mut normal = Normal::default();
        Ok(Self {
            buffer: (0..BUFFER)
                .map(|_| normal_point(&mut normal, bits))
                .collect(),
            memory: vec![0.0; optimizer.memory() * energy.0.parameters().len()],
            energy,
            optimizer,
            updates: 0,
            normal,
        })
    }

    /// One update: `grad = mean over data of d(-E)/dw - mean over negatives of d(-E)/dw`.
    pub(crate) fn update(
        &mut self,
        data: &[[f64; 2]],
        rates: &Schedule,
        bits: &mut SplitMix64,
    ) -> Result<(), Failed> {
        let negatives = self.negatives(bits)?;
        let data = (0..BATCH).flat_map(|_| data[bits.below(data.len())].map(|x| x as f32));
        let rows: Vec<f32> = data.chain(negatives.into_iter().flatten()).collect();
        let share = 1.0 / BATCH as f32;
        let slopes = [vec![share; BATCH], vec![-share; BATCH]].concat();
        let network = &mut self.energy.0;
        let mut gradient = vec![0.0; network.parameters().len()];
        let mut scratch = vec![0.0; network.scratch_len(rows.len())];
        network.learn(&rows, &slopes, &mut gradient, &mut [], &mut scratch)?;
        self.updates += 1;
        let (rate, memory) = (rates.at(self.updates) as f32, &mut self.memory);
        let mut weights = network.parameters().to_vec();
        self.optimizer
            .ascend(self.updates, rate, &mut weights, &gradient, memory);
        network.set_parameters(&weights)?;
        Ok(())
    }

    /// Points of the buffer after a few steps of unadjusted Langevin, which are put back.
    fn negatives(&mut self, bits: &mut SplitMix64) -> Result<Vec<[f32; 2]>, Failed> {
        let langevin = Langevin::unadjusted(STEP)?;
        let mut found = Vec::with_capacity(BATCH);
        for _ in 0..BATCH {
            let at = bits.below(BUFFER);
            if bits.below(RESTART) == 0 {
                self.buffer[at] = normal_point(&mut self.normal, bits);
            }
            let mut chain = Chain::new(&self.energy, self.buffer[at].to_vec())?;
            for _ in 0..STEPS {
                langevin.step(&self.energy, &mut chain, bits);
            }
            self.buffer[at] = [chain.u()[0], chain.u()[1]];
            found.push(self.buffer[at]);
        }
        Ok(found)
    }
}
