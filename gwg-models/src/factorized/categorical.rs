mod parametric;
mod sweep;

use crate::ModelError;
use crate::number::{self, at};
use crate::random::Draws;
use gwg_core::target::AffectedMoves;
use gwg_core::{
    Categorical, Delta, Gradient, Local, Move, Multilinear, Real, Space, Symbol, Target, math,
};

/// Independent sites of several states: `f(x) = sum_i logit_i,x_i`; up to 256 states, or 65,536 with `S = u16`.
///
/// Exactly solvable: see [`marginals`](Self::marginals) and [`log_z`](Self::log_z). A move changes only the
/// differences of its own site.
#[derive(Clone, Debug)]
pub struct FactorizedCategorical<R, S = u8> {
    space: Categorical<S>,
    logits: Vec<R>,
}

impl<R: Real> FactorizedCategorical<R> {
    /// Creates sites whose states have the log-probabilities `logits`, shape (sites, states), row-major, up to a
    /// constant per site.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site; [`ModelError::Space`] unless
    /// `2 <= states <= 256`; [`ModelError::Length`] unless `logits` has `sites * states` numbers;
    /// [`ModelError::NotFinite`] with the first such entry.
    pub fn new(sites: usize, states: usize, logits: Vec<f64>) -> Result<Self, ModelError> {
        let space = Categorical::new(number::sites("sites", sites)?, states)?;
        Self::on(space, logits)
    }

    /// Creates a model with log-probabilities drawn from `N(0, 1)`, up to normalization.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site; [`ModelError::Space`] unless `2 <= states <= 256`.
    pub fn random(sites: usize, states: usize, seed: u64) -> Result<Self, ModelError> {
        let space = Categorical::new(number::sites("sites", sites)?, states)?;
        Self::random_on(space, seed)
    }
}

impl<R: Real> FactorizedCategorical<R, u16> {
    /// Like [`new`](FactorizedCategorical::new), with up to 65,536 states.
    ///
    /// # Errors
    /// Those of [`new`](FactorizedCategorical::new), with [`ModelError::Space`] unless `2 <= states <= 65536`.
    pub fn wide(sites: usize, states: usize, logits: Vec<f64>) -> Result<Self, ModelError> {
        let space = Categorical::wide(number::sites("sites", sites)?, states)?;
        Self::on(space, logits)
    }

    /// Like [`random`](FactorizedCategorical::random), with up to 65,536 states, and the same logits for up to 256.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site; [`ModelError::Space`] unless `2 <= states <= 65536`.
    pub fn random_wide(sites: usize, states: usize, seed: u64) -> Result<Self, ModelError> {
        let space = Categorical::wide(number::sites("sites", sites)?, states)?;
        Self::random_on(space, seed)
    }
}

impl<R: Real, S: Symbol> FactorizedCategorical<R, S> {
    fn on(space: Categorical<S>, logits: Vec<f64>) -> Result<Self, ModelError> {
        let shape = [space.sites(), space.states()];
        number::has_shape("logits", logits.len(), &shape)?;
        let logits: Vec<R> = logits.into_iter().map(R::from_f64).collect();
        number::all_finite("logits", &logits, &shape)?;
        Ok(Self { space, logits })
    }

    fn random_on(space: Categorical<S>, seed: u64) -> Result<Self, ModelError> {
        let mut draws = Draws::new("categorical", seed);
        Self::on(space, draws.normals(space.moves(), 1.0))
    }

    /// The log-probabilities up to a constant per site, shape (sites, states), row-major.
    #[must_use]
    pub fn logits(&self) -> &[R] {
        &self.logits
    }

    /// The exact probability of every state at every site, shape (sites, states), at inverse temperature 1.
    #[must_use]
    pub fn marginals(&self) -> Vec<f64> {
        let mut marginals = Vec::with_capacity(self.logits.len());
        for (row, log_z) in self.rows() {
            marginals.extend(row.iter().map(|&logit| Real::exp(logit - log_z)));
        }
        marginals
    }

    /// The exact `ln Z`, at inverse temperature 1.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        self.rows().map(|(_, log_z)| log_z).sum()
    }

    /// Each site's logits and the logarithm of their normalizer.
    fn rows(&self) -> impl Iterator<Item = (Vec<f64>, f64)> + '_ {
        self.logits.chunks(self.space.states()).map(|row| {
            let row: Vec<f64> = row.iter().map(|logit| logit.to_f64()).collect();
            let log_z = math::logsumexp(&row);
            (row, log_z)
        })
    }

    #[inline(always)]
    fn logit(&self, site: usize, state: u16) -> R {
        at(
            &self.logits,
            self.space.first_move(site) + usize::from(state),
        )
    }
}

impl<R: Real, S: Symbol> Target for FactorizedCategorical<R, S> {
    type Real = R;
    type Space = Categorical<S>;

    #[inline]
    fn space(&self) -> &Categorical<S> {
        &self.space
    }

    fn log_prob(&self, x: &[S]) -> f64 {
        let sites = x.iter().enumerate();
        sites.map(|(i, &a)| self.logit(i, a.widen()).to_f64()).sum()
    }
}

impl<R: Real, S: Symbol> Gradient for FactorizedCategorical<R, S> {
    fn value_and_gradient(&self, x: &[S], gradient: &mut [R], _: &mut [R]) -> f64 {
        for (g, &logit) in gradient.iter_mut().zip(&self.logits) {
            *g = logit;
        }
        self.log_prob(x)
    }
}

impl<R: Real, S: Symbol> Delta for FactorizedCategorical<R, S> {
    #[inline(always)]
    fn delta(&self, _: &[S], _: &[R], mv: Move) -> R {
        self.logit(mv.site, mv.to) - self.logit(mv.site, mv.from)
    }
}

impl<R: Real, S: Symbol> Local for FactorizedCategorical<R, S> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.space.states() - 1
    }

    #[inline(always)]
    fn update_affected(&self, _: &[S], _: &mut [R], mv: Move, affected: &mut AffectedMoves<'_, R>) {
        let own = self.logit(mv.site, mv.to);
        let last = (self.space.states() - 1) as u16;
        for a in (0..=last).filter(|&a| a != mv.to) {
            let m = self.space.first_move(mv.site) + usize::from(a);
            affected.push(m, self.logit(mv.site, a) - own);
        }
    }
}

impl<R: Real, S: Symbol> Multilinear for FactorizedCategorical<R, S> {}
