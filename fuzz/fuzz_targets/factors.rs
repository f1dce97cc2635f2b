//! Factor graphs in the UAI format, and files of either format of graphs.
#![no_main]

use gwg_models::io::read_graph;
use gwg_models::io::uai::parse_uai;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match parse_uai(bytes) {
        Ok(list) => {
            let states = |i: usize| list.states[i] as usize;
            let cells: usize = (0..list.states.len()).map(states).sum();
            assert_eq!(list.field().len(), cells);
            for (site, numbers) in &list.unary {
                assert_eq!(numbers.len(), states(*site));
            }
            for pair in &list.pairs {
                assert!(pair.sites.0 != pair.sites.1);
                let _ = (states(pair.sites.0), states(pair.sites.1));
            }
        }
        Err((line, fault)) => {
            let message = fault.to_string();
            assert!(line >= 1 && message.len() < 2000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
    if let Err(error) = read_graph(&gwg_fuzz::file(bytes)) {
        assert!(!error.to_string().chars().any(char::is_control));
    }
});
