//! Sites as visible units: a binary one is a unit, one of more states has a unit per state, of which one is on.

use gwg_chains::Generator;
use gwg_core::Real;
use gwg_linalg::axpy;
use gwg_models::rbm::draw_symbol;

/// The state of a categorical site.
#[inline(always)]
fn symbol<R: Real>(site: &[R]) -> usize {
    site.iter().position(|&v| v != R::ZERO).unwrap_or(0)
}

/// Writes the units of symbols; those that a site does not have become its last.
pub(crate) fn encode<R: Real>(symbols: &[u8], units: usize, v: &mut [R]) {
    if units == 1 {
        for (v, &symbol) in v.iter_mut().zip(symbols) {
            *v = if symbol == 0 { R::ZERO } else { R::ONE };
        }
        return;
    }
    for (site, &symbol) in v.chunks_exact_mut(units).zip(symbols) {
        site.fill(R::ZERO);
        site[usize::from(symbol).min(units - 1)] = R::ONE;
    }
}

/// The symbols of units.
pub(crate) fn decode<R: Real>(v: &[R], units: usize) -> impl Iterator<Item = u8> + '_ {
    v.chunks_exact(units).map(move |site| match units {
        1 => u8::from(site[0] != R::ZERO),
        _ => symbol(site) as u8,
    })
}

/// Replaces the logits of categorical sites by draws.
///
/// Always inlined, so that it is compiled for the vector extensions of its caller.
#[inline(always)]
pub(crate) fn draw<R: Real>(units: usize, v: &mut [R], bits: &mut Generator) {
    for site in v.chunks_exact_mut(units) {
        let drawn = draw_symbol(site, bits);
        site.fill(R::ZERO);
        site[drawn] = R::ONE;
    }
}

/// Writes the sum of the rows of the weights, shape (visible, hidden), whose units are on.
#[inline(always)]
pub(crate) fn sum_rows<R: Real>(weights: &[R], units: usize, v: &[R], a: &mut [R]) {
    a.fill(R::ZERO);
    let hidden = a.len();
    let sites = v.chunks_exact(units);
    for (site, weights) in sites.zip(weights.chunks_exact(units * hidden)) {
        let start = symbol(site) * hidden;
        axpy(R::ONE, &weights[start..start + hidden], a);
    }
}
