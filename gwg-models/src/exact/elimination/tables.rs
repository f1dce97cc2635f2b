//! Tables for draws at one inverse temperature.

use super::Elimination;
use super::algebra::{Linear, Log};
use super::blocks::Block;
use super::draws::by_weight;
use super::forward::{Message, Terms};
use gwg_core::{Bits, Symbol};

/// Tables from which independent configurations are drawn, at one inverse temperature.
pub struct ExactDraws {
    pub(super) of: Elimination,
    pub(super) blocks: Vec<Block>,
    pub(super) terms: Terms,
    pub(super) messages: Vec<Option<Message>>,
    pub(super) log_z: f64,
    pub(super) linear: bool,
}

impl std::fmt::Debug for ExactDraws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExactDraws")
            .field("of", &self.of)
            .field("log_z", &self.log_z)
            .finish_non_exhaustive()
    }
}

impl ExactDraws {
    /// `log sum exp(beta f)`.
    #[must_use]
    pub const fn log_z(&self) -> f64 {
        self.log_z
    }

    /// What the tables take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let messages = self.messages.iter().flatten().map(|all| all.table.len());
        let readings = self.blocks.iter().flat_map(|block| &block.readings);
        let offsets: usize = readings.map(|reading| reading.offsets.len()).sum();
        8 * messages.sum::<usize>() + 4 * offsets
    }

    /// Draws a configuration, independent of all others, with one uniform number of 53 bits per block of variables. Observed sites have their symbols.
    ///
    /// # Panics
    /// If `x` has fewer symbols than the model has sites.
    pub fn draw<S: Symbol, B: Bits>(&self, x: &mut [S], bits: &mut B) {
        assert!(x.len() >= self.of.held.len(), "one symbol per site");
        self.of.hold(x);
        let tables = self.of.on(&self.blocks, &self.terms, &self.messages);
        let choose = |weights: &[f64]| by_weight(weights, bits);
        if self.linear {
            tables.choose::<Linear, S>(x, choose);
        } else {
            tables.choose::<Log, S>(x, choose);
        }
    }
}
