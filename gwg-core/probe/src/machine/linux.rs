//! The host: direct Linux system calls, without a C library.

#[path = "../memory.rs"]
mod memory;

use core::arch::{asm, naked_asm};

#[cfg(target_arch = "x86_64")]
const WRITE: usize = 1;
#[cfg(target_arch = "x86_64")]
const EXIT: usize = 60;
#[cfg(target_arch = "aarch64")]
const WRITE: usize = 64;
#[cfg(target_arch = "aarch64")]
const EXIT: usize = 93;

#[unsafe(no_mangle)]
#[unsafe(naked)]
extern "C" fn _start() -> ! {
    #[cfg(target_arch = "x86_64")]
    naked_asm!("xor ebp, ebp", "and rsp, -16", "call {run}", run = sym run);
    #[cfg(target_arch = "aarch64")]
    naked_asm!("bl {run}", run = sym run);
}

extern "C" fn run() -> ! {
    crate::probe();
    loop {
        call(EXIT, [0; 3]);
    }
}

pub fn put(byte: u8) {
    const STANDARD_OUTPUT: usize = 1;
    call(WRITE, [STANDARD_OUTPUT, &raw const byte as usize, 1]);
}

fn call(number: usize, [a, b, c]: [usize; 3]) {
    // SAFETY: write reads as many bytes as its length argument; exit does not return.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!("syscall", inout("rax") number => _, in("rdi") a, in("rsi") b, in("rdx") c, out("rcx") _, out("r11") _, options(nostack));
        #[cfg(target_arch = "aarch64")]
        asm!("svc 0", in("x8") number, inout("x0") a => _, in("x1") b, in("x2") c, options(nostack));
    }
}
