//! Saved chains and saved runs, also with the checksum corrected; what is read is restored to a sampler or resumed, or refused.
#![no_main]

use gwg_chains::{Chains, Plan, SavedChains, SavedRun, Threads, resume};
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

/// The same for a run, whose checksum is of all before it.
fn corrected_run(bytes: &[u8]) -> Option<Vec<u8>> {
    let (body, _) = bytes.split_last_chunk::<4>()?;
    let mut crc = flate2::Crc::new();
    crc.update(body);
    Some([body, &crc.sum().to_le_bytes()].concat())
}

fn check_run(bytes: &[u8]) {
    match SavedRun::from_bytes(bytes) {
        Ok(saved) => {
            let model = Taylor(gwg_fuzz::model());
            let kernel = LocallyBalanced::gwg();
            let plan = Plan {
                chains: 2,
                warmup: 10,
                draws: 20,
                threads: std::num::NonZeroUsize::new(1),
                ..Plan::default()
            };
            if let Ok(outcome) = resume(&model, &kernel, &plan, &mut (), saved) {
                assert_eq!(outcome.draws, 20);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fuzz_target!(|bytes: &[u8]| {
    check_run(bytes);
    if let Some(bytes) = corrected_run(bytes) {
        check_run(&bytes);
    }
    check(bytes);
    if let Some(bytes) = corrected(bytes) {
        check(&bytes);
    }
});
