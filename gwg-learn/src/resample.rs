//! Samples of a model from independent starts, held against the data.

use crate::{Correlations, Data, Moments};
use gwg_chains::Threads;

/// How a model is sampled from new starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResampleOptions {
    /// Chains.
    pub chains: usize,
    /// Sweeps of each.
    pub sweeps: usize,
    /// Of starts and sweeps.
    pub seed: u64,
}

/// The connected correlations of data, by their frequencies, and of rows.
pub(crate) fn correlations(
    target: &Moments,
    rows: Vec<u8>,
    (sites, states): (usize, usize),
    threads: &Threads,
) -> Correlations {
    match Data::new(rows, sites, states) {
        Ok(data) => Correlations::of(target, &Moments::new(&data, 0.0, threads), sites, states),
        // Without a chain.
        Err(_) => Correlations::default(),
    }
}
