//! Draws of single symbols.

use gwg_core::Bits;

/// A symbol below `states`, with probabilities in proportion to `weight`.
pub(crate) fn symbol(states: usize, weight: impl Fn(usize) -> f64, bits: &mut impl Bits) -> u8 {
    let mut rest = bits.unit::<f64>() * (0..states).map(&weight).sum::<f64>();
    let drawn = (0..states).find(|&a| {
        rest -= weight(a);
        rest < 0.0
    });
    // Rounding may leave a rest after the last one.
    let last = || (0..states).rfind(|&a| weight(a) > 0.0).unwrap_or(0);
    drawn.unwrap_or_else(last) as u8
}

/// Draws each site from its own weights, of shape (sites, states).
pub(crate) fn sites(x: &mut [u8], weights: &[f64], states: usize, bits: &mut impl Bits) {
    for (x, weights) in x.iter_mut().zip(weights.chunks_exact(states)) {
        *x = symbol(states, |a| weights[a], bits);
    }
}
