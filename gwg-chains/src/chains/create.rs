use super::block::{Block, Sizes};
use super::{ChainSpec, Chains, start};
use crate::plan::RunError;
use crate::stepper::{MOST_TOGETHER, Stepper};
use gwg_core::{Real, Symbol};

/// Blocks per thread where chains do not share work: enough to even out, few enough to count in.
const BLOCKS_PER_THREAD: usize = 4;

impl<R: Real, S: Symbol> Chains<R, S> {
    /// Memory of the right sizes, and the generators.
    pub(super) fn without_start(
        stepper: &dyn Stepper<R, S>,
        spec: &ChainSpec,
    ) -> Result<Self, RunError> {
        start::check(stepper, spec)?;
        let fresh = stepper.fresh()?;
        let sizes = Sizes {
            sites: stepper.sites(),
            layout: stepper.layout(),
            saved: fresh.len(),
        };
        let fractions = match &spec.tempering {
            Some(tempering) => tempering.ladder.clone(),
            None => vec![1.0],
        };
        let (replicas, threads) = (fractions.len(), spec.threads.count());
        let together = stepper.together();
        let per_block = if together > 1 {
            spec.chains.div_ceil(threads).next_multiple_of(together)
        } else if stepper.lockstep() {
            let largest = spec.block.map_or(MOST_TOGETHER, usize::from);
            let most = (largest.min(MOST_TOGETHER) / replicas).max(1);
            spec.chains.div_ceil(threads).min(most)
        } else {
            spec.chains.div_ceil(BLOCKS_PER_THREAD * threads)
        };
        let walkers = per_block.checked_mul(replicas);
        let scratch = stepper.scratch_len(walkers.ok_or(RunError::TooLarge)?);
        let mut blocks = Vec::new();
        for first in (0..spec.chains).step_by(per_block) {
            let walkers = per_block.min(spec.chains - first) * replicas;
            let mut block = Block::new(sizes, walkers, scratch, (first, replicas))?;
            for saved in block.saved.chunks_exact_mut(fresh.len().max(1)) {
                saved.copy_from_slice(&fresh);
            }
            blocks.push(block);
        }
        Ok(Self {
            blocks,
            threads: spec.threads.clone(),
            first_chain: spec.first_chain,
            chains: spec.chains,
            fractions,
            sites: sizes.sites,
            states: stepper.states(),
            per_block,
            label: stepper.label(),
        })
    }
}
