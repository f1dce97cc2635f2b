//! The elementary functions over slices, one element at a time.

use super::lanes::{Block, Elementwise, LANES, Map, map_elements, map_in_place};
use crate::real::Real;

macro_rules! over_slices {
    ($($(#[$doc:meta])* $name:ident: $map:ident, $method:ident;)*) => {$(
        struct $map;

        impl<R: Real> Map<R> for $map {
            #[inline(always)]
            fn map(&mut self, x: &Block<R>) -> Block<R> {
                let mut out = [R::ZERO; LANES];
                for (to, x) in out.iter_mut().zip(x) {
                    *to = self.one(*x);
                }
                out
            }
        }

        impl<R: Real> Elementwise<R> for $map {
            #[inline(always)]
            fn one(&mut self, x: R) -> R {
                R::$method(x)
            }
        }

        $(#[$doc])*
        ///
        /// Uses the shorter of the two lengths; each element has the bits of the scalar function.
        #[inline(always)]
        pub fn $name<R: Real>(x: &[R], out: &mut [R]) {
            map_elements(x, out, &mut $map);
        }
    )*};
}

over_slices! {
    /// Writes e^x.
    exp_slice: Exp, exp;
    /// Writes 1 / (1 + e^-x).
    sigmoid_slice: Sigmoid, sigmoid;
    /// Writes ln x.
    ln_slice: Ln, ln;
    /// Writes ln(1 + x).
    log1p_slice: Log1p, log1p;
}

/// Replaces each x by e^x.
///
/// Each element has the bits of the scalar function.
#[inline(always)]
pub fn exp_in_place<R: Real>(x: &mut [R]) {
    map_in_place(x, &mut Exp);
}
