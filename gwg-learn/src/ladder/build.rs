//! Which models of a training run become rungs.

use super::swap::differences;
use super::{Ladder, SweptModel, rung_seed};
use gwg_chains::Threads;

/// Collects models during training: a model becomes a rung once exchanges with the last rung would be accepted too rarely.
#[derive(Debug)]
pub struct LadderBuilder<M: SweptModel> {
    rungs: Vec<M>,
    /// States of each rung, row-major: where the chains of the ladder begin.
    states: Vec<Vec<u8>>,
    /// Chains of the last rung.
    chains: M::Chains,
    least: f64,
    seed: u64,
}

impl<M: SweptModel + Clone> LadderBuilder<M> {
    /// Begins with a model without couplings; exchanges with the last rung are to be accepted with a probability of at least about `least`.
    ///
    /// # Panics
    /// If the model has couplings, or without a chain.
    #[must_use]
    pub fn new(first: M, chains: usize, least: f64, seed: u64) -> Self {
        assert!(chains > 0, "a chain");
        assert!(first.independent_log_z().is_some(), "no couplings");
        let start = vec![0; chains * first.sites()];
        let mut own = first.chains(&start, rung_seed(seed, 0));
        first.sweep(&mut own, 1);
        Self {
            states: vec![first.rows(&own)],
            rungs: vec![first],
            chains: own,
            least,
            seed,
        }
    }

    /// Considers the present model with the states of its chains, as many as here or more; the mean acceptance probability of exchanges with the last
    /// rung, and true where the model became a rung.
    ///
    /// # Panics
    /// If there are fewer rows than chains.
    pub fn consider(&mut self, model: &M, rows: &[u8], sweeps: usize) -> (f64, bool) {
        let last = &self.rungs[self.rungs.len() - 1];
        last.sweep(&mut self.chains, sweeps);
        let own = last.rows(&self.chains);
        let below = differences(last, model, &own);
        let above = differences(last, model, &rows[..own.len()]);
        let pairs = below.iter().zip(&above);
        let acceptance = pairs.map(|(l, u)| (l - u).exp().min(1.0)).sum::<f64>();
        let acceptance = acceptance / below.len() as f64;
        let added = acceptance < self.least;
        if added {
            self.push(model.clone(), &rows[..own.len()]);
        }
        (acceptance, added)
    }

    fn push(&mut self, model: M, rows: &[u8]) {
        self.chains = model.chains(rows, rung_seed(self.seed, self.rungs.len()));
        self.states.push(rows.to_vec());
        self.rungs.push(model);
    }

    /// The rungs so far.
    #[must_use]
    pub fn rungs(&self) -> &[M] {
        &self.rungs
    }

    /// The ladder of all rungs and of the model at its end, whose chains begin at `rows`; as many chains of each as the rungs have.
    ///
    /// # Panics
    /// If there are fewer rows than chains.
    #[must_use]
    pub fn finish(mut self, last: M, rows: &[u8], threads: &Threads) -> Ladder<M> {
        let symbols = self.states[0].len();
        self.push(last, &rows[..symbols]);
        Ladder::with_states(self.rungs, self.states, self.seed, threads)
    }
}
