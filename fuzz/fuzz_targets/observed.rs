//! Observations: text and NumPy's `.npy`, packed or not.
#![no_main]

use gwg_core::{Binary, Mixed, Space, Symbol};
use gwg_models::io::read_observed;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fn check<S: Space>(path: &Path, space: &S) {
    match read_observed(path, space) {
        Ok(observed) => {
            assert_eq!(observed.len(), space.sites());
            let held = observed.iter().flatten().count();
            assert!(held > 0 && held < space.sites());
            for (site, value) in observed.iter().enumerate() {
                assert!(value.is_none_or(|value| value.index() < space.states_at(site)));
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&sites, bytes)) = bytes.split_first() else {
        return;
    };
    let path = gwg_fuzz::file(bytes);
    check(&path, &Binary::new(usize::from(sites) + 1));
    let mut offsets = [0; 5];
    check(
        &path,
        &Mixed::new(&[2, 5, 3, 7], &mut offsets).expect("four sites"),
    );
});
