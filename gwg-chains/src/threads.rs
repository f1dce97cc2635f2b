use crate::plan::RunError;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The threads that chains are advanced on: the calling thread alone, or a pool, which several [`Chains`](crate::Chains) can share.
///
/// Results have the same bits on any number of threads. Starting threads takes milliseconds: create one pool per program, and clone
/// this handle.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    pool: Option<Arc<rayon::ThreadPool>>,
}

impl Threads {
    /// The calling thread alone.
    #[must_use]
    pub const fn one() -> Self {
        Self { pool: None }
    }

    /// A pool of `threads` threads; with 1, the calling thread alone.
    ///
    /// # Errors
    /// [`RunError::Threads`] if they cannot be started.
    pub fn new(threads: NonZeroUsize) -> Result<Self, RunError> {
        if threads.get() == 1 {
            return Ok(Self::one());
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get());
        Ok(Self::from(Arc::new(pool.build()?)))
    }

    /// As many threads as there are cores.
    ///
    /// # Errors
    /// [`RunError::Threads`] if they cannot be started.
    pub fn all() -> Result<Self, RunError> {
        let one = NonZeroUsize::MIN;
        Self::new(std::thread::available_parallelism().unwrap_or(one))
    }

    /// How many threads.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pool
            .as_ref()
            .map_or(1, |pool| pool.current_num_threads())
    }

    /// Does `work` on each item, on whichever thread is free: results must not depend on the order.
    pub fn each<T: Send>(&self, items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
        use rayon::prelude::*;
        match &self.pool {
            Some(pool) if items.len() > 1 => {
                pool.install(|| items.par_iter_mut().for_each(work));
            }
            _ => items.iter_mut().for_each(work),
        }
    }

    pub(crate) fn each_with<T: Send, U: Send>(
        &self,
        items: &mut [T],
        with: Vec<U>,
        work: impl Fn(&mut T, U) + Sync + Send,
    ) {
        use rayon::prelude::*;
        match &self.pool {
            Some(pool) if items.len() > 1 => {
                let pairs = items.par_iter_mut().zip(with);
                pool.install(|| pairs.for_each(|(item, with)| work(item, with)));
            }
            _ => items
                .iter_mut()
                .zip(with)
                .for_each(|(item, with)| work(item, with)),
        }
    }
}

impl From<Arc<rayon::ThreadPool>> for Threads {
    /// A pool that the program already has.
    fn from(pool: Arc<rayon::ThreadPool>) -> Self {
        Self { pool: Some(pool) }
    }
}
