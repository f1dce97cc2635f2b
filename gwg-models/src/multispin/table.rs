//! Conditional probabilities, bit by bit.

use super::Class;
use super::random::{BITS, bit_of};
use gwg_core::Real;

/// `2^64`.
const UNITS: f64 = 18_446_744_073_709_551_616.0;

/// Probabilities of a class at most: one for each number of neighbors.
const MOST: usize = 9;

/// The probabilities of a class at some inverse temperature, in units of `2^-64`.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// True without a field, of sites with the largest number of neighbors.
    even: bool,
    /// How many probabilities there are.
    len: usize,
    /// If `even`, of a spin against a sum of its neighbors of 2, 4, ..; else of a spin that is 1, for each number of neighbors that pull it there.
    probabilities: [u64; MOST],
    /// Their bits, from the highest on, shape (bits, `len`), each as a word of ones or of zeros. The highest, which is 0, is left out of `even` tables.
    bits: [u64; BITS * MOST],
}

impl Table {
    pub(super) fn new(class: &Class, coupling: f64, degree: usize, beta: f64) -> Self {
        let even = class.field == 0.0 && class.neighbors == degree;
        let len = if even { degree / 2 } else { degree + 1 };
        let mut table = Self {
            even,
            len,
            probabilities: [0; MOST],
            bits: [0; BITS * MOST],
        };
        for (k, p) in table.probabilities[..len].iter_mut().enumerate() {
            *p = if even {
                let logit = -4.0 * beta * coupling * (k + 1) as f64;
                units(logit).min((1 << 63) - 1)
            } else {
                let sum = 2.0 * k as f64 - class.neighbors as f64;
                units(2.0 * beta * (coupling * sum + class.field))
            };
        }
        let rows = table.bits.chunks_exact_mut(len);
        for (row, bit) in rows.zip(usize::from(even)..BITS) {
            for (word, &p) in row.iter_mut().zip(&table.probabilities) {
                *word = bit_of(p, bit);
            }
        }
        table
    }

    pub(super) fn is_even(&self) -> bool {
        self.even
    }

    pub(super) fn bits(&self) -> &[u64] {
        &self.bits[..self.len * (BITS - usize::from(self.even))]
    }

    /// The probability of 1, given how many of the neighbors pull there.
    pub(super) fn one(&self, pulling: usize) -> f64 {
        let p = |k: usize| self.probabilities[k] as f64 / UNITS;
        match pulling {
            n if !self.even => p(n),
            n if n == self.len => 0.5,
            n if n > self.len => 1.0 - p(n - self.len - 1),
            n => p(self.len - n - 1),
        }
    }
}

/// The probability with these log-odds.
fn units(logit: f64) -> u64 {
    (Real::sigmoid(logit) * UNITS) as u64
}
