//! Files of networks and of autoencoders: what is read is written back to the same.
#![no_main]

use gwg_core::{Space, Target};
use gwg_learn::Vae;
use gwg_nets::{network_to_bytes, parse_network};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match parse_network::<f32>(bytes) {
        Ok(energy) => {
            let written = network_to_bytes(&energy).expect("a network that was read is written");
            let again = parse_network::<f32>(&written).expect("it is read again");
            assert_eq!(again.network().parameters(), energy.network().parameters());
            let sites = energy.space().sites();
            if sites < 1000 && energy.network().scratch_len(1) < 1 << 22 {
                let _ = energy.log_prob(&vec![1; sites]);
            }
        }
        Err(error) => short(&error),
    }
    match Vae::<f32>::from_bytes(bytes) {
        Ok(vae) => assert!(vae.to_bytes().is_ok()),
        Err(error) => short(&error),
    }
});

fn short(error: &dyn std::fmt::Display) {
    let message = error.to_string();
    assert!(message.len() < 4000);
    assert!(!message.chars().any(char::is_control), "{message:?}");
}
