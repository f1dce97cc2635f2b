//! Signals that end a run in order.

use crate::failure::Failure;
use gwg_chains::StopFlag;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

/// The signal that was received, 0 if none.
static SIGNAL: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// Set by the same signals: ends runs.
static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Makes SIGINT, SIGTERM and SIGHUP end the run in order; a second signal ends the process at once.
///
/// SIGHUP is not caught where it is ignored, so that `nohup` keeps protecting a run. SIGXFSZ does nothing: a file that would become larger than
/// allowed is an error of the write then, as on a full disk.
pub(crate) fn catch_interrupts() -> Result<(), Failure> {
    let received = Arc::new(AtomicBool::new(false));
    let hangup = (!is_ignored(SIGHUP)).then_some(SIGHUP);
    for signal in [SIGINT, SIGTERM].into_iter().chain(hangup) {
        let number = usize::try_from(signal).unwrap_or(1);
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&received))
            .and_then(|_| flag::register(signal, Arc::clone(&received)))
            .and_then(|_| flag::register_usize(signal, Arc::clone(&SIGNAL), number))
            .and_then(|_| flag::register(signal, Arc::clone(&STOP)))
            .map_err(|error| refused(signal, &error))?;
    }
    flag::register(SIGXFSZ, Arc::default()).map_err(|error| refused(SIGXFSZ, &error))?;
    Ok(())
}

fn refused(signal: i32, error: &std::io::Error) -> Failure {
    Failure::run(format!("signal {signal} cannot be caught: {error}"))
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

/// True once a signal has been received.
pub(crate) fn interrupted() -> bool {
    SIGNAL.load(Ordering::SeqCst) != 0
}

/// The failure of an interrupted command: its exit code is 128 plus the signal number.
pub(crate) fn interruption() -> Failure {
    Failure::Interrupted(u8::try_from(SIGNAL.load(Ordering::SeqCst)).unwrap_or(0))
}
