//! Files of autoencoders.

use super::Vae;
use gwg_linalg::Scalar;
use gwg_models::io::{ModelFault, named_with_metadata, parse_metadata, parse_named, shortened};
use gwg_nets::{Description, NetError, Network, Symbols};

/// The `kind` in the metadata of files of variational autoencoders.
pub const VAE_KIND: &str = "vae";

const PARTS: [&str; 2] = ["encoder", "decoder"];

/// Why bytes are no variational autoencoder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaeFileError {
    /// They are a file in the safetensors format.
    #[error(transparent)]
    File(#[from] ModelFault),
    /// The tensors are those of both networks.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The metadata describe both networks.
    #[error("the description of the {part}: {what}")]
    Description {
        /// Which network.
        part: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// The decoder has an output for each site, or for each symbol of each, and the encoder two for each number of `z`.
    #[error("the encoder has {encoder} outputs for {latent} numbers of z, and the decoder {decoder} for {sites} sites of {states} symbols; needed are {} and {}", 2 * latent, sites * of_site)]
    Outputs {
        /// Outputs of the encoder.
        encoder: usize,
        /// Numbers that the decoder receives.
        latent: usize,
        /// Outputs of the decoder.
        decoder: usize,
        /// Sites of the states.
        sites: usize,
        /// Symbols of a site.
        states: usize,
        /// Outputs of a site.
        of_site: usize,
    },
}

impl<R: Scalar> Vae<R> {
    /// The content of a file in the safetensors format: the weights of both networks, with their descriptions in the metadata.
    ///
    /// # Errors
    /// [`VaeFileError::Description`] where a description is not JSON: never.
    pub fn to_bytes(&self) -> Result<Vec<u8>, VaeFileError> {
        let networks = [&self.encoder, &self.decoder];
        let mut texts = Vec::new();
        for (part, network) in PARTS.into_iter().zip(networks) {
            let text = serde_json::to_string(network.description());
            texts.push(text.map_err(|error| described(part, &error))?);
        }
        let metadata = [
            ("kind", VAE_KIND),
            (PARTS[0], &*texts[0]),
            (PARTS[1], &*texts[1]),
        ];
        let all = PARTS.iter().zip(networks);
        let tensors: Vec<_> = all
            .flat_map(|(part, network)| network.tensors(&format!("{part}.")))
            .collect();
        Ok(named_with_metadata(&metadata, &tensors)?)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    /// [`VaeFileError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaeFileError> {
        let tensors = parse_named(bytes)?;
        let mut networks = Vec::new();
        for part in PARTS {
            let text = parse_metadata(bytes, part)?.unwrap_or_default();
            let description: Description =
                serde_json::from_str(&text).map_err(|error| described(part, &error))?;
            let prefix = format!("{part}.");
            networks.push(Network::from_tensors(description, &tensors, &prefix)?);
        }
        let (Some(decoder), Some(encoder)) = (networks.pop(), networks.pop()) else {
            return Err(described(PARTS[0], &"missing"));
        };
        Self::of(encoder, decoder)
    }

    fn of(encoder: Network<R>, decoder: Network<R>) -> Result<Self, VaeFileError> {
        let description = encoder.description();
        let (sites, states) = (description.sites(), description.symbols.states());
        let latent = decoder.description().sites();
        let of_site = if states == 2 { 1 } else { states };
        let outputs = (encoder.output().count(), decoder.output().count());
        if outputs != (2 * latent, sites * of_site) {
            return Err(VaeFileError::Outputs {
                encoder: outputs.0,
                latent,
                decoder: outputs.1,
                sites,
                states,
                of_site,
            });
        }
        let numbers = |symbols: Symbols| symbols.channels() == 1;
        if !numbers(decoder.description().symbols) {
            return Err(described(PARTS[1], &"its numbers are no symbols"));
        }
        if (states > 2) == numbers(encoder.description().symbols) {
            return Err(described(
                PARTS[0],
                &"more than two symbols are categorical",
            ));
        }
        Ok(Self {
            encoder,
            decoder,
            sites,
            states,
            latent,
        })
    }
}

fn described(part: &'static str, what: &dyn std::fmt::Display) -> VaeFileError {
    // It may quote the description.
    let what = shortened(&what.to_string(), 200);
    VaeFileError::Description { part, what }
}
