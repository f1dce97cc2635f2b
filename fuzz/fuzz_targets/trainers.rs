//! Saved training of all trainers, also with the checksum corrected: what is resumed goes on, and is saved to the same.
#![no_main]

use gwg_fuzz::{pcd, potts, rbm, with_gibbs};
use libfuzzer_sys::fuzz_target;

/// The same bytes with the checksum of all before it.
fn corrected(bytes: &[u8]) -> Option<Vec<u8>> {
    let (body, _) = bytes.split_last_chunk::<4>()?;
    let mut crc = flate2::Crc::new();
    crc.update(body);
    Some([body, &crc.sum().to_le_bytes()].concat())
}

fn said(error: &dyn std::error::Error) {
    let message = error.to_string();
    assert!(!message.is_empty() && message.len() < 4000);
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

fn check(bytes: &[u8]) {
    let mut trainer = potts();
    match trainer.resume(bytes) {
        Ok(()) => {
            let saved = trainer.save();
            let mut other = potts();
            other.resume(&saved).expect("what was saved is resumed");
            assert_eq!(other.save(), saved);
            trainer.update();
        }
        Err(error) => said(&error),
    }
    let mut trainer = rbm();
    match trainer.resume(bytes) {
        Ok(()) => {
            let saved = trainer.save();
            let mut other = rbm();
            other.resume(&saved).expect("what was saved is resumed");
            assert_eq!(other.save(), saved);
            trainer.update();
        }
        Err(error) => said(&error),
    }
    let mut trainer = pcd();
    match trainer.resume(bytes, &with_gibbs) {
        Ok(()) => {
            if let Err(error) = trainer.update(&with_gibbs) {
                said(&error);
            }
        }
        Err(error) => said(&error),
    }
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    if let Some(bytes) = corrected(bytes) {
        check(&bytes);
    }
});
