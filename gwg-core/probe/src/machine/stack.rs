//! Measures stack use: paints the stack before a run and inspects it afterwards.

use super::this::stack_pointer;
use crate::report;
use core::ptr::{read_volatile, write_volatile};

const PAINT: u32 = 0xa5a5_a5a5;

unsafe extern "C" {
    static mut _stack_bottom: [u32; 0];
    static mut _stack_top: [u32; 0];
}

/// Runs `program` on a painted stack, and prints how many bytes were used.
#[inline(always)]
pub fn measured(program: extern "C" fn()) {
    let mut word = &raw mut _stack_bottom as *mut u32;
    loop {
        // SAFETY: between the bottom of the stack and the frames in use.
        unsafe {
            write_volatile(word, PAINT);
            word = word.add(1);
        }
        if word as usize >= stack_pointer() {
            break;
        }
    }
    program();
    let mut word = &raw mut _stack_bottom as *mut u32;
    // SAFETY: within the stack; this frame is not painted, so that the loop ends.
    while unsafe { read_volatile(word) } == PAINT {
        // SAFETY: as above.
        word = unsafe { word.add(1) };
    }
    let used = &raw const _stack_top as usize - word as usize;
    report::name("stack");
    report::number(used as u64);
    report::end();
}
