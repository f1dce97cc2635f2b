//! The memory that is free.

use crate::failure::Failure;
use std::fs;

/// Address space that a worker takes for its allocations, besides what products of matrices reserve.
const PER_THREAD: u64 = 128 << 20;

/// Address space of the other threads: the command's own, and those that write and report.
const OTHERS: u64 = 192 << 20;

/// Refuses a command that a limit of the address space (`ulimit -v`) leaves too little for its threads: they would be aborted in the middle.
pub(crate) fn check_limit(threads: usize) -> Result<(), Failure> {
    // The product of matrices reserves the size of the last cache twice on each thread, nearly all of which is never touched.
    let needed = (PER_THREAD + 2 * last_cache())
        .saturating_mul(threads as u64)
        .saturating_add(OTHERS);
    match limit() {
        Some(left) if left < needed => Err(Failure::usage(format!(
            "the address space is limited (ulimit -v), and {} are left of it; with {threads} threads, {} are needed; raise the limit, or use fewer --threads",
            shown(left),
            shown(needed)
        ))),
        _ => Ok(()),
    }
}

/// Threads of a command that takes all cores.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Bytes that the process can still use, as far as the system says: free memory, or what a limit leaves.
pub(crate) fn available() -> Option<u64> {
    let free = fs::read_to_string("/proc/meminfo").ok();
    let free = free.and_then(|text| field(&text, "MemAvailable:"));
    [free, limit()].into_iter().flatten().min()
}

/// Refuses what needs more bytes than there are, before it has taken time.
pub(crate) fn check(what: &str, needed: u64, remedy: &str) -> Result<(), Failure> {
    match available() {
        Some(free) if needed > free => Err(Failure::usage(format!(
            "{what} need about {}, and {} are free; {remedy}",
            shown(needed),
            shown(free)
        ))),
        _ => Ok(()),
    }
}

/// Refuses to learn a Potts model of such sites and states that needs more memory than is free.
pub(crate) fn check_model((sites, states): (usize, usize), needed: u64) -> Result<(), Failure> {
    let what = format!("the parameters of {sites} sites with {states} states");
    check(&what, needed, "use fewer sites")
}

/// Bytes of the largest cache; 0 where the system does not say.
fn last_cache() -> u64 {
    let size = |index| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/size");
        cache_size(fs::read_to_string(path).ok()?.trim())
    };
    (0..5).filter_map(size).max().unwrap_or(0)
}

/// `480K` or `32M`, as bytes.
fn cache_size(text: &str) -> Option<u64> {
    let (number, shift) = match text.split_at_checked(text.len().checked_sub(1)?)? {
        (number, "K") => (number, 10),
        (number, "M") => (number, 20),
        (number, "G") => (number, 30),
        _ => (text, 0),
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// What `ulimit -v` leaves.
fn limit() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max address space"))?;
    let soft: u64 = line.split_whitespace().next()?.parse().ok()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    Some(soft.saturating_sub(field(&status, "VmSize:")?))
}

/// A field in kB, as bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = value.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// `1.5 GB`.
pub(crate) fn shown(bytes: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
    let (unit, name) = units
        .into_iter()
        .find(|(unit, _)| bytes as f64 >= *unit)
        .unwrap_or((1e3, "kB"));
    format!("{:.1} {name}", bytes as f64 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_kilobytes() {
        let text = "MemTotal:  100 kB\nMemAvailable:    2048 kB\n";
        assert_eq!(field(text, "MemAvailable:"), Some(2 << 20));
        assert_eq!(field(text, "VmSize:"), None);
        let sizes = ["491520K", "32M", "1G", "64", "", "K", "x"].map(cache_size);
        let (k, m, g) = (491_520 << 10, 32 << 20, 1 << 30);
        let wanted = [Some(k), Some(m), Some(g), Some(64), None, None, None];
        assert_eq!(sizes, wanted);
        assert_eq!(
            (shown(1_500_000_000), shown(900)),
            ("1.5 GB".into(), "0.9 kB".into())
        );
    }
}
