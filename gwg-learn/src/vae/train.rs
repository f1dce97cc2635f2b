//! Training by gradients of the bound with one draw.

use super::pass::Pass;
use super::{Vae, VaeOptions};
use crate::Data;
use crate::saved::{ResumeError, SavedTraining, checksum, described};
use gwg_chains::{Generator, Threads, distinct, generator};
use gwg_core::Bits;
use gwg_nets::NetError;

/// Rows that are summed together, by one thread: the sums do not depend on the number of threads.
const PART: usize = 25;

/// Why a variational autoencoder is not learned. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaeError {
    /// There are networks of these sizes, and their weights stay finite.
    #[error(transparent)]
    Net(#[from] NetError),
    /// Saved training is of the same data and options.
    #[error(transparent)]
    Resume(#[from] ResumeError),
    /// An option is at least 1.
    #[error("`{name}`: found 0, allowed is at least 1")]
    Option {
        /// The option.
        name: &'static str,
    },
}

/// Learns a [`Vae`]: every update moves the weights along the gradient of the mean bound of a batch, with one draw of `z` for each row.
///
/// # Reproducibility
/// The same bits for any number of threads, and after [`resume`](Self::resume).
#[derive(Clone, Debug)]
pub struct VaeTrainer {
    vae: Vae<f32>,
    options: VaeOptions,
    data: Data,
    parameters: Vec<f32>,
    memory: Vec<f32>,
    bits: Generator,
    update: u64,
    threads: Threads,
}

/// Figures of one update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VaeUpdate {
    /// Updates so far.
    pub update: u64,
    /// The learning rate.
    pub rate: f64,
    /// The Euclidean norm of the gradient.
    pub gradient: f64,
    /// The mean bound of the batch with one draw, before the update.
    pub bound: f64,
    /// The mean divergence of `q(z | x)` from the distribution of `z`, in nats.
    pub divergence: f64,
}

struct Part<'p> {
    x: &'p [u8],
    bits: Generator,
    gradient: Vec<f32>,
    bound: f64,
    divergence: f64,
    result: Result<(), NetError>,
}

impl VaeTrainer {
    /// A trainer before its first update.
    ///
    /// # Errors
    /// [`VaeError`].
    pub fn new(data: &Data, options: VaeOptions, threads: &Threads) -> Result<Self, VaeError> {
        let least = [
            ("latent", options.latent),
            ("hidden", options.hidden),
            ("batch", options.batch),
        ];
        if let Some(&(name, _)) = least.iter().find(|(_, n)| *n == 0) {
            return Err(VaeError::Option { name });
        }
        let shape = (data.sites(), data.states());
        let (hidden, layers) = (options.hidden, options.layers);
        let vae = Vae::random(shape, options.latent, hidden, layers, options.seed)?;
        let parameters = vae.parameters();
        Ok(Self {
            memory: vec![0.0; options.optimizer.memory() * parameters.len()],
            bits: generator(options.seed, u64::MAX),
            data: data.clone(),
            update: 0,
            threads: threads.clone(),
            vae,
            options,
            parameters,
        })
    }

    /// The autoencoder so far.
    #[must_use]
    pub fn vae(&self) -> &Vae<f32> {
        &self.vae
    }

