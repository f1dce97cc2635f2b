//! Prints lines of text without the formatting machinery and without memory.

use crate::machine::put;

pub fn name(name: &str) {
    for &byte in name.as_bytes() {
        put(byte);
    }
}

/// Prints a number in hexadecimal, after a space.
#[inline(never)]
pub fn number(mut n: u64) {
    put(b' ');
    // Unknown to the compiler, so that the loop is not unrolled sixteen times.
    let mut left = core::hint::black_box(16);
    loop {
        n = n.rotate_left(4);
        let digit = n as u8 & 15;
        put(if digit < 10 {
            b'0' + digit
        } else {
            b'a' - 10 + digit
        });
        left -= 1;
        if left == 0 {
            return;
        }
    }
}

pub fn end() {
    put(b'\n');
}
