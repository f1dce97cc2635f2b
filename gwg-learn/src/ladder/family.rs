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
        self.visible()
    }

    fn chains(&self, rows: &[u8], seed: u64) -> RbmChains {
        let (chains, none) = (rows.len() / self.visible(), vec![0.0; self.visible()]);
        let mut all = RbmChains::new(self.hidden(), chains, seed, &none, &Threads::one());
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
        let biases = self.visible_bias.iter().chain(&self.hidden_bias);
        none.then(|| biases.map(|&b| Real::softplus(f64::from(b))).sum())
    }

    fn parameters(&self) -> Vec<f32> {
        [&self.weights[..], &self.visible_bias, &self.hidden_bias].concat()
    }

    fn with_parameters(&self, parameters: &[f32]) -> Option<Self> {
        let (weights, biases) = parameters.split_at_checked(self.weights.len())?;
        let (visible_bias, hidden_bias) = biases.split_at_checked(self.visible())?;
        (hidden_bias.len() == self.hidden()).then(|| Self {
            weights: weights.to_vec(),
            visible_bias: visible_bias.to_vec(),
            hidden_bias: hidden_bias.to_vec(),
        })
    }

    fn allowed(&self, symbol: u8) -> u8 {
        symbol.min(1)
    }

    fn generators(&self, chains: &RbmChains) -> Vec<u128> {
        chains.generators()
    }

    fn set_generators(&self, chains: &mut RbmChains, states: &[u128]) {
        chains.set_generators(states);
    }
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
        let fields = self.model.field().chunks_exact(self.model.states());
        none.then(|| {
            let of_site = |h: &[f32]| {
                let h: Vec<f64> = h.iter().map(|&h| f64::from(h)).collect();
                gwg_core::math::logsumexp(&h)
            };
            fields.map(of_site).sum()
        })
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
