//! Proof by linking and by running: Gibbs-With-Gradients in its three forms and Gibbs run on two targets, nothing of
//! std, alloc or the panic machinery is left, and every machine prints the same. The panic handler calls a function
//! that does not exist, so the link fails if any path to a panic survives.
//!
//! `run.sh` builds it for the machines that QEMU and Node play, runs it and compares.
#![no_std]
#![no_main]

// A probe of one kernel leaves what the others need unused.
#[cfg_attr(not(feature = "default"), allow(dead_code, unused_imports))]
mod chains;
mod machine;
mod report;
#[cfg_attr(not(feature = "default"), allow(dead_code))]
mod ring;

/// Everything, between the start and the end that each machine has of its own.
///
/// A frame of its own, below what is painted.
#[inline(never)]
extern "C" fn probe() {
    #[cfg(feature = "panic")]
    core::hint::black_box(core::hint::black_box(&[0u8; 4][..])[core::hint::black_box(3)]);
    chains::all(core::hint::black_box(7));
}

unsafe extern "C" {
    fn a_path_to_a_panic_survives() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never linked; see above.
    unsafe { a_path_to_a_panic_survives() }
}
