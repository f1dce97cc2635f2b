//! Some rows through both networks.

use super::Vae;
use gwg_core::{Bits, Real, math};
use gwg_linalg::Scalar;
use gwg_nets::NetError;
use gwg_relax::Normal;

/// Logarithms of variances are kept within this, so that no exponential is infinite.
const MOST: f64 = 20.0;

/// What both networks compute of some rows, with one `z` for each.
#[derive(Debug)]
pub(super) struct Pass<R> {
    input: Vec<R>,
    /// Means, and logarithms of variances, (rows, 2 latent).
    encoded: Vec<R>,
    noise: Vec<R>,
    z: Vec<R>,
    /// Numbers of the sites, (rows, sites, 1 or states).
    decoded: Vec<R>,
    scratch: Vec<R>,
}

/// The terms of the bound of one row and one `z`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// `log p(x | z)`.
    pub(super) likelihood: f64,
    /// `log p(z) - log q(z | x)` at this `z`.
    pub(super) ratio: f64,
    /// Its mean over `q`, less: the divergence of `q` from the standard normal distribution.
    pub(super) divergence: f64,
}

impl<R: Scalar> Pass<R> {
    pub(super) fn new(vae: &Vae<R>) -> Self {
        let scratch = |network: &gwg_nets::Network<R>| network.scratch_len(usize::MAX);
        let length = scratch(&vae.encoder).max(scratch(&vae.decoder));
        Self {
            input: Vec::new(),
            encoded: Vec::new(),
            noise: Vec::new(),
            z: Vec::new(),
            decoded: Vec::new(),
            scratch: vec![R::ZERO; length],
        }
    }

    /// Encodes rows.
    pub(super) fn encode(&mut self, vae: &Vae<R>, x: &[u8]) -> Result<(), NetError> {
        self.input.clear();
        match vae.states {
            2 => self.input.extend(x.iter().map(|&s| R::from_byte(s))),
            states => {
                for &symbol in x {
                    let one = |k| R::from_byte(u8::from(k == usize::from(symbol)));
                    self.input.extend((0..states).map(one));
                }
            }
        }
        let rows = x.len() / vae.sites;
        self.encoded.resize(rows * 2 * vae.latent, R::ZERO);
        vae.encoder
            .evaluate(&self.input, &mut self.encoded, &mut self.scratch)
    }

    /// Draws a `z` for each row, and decodes it; after [`encode`](Self::encode).
    pub(super) fn decode(&mut self, vae: &Vae<R>, bits: &mut impl Bits) -> Result<(), NetError> {
        let (latent, rows) = (vae.latent, self.encoded.len() / (2 * vae.latent));
        self.noise.resize(rows * latent, R::ZERO);
        Normal::default().fill(&mut self.noise, bits);
        self.z.clear();
        for (row, noise) in self
            .encoded
            .chunks_exact(2 * latent)
            .zip(self.noise.chunks_exact(latent))
        {
            let (mean, log) = row.split_at(latent);
            let z = mean.iter().zip(log).zip(noise);
            self.z
                .extend(z.map(|((&mean, &log), &e)| mean + deviation(log) * e));
        }
        let outputs = rows * vae.sites * vae.of_site();
        self.decoded.resize(outputs, R::ZERO);
        vae.decoder
            .evaluate(&self.z, &mut self.decoded, &mut self.scratch)
    }

