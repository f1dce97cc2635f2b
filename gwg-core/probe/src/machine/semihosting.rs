//! Calls to the debugger, whose part QEMU plays: <https://github.com/ARM-software/abi-aa/blob/main/semihosting/semihosting.rst>.

use super::this::call;

const WRITE0: usize = 0x04;
const EXIT: usize = 0x18;
const APPLICATION_EXIT: usize = 0x20026;
const RUN_TIME_ERROR: usize = 0x20023;

/// Prints a text that ends with a zero byte.
pub fn print(text: &[u8]) {
    if text.last() == Some(&0) {
        call(WRITE0, text.as_ptr() as usize);
    }
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
