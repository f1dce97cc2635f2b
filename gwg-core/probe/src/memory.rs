//! Functions that the compiler itself calls; every C library and every embedded target provides them. Volatile, so
//! that the loops are not recognized and compiled into calls of themselves.

use core::ptr::{read_volatile, write_volatile};

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, n: usize) -> *mut u8 {
    for i in 0..n {
        // SAFETY: the caller promises `n` bytes at both.
        unsafe { write_volatile(to.add(i), read_volatile(from.add(i))) };
    }
    to
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset(to: *mut u8, byte: i32, n: usize) -> *mut u8 {
    for i in 0..n {
        // SAFETY: the caller promises `n` bytes.
        unsafe { write_volatile(to.add(i), byte as u8) };
    }
    to
}
