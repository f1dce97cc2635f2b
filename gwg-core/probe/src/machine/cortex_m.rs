//! Cortex-M0 to M7: vectors, the floating-point unit if there is one, semihosting.

use super::{semihosting, stack};
use core::arch::{asm, naked_asm};

pub use semihosting::put;

/// The first words of the image.
#[repr(C)]
struct Vectors {
    stack_top: &'static [u32; 0],
    reset: extern "C" fn() -> !,
    non_maskable: extern "C" fn() -> !,
    hard_fault: extern "C" fn() -> !,
}

unsafe extern "C" {
    safe static _stack_top: [u32; 0];
}

#[used]
#[unsafe(link_section = ".vectors")]
static VECTORS: Vectors = Vectors {
    stack_top: &_stack_top,
    reset: start,
    non_maskable: fault,
    hard_fault: fault,
};

#[unsafe(no_mangle)]
#[unsafe(naked)]
extern "C" fn start() -> ! {
    // CPACR: full access to coprocessors 10 and 11; no instruction before this one uses them.
    #[cfg(target_abi = "eabihf")]
    naked_asm!("ldr r0, =0xe000ed88", "movs r1, #15", "lsls r1, r1, #20", "str r1, [r0]", "dsb", "isb", "bl {run}", run = sym run);
    #[cfg(not(target_abi = "eabihf"))]
    naked_asm!("bl {run}", run = sym run);
}

/// A separate function, so that nothing in it runs before the unit is enabled.
#[inline(never)]
fn run() -> ! {
    stack::measured(crate::probe);
    semihosting::exit(true)
}

extern "C" fn fault() -> ! {
    semihosting::exit(false)
}

pub(super) fn stack_pointer() -> usize {
    let sp;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags)) };
    sp
}

pub(super) fn call(operation: usize, argument: usize) {
    // SAFETY: the debugger call; it reads what the argument points to, and returns in r0.
    unsafe { asm!("bkpt 0xab", inout("r0") operation => _, in("r1") argument, options(nostack)) };
}
