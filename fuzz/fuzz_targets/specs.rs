//! Specs of models and samplers: what is read is written back to the same.
#![no_main]

use gwg_registry::{ModelSpec, SamplerSpec};
use libfuzzer_sys::fuzz_target;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

fuzz_target!(|bytes: &[u8]| {
    match ModelSpec::parse_os(OsStr::from_bytes(bytes)) {
        Ok(spec) => {
            let text = spec.to_string();
            let again = ModelSpec::parse(&text).expect("a written spec is read");
            assert_eq!(again.to_string(), text);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let text = String::from_utf8_lossy(bytes);
    match SamplerSpec::parse(&text) {
        Ok(spec) => {
            let text = spec.to_string();
            let again = SamplerSpec::parse(&text).expect("a written spec is read");
            assert_eq!(again.to_string(), text);
            let _ = (spec.adapts(), spec.bias(), spec.tuned(), spec.reach());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
