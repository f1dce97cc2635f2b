//! Steps that are independent draws.

use crate::model::Model;
use gwg_chains::{BlockMut, FailureCell, Generator, Pending, Stepper};
use gwg_core::target::Failure;
use gwg_core::{Error, MemoryLayout, Real, Space, SplitMix64, StepCounts, Symbol, Walker};
use gwg_models::exact::{CouplingFromThePast, Elimination, ExactDraws, ExactError};
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers of the running sum of `f`; then those below.
const LOG_PROB: usize = Walker::<f64, ()>::LOG_PROB_WORDS;
/// What the random numbers of a chain depend on, besides the number of the step.
const KEY: usize = LOG_PROB;
/// Steps made.
const STEP: usize = KEY + 1;
const SAVED: usize = STEP + 1;

/// What the tables of all temperatures take at most, unless those of one take more.
const MOST_BYTES: usize = 1 << 31;
/// Sweeps of coupling from the past at most.
const MOST_SWEEPS: u64 = 1 << 16;

/// How draws are made.
pub(super) enum Method {
    Elimination(Elimination),
    Coupling(CouplingFromThePast),
}

/// Tables at a temperature, the bits of which come first; those used last are the last.
type Cache = Vec<(u64, Arc<ExactDraws>)>;

/// Independent draws from a model.
pub(super) struct ExactStepper<R: Real, S: Symbol> {
    model: Model<R, S>,
    method: Method,
    label: String,
    cache: Mutex<Cache>,
    failure: FailureCell,
}

impl<R: Real, S: Symbol> ExactStepper<R, S> {
    pub(super) fn new(model: Model<R, S>, method: Method, label: String) -> Self {
        Self {
            model,
            method,
            label,
            cache: Mutex::default(),
            failure: FailureCell::new(),
        }
    }

    fn saved<'s>(block: &'s mut BlockMut<'_, R, S>, walker: usize) -> &'s mut [u64] {
        let start = walker * block.each.saved + block.offset.saved;
        &mut block.saved[start..start + SAVED]
    }

    /// Evaluates the state of a walker, which has been drawn or comes from elsewhere.
    fn arrive(&self, block: &mut BlockMut<'_, R, S>, walker: usize) {
        let sites = self.sites();
        let f = self.evaluate(&block.x[walker * sites..(walker + 1) * sites]);
        let words = Walker::<R, ()>::log_prob_words(f);
        Self::saved(block, walker)[..LOG_PROB].copy_from_slice(&words);
        block.log_prob[walker] = f;
        block.pending[walker] = Pending::Nothing;
    }

    /// The tables at a temperature. While one thread makes them, others wait.
    fn tables(&self, of: &Elimination, beta: f64, stop: &dyn Fn() -> bool) -> Result<Arc<ExactDraws>, ExactError> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let found = cache.iter().position(|&(bits, _)| bits == beta.to_bits());
        let entry = match found {
            Some(place) => cache.remove(place),
            None => (beta.to_bits(), Arc::new(of.tables(beta, stop)?)),
        };
        let tables = Arc::clone(&entry.1);
        cache.push(entry);
        let bytes = |cache: &Cache| cache.iter().map(|(_, all)| all.bytes()).sum::<usize>();
        while cache.len() > 1 && bytes(&cache) > MOST_BYTES {
            cache.remove(0);
        }
        Ok(tables)
    }

    /// Makes steps of one walker, all of them unless it is to stop.
    fn walk(
        &self,
        block: &mut BlockMut<'_, R, S>,
        counts: &mut StepCounts,
        (walker, steps): (usize, u64),
    ) -> Result<(), ExactError> {
        let sites = self.sites();
        let (beta, stop) = (block.betas[walker].to_f64(), block.stop);
        let stop = || stop.is_due();
        let tables = match &self.method {
            Method::Elimination(of) => Some(self.tables(of, beta, &stop)?),
            Method::Coupling(_) => None,
        };
        let mut before = vec![S::default(); sites];
        for _ in 0..steps {
            let (key, step) = match Self::saved(block, walker) {
                [.., key, step] => (*key, *step),
                _ => (0, 0),
            };
            let key = SplitMix64::mix(key ^ SplitMix64::mix(step.wrapping_add(1)));
            let x = &mut block.x[walker * sites..(walker + 1) * sites];
            before.copy_from_slice(x);
            match (&tables, &self.method) {
                _ if stop() => return Err(ExactError::Stopped),
                (Some(tables), _) => tables.draw(x, &mut SplitMix64::new(key)),
                (None, Method::Coupling(of)) => {
                    of.draw(x, (beta, key), MOST_SWEEPS, &stop)?;
                }
                (None, Method::Elimination(_)) => {}
            }
            let changed = before.iter().zip(&*x).filter(|(a, b)| a != b).count();
            Self::saved(block, walker)[STEP] = step.wrapping_add(1);
            counts.steps += 1;
            counts.accepted += 1;
            counts.sites_changed += changed as u64;
        }
        Ok(())
    }
}

impl<R: Real, S: Symbol> Stepper<R, S> for ExactStepper<R, S> {
    fn sites(&self) -> usize {
        self.model.space().sites()
    }

    fn states(&self) -> usize {
        self.model.space().states()
    }

    fn states_at(&self, site: usize) -> usize {
        self.model.space().states_at(site)
    }

    fn observed(&self, site: usize) -> Option<S> {
        self.model.space().observed(site)
    }

    fn free(&self) -> usize {
        self.model.space().free()
    }

    fn evaluate(&self, x: &[S]) -> f64 {
        self.model.log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }

    fn lockstep(&self) -> bool {
        false
    }

    fn layout(&self) -> MemoryLayout {
        MemoryLayout::default()
    }

    fn fresh(&self) -> Result<Vec<u64>, Error> {
        Ok(vec![0; SAVED])
    }

    fn number(&self, seed: u64, chain: u64, replica: u64, saved: &mut [u64]) {
        let of_seed = SplitMix64::mix(seed ^ 0x51ab_8d30_7e24_c96b);
        let of_chain = SplitMix64::mix(of_seed ^ SplitMix64::mix(chain.wrapping_add(1)));
        saved[KEY] = SplitMix64::mix(of_chain ^ SplitMix64::mix(replica.wrapping_add(1)));
        saved[STEP] = 0;
    }

    fn scratch_len(&self, _: usize) -> usize {
        0
    }

    fn advance(
        &self,
        mut block: BlockMut<'_, R, S>,
        _: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        _: bool,
    ) {
        for walker in 0..block.betas.len() {
            let due = steps > 0 && self.failure.get().is_none();
            if let Some(counts) = counts.get_mut(walker).filter(|_| due) {
                match self.walk(&mut block, counts, (walker, steps)) {
                    Ok(()) | Err(ExactError::Stopped) => {}
                    Err(error) => self.failure.set(format!("exact: {error}; choose sweep or gwg, or method=elimination where the model is narrow")),
                }
            }
            if steps > 0 || block.pending[walker] != Pending::Nothing {
                self.arrive(&mut block, walker);
            }
        }
    }

    fn tuning(&self, _: BlockMut<'_, R, S>, _: &mut Vec<f64>) {}

    fn label(&self) -> String {
        self.label.clone()
    }
}
