//! The parts that differ between machines: start, printing a byte, exit.

#[cfg(target_os = "linux")]
#[path = "machine/linux.rs"]
mod this;
#[cfg(all(target_arch = "arm", target_os = "none"))]
#[path = "machine/cortex_m.rs"]
mod this;
#[cfg(all(target_arch = "riscv32", target_os = "none"))]
#[path = "machine/riscv.rs"]
mod this;
#[cfg(target_family = "wasm")]
#[path = "machine/wasm.rs"]
mod this;

#[cfg(target_os = "none")]
mod semihosting;
#[cfg(target_os = "none")]
mod stack;

pub use this::put;

/// Called before and after the counted steps: `count.c` finds it by its name.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn mark() {
    // Prevents the compiler from removing the empty function.
    core::hint::black_box(());
}
