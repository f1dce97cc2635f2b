//! Calls to the debugger, implemented by QEMU:
//! <https://github.com/ARM-software/abi-aa/blob/main/semihosting/semihosting.rst>.

use super::this::call;

const WRITEC: usize = 0x03;
const EXIT: usize = 0x18;
const APPLICATION_EXIT: usize = 0x20026;
const RUN_TIME_ERROR: usize = 0x20023;

/// Prints a byte.
#[inline(never)]
pub fn put(byte: u8) {
    call(WRITEC, &raw const byte as usize);
}

/// Ends the emulation.
pub fn exit(success: bool) -> ! {
    loop {
        call(
            EXIT,
            if success {
                APPLICATION_EXIT
            } else {
                RUN_TIME_ERROR
            },
        );
    }
}
