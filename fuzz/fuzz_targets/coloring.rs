//! Graphs to color, and a few moves on them.
#![no_main]

use gwg_optimize::{Coloring, Search};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let colors = bytes.first().map_or(1, |&b| usize::from(b) % 9);
    match Coloring::parse(bytes, colors) {
        // A header may state millions of vertices, each with memory of its own.
        Ok(problem) if problem.sites() < 10_000 => {
            let mut best = f64::INFINITY;
            let mut found = |value: f64, x: &[u8]| {
                assert!(value < best && problem.value(x) == (value, true));
                assert!(x.iter().all(|&c| usize::from(c) < colors));
                best = value;
            };
            problem.restart(1, None, &mut found, &|| true);
            assert!(best.is_finite());
        }
        Ok(_) => {}
        Err((line, fault)) => {
            let message = fault.to_string();
            assert!(line >= 1 && message.len() < 2000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
});
