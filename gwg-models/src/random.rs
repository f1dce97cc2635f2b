//! Random parameters: the distributions of the literature, drawn from a seed.

use gwg_core::{Bits, Real, SplitMix64};
use rand_pcg::Pcg64;

/// Independent random numbers for the parameters of one model.
///
/// The stream depends on the seed and on `law` (another model with the same seed gets other numbers). Changing it is
/// a value-breaking change.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    bits: Pcg64,
    spare: Option<f64>,
}

impl Draws {
    pub(crate) fn new(law: &str, seed: u64) -> Self {
        let label = law
            .bytes()
            .fold(0, |hash, byte| SplitMix64::mix(hash ^ u64::from(byte)));
        let mut seeds = SplitMix64::new(SplitMix64::mix(seed) ^ label);
        let mut wide = || u128::from(seeds.next_u64()) << 64 | u128::from(seeds.next_u64());
        Self {
            bits: Pcg64::new(wide(), wide()),
            spare: None,
        }
    }

    /// A uniform number in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.bits.unit()
    }

    /// A standard normal number, by Marsaglia's polar method.
    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let u = 2.0 * self.uniform() - 1.0;
            let v = 2.0 * self.uniform() - 1.0;
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * Real::ln(s) / s).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// Draws `len` normal numbers with standard deviation `sd`, rounded to the model's precision.
    pub(crate) fn normals<R: Real>(&mut self, len: usize, sd: f64) -> Vec<R> {
        (0..len).map(|_| R::from_f64(self.normal() * sd)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_a_standard_normal() {
        let mut draws = Draws::new("test", 1);
        let n = 100_000;
        let mut moments = [0.0; 4];
        for _ in 0..n {
            let z = draws.normal();
            for (k, m) in moments.iter_mut().enumerate() {
                *m += z.powi(k as i32 + 1) / f64::from(n);
            }
        }
        // Standard errors of the means of z, z^2, z^3, z^4: sqrt(1, 2, 15, 96) / sqrt(n). Five of them: 6e-7 each.
        let wanted = [(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0f64)];
        for (found, (mean, variance)) in moments.iter().zip(wanted) {
            let error = (variance / f64::from(n)).sqrt();
            assert!((found - mean).abs() < 5.0 * error, "{moments:?}");
        }
    }

    #[test]
    fn streams_depend_on_the_seed_and_the_law_only() {
        let first = |law: &str, seed| Draws::new(law, seed).uniform();
        assert_eq!(first("rbm", 1), first("rbm", 1));
        assert_ne!(first("rbm", 1), first("rbm", 2));
        assert_ne!(first("rbm", 1), first("potts", 1));
    }
}
