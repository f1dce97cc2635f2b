//! Models that ladders are made of.

use crate::potts::{PairPotts, PottsChains, PottsTables};
use crate::rbm::{RbmChains, RbmLayers};
use gwg_chains::Threads;
use gwg_core::Real;

/// A model whose chains are moved by sweeps that draw every site.
pub trait SweptModel: Send + Sync {
    /// Chains of the model, on the calling thread.
    type Chains: Send + std::fmt::Debug;

    /// The number of sites of a state.
    fn sites(&self) -> usize;

    /// Chains that begin at rows.
    fn chains(&self, rows: &[u8], seed: u64) -> Self::Chains;

    /// Sweeps of every chain. Without couplings, a sweep draws independent states.
    fn sweep(&self, chains: &mut Self::Chains, sweeps: usize);

    /// The states of all chains, row-major.
    fn rows(&self, chains: &Self::Chains) -> Vec<u8>;

    /// Replaces the states of all chains.
    fn set_rows(&self, chains: &mut Self::Chains, rows: &[u8]);

    /// `f` of each row.
    fn log_prob(&self, rows: &[u8]) -> Vec<f64>;

    /// `log Z` of a model without couplings.
    fn independent_log_z(&self) -> Option<f64>;

    /// All parameters.
    fn parameters(&self) -> Vec<f32>;

    /// A model of the same shape with other parameters; `None` where there are not as many.
    fn with_parameters(&self, parameters: &[f32]) -> Option<Self>
    where
        Self: Sized;

    /// The nearest symbol that a site can have.
    fn allowed(&self, symbol: u8) -> u8;

    /// The state of the generator of each chain.
    fn generators(&self, chains: &Self::Chains) -> Vec<u128>;

    /// Replaces the generators, as many as there are chains.
    fn set_generators(&self, chains: &mut Self::Chains, states: &[u128]);
}

impl SweptModel for RbmLayers {
    type Chains = RbmChains;

    fn sites(&self) -> usize {
        Self::sites(self)
    }

    fn chains(&self, rows: &[u8], seed: u64) -> RbmChains {
        let (chains, states) = (rows.len() / Self::sites(self), self.states());
        let first = |k: usize| f64::from(u8::from(k.is_multiple_of(states)));
        let zeros: Vec<f64> = (0..Self::sites(self) * states).map(first).collect();
        let mut all = RbmChains::independent(self, chains, seed, &zeros, &Threads::one());
        all.set_rows(rows);
        all
    }

    fn sweep(&self, chains: &mut RbmChains, sweeps: usize) {
        chains.sweep(self, sweeps);
    }

    fn rows(&self, chains: &RbmChains) -> Vec<u8> {
        chains.rows()
    }

    fn set_rows(&self, chains: &mut RbmChains, rows: &[u8]) {
        chains.set_rows(rows);
    }

    fn log_prob(&self, rows: &[u8]) -> Vec<f64> {
        self.log_prob_of(rows)
    }

    fn independent_log_z(&self) -> Option<f64> {
        let none = self.weights.iter().all(|&w| w == 0.0);
        none.then(|| {
            let softplus = |biases: &[f32]| -> f64 {
                biases.iter().map(|&b| Real::softplus(f64::from(b))).sum()
            };
            let visible = match self.units {
                1 => softplus(&self.visible_bias),
                units => sites_log_z(&self.visible_bias, units),
            };
            visible + softplus(&self.hidden_bias)
        })
    }

    fn parameters(&self) -> Vec<f32> {
        [&self.weights[..], &self.visible_bias, &self.hidden_bias].concat()
    }

    fn with_parameters(&self, parameters: &[f32]) -> Option<Self> {
        let (weights, biases) = parameters.split_at_checked(self.weights.len())?;
        let (visible_bias, hidden_bias) = biases.split_at_checked(self.visible())?;
        (hidden_bias.len() == self.hidden()).then(|| Self {
            units: self.units,
            weights: weights.to_vec(),
            visible_bias: visible_bias.to_vec(),
            hidden_bias: hidden_bias.to_vec(),
        })
    }

    fn allowed(&self, symbol: u8) -> u8 {
        symbol.min((self.states() - 1) as u8)
    }

    fn generators(&self, chains: &RbmChains) -> Vec<u128> {
        chains.generators()
    }

    fn set_generators(&self, chains: &mut RbmChains, states: &[u128]) {
        chains.set_generators(states);
    }
}

/// `log Z` of independent sites, from fields of shape (sites, states).
fn sites_log_z(fields: &[f32], states: usize) -> f64 {
    let of_site = |h: &[f32]| {
        let h: Vec<f64> = h.iter().map(|&h| f64::from(h)).collect();
        gwg_core::math::logsumexp(&h)
    };
    fields.chunks_exact(states).map(of_site).sum()
}

/// A Potts model with the tables that its sweeps read.
#[derive(Clone, Debug)]
pub struct SweptPotts {
    model: PairPotts<f32>,
    tables: PottsTables,
}

impl SweptPotts {
    /// The model with its tables.
    #[must_use]
    pub fn new(model: PairPotts<f32>, threads: &Threads) -> Self {
        let tables = PottsTables::new(&model, threads);
        Self { model, tables }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &PairPotts<f32> {
        &self.model
    }
}

impl SweptModel for SweptPotts {
    type Chains = PottsChains;

    fn sites(&self) -> usize {
        self.model.sites()
    }

    fn chains(&self, rows: &[u8], seed: u64) -> PottsChains {
        let shape = (self.model.sites(), self.model.states());
        let uniform = vec![1.0; shape.0 * shape.1];
        let mut all =
            PottsChains::new(shape, rows.len() / shape.0, seed, &uniform, &Threads::one());
        all.set_rows(rows);
        all
    }

    fn sweep(&self, chains: &mut PottsChains, sweeps: usize) {
        chains.sweep(&self.tables, sweeps);
    }

    fn rows(&self, chains: &PottsChains) -> Vec<u8> {
        chains.rows()
    }

    fn set_rows(&self, chains: &mut PottsChains, rows: &[u8]) {
        chains.set_rows(rows);
    }

    fn log_prob(&self, rows: &[u8]) -> Vec<f64> {
        let rows = rows.chunks_exact(self.model.sites());
        rows.map(|x| self.model.log_prob(x)).collect()
    }

    fn independent_log_z(&self) -> Option<f64> {
        let none = self.model.coupling().iter().all(|&j| j == 0.0);
        none.then(|| sites_log_z(self.model.field(), self.model.states()))
    }

    fn parameters(&self) -> Vec<f32> {
        [self.model.field(), self.model.coupling()].concat()
    }

    fn with_parameters(&self, parameters: &[f32]) -> Option<Self> {
        let (field, coupling) = parameters.split_at_checked(self.model.field().len())?;
        if coupling.len() != self.model.coupling().len() {
            return None;
        }
        let mut model = self.model.clone();
        model.field_mut().copy_from_slice(field);
        model.coupling_mut().copy_from_slice(coupling);
        Some(Self::new(model, &Threads::one()))
    }

    fn allowed(&self, symbol: u8) -> u8 {
        symbol.min((self.model.states() - 1) as u8)
    }

    fn generators(&self, chains: &PottsChains) -> Vec<u128> {
        chains.generators()
    }

    fn set_generators(&self, chains: &mut PottsChains, states: &[u128]) {
        chains.set_generators(states);
    }
}
