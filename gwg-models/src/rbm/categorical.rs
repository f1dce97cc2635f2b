//! Restricted Boltzmann machines with categorical visible units.

mod delta;
mod gradient;
mod law;
mod parametric;
mod sweep;

use super::Rbm;
use crate::ModelError;
use crate::number::{self, at};
use crate::random::Draws;
use gwg_core::{Categorical, Space, Target, math};
use gwg_linalg::Scalar;

/// A restricted Boltzmann machine with one categorical visible unit per site, and binary hidden units that are summed out.
///
/// `f(x) = sum_i b[i, x_i] + sum_j softplus(a_j)`, `a_j = c_j + sum_i W[i, x_i, j]`, `x_i` in `0..states` (Salakhutdinov, Mnih and Hinton 2007;
/// for sequences Tubiana, Cocco and Monasson 2019). Not multilinear: first-order differences are not exact.
///
/// With the sites one-hot encoded, it is an [`Rbm`] of `sites * states` visible units, restricted to states with one unit of each site on
/// ([`one_hot`](Self::one_hot)).
///
/// # Gauge
/// A number that is added to `W[i, .., j]` for all states of a site and subtracted from `c_j` leaves `f` as it is; one that is added to
/// `b[i, ..]` adds a constant to `f`. Parameters are kept as they are given.
///
/// # Memory and cost
/// One number per hidden unit, the pre-activations `a`. A move adds the difference of two rows of `W` to them; the gradient
/// `b + W sigmoid(a)` of a block of walkers is then one matrix product, with `2 sites states hidden` operations per walker. An exact
/// difference costs one exponential per hidden unit.
///
/// The results for a walker have the same bits in a block of any size.
#[derive(Clone, Debug)]
pub struct CategoricalRbm<R> {
    space: Categorical,
    /// With one visible unit per site and state.
    units: Rbm<R>,
}

impl<R: Scalar> CategoricalRbm<R> {
    /// Creates the machine with weights `W` of shape (sites, states, hidden), row-major, and the biases `b` of shape (sites, states) and `c`
    /// (hidden).
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site and one hidden unit; [`ModelError::Space`] unless
    /// `2 <= states <= 256`; [`ModelError::Length`] unless the lengths match; [`ModelError::NotFinite`] with the first such entry.
    pub fn new(
        states: usize,
        weights: Vec<R>,
        visible_bias: Vec<R>,
        hidden_bias: Vec<R>,
    ) -> Result<Self, ModelError> {
        let sites = visible_bias.len() / states.max(1);
        let sites = number::sites("sites (the length of b / states)", sites)?;
        let hidden = number::sites("hidden (the length of c)", hidden_bias.len())?;
        let space = Categorical::new(sites, states)?;
        number::has_shape("b", visible_bias.len(), &[sites, states])?;
        number::has_shape("W", weights.len(), &[sites, states, hidden])?;
        number::all_finite("W", &weights, &[sites, states, hidden])?;
        number::all_finite("b", &visible_bias, &[sites, states])?;
        let units = Rbm::new(weights, visible_bias, hidden_bias)?;
        Ok(Self { space, units })
    }

    /// Creates a random machine: weights from `N(0, 0.05^2)`, both biases from `N(0, 1)`, as [`Rbm::random`].
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site and one hidden unit and the weights fit into memory;
    /// [`ModelError::Space`] unless `2 <= states <= 256`.
    pub fn random(
        sites: usize,
        states: usize,
        hidden: usize,
        seed: u64,
    ) -> Result<Self, ModelError> {
        number::sites("sites", sites)?;
        number::sites("hidden", hidden)?;
        Categorical::new(sites, states)?;
        let mut draws = Draws::new("rbm-categorical", seed);
        let shape = [sites, states, hidden];
        let mut weights = number::zeros("sites * states * hidden", &shape)?;
        for weight in &mut weights {
            *weight = R::from_f64(0.05 * draws.normal());
        }
        let visible_bias = draws.normals(sites * states, 1.0);
        Self::new(states, weights, visible_bias, draws.normals(hidden, 1.0))
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.space.sites()
    }

    /// The number of states of a site.
    #[must_use]
    pub fn states(&self) -> usize {
        self.space.states()
    }

    /// The number of hidden units.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.units.hidden()
    }

    /// The weights, shape (sites, states, hidden), row-major.
    #[must_use]
    pub fn weights(&self) -> &[R] {
        self.units.weights()
    }

    /// The biases of the visible units, shape (sites, states), row-major.
    #[must_use]
    pub fn visible_bias(&self) -> &[R] {
        self.units.visible_bias()
    }

    /// The biases of the hidden units.
    #[must_use]
    pub fn hidden_bias(&self) -> &[R] {
        self.units.hidden_bias()
    }

    /// The machine of `sites * states` binary visible units with these parameters. Its `f` is that of this machine where one unit of each
    /// site is on; its distribution is over other states as well.
    #[must_use]
    pub fn one_hot(&self) -> &Rbm<R> {
        &self.units
    }

    /// The visible units that are on, in ascending order.
    #[inline(always)]
    fn on<'x>(&self, x: &'x [u8]) -> impl Iterator<Item = usize> + Clone + use<'x, R> {
        let states = self.space.states();
        let symbols = x.iter().map(|&symbol| usize::from(symbol));
        symbols
            .enumerate()
            .map(move |(i, symbol)| i * states + symbol)
    }

    /// `sum_i b[i, x_i]`, in f64.
    #[inline(always)]
    fn bias_sum(&self, x: &[u8]) -> f64 {
        let biases = self
            .on(x)
            .map(|i| at(self.units.visible_bias(), i).to_f64());
        biases.sum()
    }
}

impl<R: Scalar> Target for CategoricalRbm<R> {
    type Real = R;
    type Space = Categorical;

    #[inline]
    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let mut f = self.bias_sum(x);
        let add = |_: usize, a: &mut [f64]| f += math::softplus_sum(a);
        self.units.chunks(self.on(x), add);
        f
    }
}
