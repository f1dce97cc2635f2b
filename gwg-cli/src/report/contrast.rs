//! Tests the contrast of the style sheet's colors in both themes, as defined in WCAG 2.2.

use super::STYLE;

/// Minimum contrast of text (WCAG 1.4.3) and of lines (1.4.11).
const TEXT: f64 = 4.5;
const LINE: f64 = 3.0;

/// The value of a custom property where it is set for the `theme`-th time.
fn color(name: &str, theme: usize) -> [f64; 3] {
    let key = format!("--{name}: #");
    let found = STYLE.split(&key).nth(theme + 1).expect("a color is set");
    let hex: String = found.chars().take_while(char::is_ascii_hexdigit).collect();
    let digits = hex.len() / 3;
    [0, 1, 2].map(|channel| {
        let part = &hex[channel * digits..(channel + 1) * digits];
        let value = u8::from_str_radix(part, 16).expect("digits are hexadecimal");
        f64::from(if digits == 1 { value * 17 } else { value }) / 255.0
    })
}

fn luminance(color: [f64; 3]) -> f64 {
    let linear = color.map(|c| {
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: &str, b: &str, theme: usize) -> f64 {
    let (a, b) = (luminance(color(a, theme)), luminance(color(b, theme)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn black_on_white() {
    assert!((luminance([1.0; 3]) - 1.0).abs() < 1e-12);
    assert_eq!(color("paper", 0), [1.0; 3]);
}

#[test]
fn contrast_suffices_in_both_themes() {
    for theme in [0, 1] {
        for text in ["ink", "soft", "bad", "link"] {
            for ground in ["paper", "panel"] {
                let found = contrast(text, ground, theme);
                assert!(
                    found >= TEXT,
                    "{text} on {ground} in theme {theme}: {found:.2}"
                );
            }
        }
        let chains = (0..super::trace::COLOURS).map(|c| format!("c{c}"));
        for line in chains.chain(["good".to_owned(), "warn".to_owned()]) {
            let found = contrast(&line, "paper", theme);
            assert!(found >= LINE, "{line} in theme {theme}: {found:.2}");
        }
    }
}

/// The classes of the rank map (cividis) are lighter the larger they are, so that they can be told in gray.
#[test]
fn classes_rise_in_lightness() {
    let class = |c: usize| luminance(color(&format!("h{c}"), 0));
    for c in 1..7 {
        let (darker, lighter) = (class(c - 1), class(c));
        let ratio = (lighter + 0.05) / (darker + 0.05);
        assert!(ratio > 1.25, "h{c}: {ratio:.2}");
    }
    let heat = STYLE.matches("--h0: #").count();
    assert_eq!(heat, 1, "the map is the same in both themes");
}
