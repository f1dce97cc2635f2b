//! A line of text without the formatting machinery.

use crate::machine;

/// A name and hexadecimal numbers; what does not fit is lost.
pub struct Line {
    text: [u8; 96],
    len: usize,
}

impl Line {
    pub const fn new() -> Self {
        Self {
            text: [0; 96],
            len: 0,
        }
    }

    pub fn name(&mut self, name: &str) {
        for &byte in name.as_bytes() {
            self.push(byte);
        }
    }

    #[inline(never)]
    fn push(&mut self, byte: u8) {
        // The last byte stays 0: it ends the text for whoever reads until there.
        if let Some([slot, _, ..]) = self.text.get_mut(self.len..) {
            *slot = byte;
            self.len += 1;
        }
    }

    #[inline(never)]
    pub fn number(&mut self, mut n: u64) {
        self.push(b' ');
        // Not known to the compiler, lest it write the loop out sixteen times.
        for _ in 0..core::hint::black_box(16) {
            n = n.rotate_left(4);
            let digit = n as u8 & 15;
            self.push(if digit < 10 {
                b'0' + digit
            } else {
                b'a' - 10 + digit
            });
        }
    }

    pub fn print(&mut self) {
        self.push(b'\n');
        machine::print(self.text.get(..=self.len).unwrap_or(b"\0"));
    }
}
