//! Signals that end a run in order.

use crate::failure::Failure;
use gwg_chains::{Stop, StopFlag};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::exit;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// The signal that was received, 0 if none.
static SIGNAL: AtomicUsize = AtomicUsize::new(0);

/// Set by the same signals: ends runs.
static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// A second signal within this time is of the same event: `timeout` and schedulers signal a process, and then its group.
const TOGETHER: Duration = Duration::from_secs(1);

/// Makes SIGINT, SIGTERM and SIGHUP end the run in order; another signal a second later ends the process at once.
///
/// SIGHUP is not caught where it is ignored, so that `nohup` keeps protecting a run. SIGXFSZ does nothing: a file that would become larger than
/// allowed is an error of the write then, as on a full disk.
pub(crate) fn catch_interrupts() -> Result<(), Failure> {
    let hangup = (!is_ignored(SIGHUP)).then_some(SIGHUP);
    let caught = [SIGINT, SIGTERM].into_iter().chain(hangup);
    let mut signals = Signals::new(caught).map_err(|error| refused(&error))?;
    flag::register(SIGXFSZ, Arc::default()).map_err(|error| refused(&error))?;
    let listener = std::thread::Builder::new().name("signals".into());
    let listen = move || {
        let mut first: Option<Instant> = None;
        for signal in signals.forever() {
            match first {
                None => {
                    first = Some(Instant::now());
                    SIGNAL.store(usize::try_from(signal).unwrap_or(1), Ordering::SeqCst);
                    STOP.store(true, Ordering::SeqCst);
                }
                Some(first) if first.elapsed() > TOGETHER => exit(128 + signal),
                Some(_) => {}
            }
        }
    };
    listener.spawn(listen).map_err(|error| refused(&error))?;
    Ok(())
}

fn refused(error: &std::io::Error) -> Failure {
    Failure::run(format!("signals cannot be caught: {error}"))
}

/// True where the process was started with this signal ignored, or where the system does not say.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask >> (signal - 1) & 1 == 1)
}

/// What ends runs once a signal has been received.
pub(crate) fn stop_flag() -> StopFlag {
    StopFlag::from(Arc::clone(&STOP))
}

/// The same for what takes a [`Stop`].
pub(crate) fn stop() -> Stop<'static> {
    Stop::when(&STOP)
}

/// True once a signal has been received.
pub(crate) fn interrupted() -> bool {
    SIGNAL.load(Ordering::SeqCst) != 0
}

/// How long a signal may wait to be seen by [`unless_interrupted`].
const LOOK: Duration = Duration::from_millis(50);

/// Stack of a thread that works: as much as that of the main thread.
const STACK: usize = 8 << 20;

/// The result of work that looks at no signals. It runs on a thread of its own: once a signal has been received, the command fails, and the work ends
/// with the process.
pub(crate) fn unless_interrupted<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (done, result) = channel();
    let thread = std::thread::Builder::new().name("work".into());
    let thread = thread.stack_size(STACK).spawn(move || done.send(work()));
    let thread = thread.map_err(|error| {
        Failure::run(format!(
            "a thread cannot be started: {error}; free some memory"
        ))
    })?;
    loop {
        match result.recv_timeout(LOOK) {
            Ok(found) => return Ok(found),
            Err(RecvTimeoutError::Timeout) if interrupted() => return Err(interruption()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(_) => return Err(Failure::run("a thread ended without a result")),
            },
        }
    }
}

/// The failure of an interrupted command: its exit code is 128 plus the signal number.
pub(crate) fn interruption() -> Failure {
    Failure::Interrupted(u8::try_from(SIGNAL.load(Ordering::SeqCst)).unwrap_or(0))
}
