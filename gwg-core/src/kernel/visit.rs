use crate::Real;

/// A visitor that reads or writes the numbers that a kernel keeps per chain outside of its memory slices: running
/// sums, tuned values, counters, phases, scan positions ([`Kernel::visit_state`](crate::Kernel::visit_state)).
///
/// The same list of numbers serves both directions: a visitor that saves copies each number, one that restores
/// replaces each number by the saved one. Every number passes through 64 bits without loss.
pub trait StateVisitor {
    /// Visits 64 bits.
    fn word(&mut self, value: &mut u64);

    /// Visits a count.
    #[inline(always)]
    fn count(&mut self, value: &mut usize) {
        let mut word = *value as u64;
        self.word(&mut word);
        *value = word as usize;
    }

    /// Visits a count of 32 bits.
    #[inline(always)]
    fn count32(&mut self, value: &mut u32) {
        let mut word = u64::from(*value);
        self.word(&mut word);
        *value = word as u32;
    }

    /// Visits a flag.
    #[inline(always)]
    fn flag(&mut self, value: &mut bool) {
        let mut word = u64::from(*value);
        self.word(&mut word);
        *value = word != 0;
    }

    /// Visits a number of either precision; a NaN stays NaN.
    #[inline(always)]
    fn real<R: Real>(&mut self, value: &mut R) {
        let mut word = value.to_f64().to_bits();
        self.word(&mut word);
        *value = R::from_f64(f64::from_bits(word));
    }
}

/// Counts the visited numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountWords(pub usize);

impl StateVisitor for CountWords {
    #[inline(always)]
    fn word(&mut self, _: &mut u64) {
        self.0 += 1;
    }
}

/// Copies the visited numbers to a slice; numbers that do not fit are dropped.
#[derive(Debug)]
pub struct SaveWords<'s>(pub &'s mut [u64]);

impl StateVisitor for SaveWords<'_> {
    #[inline(always)]
    fn word(&mut self, value: &mut u64) {
        if let Some((first, rest)) = core::mem::take(&mut self.0).split_first_mut() {
            *first = *value;
            self.0 = rest;
        }
    }
}

/// Restores the visited numbers from a slice, up to its end.
#[derive(Debug)]
pub struct RestoreWords<'s>(pub &'s [u64]);

impl StateVisitor for RestoreWords<'_> {
    #[inline(always)]
    fn word(&mut self, value: &mut u64) {
        if let Some((first, rest)) = self.0.split_first() {
            *value = *first;
            self.0 = rest;
        }
    }
}
