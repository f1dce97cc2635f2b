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
}

/// A Potts model with the tables that its sweeps read.
#[derive(Clone, Debug)]
pub struct PottsRung {
    model: PairPotts<f32>,
    tables: PottsTables,
}

impl PottsRung {
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

impl SweptModel for PottsRung {
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
}
