//! Ending a run from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Ends a run when it is set, from any thread or a signal handler, in the middle of a draw as well: see
/// [`Observer::stop_flag`](crate::Observer::stop_flag).
///
/// Clones share one flag. With the crate `signal-hook`, `flag::register(SIGTERM, Arc::clone(&flag))` sets the flag that
/// `StopFlag::from(flag)` reads.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// A flag that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets it. It stays set.
    pub fn stop(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

impl From<Arc<AtomicBool>> for StopFlag {
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

/// When a call of [`Stepper::advance`](crate::Stepper::advance) is to return early. Once due, it stays due.
#[derive(Clone, Copy, Debug)]
pub struct Stop<'f> {
    flag: &'f AtomicBool,
    earliest: Option<Instant>,
}

impl<'f> Stop<'f> {
    /// Never.
    #[must_use]
    pub fn never() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self::when(&NEVER)
    }

    /// As soon as the flag is set.
    #[must_use]
    pub const fn when(flag: &'f AtomicBool) -> Self {
        Self {
            flag,
            earliest: None,
        }
    }

    /// The same, but not before a time.
    #[must_use]
    pub const fn not_before(mut self, earliest: Instant) -> Self {
        self.earliest = Some(earliest);
        self
    }

    /// Whether to return now: the chains are not used any further. A load of one shared flag, so it may be called before every step.
    #[inline(always)]
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.flag.load(Ordering::Relaxed) && self.is_late()
    }

    #[cold]
    #[inline(never)]
    fn is_late(&self) -> bool {
        self.earliest
            .is_none_or(|earliest| Instant::now() >= earliest)
    }
}
