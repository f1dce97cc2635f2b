//! Black and white images of Netpbm: what is read is written back to the same.
#![no_main]

use gwg_models::io::BinaryImage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match BinaryImage::parse(bytes) {
        Ok(image) => {
            assert_eq!(image.pixels().len(), image.width() * image.height());
            assert!(image.pixels().iter().all(|&pixel| pixel <= 1));
            assert_eq!(BinaryImage::parse(&image.to_bytes()).as_ref(), Ok(&image));
        }
        Err(fault) => assert!(!fault.to_string().chars().any(char::is_control)),
    }
});
