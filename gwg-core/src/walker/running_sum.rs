use crate::Real;
use crate::kernel::StateVisitor;

/// A 64-bit running sum, without `f64` operations if the differences are `f32`: these are implemented in software on
/// small machines, and only code that reads the sum should pay for them.
///
/// For `f32` it is the unevaluated sum of three numbers, as many as needed for the digits of an `f64`; numbers are
/// added to the first two (Knuth, The Art of Computer Programming 2, section 4.2.2), 47 bits of the sum. For `f64` it
/// is one number.
#[derive(Clone, Copy, Debug)]
pub struct RunningSum<R> {
    high: R,
    low: R,
    lowest: R,
}

impl<R: Real> From<f64> for RunningSum<R> {
    #[inline(always)]
    fn from(start: f64) -> Self {
        let (high, rest) = leading(start);
        let (low, rest) = leading(rest);
        let (lowest, _) = leading(rest);
        Self { high, low, lowest }
    }
}

impl<R> RunningSum<R> {
    /// The number of stored numbers.
    pub(crate) const PARTS: usize = 3;
}

impl<R: Real> RunningSum<R> {
    /// Reads what [`store`](Self::store) wrote; 0 if the slice is too short.
    #[inline(always)]
    pub(crate) fn load(from: &[R]) -> Self {
        match *from {
            [high, low, lowest] => Self { high, low, lowest },
            _ => 0.0.into(),
        }
    }

    /// Writes the sum, without loss, to a slice of [`PARTS`](Self::PARTS) numbers.
    #[inline(always)]
    pub(crate) fn store(&self, to: &mut [R]) {
        if let [high, low, lowest] = to {
            (*high, *low, *lowest) = (self.high, self.low, self.lowest);
        }
    }

    /// The sum.
    #[inline(always)]
    #[must_use]
    pub fn value(&self) -> f64 {
        // The lower parts are meaningless if the high one is not finite.
        if self.high.is_finite() {
            self.high.to_f64() + (self.low.to_f64() + self.lowest.to_f64())
        } else {
            self.high.to_f64()
        }
    }

    /// Visits the sum without loss.
    #[inline(always)]
    pub(crate) fn visit<V: StateVisitor>(&mut self, visitor: &mut V) {
        visitor.real(&mut self.high);
        visitor.real(&mut self.low);
        visitor.real(&mut self.lowest);
    }

    /// The sum in the precision of the added numbers, without an `f64` operation.
    #[inline(always)]
    #[must_use]
    pub fn rounded(&self) -> R {
        self.high
    }

    /// The difference of two sums, as one number.
    #[inline(always)]
    pub(crate) fn less(&self, other: &Self) -> R {
        let high = self.high - other.high;
        if size_of::<R>() == size_of::<f64>() {
            return high;
        }
        high + ((self.low - other.low) + (self.lowest - other.lowest))
    }

    /// Adds a number.
    #[inline(always)]
    pub fn add(&mut self, by: R) {
        if size_of::<R>() == size_of::<f64>() {
            self.high += by;
            return;
        }
        let sum = self.high + by;
        let added = sum - self.high;
        let low = self.low + ((self.high - (sum - added)) + (by - added));
        // The rounding error of an infinite sum is NaN; the sum itself stays infinite.
        let low = if low.is_nan() { R::ZERO } else { low };
        self.high = sum + low;
        self.low = low - (self.high - sum);
    }

    #[inline(always)]
    pub(crate) fn add_wide(&mut self, by: f64) {
        let (high, rest) = leading(by);
        self.add(high);
        self.add(R::from_f64(rest));
    }
}

/// The nearest number of type `R`, and the remainder, which the compiler sees to be 0 if `x` was of type `R`.
#[inline(always)]
#[expect(
    clippy::double_comparisons,
    reason = "the remainder of a NaN is 0, and the compiler needs no case for it"
)]
fn leading<R: Real>(x: f64) -> (R, f64) {
    let leading = R::from_f64(x);
    let back = leading.to_f64();
    let rest = if back < x || back > x { x - back } else { 0.0 };
    (leading, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bits, SplitMix64};

    /// Terms of one magnitude added to a sum of another, each an `f32`: compared with an exact sum in integers.
    #[test]
    fn millions_of_terms_keep_forty_bits() {
        for size in [1.0f32, 1e-3, 1e5] {
            let mut bits = SplitMix64::new(5);
            let mut sum = RunningSum::<f32>::from(-3.5);
            let (mut exact, mut largest) = (0i128, 0f64);
            let unit = f64::from(size) * 2f64.powi(-60);
            for _ in 0..2_000_000 {
                let term = (bits.unit::<f32>() - 0.5) * size;
                sum.add(term);
                exact += (f64::from(term) / unit) as i128;
                largest = largest.max((exact as f64 * unit).abs());
            }
            let error = (sum.value() + 3.5 - exact as f64 * unit).abs();
            assert!(
                error <= largest * 2f64.powi(-40) + 1e-15,
                "{size} {error:e}"
            );
        }
    }

    #[test]
    fn values_that_are_set_are_read_back() {
        let mut bits = SplitMix64::new(6);
        for exponent in -20..60 {
            let x = (bits.unit::<f64>() - 0.5) * 2f64.powi(exponent);
            assert_eq!(RunningSum::<f32>::from(x).value(), x);
            assert_eq!(RunningSum::<f64>::from(x).value(), x);
        }
        for x in [f64::INFINITY, f64::NEG_INFINITY, 0.0] {
            assert_eq!(RunningSum::<f32>::from(x).value(), x);
        }
        assert!(RunningSum::<f32>::from(f64::NAN).value().is_nan());
    }

    #[test]
    fn wide_terms_keep_their_digits() {
        let mut sum = RunningSum::<f32>::from(0.0);
        for _ in 0..1000 {
            sum.add_wide(0.1);
        }
        assert!((sum.value() - 100.0).abs() < 1e-10);
    }

    #[test]
    fn infinities_persist_and_f64_is_a_plain_sum() {
        let mut sum = RunningSum::<f32>::from(1.0);
        sum.add(f32::NEG_INFINITY);
        sum.add(3.0);
        assert_eq!(sum.value(), f64::NEG_INFINITY);
        let mut sum = RunningSum::<f64>::from(f64::NEG_INFINITY);
        sum.add(3.0);
        assert_eq!(sum.value(), f64::NEG_INFINITY);
        let (mut sum, mut plain) = (RunningSum::<f64>::from(0.3), 0.3);
        for k in 0..100 {
            sum.add(f64::from(k) * 0.1);
            plain += f64::from(k) * 0.1;
        }
        assert_eq!(sum.value(), plain);
    }
}
