//! Runs as plain data.

mod plan;

use super::record::Tally;
use crate::chains::{RestoreError, SavedChains, numbers};
use crate::diagnostics::ChainBits;
use crate::frame::{Frame, FrameError};
use crate::plan::{Plan, RunError};
use crate::quantity::{KeptDraws, Quantity};
use gwg_core::{StepCounts, Symbol};
use serde::{Deserialize, Serialize};

pub(super) use plan::SavedPlan;
use plan::differs;

/// The format of a saved run.
const FRAME: Frame = Frame::new(b"gwg run", 1);

/// A place in a run, between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// So many steps of the warm-up.
    Warmup { done: u64 },
    /// So many draws, and so many steps into the next.
    Sampling { draws: usize, into: u64 },
}

/// All that the rest of a run depends on, to be written to a file by an [`Observer`](crate::Observer).
#[derive(Debug)]
pub struct Checkpoint<'r> {
    pub(super) plan: &'r SavedPlan,
    pub(super) stage: Stage,
    pub(super) chains: SavedChains,
    pub(super) tallies: &'r [Tally],
    pub(super) counts: &'r [u64],
    pub(super) kept: &'r KeptDraws,
}

/// A run that was saved, for [`resume`](crate::resume).
///
/// # Size
/// The memory of the chains, 8 bytes for each value of a quantity that is [kept](Plan::keep), the symbols of the sites (at most
/// 64 MiB) and their counts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SavedRun {
    note: String,
    pub(super) plan: SavedPlan,
    pub(super) stage: Stage,
    pub(super) chains: SavedChains,
    before: Vec<[u64; 6]>,
    pub(super) sites: Vec<ChainBits>,
    pub(super) counts: Vec<u64>,
    pub(super) kept: KeptDraws,
}

impl Checkpoint<'_> {
    /// Draws of each chain made until then.
    #[must_use]
    pub fn draws(&self) -> usize {
        match self.stage {
            Stage::Warmup { .. } => 0,
            Stage::Sampling { draws, .. } => draws,
        }
    }

    /// All of it as bytes, the same on every machine and for any number of threads, with a text of the caller's.
    ///
    /// # Errors
    /// [`RestoreError::Damaged`] where they cannot be written: never.
    pub fn to_bytes(&self, note: &str) -> Result<Vec<u8>, RestoreError> {
        // In the order of the fields of `SavedRun`.
        let before = self.tallies.iter().flat_map(|tally| &tally.before);
        let before: Vec<[u64; 6]> = before.map(numbers).collect();
        let sites = self.tallies.iter().filter_map(|tally| tally.sites.as_ref());
        let sites: Vec<&ChainBits> = sites.flat_map(|sites| sites.bits()).collect();
        let all = (
            note,
            self.plan,
            self.stage,
            &self.chains,
            before,
            sites,
            self.counts,
            self.kept.compact(),
        );
        FRAME.encode(&all).map_err(refused)
    }
}

impl SavedRun {
    /// Reads what [`Checkpoint::to_bytes`] made.
    ///
    /// # Errors
    /// [`RestoreError::NotARun`], [`RestoreError::Version`], [`RestoreError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RestoreError> {
        FRAME.decode(bytes).map_err(refused)
    }

    /// The text that was saved with it.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// How many chains.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.plan.chains
    }

    /// Draws of each chain made until then.
    #[must_use]
    pub fn draws(&self) -> usize {
        match self.stage {
            Stage::Warmup { .. } => 0,
            Stage::Sampling { draws, .. } => draws,
        }
    }

    /// Steps of the warm-up made until then.
    #[must_use]
    pub fn warmup(&self) -> u64 {
        match self.stage {
            Stage::Warmup { done } => done,
            Stage::Sampling { .. } => self.plan.warmup,
        }
    }

    /// Whether a run of `plan` can go on from here; `fresh` is what it keeps at its beginning.
    pub(super) fn check<S: Symbol>(
        &self,
        plan: &Plan<S>,
        fresh: &KeptDraws,
    ) -> Result<(), RunError> {
        if let Some(error) = self.plan.differs(&SavedPlan::of(plan)) {
            return Err(error);
        }
        if self.draws() > plan.draws {
            let (found, needed) = (self.draws(), plan.draws);
            return Err(differs(
                "draws",
                found.to_string(),
                format!("at most {needed}"),
            ));
        }
        let chains = plan.chains;
        let (begun, into) = match self.stage {
            Stage::Warmup { done } if done <= plan.warmup => (0, 0),
            Stage::Sampling { into, .. } => (chains, into),
            Stage::Warmup { .. } => return Err(damaged("steps of the warm-up").into()),
        };
        let sites = if plan.judge_sites { begun } else { 0 };
        let fits = into < plan.thin
            && self.before.len() == begun
            && self.sites.len() == sites
            && self.kept.draws() == self.draws()
            && self.kept.fits(fresh)
            && self.chains.chains() == chains;
        if fits {
            Ok(())
        } else {
            Err(damaged("parts of other sizes").into())
        }
    }

    /// Whether the warm-up has ended.
    pub(super) fn has_draws(&self) -> bool {
        matches!(self.stage, Stage::Sampling { .. })
    }

    /// What was kept, with room for so many draws in all.
    pub(super) fn take_kept(&mut self, draws: usize) -> Result<KeptDraws, RunError> {
        let mut kept = std::mem::replace(&mut self.kept, KeptDraws::new([], 0, 0, None)?);
        kept.reserve(draws)?;
        Ok(kept)
    }

    /// The counts of each chain at its last draw.
    pub(super) fn before(&self) -> impl Iterator<Item = StepCounts> {
        self.before.iter().map(counts)
    }
}

fn damaged(what: &'static str) -> RestoreError {
    RestoreError::Damaged { what }
}

fn refused(error: FrameError) -> RestoreError {
    match error {
        FrameError::Name => RestoreError::NotARun,
        FrameError::Version { found } => RestoreError::Version {
            found: u32::from(found),
        },
        FrameError::Damaged { what } => damaged(what),
    }
}

fn counts(numbers: &[u64; 6]) -> StepCounts {
    let [steps, accepted, sites_changed, values, gradients, invalid] = *numbers;
    StepCounts {
        steps,
        accepted,
        sites_changed,
        values,
        gradients,
        invalid,
    }
}

/// All quantities by their names.
pub(super) fn names<S: Symbol>(quantities: &[Quantity<S>]) -> impl Iterator<Item = &str> {
    quantities.iter().map(Quantity::name)
}
