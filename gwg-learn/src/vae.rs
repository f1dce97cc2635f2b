//! Variational autoencoders, as baselines for models with an energy.

mod bound;
mod file;
mod options;
mod pass;
mod train;

pub use bound::VaeBound;
pub use file::{VAE_KIND, VaeFileError};
pub use options::VaeOptions;
pub use train::{VaeError, VaeTrainer, VaeUpdate};

use gwg_linalg::Scalar;
use gwg_nets::{Description, NetError, Network, Symbols, perceptron, random};

/// A variational autoencoder (Kingma and Welling 2014): `z` is standard normal, and sites are independent given `z`, with the probabilities that a decoder
/// computes; an encoder computes the mean and the logarithm of the variance of a normal distribution of `z` for each state.
///
/// `log p(x)` is not known, but bounded from below by the mean of importance weights `p(x, z) / q(z | x)` (Burda et al. 2016): see
/// [`bound`](Self::bound).
#[derive(Clone, Debug)]
pub struct Vae<R> {
    pub(crate) encoder: Network<R>,
    pub(crate) decoder: Network<R>,
    sites: usize,
    states: usize,
    latent: usize,
}

impl<R: Scalar> Vae<R> {
    /// With random weights: perceptrons with `layers` of `hidden` features on both sides.
    ///
    /// # Errors
    /// [`NetError`], for sizes of which there is no network.
    pub fn random(
        (sites, states): (usize, usize),
        latent: usize,
        hidden: usize,
        layers: usize,
        seed: u64,
    ) -> Result<Self, NetError> {
        let features = vec![hidden; layers];
        let symbols = match states {
            2 => Symbols::Binary {
                low: 0.0,
                high: 1.0,
            },
            _ => Symbols::Categorical { states },
        };
        let of = |shape, symbols, outputs: usize| {
            let mut network = perceptron(vec![shape], symbols, &features);
            if let Some(gwg_nets::Layer::Linear { features, .. }) = network.layers.last_mut() {
                *features = outputs;
            }
            network
        };
        let numbers = Symbols::Binary {
            low: 0.0,
            high: 1.0,
        };
        let of_site = if states == 2 { 1 } else { states };
        let encoder = of(sites, symbols, latent.saturating_mul(2));
        let decoder = of(latent, numbers, sites.saturating_mul(of_site));
        Ok(Self {
            encoder: random(encoder, seed)?,
            decoder: random(decoder, seed.wrapping_add(1))?,
            sites,
            states,
            latent,
        })
    }

    /// The descriptions of encoder and decoder.
    #[must_use]
    pub fn descriptions(&self) -> [&Description; 2] {
        [self.encoder.description(), self.decoder.description()]
    }

    /// The number of sites and of states of each.
    #[must_use]
    pub fn data_shape(&self) -> (usize, usize) {
        (self.sites, self.states)
    }

    /// The number of numbers of `z`.
    #[must_use]
    pub fn latent(&self) -> usize {
        self.latent
    }

    /// The number of weights of both networks.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.encoder.parameters().len() + self.decoder.parameters().len()
    }

    /// The weights of the encoder, then those of the decoder.
    #[must_use]
    pub fn parameters(&self) -> Vec<R> {
        [self.encoder.parameters(), self.decoder.parameters()].concat()
    }

    /// Replaces all weights.
    ///
    /// # Errors
    /// [`NetError`] unless there are as many, all finite.
    pub fn set_parameters(&mut self, parameters: &[R]) -> Result<(), NetError> {
        let split = self.encoder.parameters().len().min(parameters.len());
        let (encoder, decoder) = parameters.split_at(split);
        self.encoder.set_parameters(encoder)?;
        self.decoder.set_parameters(decoder)
    }

    /// The numbers of the sites that the decoder computes of rows of `z`: the logit of 1, or for more than two states the logarithms of probabilities up to a
    /// constant; shape (rows, sites) or (rows, sites, states).
    ///
    /// # Errors
    /// [`NetError`] unless `z` has whole rows.
    pub fn decode(&self, z: &[R]) -> Result<Vec<R>, NetError> {
        let rows = z.len() / self.latent;
        let mut outputs = vec![R::ZERO; rows * self.sites * self.of_site()];
        let mut scratch = vec![R::ZERO; self.decoder.scratch_len(rows)];
        self.decoder.evaluate(z, &mut outputs, &mut scratch)?;
        Ok(outputs)
    }

    /// Numbers that the decoder computes for a site.
    fn of_site(&self) -> usize {
        if self.states == 2 { 1 } else { self.states }
    }
}