    /// The terms of every row.
    pub(super) fn terms<'p>(
        &'p self,
        vae: &'p Vae<R>,
        x: &'p [u8],
    ) -> impl Iterator<Item = Terms> + 'p {
        let latent = vae.latent;
        let outputs = self.decoded.chunks_exact(vae.sites * vae.of_site());
        let codes = self.encoded.chunks_exact(2 * latent);
        let draws = self
            .noise
            .chunks_exact(latent)
            .zip(self.z.chunks_exact(latent));
        let rows = x.chunks_exact(vae.sites).zip(outputs);
        rows.zip(codes.zip(draws))
            .map(move |((x, outputs), (code, (noise, z)))| {
                let (mean, log) = code.split_at(latent);
                let (mut ratio, mut divergence) = (0.0, 0.0);
                for (((mean, &log), e), z) in mean.iter().zip(log).zip(noise).zip(z) {
                    let (mean, log) = (mean.to_f64(), clamped(log).to_f64());
                    let (e, z) = (e.to_f64(), z.to_f64());
                    ratio += 0.5 * (e * e + log - z * z);
                    divergence += 0.5 * (mean * mean + log.exp() - 1.0 - log);
                }
                Terms {
                    likelihood: likelihood(vae, x, outputs),
                    ratio,
                    divergence,
                }
            })
    }

    /// Adds `weight` times the gradient of the sum over rows of `log p(x | z)` less the divergence, with the noise held.
    pub(super) fn learn(
        &mut self,
        vae: &Vae<R>,
        x: &[u8],
        weight: R,
        gradient: &mut [R],
    ) -> Result<(), NetError> {
        let latent = vae.latent;
        let (of_encoder, of_decoder) = gradient.split_at_mut(vae.encoder.parameters().len());
        for (outputs, &symbol) in self.decoded.chunks_exact_mut(vae.of_site()).zip(x) {
            slopes(outputs, symbol, weight);
        }
        let mut by_z = vec![R::ZERO; self.z.len()];
        vae.decoder.learn(
            &self.z,
            &self.decoded,
            of_decoder,
            &mut by_z,
            &mut self.scratch,
        )?;
        let rows = self.encoded.chunks_exact_mut(2 * latent);
        let given = by_z
            .chunks_exact(latent)
            .zip(self.noise.chunks_exact(latent));
        for (code, (by_z, noise)) in rows.zip(given) {
            let (mean, log) = code.split_at_mut(latent);
            let numbers = mean.iter_mut().zip(log).zip(by_z.iter().zip(noise));
            for ((mean, log), (&by_z, &e)) in numbers {
                *mean = by_z - weight * *mean;
                let inside = clamped(*log) == *log;
                let sd = deviation(*log);
                let slope = R::HALF * (by_z * e * sd - weight * (sd * sd - R::ONE));
                *log = if inside { slope } else { R::ZERO };
            }
        }
        vae.encoder.learn(
            &self.input,
            &self.encoded,
            of_encoder,
            &mut [],
            &mut self.scratch,
        )
    }
}

fn clamped<R: Real>(log: R) -> R {
    let most = R::from_f64(MOST);
    log.max(-most).min(most)
}

fn deviation<R: Real>(log: R) -> R {
    (R::HALF * clamped(log)).exp()
}

/// `log p(x | z)` from the numbers of all sites.
fn likelihood<R: Scalar>(vae: &Vae<R>, x: &[u8], outputs: &[R]) -> f64 {
    let sites = x.iter().zip(outputs.chunks_exact(vae.of_site()));
    let term = |(&symbol, numbers): (&u8, &[R])| match numbers {
        [logit] if symbol == 0 => -logit.to_f64().softplus(),
        [logit] => -(-logit.to_f64()).softplus(),
        all => {
            let own = all.get(usize::from(symbol));
            own.map_or(f64::NAN, |n| n.to_f64() - math::logsumexp(all).to_f64())
        }
    };
    sites.map(term).sum()
}

/// Replaces the numbers of a site by `weight` times the gradient of its log-probability.
fn slopes<R: Real>(numbers: &mut [R], symbol: u8, weight: R) {
    if let [logit] = numbers {
        *logit = weight * (R::from_byte(symbol) - logit.sigmoid());
        return;
    }
    let sum = math::logsumexp(numbers);
    for (k, number) in numbers.iter_mut().enumerate() {
        let own = R::from_byte(u8::from(k == usize::from(symbol)));
        *number = weight * (own - (*number - sum).exp());
    }
}
