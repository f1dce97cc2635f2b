mod block;
mod units;

use super::{Particles, Path, Start, count};
use crate::log_z::error::{LogZError, all_finite, has_length};
use block::Block;
use gwg_chains::{Generator, Threads, generator};
use gwg_core::{Real, math};
use gwg_linalg::Scalar;
use gwg_models::{CategoricalRbm, ModelError, Rbm};

/// The most particles that share matrix products.
const TOGETHER: usize = 128;

/// The joint path of a Boltzmann machine from independent visible units, with the hidden units summed out:
/// `f_t(v) = ((1 - t) a + t b).v + sum_j softplus(t (c_j + (v W)_j))` (Salakhutdinov and Murray 2008).
///
/// `a` are the biases of the visible units at `t = 0`, where the hidden units are fair coins:
/// `log Z_0 = sum_i softplus(a_i) + hidden ln 2`. With `a = 0`, all parameters are scaled by `t`. At each level the machine is one with
/// other parameters ([`at`](Self::at)), so that two-block Gibbs sampling leaves it invariant and rejects nothing; it is reversible. The
/// weights of paths have the hidden units summed out, which gives them a smaller variance than the joint weights.
///
/// Of a machine with [categorical](Self::categorical) sites, `v` is one-hot, and `log Z_0` has the logarithms of sums over the states of each site in place of softplus.
///
/// This is not the geometric path between both ends (`(1 - t) f_0 + t f_1`), which these kernels would not leave invariant.
///
/// # Cost
/// Two matrix products per step for a block of up to 128 particles, `4 visible hidden` operations per particle; three exponentials
/// per hidden unit, one per visible unit, and 16 random bits per unit.
#[derive(Clone, Debug)]
pub struct RbmPath<'p, R> {
    model: &'p Rbm<R>,
    /// The visible units of a site: 1 of a binary one, as many as its states of a categorical one.
    units: usize,
    base: Vec<R>,
    /// `b - a`.
    visible_slope: Vec<f64>,
    threads: Threads,
}

impl<'p, R: Scalar> RbmPath<'p, R> {
    /// The path to `model` from visible units with the log-odds `base`.
    ///
    /// # Errors
    /// [`LogZError::Length`] unless there is one number per visible unit; [`LogZError::NotFinite`].
    pub fn new(model: &'p Rbm<R>, base: &[f64], threads: Threads) -> Result<Self, LogZError> {
        Self::of_units((model, 1), base, threads)
    }

    /// The path to a machine with categorical sites from independent ones with the logits `base`, shape (sites, states).
    ///
    /// # Errors
    /// [`LogZError::Length`] unless there is one number per site and state; [`LogZError::NotFinite`].
    pub fn categorical(
        model: &'p CategoricalRbm<R>,
        base: &[f64],
        threads: Threads,
    ) -> Result<Self, LogZError> {
        Self::of_units((model.one_hot(), model.states()), base, threads)
    }

    fn of_units(
        (model, units): (&'p Rbm<R>, usize),
        base: &[f64],
        threads: Threads,
    ) -> Result<Self, LogZError> {
        has_length("base biases", base.len(), model.visible())?;
        let base: Vec<R> = base.iter().map(|&a| R::from_f64(a)).collect();
        let wide: Vec<f64> = base.iter().map(|a| a.to_f64()).collect();
        all_finite("base biases", &wide)?;
        let biases = model.visible_bias().iter().zip(&wide);
        Ok(Self {
            model,
            visible_slope: biases.map(|(b, a)| b.to_f64() - a).collect(),
            base,
            units,
            threads,
        })
    }

    /// The path on which all parameters are scaled: from fair coins.
    ///
    /// # Errors
    /// None that a machine can cause.
    pub fn scaled(model: &'p Rbm<R>, threads: Threads) -> Result<Self, LogZError> {
        Self::new(model, &vec![0.0; model.visible()], threads)
    }

    /// The machine at level `t`: weights `t W`, biases `(1 - t) a + t b` and `t c`. Of categorical sites, the machine of their one-hot units.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] if a parameter overflows.
    pub fn at(&self, t: f64) -> Result<Rbm<R>, ModelError> {
        let t = R::from_f64(t);
        let scaled = |numbers: &[R]| numbers.iter().map(|&x| t * x).collect();
        let biases = self.base.iter().zip(self.model.visible_bias());
        let visible = biases.map(|(&a, &b)| (R::ONE - t) * a + t * b).collect();
        Rbm::new(
            scaled(self.model.weights()),
            visible,
            scaled(self.model.hidden_bias()),
        )
    }

    /// The number of particles per block, and the number of blocks: a multiple of the threads.
    fn blocks(&self, particles: usize) -> usize {
        let threads = self.threads.count();
        let blocks = particles.div_ceil(TOGETHER).next_multiple_of(threads);
        particles.div_ceil(blocks)
    }
}

impl<R: Scalar> Path for RbmPath<'_, R> {
    fn sites(&self) -> usize {
        self.model.visible() / self.units
    }

    fn log_z0(&self) -> f64 {
        let base: Vec<f64> = self.base.iter().map(|a| a.to_f64()).collect();
        let visible: f64 = match self.units {
            1 => base.iter().map(|&a| Real::softplus(a)).sum(),
            q => base.chunks_exact(q).map(math::logsumexp::<f64>).sum(),
        };
        visible + self.model.hidden() as f64 * std::f64::consts::LN_2
    }

    fn threads(&self) -> &Threads {
        &self.threads
    }

    fn particles<'p>(
        &'p self,
        start: Start<'_>,
        _: f64,
        seed: u64,
    ) -> Result<Vec<Box<dyn Particles + Send + 'p>>, LogZError> {
        let sites = self.sites();
        let particles = count(start, sites, |_| self.units.max(2))?;
        let (mut blocks, size) = (Vec::new(), self.blocks(particles));
        for first in (0..particles).step_by(size) {
            let rows = first..particles.min(first + size);
            let bits: Vec<Generator> = rows.clone().map(|k| generator(seed, k as u64)).collect();
            let states = match start {
                Start::Base(_) => None,
                Start::States(states) => states.get(rows.start * sites..rows.end * sites),
            };
            let block = Block::new(self, bits, states)?;
            blocks.push(Box::new(block) as Box<dyn Particles + Send + 'p>);
        }
        Ok(blocks)
    }
}
