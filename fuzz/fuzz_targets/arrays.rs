//! Lists of numbers and rows of states: text and NumPy's `.npy`, packed or not.
#![no_main]

use gwg_models::io::numbers::parse_numbers;
use gwg_models::io::{read_numbers, read_states};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&sites, bytes)) = bytes.split_first() else {
        return;
    };
    match parse_numbers(bytes) {
        Ok(numbers) => assert!(numbers.iter().all(|n| n.is_finite())),
        Err(fault) => assert!(!fault.to_string().chars().any(char::is_control)),
    }
    let path = gwg_fuzz::file(bytes);
    let sites = usize::from(sites) + 1;
    match read_states(&path, sites) {
        Ok(rows) => {
            assert_eq!(rows.columns, sites);
            assert_eq!(rows.symbols.len(), rows.rows * sites);
        }
        Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
    }
    if let Ok(numbers) = read_numbers(&path, sites, "one per site") {
        assert_eq!(numbers.len(), sites);
    }
});
