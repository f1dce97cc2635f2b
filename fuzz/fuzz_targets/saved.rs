//! Saved chains, also with the checksum corrected; what is read is restored to a sampler, or refused.
#![no_main]

use gwg_chains::{Chains, SavedChains, Threads};
use gwg_core::{LocallyBalanced, Taylor};
use libfuzzer_sys::fuzz_target;

/// The same bytes with the checksum of a header that is written as the program writes it.
fn corrected(bytes: &[u8]) -> Option<Vec<u8>> {
    let (start, rest) = bytes.split_at_checked(16)?;
    let (body, _) = rest.split_last_chunk::<4>()?;
    let mut crc = flate2::Crc::new();
    crc.update(body);
    Some([start, body, &crc.sum().to_le_bytes()].concat())
}

fn check(bytes: &[u8]) {
    match SavedChains::from_bytes(bytes) {
        Ok(saved) => {
            let written = saved.to_bytes().expect("saved chains are written");
            assert_eq!(
                SavedChains::from_bytes(&written).as_ref().ok(),
                Some(&saved)
            );
            let model = Taylor(gwg_fuzz::model());
            let kernel = LocallyBalanced::gwg();
            if let Ok(chains) = Chains::<f32>::restore(&saved, &model, &kernel, Threads::one()) {
                assert_eq!(chains.save().chains(), saved.chains());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    if let Some(bytes) = corrected(bytes) {
        check(&bytes);
    }
});
