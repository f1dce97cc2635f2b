//! Proves by linking and by running that Gibbs-With-Gradients in its three forms and Gibbs run on two targets without
//! std, alloc or the panic machinery, and that every machine prints the same result. The panic handler calls a
//! function that does not exist, so linking fails if any code path can panic.
//!
//! `run.sh` builds the program for the machines that QEMU and Node emulate, runs it and compares the output.
#![no_std]
#![no_main]

// A probe of one kernel does not use what the others need.
#[cfg_attr(not(feature = "default"), allow(dead_code, unused_imports))]
mod chains;
mod machine;
mod report;
#[cfg_attr(not(feature = "default"), allow(dead_code))]
mod ring;

/// The program between the machine-specific start and end.
///
/// In a separate frame, below the painted part of the stack.
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
