use crate::quantity::QuantityDraws;
use crate::runner::Checkpoint;
use crate::stop::StopFlag;
use std::ops::ControlFlow;

/// Bytes of states kept between two batches.
const BATCH_BYTES: usize = 64 << 20;

/// The draws of a batch whose states, of `sites` bytes each, take at most 64 MiB (if one draw of all chains does): 1 to 100.
#[must_use]
pub fn batch_draws(chains: usize, sites: usize) -> usize {
    let one = chains.saturating_mul(sites).max(1);
    (BATCH_BYTES / one).clamp(1, 100)
}

/// Consecutive draws of all chains. Slices are chain-major: (chain, draw) or (chain, draw, site).
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, S = u8> {
    /// The number of the first draw here, from 0.
    pub first_draw: usize,
    /// Draws of each chain here.
    pub draws: usize,
    /// Chains of the run.
    pub chains: usize,
    /// Sites of the model.
    pub sites: usize,
    /// The states; may be empty unless the observer [needs them](Observer::needs_states).
    pub x: &'a [S],
    /// The values of the plan's quantities, (chain, draw) each.
    pub quantities: &'a QuantityDraws,
    /// Share of accepted steps since the draw before.
    pub accepted: &'a [f64],
    /// Sites changed per step since the draw before; a step of a [`Cycle`](gwg_core::kernel::Cycle) is a whole cycle.
    pub sites_changed: &'a [f64],
}

impl<'a, S> Batch<'a, S> {
    /// The values of the quantity with this name; `None` where the plan does not list it.
    #[must_use]
    pub fn quantity(&self, name: &str) -> Option<&'a [f64]> {
        self.quantities.get(name)
    }
}

/// The progress of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Warm-up: steps done by each chain.
    Warmup {
        /// Steps done.
        done: u64,
        /// Steps in all.
        of: u64,
    },
    /// Sampling: draws done by each chain.
    Sampling {
        /// Draws done.
        done: usize,
        /// Draws in all.
        of: usize,
    },
}

/// Receives the draws and the progress of a run while it goes on, and may end it early; the draws made until then are kept.
///
/// It is called on the calling thread, while no chain steps. Batches come in order, and are the same for any number of threads; only where a run
/// that is ended early ends, how often [`progress`](Self::progress) is called, and which batches are shorter because a
/// [checkpoint is due](Self::checkpoint_due), depends on time.
///
/// `S` is the symbol of the target's space, [`SymbolOf`](gwg_core::SymbolOf).
pub trait Observer<S = u8> {
    /// True if [`batch`](Self::batch) needs `x`; states are not kept otherwise.
    fn needs_states(&self) -> bool {
        false
    }

    /// The most draws in a batch (the last one may have fewer).
    fn batch_draws(&self) -> usize {
        100
    }

    /// A flag that ends the run once it is set, within about a second even if a draw takes hours: what all chains have drawn until then is
    /// kept. It is asked for once, when the run begins; the default is none.
    fn stop_flag(&self) -> Option<StopFlag> {
        None
    }

    /// Called when the warm-up and the draws begin, after each batch, and about ten times a second between batches, as long as steps are short: [`stop_flag`](Self::stop_flag) ends
    /// a run in the middle of a long one.
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let _ = progress;
        ControlFlow::Continue(())
    }

    /// Receives the next draws of all chains.
    ///
    /// # Errors
    /// An error of the observer; it ends the run.
    fn batch(
        &mut self,
        batch: &Batch<'_, S>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let _ = batch;
        Ok(())
    }

    /// Whether the run is to hand over a [`checkpoint`](Self::checkpoint) now: asked about ten times a second as long as steps are short, and with
    /// `last` at the end, unless the run was ended in the middle of a step or by its model. No checkpoints are the default.
    fn checkpoint_due(&mut self, last: bool) -> bool {
        let _ = last;
        false
    }

    /// Receives all that the rest of the run depends on: [`resume`](crate::resume) goes on from there. What was drawn until then has been passed to
    /// [`batch`](Self::batch).
    ///
    /// # Errors
    /// An error of the observer; it ends the run.
    fn checkpoint(
        &mut self,
        checkpoint: &Checkpoint<'_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let _ = checkpoint;
        Ok(())
    }
}

/// Observes nothing.
impl<S> Observer<S> for () {}
