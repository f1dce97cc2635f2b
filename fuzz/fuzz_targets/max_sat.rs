//! Formulas in all formats, and a few moves on them.
#![no_main]

use gwg_optimize::max_sat::Headerless;
use gwg_optimize::{MaxSat, Search};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for headerless in [Headerless::Refused, Headerless::Weighted] {
        match MaxSat::parse(bytes, headerless) {
            // A header may state millions of variables, each with memory of its own.
            Ok(problem) if problem.sites() < 10_000 => {
                let mut best = f64::INFINITY;
                let mut found = |value: f64, x: &[u8]| {
                    assert!(value < best && problem.value(x) == (value, true));
                    best = value;
                };
                problem.restart(1, None, &mut found, &|| true);
                assert!(best.is_finite() || problem.clauses().hard() > 0);
            }
            Ok(_) => {}
            Err((line, fault)) => {
                let message = fault.to_string();
                assert!(line >= 1 && message.len() < 2000);
                assert!(!message.chars().any(char::is_control), "{message:?}");
            }
        }
    }
});
