//! Rows of visible units that are drawn.

use crate::one_hot::{draw, encode};
use gwg_chains::Generator;
use gwg_core::Bits;

/// Replaces the logits of the units of categorical sites of each row by draws; `shape` is (visible, units of a site).
pub(super) fn draw_rows(logits: &mut [f32], shape: (usize, usize), generators: &mut [Generator]) {
    pulp::Arch::new().dispatch(Draw {
        logits,
        shape,
        generators,
    });
}

struct Draw<'d> {
    logits: &'d mut [f32],
    shape: (usize, usize),
    generators: &'d mut [Generator],
}

impl pulp::WithSimd for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let (visible, units) = self.shape;
        let rows = self.logits.chunks_exact_mut(visible);
        for (row, bits) in rows.zip(self.generators) {
            draw(units, row, bits);
        }
    }
}

/// Draws the units of a row from the probabilities of its symbols, shape (sites, states).
pub(super) fn draw_start(v: &mut [f32], frequencies: &[f64], units: usize, bits: &mut Generator) {
    if units == 1 {
        for (v, p) in v.iter_mut().zip(frequencies.chunks_exact(2)) {
            *v = f32::from(u8::from(bits.unit::<f64>() < p[1]));
        }
        return;
    }
    let mut x = vec![0; v.len() / units];
    crate::draw::sites(&mut x, frequencies, units, bits);
    encode(&x, units, v);
}
