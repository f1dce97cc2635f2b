//! Loops over the units of one particle.

use crate::one_hot;
use gwg_chains::Generator;
use gwg_core::{Real, math};
use gwg_models::rbm::draw_units;

/// Units processed together on the stack.
const UNITS: usize = 64;

#[inline(always)]
pub(super) fn scale<R: Real>(t: R, from: &[R], to: &mut [R]) {
    for (to, &a) in to.iter_mut().zip(from) {
        *to = t * a;
    }
}

/// Draws the visible units of a particle, overwriting `W h`: from the log-odds, or the logits of a categorical site, `(1 - t) a + t (b + W h)`.
#[inline(always)]
pub(super) fn draw_visible<R: Real>(
    t: R,
    (base, biases): (&[R], &[R]),
    units: usize,
    v: &mut [R],
    bits: &mut Generator,
) {
    if units > 1 {
        for (v, (&a, &b)) in v.iter_mut().zip(base.iter().zip(biases)) {
            *v = (R::ONE - t) * a + t * (b + *v);
        }
        return one_hot::draw(units, v, bits);
    }
    let mut probability = [R::ZERO; UNITS];
    let biases = base.chunks(UNITS).zip(biases.chunks(UNITS));
    for (v, (base, biases)) in v.chunks_mut(UNITS).zip(biases) {
        for ((v, &a), &b) in v.iter_mut().zip(base).zip(biases) {
            *v = (R::ONE - t) * a + t * (b + *v);
        }
        math::sigmoid_slice(v, &mut probability);
        draw_units(probability.get(..v.len()).unwrap_or(&[]), v, bits);
    }
}

/// `slope.v` in 16 sums.
#[inline(always)]
pub(super) fn mixed_dot<R: Real>(slope: &[f64], v: &[R]) -> f64 {
    let mut lanes = [0.0; 16];
    let (slope, slope_tail) = slope.as_chunks::<16>();
    let (v, v_tail) = v.as_chunks::<16>();
    for (slope, v) in slope.iter().zip(v) {
        for ((lane, s), v) in lanes.iter_mut().zip(slope).zip(v) {
            *lane += s * v.to_f64();
        }
    }
    for ((lane, s), v) in lanes.iter_mut().zip(slope_tail).zip(v_tail) {
        *lane += s * v.to_f64();
    }
    math::sum(&lanes)
}
