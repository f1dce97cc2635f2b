//! Cortex-M0 to M7: vectors, the floating-point unit where there is one, semihosting.

use super::{semihosting, stack};
use core::arch::asm;

pub use semihosting::print;

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
extern "C" fn start() -> ! {
    #[cfg(target_abi = "eabihf")]
    // SAFETY: CPACR, full access to the coprocessors 10 and 11; no instruction above this one uses them.
    unsafe {
        core::ptr::write_volatile(0xe000_ed88 as *mut u32, 0xf << 20);
        asm!("dsb", "isb", options(nostack, preserves_flags));
    }
    run()
}

/// A function of its own, so that nothing in it is done before the unit is on.
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
    // SAFETY: the debugger's call; it reads what the argument points to, and returns in r0.
    unsafe { asm!("bkpt 0xab", inout("r0") operation => _, in("r1") argument, options(nostack)) };
}
