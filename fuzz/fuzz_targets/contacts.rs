//! Known contacts: what is read is written back to the same, and drawn in a map of few sites.
#![no_main]

use gwg_learn::{contact_map, parse_contacts, precision};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match parse_contacts(bytes) {
        Ok(contacts) => {
            assert!(!contacts.is_empty() && contacts.iter().all(|(i, j)| i < j));
            let line = |(i, j): (usize, usize)| format!("{} {}\n", j + 1, i + 1);
            let text: String = contacts.iter().map(line).collect();
            assert_eq!(parse_contacts(text.as_bytes()).as_ref(), Ok(&contacts));
            let first: Vec<_> = contacts.iter().take(9).collect();
            assert!(contact_map(9, &first, Some(&contacts)).ends_with("</svg>\n"));
            let found = precision(&first, &contacts, 9);
            assert!(found.iter().all(|p| p.pairs == 0 || p.precision == 1.0));
        }
        Err(fault) => assert!(!fault.to_string().chars().any(char::is_control)),
    }
});
