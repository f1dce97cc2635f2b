//! Points in the plane.

use gwg_core::{Bits, SplitMix64};
use gwg_relax::Normal;

/// Two half circles with noise.
pub(crate) fn moons(n: usize, bits: &mut SplitMix64) -> Vec<[f64; 2]> {
    let mut normal = Normal::default();
    let mut one = |k: usize| {
        let angle = std::f64::consts::PI * bits.unit::<f64>();
        let (x, y) = (1.3 * angle.cos(), 1.3 * angle.sin());
        let [a, b] = [0.18; 2].map(|sd| sd * normal.draw(bits));
        if k.is_multiple_of(2) {
            [x - 0.65 + a, y - 0.3 + b]
        } else {
            [x + 0.65 + a, 0.3 - y + b]
        }
    };
    (0..n).map(&mut one).collect()
}

/// Two standard normal numbers.
pub(crate) fn normal_point(normal: &mut Normal, bits: &mut SplitMix64) -> [f32; 2] {
    [(); 2].map(|()| normal.draw(bits) as f32)
}
