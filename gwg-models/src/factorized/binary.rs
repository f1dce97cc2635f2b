mod parametric;
mod sweep;

use crate::ModelError;
use crate::number::{self, at};
use crate::random::Draws;
use gwg_core::target::AffectedMoves;
use gwg_core::{Binary, Delta, Gradient, Local, Move, Multilinear, Real, Target};

/// Independent bits: `f(x) = sum_i logit_i x_i`.
///
/// Exactly solvable: see [`means`](Self::means) and [`log_z`](Self::log_z). A move changes only the difference of its
/// own site.
#[derive(Clone, Debug)]
pub struct Factorized<R> {
    space: Binary,
    logits: Vec<R>,
}

impl<R: Real> Factorized<R> {
    /// Creates independent bits that are 1 with the log-odds `logits`.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site; [`ModelError::NotFinite`] with the first such entry.
    pub fn bernoulli(logits: Vec<f64>) -> Result<Self, ModelError> {
        let sites = number::sites("sites (the number of logits)", logits.len())?;
        let logits: Vec<R> = logits.into_iter().map(R::from_f64).collect();
        number::all_finite("logits", &logits, &[sites])?;
        Ok(Self {
            space: Binary::new(sites),
            logits,
        })
    }

    /// Creates a model with log-odds drawn from `N(0, 1)`.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site.
    pub fn random_bernoulli(sites: usize, seed: u64) -> Result<Self, ModelError> {
        let sites = number::sites("sites", sites)?;
        Self::bernoulli(Draws::new("bernoulli", seed).normals(sites, 1.0))
    }

    /// The log-odds of 1.
    #[must_use]
    pub fn logits(&self) -> &[R] {
        &self.logits
    }

    /// The exact probability of 1 at every site, at inverse temperature 1.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        self.logits.iter().map(|l| l.to_f64().sigmoid()).collect()
    }

    /// The exact `ln Z`, at inverse temperature 1.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        self.logits.iter().map(|l| Real::softplus(l.to_f64())).sum()
    }
}

impl<R: Real> Target for Factorized<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let ones = self
            .logits
            .iter()
            .zip(x)
            .filter(|&(_, &symbol)| symbol != 0);
        ones.map(|(logit, _)| logit.to_f64()).sum()
    }
}

impl<R: Real> Gradient for Factorized<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        for (g, &logit) in gradient.iter_mut().zip(&self.logits) {
            *g = logit;
        }
        self.log_prob(x)
    }
}

impl<R: Real> Delta for Factorized<R> {
    #[inline(always)]
    fn delta(&self, _: &[u8], _: &[R], mv: Move) -> R {
        R::from_f64(f64::from(mv.to) - f64::from(mv.from)) * at(&self.logits, mv.site)
    }
}

impl<R: Real> Local for Factorized<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        1
    }

    #[inline(always)]
    fn update_affected(
        &self,
        _: &[u8],
        _: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        let logit = at(&self.logits, mv.site);
        affected.push(mv.site, if mv.to == 0 { logit } else { -logit });
    }
}

impl<R: Real> Multilinear for Factorized<R> {}
