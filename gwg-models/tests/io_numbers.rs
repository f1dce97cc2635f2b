//! Lists of numbers.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use gwg_models::io::numbers::{NumbersFault, parse_numbers};
use gwg_models::io::read_numbers;
use proptest::prelude::*;

#[test]
fn numbers_are_separated_by_any_blanks() {
    let found = parse_numbers(b"# fields\n1 -2.5\t3e-1\r\n\n 4 # the last\n").unwrap();
    assert_eq!(found, [1.0, -2.5, 0.3, 4.0]);
    assert_eq!(parse_numbers(b""), Ok(Vec::new()));
}

#[test]
fn faults_say_where() {
    let fault = |bytes: &[u8]| parse_numbers(bytes).unwrap_err().to_string();
    assert_eq!(
        fault(b"1 2\n3,4"),
        "line 2: found `3,4`, allowed is a finite number"
    );
    assert_eq!(
        fault(b"inf"),
        "line 1: found `inf`, allowed is a finite number"
    );
    assert!(fault(b"1\n\xff").starts_with("byte 2 (from 0) is not UTF-8"));
    let npy = |descr: &str, shape: &str, body: &[u8]| {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(body);
        bytes
    };
    let nan = npy("<f8", "(1,)", &f64::NAN.to_le_bytes());
    assert_eq!(
        fault(&nan),
        "element 0 (from 0): found NaN, allowed is a finite number"
    );
    let wide = npy(
        "<f4",
        "(1, 2)",
        &[1.0f32.to_le_bytes(), 2.0f32.to_le_bytes()].concat(),
    );
    assert_eq!(parse_numbers(&wide), Ok(vec![1.0, 2.0]));
    assert!(matches!(
        parse_numbers(&npy("|S1", "(1,)", b"x")),
        Err(NumbersFault::Npy(_))
    ));
}

#[test]
fn a_wrong_number_of_entries_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("h.txt");
    std::fs::write(&path, "1 2 3").unwrap();
    assert_eq!(
        read_numbers(&path, 3, "one per site").unwrap(),
        [1.0, 2.0, 3.0]
    );
    let error = read_numbers(&path, 4, "one per site")
        .unwrap_err()
        .to_string();
    let wanted = format!(
        "{}: found 3 numbers, needed are 4: one per site",
        path.display()
    );
    assert_eq!(error, wanted);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(any in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = parse_numbers(&any);
        let _ = parse_numbers(&[b"\x93NUMPY", &any[..]].concat());
    }
}
