//! What can be seen of chains.

use gwg_chains::ChainsOf;
use gwg_core::{Kernel, StepCounts, SymbolOf, Target};

/// One chain; floating-point numbers by their bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Numbers<S> {
    pub(crate) state: Vec<S>,
    pub(crate) log_prob: u64,
    pub(crate) counts: StepCounts,
    pub(crate) tuning: Vec<u64>,
}

/// Every chain.
pub(crate) fn numbers<T, K>(
    chains: &mut ChainsOf<T>,
    target: &T,
    kernel: &K,
) -> Vec<Numbers<SymbolOf<T>>>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let tuning = chains.tuning(target, kernel).unwrap();
    let each = tuning.len() / chains.len();
    let numbers = |chain: usize| Numbers {
        state: chains.state(chain).to_vec(),
        log_prob: chains.log_prob(chain).to_bits(),
        counts: chains.counts(chain),
        tuning: tuning[chain * each..][..each]
            .iter()
            .map(|t| t.to_bits())
            .collect(),
    };
    (0..chains.len()).map(numbers).collect()
}
