//! Graphs in all formats of edges.
#![no_main]

use gwg_models::io::Content;
use gwg_models::io::edges::parse_edges;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Content::of_start(bytes).to_string();
    match parse_edges(bytes) {
        Ok(list) => {
            let inside = |i: usize| i < list.sites;
            for &(i, j, w) in &list.edges {
                assert!(inside(i) && inside(j) && i != j && w.is_finite());
            }
            assert!(list.fields.iter().all(|&(i, h)| inside(i) && h.is_finite()));
            let mut pairs: Vec<_> = list
                .edges
                .iter()
                .map(|e| (e.0.min(e.1), e.0.max(e.1)))
                .collect();
            pairs.sort_unstable();
            assert!(
                pairs.windows(2).all(|w| w[0] != w[1]),
                "an edge is listed twice"
            );
        }
        Err((line, fault)) => {
            let message = fault.to_string();
            assert!(line >= 1 && message.len() < 2000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
});