    /// Updates so far.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.update
    }

    /// Moves the weights once.
    ///
    /// # Errors
    /// [`VaeError::Net`] if a weight became infinite.
    pub fn update(&mut self) -> Result<VaeUpdate, VaeError> {
        let sites = self.data.sites();
        let batch = self.batch();
        let rows = (batch.len() / sites) as f64;
        let seed = self.bits.next_u64();
        let mut parts: Vec<Part<'_>> = batch
            .chunks(PART * sites)
            .enumerate()
            .map(|(k, x)| Part {
                x,
                bits: generator(seed, k as u64),
                gradient: Vec::new(),
                bound: 0.0,
                divergence: 0.0,
                result: Ok(()),
            })
            .collect();
        let (vae, weight) = (&self.vae, (1.0 / rows) as f32);
        self.threads
            .each(&mut parts, |part| part.result = part.compute(vae, weight));
        let mut gradient = vec![0.0; self.parameters.len()];
        let (mut bound, mut divergence) = (0.0, 0.0);
        for part in parts {
            part.result?;
            let sums = gradient.iter_mut().zip(part.gradient);
            sums.for_each(|(sum, g): (&mut f32, f32)| *sum += g);
            bound += part.bound / rows;
            divergence += part.divergence / rows;
        }
        self.update += 1;
        let rate = self.options.schedule.at(self.update);
        self.options.optimizer.ascend(
            self.update,
            rate as f32,
            &mut self.parameters,
            &gradient,
            &mut self.memory,
        );
        self.vae.set_parameters(&self.parameters)?;
        let squares = gradient.iter().map(|&g| f64::from(g).powi(2));
        Ok(VaeUpdate {
            update: self.update,
            rate,
            gradient: squares.sum::<f64>().sqrt(),
            bound,
            divergence,
        })
    }

    /// All that the rest of the training depends on, as bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.saved().bytes()
    }

    /// Goes on where a trainer of the same data and options was saved.
    ///
    /// # Errors
    /// [`VaeError::Resume`].
    pub fn resume(&mut self, bytes: &[u8]) -> Result<(), VaeError> {
        let mut saved = SavedTraining::read(bytes, &self.saved())?;
        if let [parameters, memory] = &mut saved.numbers[..] {
            self.vae.set_parameters(parameters)?;
            self.parameters = std::mem::take(parameters);
            self.memory = std::mem::take(memory);
            self.bits = Generator::new(saved.generators[0]);
            self.update = saved.update;
        }
        Ok(())
    }

    fn saved(&self) -> SavedTraining {
        SavedTraining {
            what: described("variational autoencoder", &self.options),
            checksum: checksum(&self.data),
            update: self.update,
            numbers: vec![self.parameters.clone(), self.memory.clone()],
            states: Vec::new(),
            generators: vec![self.bits.state()],
            order: Vec::new(),
            chains: Vec::new(),
            adapted: None,
            graph: Vec::new(),
        }
    }

    /// Rows of the data without repetition.
    fn batch(&mut self) -> Vec<u8> {
        let all = self.data.rows();
        let rows = if self.options.batch >= all {
            (0..all).collect()
        } else {
            distinct(all, self.options.batch, &mut self.bits)
        };
        let rows = rows.iter().flat_map(|&row| self.data.row(row));
        rows.copied().collect()
    }
}

impl Part<'_> {
    fn compute(&mut self, vae: &Vae<f32>, weight: f32) -> Result<(), NetError> {
        let mut pass = Pass::new(vae);
        pass.encode(vae, self.x)?;
        pass.decode(vae, &mut self.bits)?;
        for terms in pass.terms(vae, self.x) {
            self.bound += terms.likelihood - terms.divergence;
            self.divergence += terms.divergence;
        }
        self.gradient = vec![0.0; vae.parameter_count()];
        pass.learn(vae, self.x, weight, &mut self.gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::SplitMix64;

    /// The bound with held noise, and its gradient, against central differences.
    #[test]
    fn gradients_are_those_of_the_bound() {
        for states in [2, 3] {
            let mut vae = Vae::<f64>::random((4, states), 3, 5, 1, 1).unwrap();
            let x: Vec<u8> = (0..8).map(|k| (k * k % states) as u8).collect();
            let run = |vae: &Vae<f64>| {
                let mut pass = Pass::new(vae);
                pass.encode(vae, &x).unwrap();
                pass.decode(vae, &mut SplitMix64::new(4)).unwrap();
                let terms = pass.terms(vae, &x);
                let bound: f64 = terms.map(|t| t.likelihood - t.divergence).sum();
                (bound, pass)
            };
            let mut gradient = vec![0.0; vae.parameter_count()];
            run(&vae).1.learn(&vae, &x, 1.0, &mut gradient).unwrap();
            let parameters = vae.parameters();
            let h = 1e-5;
            for (k, g) in gradient.iter().enumerate() {
                let mut at = |shift: f64| {
                    let mut moved = parameters.clone();
                    moved[k] += shift;
                    vae.set_parameters(&moved).unwrap();
                    run(&vae).0
                };
                let difference = (at(h) - at(-h)) / (2.0 * h);
                assert!(
                    (difference - g).abs() < 1e-7 * (1.0 + g.abs()),
                    "{k}: {difference} {g}"
                );
            }
        }
    }
}
