//! The numbers of the core: 32-bit integers where all weights are, after a common factor, and `f64` elsewhere.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A coupling, a field, or a spin of 1 or -1.
pub(crate) trait Weight:
    Copy
    + Send
    + Sync
    + PartialOrd
    + Default
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
    + std::fmt::Debug
    + 'static
{
    const ONE: Self;
    /// Whether sums are exact, so that gains never drift.
    const EXACT: bool;

    fn wide(self) -> f64;
    /// The nearest.
    fn of(number: f64) -> Self;
    /// Its place among buckets that begin at `-offset`; of integers alone.
    fn place(self, offset: i32) -> usize;
}

impl Weight for i32 {
    const ONE: Self = 1;
    const EXACT: bool = true;

    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    fn of(number: f64) -> Self {
        number as Self
    }

    #[inline]
    fn place(self, offset: i32) -> usize {
        (self + offset) as usize
    }
}

impl Weight for f64 {
    const ONE: Self = 1.0;
    const EXACT: bool = false;

    #[inline]
    fn wide(self) -> f64 {
        self
    }

    fn of(number: f64) -> Self {
        number
    }

    fn place(self, _: i32) -> usize {
        0
    }
}
