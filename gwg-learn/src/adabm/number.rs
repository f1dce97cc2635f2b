//! Numbers as Python and NumPy write them.

use gwg_core::Real;
use std::fmt::LowerExp;

/// Adds the shortest decimal that is read back as the same number, with at least one digit after the point; with an exponent if it is
/// below -4 or above 15.
pub(super) fn push<R: Real + LowerExp>(text: &mut String, value: R) {
    let shortest = closest(value);
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let decimals = digits
        .len()
        .saturating_sub(digits.find('.').map_or(digits.len(), |at| at + 1));
    if (-4..16).contains(&exponent) {
        let places = i32::try_from(decimals).unwrap_or(0) - exponent;
        text.push_str(&format!(
            "{value:.*}",
            usize::try_from(places).unwrap_or(0).max(1)
        ));
        return;
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    text.push_str(digits);
    text.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
}

/// The number with as few digits as possible. Of two decimals that are equally close, Rust takes the larger one, and Python the even one.
fn closest<R: Real + LowerExp>(value: R) -> String {
    let shortest = format!("{value:e}");
    let digits = shortest.split('e').next().unwrap_or_default();
    let decimals = digits
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let even = format!("{value:.decimals$e}");
    let same = even
        .parse()
        .is_ok_and(|read: f64| R::from_f64(read) == value);
    if same { even } else { shortest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_python() {
        let written = |value: f64| {
            let mut text = String::new();
            push(&mut text, value);
            text
        };
        for (value, wanted) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-0.25, "-0.25"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-1.5568345e-5, "-1.5568345e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e-300, "1.25e-300"),
            // Halfway between two decimals of 17 digits.
            (-2.188_880_920_410_156_3, "-2.1888809204101562"),
            (123456.0, "123456.0"),
            (9.999e-5, "9.999e-05"),
        ] {
            assert_eq!(written(value), wanted);
        }
        let mut text = String::new();
        push(&mut text, 0.574_793_93_f32);
        assert_eq!(text, "0.57479393");
    }
}
