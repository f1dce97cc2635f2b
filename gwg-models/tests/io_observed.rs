//! Observations: valid files, and every violated rule with the line and the site.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::{Binary, Mixed, Space};
use gwg_models::io::observed::{ObservedFault, parse_observed};
use gwg_models::io::read_observed;
use proptest::prelude::*;

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

fn said<S: Space>(content: &[u8], space: &S) -> String {
    let file = file(content);
    let message = read_observed(file.path(), space).unwrap_err().to_string();
    let path = file.path().display().to_string();
    message.strip_prefix(&path).unwrap().to_owned()
}

/// A `.npy` file as NumPy writes it.
fn npy(descr: &str, shape: &str, body: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn lines_and_arrays_give_the_same_observations() {
    let mut offsets = [0; 4];
    let space = Mixed::new(&[2, 5, 3], &mut offsets).unwrap();
    let wanted = [Some(1), None, Some(2)];
    for content in [
        &b"0 1\n2 2\n"[..],
        b"# sites from 0\r\n\r\n 2\t2 # the last\r\n0 1",
        b"0 1\n0 1\n2 2\n",
        &npy("|i1", "(3,)", &[1, 0xff, 2]),
        &npy("<i2", "(1, 3)", &[1, 0, 0, 0x80, 2, 0]),
        &npy("|i1", "(3, 1)", &[1, 0xff, 2]),
        b"\xef\xbb\xbf0 1\n2 2\n",
    ] {
        let file = file(content);
        assert_eq!(read_observed(file.path(), &space).unwrap(), wanted);
    }
}

#[test]
fn each_violated_rule_is_reported_with_its_position() {
    let mut offsets = [0; 4];
    let space = Mixed::new(&[2, 5, 3], &mut offsets).unwrap();
    let large = npy("<u8", "(3,)", &[0xff; 24]);
    for (content, wanted) in [
        (
            &b"0 1\n3 0\n"[..],
            ":2: site: found `3`, allowed is an integer from 0 to 2",
        ),
        (b"-1 0\n", ":1: site: found `-1`"),
        (b"0.5 0\n", ":1: site: found `0.5`"),
        (
            b"0 2\n",
            ":1: site 0: value: found `2`, allowed is an integer from 0 to 1",
        ),
        (
            b"2 3\n",
            ":1: site 2: value: found `3`, allowed is an integer from 0 to 2",
        ),
        (b"1 256\n", ":1: site 1: value: found `256`"),
        (b"1 -1\n", ":1: site 1: value: found `-1`"),
        (b"1 spin\n", ":1: site 1: value: found `spin`"),
        (b"\n1\n", ":2: found 1 words, allowed are two: `site value`"),
        (b"1 2 3\n", ":1: found 3 words"),
        (
            b"1 2\n0 1\n\n1 3\n",
            ":4: site 1: found 3, but line 1 has 2",
        ),
        (b"0 1\n\xff\xfe\n", ":2: byte 4 (from 0) is not UTF-8"),
        (b"", ": no site is observed"),
        (b"# nothing\n", ": no site is observed"),
        (b"0 0\n1 0\n2 0\n", ": all 3 sites are observed"),
        (
            &npy("|i1", "(2,)", &[0, 0]),
            ": found an array of shape [2], allowed are 3 integers",
        ),
        (
            &npy("|i1", "(2, 3)", &[0; 6]),
            ": found an array of shape [2, 3]",
        ),
        (b"PK\x03\x04", ": found an archive of arrays (.npz)"),
        (&npy("|i1", "(3,)", &[0xff; 3]), ": no site is observed"),
        (&npy("|b1", "(3,)", &[0; 3]), ": all 3 sites are observed"),
        (
            &npy("|u1", "(3,)", &[0, 5, 0]),
            ": site 1: value: found `5`",
        ),
        (&large, ": site 0: value: found `9223372036854775807`"),
        (
            &npy("<f8", "(3,)", &[0; 24]),
            ": found elements of type `<f8`",
        ),
        (&npy("|i1", "(4,)", &[0]), ": the shape requires 4 bytes"),
        (b"\x93NUMPY", ": not a .npy file (its version is unknown)"),
    ] {
        let message = said(content, &space);
        assert!(message.starts_with(wanted), "{wanted}: {message}");
    }
}

#[test]
fn an_array_may_have_the_shape_of_the_lattice() {
    let mut wanted = vec![None; 64];
    (wanted[1], wanted[8]) = (Some(1), Some(0));
    let mut body = vec![0xff; 64];
    (body[1], body[8]) = (1, 0);
    for shape in ["(64,)", "(8, 8)", "(4, 4, 4)", "(1, 8, 8)"] {
        let file = file(&npy("|i1", shape, &body));
        let read = read_observed(file.path(), &Binary::new(64)).unwrap();
        assert_eq!(read, wanted, "{shape}");
    }
    let two = npy("|i1", "(2, 32)", &body);
    assert!(said(&two, &Binary::new(32)).contains("shape [2, 32], allowed are 32 integers"));
}

#[test]
fn no_advice_turns_free_sites_into_others() {
    // -1 as an unsigned byte is 255.
    for (descr, width) in [("<f8", 8), (">i2", 2), ("<f2", 2)] {
        let message = said(&npy(descr, "(3,)", &vec![0; 3 * width]), &Binary::new(3));
        assert!(message.contains(".astype('int"), "{message}");
        assert!(!message.contains("uint"), "{message}");
    }
}

#[test]
fn other_paths_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let space = Binary::new(3);
    let message = |path| read_observed(path, &space).unwrap_err().to_string();
    assert!(message(folder.path()).contains("a folder, but a file is needed"));
    assert!(message(&folder.path().join("no")).contains("cannot be read"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[0-9 \n#-]{0,60}") {
        let space = Binary::new(12);
        let _ = parse_observed(&bytes, &space);
        if let Ok(observed) = parse_observed(text.as_bytes(), &space) {
            prop_assert_eq!(observed.len(), 12);
            prop_assert!(observed.iter().flatten().all(|&value| value < 2));
        }
        let mut array = npy("|i1", "(12,)", &[1; 12]);
        for (at, byte) in bytes.iter().enumerate() {
            let end = array.len();
            array[(at * 37) % end] ^= byte;
        }
        let file = file(&array);
        let _ = read_observed(file.path(), &space);
    }

    #[test]
    fn written_observations_are_read(values in prop::collection::vec(prop::option::of(0u8..2), 12)) {
        let lines = values.iter().enumerate();
        let text: String = lines.filter_map(|(i, v)| Some(format!("{i} {}\n", (*v)?))).collect();
        let read: Result<_, (usize, ObservedFault)> = parse_observed(text.as_bytes(), &Binary::new(12));
        prop_assert_eq!(read, Ok(values));
    }
}
