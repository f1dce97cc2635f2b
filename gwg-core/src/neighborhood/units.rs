use crate::Real;

/// The conversion of weights to integers: multiplication by a power of two, rounding, and limiting to a range.
///
/// The units depend only on the number of moves, so that an integer weight is a function of the configuration alone:
/// rounding and limits define another proposal, for which Metropolis-Hastings is exact as for any other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units<R> {
    /// The integer for a weight of 1 (a move that does not change `f`).
    per_weight: R,
    /// The largest integer weight, chosen so that no total reaches `2^62`.
    cap: R,
    /// The cap as an integer, and the smallest integer that represents all digits of a weight.
    most: u64,
    least: u64,
}

/// The log2 of the largest representable weight: `2^16 = e^11`, a move that increases `f` by 22 (at temperature 2). A
/// move above that has nearly all of the probability whatever its exact weight.
const HEADROOM: u32 = 16;

impl<R: Real> Units<R> {
    /// Creates the units for `moves` moves.
    pub(super) fn new(moves: usize) -> Self {
        let cap = 62 - moves.next_power_of_two().trailing_zeros().min(44);
        Self {
            per_weight: R::power_of_two((cap - HEADROOM) as i32),
            cap: R::power_of_two(cap as i32),
            most: 1 << cap,
            least: (R::ONE / R::EPSILON).to_word(),
        }
    }

    /// The integer for a weight: at least one unit, so that no possible move has weight 0.
    // One copy of the code on small machines, where the conversion is long.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn of(&self, weight: R) -> u64 {
        self.of_in_place(weight)
    }

    /// [`of`](Self::of), always inlined: for functions with a single call.
    #[inline(always)]
    pub(super) fn of_in_place(&self, weight: R) -> u64 {
        // In this order of operands a NaN stays NaN and gives 1.
        self.cap.min(weight * self.per_weight).to_word() | 1
    }

    /// The weight for `count` units.
    #[inline(always)]
    pub(super) fn weight(&self, count: u64) -> f64 {
        count as f64 / self.per_weight.to_f64()
    }

    /// True if the integer has the full precision of the weight that it represents.
    #[inline(always)]
    pub(super) fn whole(&self, count: u64) -> bool {
        count >= self.least && count < self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds<R: Real>(moves: usize) {
        let units = Units::<R>::new(moves);
        let most = units.of(R::INFINITY);
        assert!(most.checked_mul(moves as u64).is_some_and(|t| t < 1 << 63));
        assert_eq!(units.of(R::from_f64(65_536.0)), most);
        assert!(units.of(R::from_f64(65_000.0)) < most);
        for nothing in [R::ZERO, R::NAN, R::MIN_POSITIVE] {
            assert_eq!(units.of(nothing), 1);
        }
        assert!(!units.whole(most) && !units.whole(1));
    }

    #[test]
    fn totals_of_any_number_of_moves_stay_in_range() {
        for moves in [1, 2, 5, 1600, 1_000_000, u32::MAX as usize] {
            bounds::<f32>(moves);
            bounds::<f64>(moves);
        }
    }

    #[test]
    fn ordinary_weights_of_ordinary_models_keep_their_digits() {
        for moves in [5, 1600, 1_000_000] {
            let units = Units::<f32>::new(moves);
            for weight in [0.5f32, 1.0, 1.7, 10.0] {
                assert!(units.whole(units.of(weight)), "{moves} {weight}");
            }
        }
    }
}
