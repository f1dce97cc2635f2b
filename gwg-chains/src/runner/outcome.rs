use super::{Summaries, SwapStatistics};
use crate::diagnostics::{Draws, DrawsError, SiteDraws, SiteStatistics};
use crate::failure::ModelFailure;
use crate::plan::RunError;
use crate::quantity::QuantityDraws;
use gwg_core::StepCounts;
use std::time::Duration;

/// The result of a run, in addition to the batches that its observer received.
///
/// With replicas, all fields but `tuning` are of the replica at the target's temperature.
#[derive(Clone, Debug)]
pub struct Outcome<S = u8> {
    /// Chains.
    pub chains: usize,
    /// Draws of each chain: as many as the plan states, or fewer if the run ended early.
    pub draws: usize,
    /// Those of them that a run made before it was [resumed](crate::resume); 0 for one that was not.
    pub restored: usize,
    /// The values of the plan's quantities, (chain, draw) each: at all draws, or at every [`every`](QuantityDraws::every)-th of a long run with
    /// [`Plan::keep`](crate::Plan::keep).
    pub quantities: QuantityDraws,
    /// The symbols of all draws, for the diagnostics of every site: see [`site_statistics`](Self::site_statistics). `None` where the plan does not
    /// ask for them.
    pub sites: Option<SiteDraws>,
    /// How often each site had each symbol over all draws: `[site]` counts of ones with two states, else `[site * states + symbol]`.
    /// Empty where these are more than 2^26.
    pub symbol_counts: Vec<u64>,
    /// The last state of every chain, (chain, site): that of its last draw, unless a [`StopFlag`](crate::StopFlag) ended the run in a later one.
    pub last: Vec<S>,
    /// The counts of all chains while sampling; in a cycle of samplers, the steps of each are counted. With replicas, `steps`, `accepted` and
    /// `sites_changed` are those at the target's temperature, whichever replica made them; `values` and `gradients` are those of all
    /// replicas: the cost of the run. What [`Kernel::reweight`](gwg_core::Kernel::reweight) evaluates, of most kernels nothing, is not counted.
    pub counts: StepCounts,
    /// The parameters that each chain tuned in its warm-up ([`Kernel::tuning`](gwg_core::Kernel::tuning)), (chain, replica, parameter); empty
    /// if the kernel tunes none.
    pub tuning: Vec<f64>,
    /// The statistics of the swaps while sampling; `None` without replicas.
    pub swaps: Option<SwapStatistics>,
    /// Wall-clock time of the warm-up and of the sampling, without the creation of the chains; of a resumed run, since then.
    pub seconds: (Duration, Duration),
    /// True if the run ended before all draws of the plan were made.
    pub interrupted: bool,
    /// Where the model's values were not numbers, which ended the run: the draws of the round in which that happened are not here.
    pub invalid: Option<InvalidValue>,
    /// Where the model could not be evaluated, which ended the run in the same way.
    pub failure: Option<ModelFailure>,
    /// Threads.
    pub threads: usize,
}

/// A value of the model that no kernel can go on from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvalidValue {
    /// The chain.
    pub chain: u64,
    /// Its steps until then, in warm-up or while sampling.
    pub steps: u64,
    /// The value: NaN or positive infinity.
    pub found: f64,
}

impl InvalidValue {
    /// The error that [`Chains`](crate::Chains) report it by.
    #[must_use]
    pub const fn as_error(&self) -> RunError {
        RunError::NotANumber {
            chain: self.chain,
            steps: self.steps,
            found: self.found,
        }
    }
}

impl<S> Outcome<S> {
    /// Nothing drawn yet.
    pub(super) fn empty(chains: usize, threads: usize) -> Self {
        Self {
            chains,
            draws: 0,
            restored: 0,
            quantities: QuantityDraws::default(),
            sites: None,
            symbol_counts: Vec::new(),
            last: Vec::new(),
            counts: StepCounts::default(),
            tuning: Vec::new(),
            swaps: None,
            seconds: (Duration::ZERO, Duration::ZERO),
            interrupted: false,
            invalid: None,
            failure: None,
            threads,
        }
    }

    /// The error of the model that ended the run: [`failure`](Self::failure) or [`invalid`](Self::invalid), whichever is there.
    #[must_use]
    pub fn model_error(&self) -> Option<RunError> {
        let failure = self.failure.as_ref().map(ModelFailure::as_error);
        failure.or_else(|| self.invalid.as_ref().map(InvalidValue::as_error))
    }

    /// The values of the quantity with this name, (chain, draw); `None` where the plan does not list it.
    #[must_use]
    pub fn quantity(&self, name: &str) -> Option<&[f64]> {
        self.quantities.get(name)
    }

    /// The draws of each chain whose values are in [`quantities`](Self::quantities).
    #[must_use]
    pub fn kept(&self) -> usize {
        self.draws.div_ceil(self.quantities.every())
    }

    /// The diagnostics of each of the [`quantities`](Self::quantities); undefined figures are `None`.
    ///
    /// # Cost
    /// A sort of all draws for each ([`summarize`](crate::diagnostics::summarize)).
    #[must_use]
    pub fn summary(&self) -> Summaries {
        Summaries::of(&self.quantities, self.chains, self.kept())
    }

    /// R-hat and ESS of the symbols of every site, which tell modes apart that have equal quantities; `None` where the plan does not
    /// [ask for them](crate::Plan::judge_sites).
    ///
    /// # Cost
    /// That of [`SiteDraws::statistics`].
    #[must_use]
    pub fn site_statistics(&self) -> Option<SiteStatistics> {
        self.sites.as_ref().map(SiteDraws::statistics)
    }

    /// A series of the shape of [`quantities`](Self::quantities), (chain, draw), for any of the [`diagnostics`](crate::diagnostics).
    ///
    /// # Errors
    /// [`DrawsError::FlatLength`] of a series of another length than `chains` times [`kept`](Self::kept).
    pub fn draws_of<'s>(&self, series: &'s [f64]) -> Result<Draws<'s>, DrawsError> {
        Draws::from_flat(series, self.chains, self.kept())
    }
}
