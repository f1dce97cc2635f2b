//! Quantiles of the standard normal law.

/// Ratio of two polynomials of degree 7 in `r`, coefficients from the constant up.
fn ratio(top: &[f64; 8], bottom: &[f64; 8], r: f64) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, a| sum * r + a);
    horner(top) / horner(bottom)
}

/// The x with P(Z <= x) = p for 0 < p < 1, relative error about 1e-16; infinite at 0 and 1, NaN outside.
///
/// Wichura (1988), "The percentage points of the normal distribution", Applied Statistics 37(3), algorithm AS 241, PPND16.
pub(super) fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&CENTER.0, &CENTER.1, 0.180_625 - q * q);
    }
    let r = (-p.min(1.0 - p).ln()).sqrt();
    let tail = if r == f64::INFINITY {
        r
    } else if r <= 5.0 {
        ratio(&MIDDLE.0, &MIDDLE.1, r - 1.6)
    } else {
        ratio(&FAR.0, &FAR.1, r - 5.0)
    };
    tail.copysign(q)
}

type Coefficients = ([f64; 8], [f64; 8]);

/// |p - 1/2| <= 0.425.
const CENTER: Coefficients = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
);

/// Beyond, down to a tail of e^-25.
const MIDDLE: Coefficients = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

/// Farther still.
const FAR: Coefficients = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the inverse of the normal law to 20 digits (40-digit arithmetic by Newton's method on erfc).
    const TABLE: [(f64, f64); 18] = [
        (0.5000009536743164, 2.390507006295574e-06),
        (0.3, -0.5244005127080408),
        (0.075, -1.439531470938456),
        (0.0749, -1.4402382675279637),
        (0.07, -1.4757910281791706),
        (0.925, 1.4395314709384561),
        (0.93, 1.475791028179171),
        (0.99, 2.3263478740408408),
        (0.001, -3.0902323061678136),
        (1e-06, -4.753424308822899),
        (1.5625e-07, -5.1157480301604465),
        (1e-09, -5.9978070150076865),
        (1.388794386496402e-11, -6.657904643501103),
        (1e-12, -7.034483825301132),
        (1e-20, -9.262340089798407),
        (1e-100, -21.273453560965326),
        (1e-300, -37.0470962993612),
        (0.9999999999990905, 7.047700256664409),
    ];

    #[test]
    fn agrees_with_forty_digit_arithmetic() {
        for (p, x) in TABLE {
            assert!(
                (quantile(p) - x).abs() <= 4e-16 * x.abs(),
                "{p}: {} {x}",
                quantile(p)
            );
        }
    }

    #[test]
    fn odd_about_a_half_and_rising() {
        assert_eq!(quantile(0.5), 0.0);
        let mut last = f64::NEG_INFINITY;
        for i in 1..1024 {
            let p = f64::from(i) / 1024.0;
            assert_eq!(quantile(p), -quantile(1.0 - p));
            assert!(quantile(p) > last);
            last = quantile(p);
        }
    }

    #[test]
    fn infinite_at_the_ends() {
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
    }
}
