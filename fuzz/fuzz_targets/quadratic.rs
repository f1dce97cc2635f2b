//! Quadratic functions in all formats: variables are below their number, weights are finite, and the function has a value.
#![no_main]

use gwg_optimize::read::{Variables, parse_quadratic};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for variables in [Variables::Binary, Variables::Spins] {
        match parse_quadratic(bytes, variables, 1) {
            Ok(file) => {
                let inside = |i: usize| i < file.sites;
                for &(i, j, w) in &file.terms {
                    assert!(inside(i) && inside(j) && w.is_finite());
                }
                // A header may promise more variables than there is memory for.
                if file.sites > 10_000 {
                    continue;
                }
                if let Ok(terms) = file.terms(variables) {
                    assert!(terms.value(&vec![1; file.sites]).is_finite());
                    assert!(
                        terms
                            .pairs()
                            .iter()
                            .all(|p| p.0 < p.1 && inside(p.1 as usize))
                    );
                }
            }
            Err((line, fault)) => {
                let message = fault.to_string();
                assert!(line >= 1 && message.len() < 2000);
                assert!(!message.chars().any(char::is_control), "{message:?}");
            }
        }
    }
});
