//! Parallel batches of chains over discrete distributions.
//!
//! - [`Chains`]: chains as values that own their memory, to be advanced, saved and restored, with changes of the model, of temperatures
//!   and of states between calls; the model and the kernel are arguments of each call;
//! - [`run`]: a warm-up and draws of any [`gwg_core::Kernel`] on rayon's threads, bit-identical for any number of them;
//! - [`Tempering`], [`Annealing`]: replicas of each chain on a ladder of temperatures, and a warm-up that cools;
//! - [`Observer`]: receives the draws of a run while it goes on, and may end it early;
//! - [`Checkpoint`], [`resume`]: a run that was ended or killed goes on with the same bits;
//! - [`Quantity`]: a named function of the state that a run records;
//! - [`diagnostics`]: rank-normalized split R-hat, bulk and tail ESS, MCSE (Vehtari et al. 2021);
//! - [`publish`]: files and folders that get their names in one operation;
//! - [`trace`]: a Zarr v3 store that ArviZ and xarray open.

mod chains;
pub mod diagnostics;
mod failure;
mod frame;
mod generator;
mod observer;
mod plan;
pub mod publish;
mod quantity;
mod record;
mod runner;
mod stepper;
mod stop;
mod threads;
pub mod trace;
mod vectorized;

pub use chains::{ChainSpec, Chains, ChainsOf, RestoreError, SavedChains};
pub use failure::{FailureCell, ModelFailure};
pub use frame::{Frame, FrameError};
pub use generator::{Generator, distinct, generator, replica_generator};
pub use gwg_core::space::hamming;
pub use observer::{Batch, Observer, Progress, batch_draws};
pub use plan::{Annealing, Init, Plan, RunError, Tempering};
pub use quantity::{KeptDraws, Quantity, QuantityDraws, QuantityError};
pub use runner::{
    Checkpoint, InvalidValue, Outcome, SavedRun, Summaries, SwapStatistics, bytes_of_run,
    reference, resume, resume_with, run, run_with,
};
pub use stepper::{BlockMut, Bound, Extent, Pending, Stepper};
pub use stop::{Stop, StopFlag};
pub use threads::Threads;
pub use vectorized::{Dispatched, advance};
