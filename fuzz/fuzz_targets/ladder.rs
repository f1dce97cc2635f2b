//! Files of ladders of Boltzmann machines: what is read is written back to the same.
#![no_main]

use gwg_learn::{read_ladder, write_ladder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let path = gwg_fuzz::file(bytes);
    match read_ladder(&path) {
        Ok(models) => {
            write_ladder(&path, &models).expect("a ladder that was read is written");
            assert_eq!(read_ladder(&path).expect("it is read again"), models);
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.len() < 4000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
});
