//! The loops of Metropolis sweeps of a block of chains.

#[cfg(test)]
mod fixtures;
mod kept;
mod summed;

use super::chains::Block;
use super::tables::{LANES, PottsTables};
use gwg_chains::Stop;

/// The sweeps of a block, compiled for the processor's vector extensions.
///
/// Of alphabets of at most 8 symbols, each chain keeps its local fields, so that a proposal is cheap and an accepted one adds `L w` numbers; of larger ones,
/// every proposal adds `2 L` numbers. Which is faster depends on `w` alone: the numbers that are kept must stay in a cache near the processor.
pub(super) struct Metropolis<'s> {
    pub(super) block: &'s mut Block,
    pub(super) tables: &'s PottsTables,
    pub(super) sweeps: usize,
    pub(super) stop: Stop<'s>,
}

impl pulp::WithSimd for Metropolis<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let (block, tables, sweeps) = (self.block, self.tables, (self.sweeps, self.stop));
        match tables.width() / LANES {
            1 => kept::sweep(block, tables, sweeps),
            2 => summed::sweep::<16>(block, tables, sweeps),
            3 => summed::sweep::<24>(block, tables, sweeps),
            4 => summed::sweep::<32>(block, tables, sweeps),
            _ => summed::sweep_any(block, tables, sweeps),
        }
    }
}

/// The `k`-th of the symbols other than `old`.
#[inline(always)]
fn proposal(old: usize, k: usize) -> usize {
    k + usize::from(k >= old)
}
