use super::{RestoreError, VERSION};
use crate::plan::RunError;
use crate::stepper::Stepper;
use gwg_core::{MemoryLayout, Real, Symbol};
use serde::{Deserialize, Serialize};

/// What saved chains must have in common with a target and a kernel to be restored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) version: u32,
    /// The kernel, as [`Stepper::label`] has it.
    pub(super) kernel: String,
    pub(super) precision: String,
    pub(super) symbol_bytes: usize,
    pub(super) sites: usize,
    pub(super) states: usize,
    /// Reals, words, indices, moves and saved numbers of a walker.
    pub(super) memory: [usize; 5],
    pub(super) first_chain: u64,
    pub(super) chains: usize,
    pub(super) replicas: usize,
    pub(super) swap_every: u64,
    pub(super) until_swap: u64,
}

pub(super) fn precision<R: Real>() -> &'static str {
    if size_of::<R>() == size_of::<f32>() {
        "f32"
    } else {
        "f64"
    }
}

impl Header {
    pub(super) fn of<R: Real, S: Symbol>(stepper: &dyn Stepper<R, S>) -> Result<Self, RunError> {
        let layout = stepper.layout();
        let saved = stepper.fresh()?.len();
        Ok(Self {
            version: VERSION,
            kernel: stepper.label(),
            precision: precision::<R>().into(),
            symbol_bytes: size_of::<S>(),
            sites: stepper.sites(),
            states: stepper.states(),
            memory: memory(layout, saved),
            first_chain: 0,
            chains: 0,
            replicas: 1,
            swap_every: 0,
            until_swap: 0,
        })
    }

    /// The least number of bytes that all walkers take, `usize::MAX` if it overflows.
    pub(super) fn least_bytes<R>(&self) -> usize {
        let [reals, words, indices, moves, saved] = self.memory;
        let parts = [
            (self.sites, self.symbol_bytes),
            (reals, size_of::<R>()),
            (words.saturating_add(saved), 8),
            (indices, 4),
            (moves, 12),
        ];
        let each = parts.into_iter().fold(1_usize, |sum, (n, bytes)| {
            sum.saturating_add(n.saturating_mul(bytes))
        });
        each.saturating_mul(self.chains)
            .saturating_mul(self.replicas)
    }

    /// The first respect in which saved chains differ from what is `needed`.
    pub(super) fn differs(&self, needed: &Self) -> Option<RestoreError> {
        let other = |what, found: String, needed: String| {
            (found != needed).then_some(RestoreError::Other {
                what,
                found,
                needed,
            })
        };
        let number = |n: usize| n.to_string();
        other("sampler", self.kernel.clone(), needed.kernel.clone())
            .or_else(|| {
                other(
                    "precision",
                    self.precision.clone(),
                    needed.precision.clone(),
                )
            })
            .or_else(|| {
                let of = |bytes: usize| format!("{} bits", 8 * bytes);
                other("symbols", of(self.symbol_bytes), of(needed.symbol_bytes))
            })
            .or_else(|| other("sites", number(self.sites), number(needed.sites)))
            .or_else(|| {
                other(
                    "states per site",
                    number(self.states),
                    number(needed.states),
                )
            })
            .or_else(|| {
                let of = |memory: [usize; 5]| format!("{memory:?}");
                other("memory of a chain", of(self.memory), of(needed.memory))
            })
    }
}

fn memory(layout: MemoryLayout, saved: usize) -> [usize; 5] {
    let MemoryLayout {
        reals,
        words,
        indices,
        moves,
    } = layout;
    [reals, words, indices, moves, saved]
}
