//! Runs restarts of a search on threads.

use crate::{MOVES_PER_CALL, Search};
use gwg_core::SplitMix64;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Time between two looks at what else may end a run.
const LOOK: Duration = Duration::from_millis(50);

/// When a run ends; with none of them, where the observer ends it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// After so many seconds.
    pub seconds: Option<f64>,
    /// After so many restarts.
    pub restarts: Option<u64>,
    /// Each restart, after so many moves: rounded up to a multiple of [`MOVES_PER_CALL`].
    pub moves: Option<u64>,
    /// Once a solution is as good as this.
    pub target: Option<f64>,
}

/// What a run is made of.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// The seed of all restarts.
    pub seed: u64,
    /// Restarts at a time; at least 1.
    pub threads: usize,
    /// When the run ends.
    pub limits: Limits,
    /// The state from which the first restart searches, one symbol per site; those of others are random.
    pub start: Option<&'o [u8]>,
}

/// The best solution so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Its value.
    pub value: f64,
    /// A symbol per site.
    pub x: Vec<u8>,
    /// When it was found, in seconds from the start of the run.
    pub seconds: f64,
    /// The restart that found it, from 0.
    pub restart: u64,
}

/// What is told of a run while it goes on.
pub trait Watch {
    /// Called with every solution that is better than all before.
    fn improved(&mut self, solution: &Solution);

    /// Called at least every 50 ms; the run ends where it is true.
    fn ends(&mut self, seconds: f64) -> bool {
        let _ = seconds;
        false
    }
}

/// Nobody watches.
impl Watch for () {
    fn improved(&mut self, _: &Solution) {}
}

/// What a run has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The best solution; `None` where no feasible one was found.
    pub best: Option<Solution>,
    /// Whether the target was reached, or a value that none is better than.
    pub reached: bool,
    /// The length of the run.
    pub seconds: f64,
    /// Restarts that were begun.
    pub restarts: u64,
}

/// A solution on its way to the thread that started the run.
struct Found {
    value: f64,
    x: Vec<u8>,
    at: Instant,
    restart: u64,
}

/// What all threads of a run share.
struct Shared<'s> {
    search: &'s dyn Search,
    options: &'s Options<'s>,
    /// A value that ends the run.
    enough: Option<f64>,
    stop: AtomicBool,
    next: AtomicU64,
}

/// Runs restarts until a limit is reached. Without `seconds` and `target`, the result is a function of the problem, the seed, `restarts` and `moves` alone, whatever the number
/// of threads: the best solution, of equally good ones that of the first restart.
pub fn optimize(search: &dyn Search, options: &Options<'_>, watch: &mut dyn Watch) -> Outcome {
    let (target, bound) = (options.limits.target, search.bound());
    let shared = Shared {
        search,
        options,
        enough: match (target, bound) {
            (Some(a), Some(b)) if search.sense().better(a, b) => Some(b),
            (None, bound) => bound,
            (target, _) => target,
        },
        stop: AtomicBool::new(false),
        next: AtomicU64::new(0),
    };
    let began = Instant::now();
    std::thread::scope(|scope| {
        let (send, receive) = channel();
        for _ in 0..options.threads.max(1) {
            let (send, shared) = (send.clone(), &shared);
            scope.spawn(move || shared.work(&send));
        }
        drop(send);
        shared.follow(&receive, began, watch)
    })
}

impl Shared<'_> {
    /// Takes restart after restart.
    fn work(&self, send: &Sender<Found>) {
        let most = self.options.limits.restarts;
        while !self.stop.load(Ordering::Relaxed) {
            let restart = self.next.fetch_add(1, Ordering::Relaxed);
            if most.is_some_and(|most| restart >= most) {
                return;
            }
            let start = self.options.start.filter(|_| restart == 0);
            self.restart(restart, start, send);
        }
    }

    fn restart(&self, restart: u64, start: Option<&[u8]>, send: &Sender<Found>) {
        let most = self
            .options
            .limits
            .moves
            .map(|moves| moves.div_ceil(MOVES_PER_CALL));
        let calls = Cell::new(0);
        let stop = || {
            calls.set(calls.get() + 1);
            most.is_some_and(|most| calls.get() >= most) || self.stop.load(Ordering::Relaxed)
        };
        // Methods are chosen by the last bits of a seed.
        let seed = (SplitMix64::mix(self.options.seed) & !0xff).wrapping_add(restart);
        let mut found = |value: f64, x: &[u8]| {
            let at = Instant::now();
            let x = x.to_vec();
            // The other end lives as long as all threads.
            let _ = send.send(Found {
                value,
                x,
                at,
                restart,
            });
            if self.is_enough(value) {
                self.stop.store(true, Ordering::Relaxed);
            }
        };
        self.search.restart(seed, start, &mut found, &stop);
    }

    fn is_enough(&self, value: f64) -> bool {
        self.enough
            .is_some_and(|enough| !self.search.sense().better(enough, value))
    }

    /// Keeps the best of what is found until all threads have ended.
    fn follow(&self, receive: &Receiver<Found>, began: Instant, watch: &mut dyn Watch) -> Outcome {
        let limit = self.options.limits.seconds;
        let mut best: Option<Solution> = None;
        loop {
            let elapsed = began.elapsed().as_secs_f64();
            let left = limit.map_or(f64::INFINITY, |limit| limit - elapsed);
            if left <= 0.0 || watch.ends(elapsed) {
                self.stop.store(true, Ordering::Relaxed);
            }
            let wait = LOOK.as_secs_f64().min(left.max(1e-3));
            match receive.recv_timeout(Duration::from_secs_f64(wait)) {
                Ok(found) => self.keep(&mut best, found, began, watch),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let begun = self.next.load(Ordering::Relaxed);
        Outcome {
            reached: best.as_ref().is_some_and(|best| self.is_enough(best.value)),
            best,
            seconds: began.elapsed().as_secs_f64(),
            restarts: self
                .options
                .limits
                .restarts
                .map_or(begun, |most| begun.min(most)),
        }
    }

    fn keep(
        &self,
        best: &mut Option<Solution>,
        found: Found,
        began: Instant,
        watch: &mut dyn Watch,
    ) {
        let better = best.as_ref().is_none_or(|best| {
            self.search.sense().better(found.value, best.value)
                || found.value == best.value && found.restart < best.restart
        });
        if better {
            let solution = Solution {
                value: found.value,
                x: found.x,
                seconds: found.at.duration_since(began).as_secs_f64(),
                restart: found.restart,
            };
            watch.improved(&solution);
            *best = Some(solution);
        }
    }
}
