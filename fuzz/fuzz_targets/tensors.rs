//! Model files in the safetensors format: what is read is written back to the same.
#![no_main]

use gwg_core::Real;
use gwg_models::io::tensors::{parse_model, to_bytes};
use gwg_models::io::{Kind, read_model};
use libfuzzer_sys::fuzz_target;

fn check<R: Real>(bytes: &[u8], kind: Option<Kind>) {
    match parse_model::<R>(bytes, kind) {
        Ok(model) => {
            let written = to_bytes(&model).expect("a model that was read is written");
            assert_eq!(parse_model::<R>(&written, None).as_ref(), Ok(&model));
        }
        Err(fault) => {
            let message = fault.to_string();
            assert!(message.len() < 4000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    for kind in [
        None,
        Some(Kind::Rbm),
        Some(Kind::RbmCategorical),
        Some(Kind::IsingDense),
        Some(Kind::PottsDense),
    ] {
        check::<f32>(bytes, kind);
        check::<f64>(bytes, kind);
    }
    let _ = read_model::<f32>(&gwg_fuzz::file(bytes), None);
});
