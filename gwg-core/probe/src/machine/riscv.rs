//! RV32 without an operating system: a stack pointer, semihosting.

use super::{semihosting, stack};
use core::arch::{asm, naked_asm};

pub use semihosting::put;

#[unsafe(no_mangle)]
#[unsafe(naked)]
#[unsafe(link_section = ".start")]
extern "C" fn start() -> ! {
    naked_asm!("la sp, _stack_top", "j {run}", run = sym run)
}

extern "C" fn run() -> ! {
    stack::measured(crate::probe);
    semihosting::exit(true)
}

pub(super) fn stack_pointer() -> usize {
    let sp;
    // SAFETY: reads a register.
    unsafe { asm!("mv {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags)) };
    sp
}

pub(super) fn call(operation: usize, argument: usize) {
    // SAFETY: the debugger call, three instructions of full width; it reads what the argument points to, and returns in a0.
    unsafe {
        asm!(
            ".balign 16",
            ".option push",
            ".option norvc",
            "slli x0, x0, 0x1f",
            "ebreak",
            "srai x0, x0, 7",
            ".option pop",
            inout("a0") operation => _,
            in("a1") argument,
            options(nostack),
        );
    }
}
