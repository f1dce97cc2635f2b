//! Model files: valid ones, and every violated rule with the tensor and the entry.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::borrow::Cow;
use std::fs;

use gwg_models::io::tensors::parse_model;
use gwg_models::io::{IoError, Kind, ModelFault, Parameters, read_model, write_model};

/// One tensor of a file: name, type, shape, bytes.
type Raw = (&'static str, &'static str, Vec<usize>, Vec<u8>);

/// A file assembled by hand, so that it can be invalid in any way.
fn file(kind: Option<&str>, tensors: &[Raw]) -> Vec<u8> {
    let mut entries = Vec::new();
    if let Some(kind) = kind {
        entries.push(format!(r#""__metadata__":{{"kind":"{kind}"}}"#));
    }
    let mut data = Vec::new();
    for (name, dtype, shape, bytes) in tensors {
        let start = data.len();
        data.extend_from_slice(bytes);
        let end = data.len();
        entries.push(format!(
            r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
        ));
    }
    with_header(&format!("{{{}}}", entries.join(",")), &data)
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn f32s(name: &'static str, shape: &[usize], numbers: &[f32]) -> Raw {
    let bytes = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    (name, "F32", shape.to_vec(), bytes)
}

fn f64s(name: &'static str, shape: &[usize], numbers: &[f64]) -> Raw {
    let bytes = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    (name, "F64", shape.to_vec(), bytes)
}

fn rbm() -> Vec<Raw> {
    vec![
        f32s("W", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        f64s("b", &[2], &[0.1, 0.2]),
        f32s("c", &[3], &[7.0, 8.0, 9.0]),
    ]
}

fn ising(coupling: &[f32]) -> Vec<Raw> {
    vec![f32s("J", &[2, 2], coupling), f32s("h", &[2], &[0.0, 0.0])]
}

fn potts(coupling: &[f64; 16]) -> Vec<Raw> {
    vec![
        f64s("J", &[2, 2, 2, 2], coupling),
        f64s("h", &[2, 2], &[0.0; 4]),
    ]
}

fn parse(bytes: &[u8]) -> Result<Parameters<'static, f64>, ModelFault> {
    parse_model(bytes, None)
}

/// Checks that the file is rejected with a message that contains all of `parts`.
fn assert_refused(bytes: &[u8], parts: &[&str]) {
    let message = parse(bytes).expect_err("refused").to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

#[test]
fn types_may_differ_between_tensors_and_are_converted() {
    let expected = Parameters::Rbm {
        weights: Cow::Owned(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        visible_bias: Cow::Owned(vec![0.1, 0.2]),
        hidden_bias: Cow::Owned(vec![7.0, 8.0, 9.0]),
    };
    assert_eq!(parse(&file(Some("rbm"), &rbm())), Ok(expected));
    let single = parse_model::<f32>(&file(Some("rbm"), &rbm()), None).unwrap();
    let Parameters::Rbm { visible_bias, .. } = single else {
        panic!("{single:?}");
    };
    assert_eq!(*visible_bias, [0.1, 0.2]);
}

#[test]
fn the_kind_comes_from_metadata_or_caller_or_tensors() {
    let kind = |bytes: &[u8], asked| parse_model::<f64>(bytes, asked).map(|p| p.kind());
    let ising = ising(&[0.0, 1.0, 1.0, 0.0]);
    assert_eq!(kind(&file(None, &rbm()), None), Ok(Kind::Rbm));
    assert_eq!(kind(&file(None, &ising), None), Ok(Kind::IsingDense));
    assert_eq!(
        kind(&file(None, &potts(&[0.0; 16])), None),
        Ok(Kind::PottsDense)
    );
    assert_eq!(kind(&file(None, &rbm()), Some(Kind::Rbm)), Ok(Kind::Rbm));
    assert_eq!(
        kind(&file(Some("mine"), &rbm()), Some(Kind::Rbm)),
        Ok(Kind::Rbm)
    );
    assert_eq!(
        kind(&file(Some("rbm"), &rbm()), Some(Kind::IsingDense)),
        Err(ModelFault::OtherKind {
            found: Kind::Rbm,
            asked: Kind::IsingDense
        })
    );
    assert_refused(
        &file(Some("mine"), &rbm()),
        &[
            "found `mine`",
            "rbm, rbm-categorical, ising-dense, potts-dense",
        ],
    );
    assert_refused(
        &file(None, &ising[..1]),
        &["`kind`: missing", "`J` [2, 2]", "--kind"],
    );
    assert_refused(&file(None, &[]), &["`kind`: missing", "no tensor"]);
    for kind in Kind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
}

#[test]
fn tensors_must_be_those_of_the_kind() {
    let tensors = rbm();
    assert_refused(
        &file(Some("rbm"), &tensors[..2]),
        &[
            "tensor `c` is missing",
            "W (visible, hidden), b (visible), c (hidden)",
            "`W` [2, 3], `b` [2]",
        ],
    );
    let mut more = rbm();
    more.push(f32s("mean", &[2], &[0.0, 0.0]));
    assert_refused(
        &file(Some("rbm"), &more),
        &["tensor `mean` is not part of kind `rbm`"],
    );
}

#[test]
fn shapes_must_fit() {
    let with = |i: usize, raw: Raw| {
        let mut tensors = rbm();
        tensors[i] = raw;
        file(Some("rbm"), &tensors)
    };
    assert_refused(
        &with(0, f32s("W", &[6], &[0.0; 6])),
        &["tensor `W`: found shape [6], allowed is (visible, hidden)"],
    );
    assert_refused(
        &with(0, f32s("W", &[3, 2], &[0.0; 6])),
        &[
            "tensor `W`: found shape [3, 2], allowed is [2, 3]",
            "save W transposed",
        ],
    );
    assert_refused(
        &with(2, f32s("c", &[4], &[0.0; 4])),
        &["tensor `W`: found shape [2, 3], allowed is [2, 4]", "`c` 4"],
    );
    assert_refused(
        &with(2, f32s("c", &[0], &[])),
        &["tensor `c`: found shape [0]", "at least 1"],
    );
    let narrow = [f32s("J", &[2, 3], &[0.0; 6]), f32s("h", &[2], &[0.0; 2])];
    assert_refused(
        &file(Some("ising-dense"), &narrow),
        &[
            "tensor `J`: found shape [2, 3], allowed is [2, 2]",
            "`h` has shape [2]",
        ],
    );
    let swapped = [
        f32s("J", &[2, 3, 2, 3], &[0.0; 36]),
        f32s("h", &[2, 3], &[0.0; 6]),
    ];
    assert_refused(
        &file(Some("potts-dense"), &swapped),
        &["allowed is [2, 2, 3, 3]"],
    );
    let single = [
        f32s("J", &[2, 2, 1, 1], &[0.0; 4]),
        f32s("h", &[2, 1], &[0.0; 2]),
    ];
    assert_refused(
        &file(Some("potts-dense"), &single),
        &["found 1, allowed are 2 to 256"],
    );
}

#[test]
fn other_types_are_rejected_with_the_remedy() {
    for (dtype, width) in [("F16", 2), ("BF16", 2), ("I64", 8), ("U8", 1), ("BOOL", 1)] {
        let mut tensors = rbm();
        tensors[2] = ("c", dtype, vec![3], vec![0; 3 * width]);
        assert_refused(
            &file(Some("rbm"), &tensors),
            &[
                "tensor `c`",
                &format!("found type {dtype}"),
                "F32 and F64",
                ".float()",
            ],
        );
    }
}

#[test]
fn entries_must_be_finite_in_the_requested_precision() {
    let mut tensors = rbm();
    tensors[0] = f32s("W", &[2, 3], &[0.0, 0.0, 0.0, 0.0, f32::NAN, f32::NAN]);
    assert_refused(
        &file(Some("rbm"), &tensors),
        &["`W[1, 1]`", "NaN", "finite"],
    );
    tensors[0] = f64s("W", &[2, 3], &[0.0, 0.0, 1e300, 0.0, 0.0, 0.0]);
    let bytes = file(Some("rbm"), &tensors);
    assert!(parse(&bytes).is_ok());
    let message = parse_model::<f32>(&bytes, None).unwrap_err().to_string();
    assert!(
        message.contains("`W[0, 2]`") && message.contains("too large"),
        "{message}"
    );
}

#[test]
fn couplings_must_be_symmetric_and_between_sites() {
    let ising = |j| file(Some("ising-dense"), &ising(j));
    assert_refused(
        &ising(&[0.0, 0.5, 0.25, 0.0]),
        &["`J[0, 1]`", "0.5", "[1, 0]", "0.25"],
    );
    assert_refused(
        &ising(&[0.0, 0.5, 0.5, 2.0]),
        &[
            "`J[1, 1]`: found 2",
            "self-coupling",
            "set it to 0: it adds the same constant",
        ],
    );

    let potts = |set: &[(usize, f64)]| {
        let mut j = [0.0; 16];
        for &(at, value) in set {
            j[at] = value;
        }
        file(Some("potts-dense"), &potts(&j))
    };
    // J[0, 1, 0, 1] and J[1, 0, 1, 0] are one coupling; J[1, 0, 0, 1] is another.
    assert!(parse(&potts(&[(5, 0.5), (10, 0.5)])).is_ok());
    assert_refused(
        &potts(&[(5, 0.5), (9, 0.5)]),
        &["`J[0, 1, 0, 1]`: found 0.5", "[1, 0, 1, 0] is 0"],
    );
    assert_refused(
        &potts(&[(13, 0.5)]),
        &[
            "`J[1, 1, 0, 1]`: found 0.5",
            "self-coupling",
            "add each `J[1, 1, a, a]` to `h[1, a]`",
        ],
    );
}

#[test]
fn files_of_other_formats_are_rejected() {
    assert_refused(b"", &["empty"]);
    assert_refused(b"\x80\x02", &["not a safetensors file: 2 bytes"]);
    assert_refused(
        b"PK\x03\x04 such as an npz",
        &["not a safetensors file: found a zip archive, such as NumPy's .npz"],
    );
    assert_refused(b"\x93NUMPY\x01\0v\0", &["found a NumPy array (.npy)"]);
    assert_refused(b"\x89HDF\r\n\x1a\n\0\0", &["found an HDF5 file"]);
    assert_refused(b"4 3\n1 2 1\n", &["found a graph"]);
    assert_refused(
        b"\x09\0\0\0\0\0\0\0 such",
        &["declare a header of 9 bytes, but 5 follow"],
    );
    assert_refused(&with_header("[]", b""), &["not a safetensors file"]);
    assert_refused(&with_header("{\"W\":", b""), &["not a safetensors file"]);
    assert_refused(
        b"\x01\0\0\0\0\0\0\0\xff",
        &["not a safetensors file: invalid UTF-8"],
    );
    assert_refused(
        &u64::MAX.to_le_bytes(),
        &["declare a header of 18446744073709551615"],
    );

    let whole = file(Some("rbm"), &rbm());
    for cut in 1..=12 {
        assert_refused(
            &whole[..whole.len() - cut],
            &["truncated", "declares 52 bytes"],
        );
    }
    let mut longer = whole;
    longer.push(0);
    assert_refused(&longer, &["do not fill the 53 bytes"]);
}

/// Sizes that are consistent, but end at 2^64 - 1: one more addition overflows.
#[test]
fn overflowing_sizes_are_rejected() {
    let step = 1usize << 60;
    let mut entries = Vec::new();
    for i in 0..16 {
        let (start, end) = (i * step, i * step + (step - usize::from(i == 15)));
        let size = end - start;
        entries.push(format!(
            r#""t{i}":{{"dtype":"U8","shape":[{size}],"data_offsets":[{start},{end}]}}"#
        ));
    }
    let header = format!("{{{}}}", entries.join(","));
    assert_refused(
        &with_header(&header, b""),
        &["declares a size of 18446744073709551615"],
    );
    let long =
        r#"{"W":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}"#;
    assert_refused(&with_header(long, &[0; 4]), &["not a safetensors file"]);
}

#[test]
fn messages_name_the_file_and_writing_replaces_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    fs::write(&path, b"").unwrap();
    let error = read_model::<f32>(&path, None).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("w.safetensors: the file is empty"),
        "{error}"
    );

    let good: Parameters<'_, f32> = parse_model(&file(Some("rbm"), &rbm()), None).unwrap();
    write_model(&path, &good).unwrap();
    assert_eq!(read_model::<f32>(&path, None).unwrap(), good);
    let before = fs::read(&path).unwrap();

    let mut bad = good.clone();
    if let Parameters::Rbm { weights, .. } = &mut bad {
        weights.to_mut()[4] = f32::INFINITY;
    }
    let error = write_model(&path, &bad).unwrap_err();
    assert!(error.to_string().contains("`W[1, 1]`"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );

    let nowhere = folder.path().join("none").join("w.safetensors");
    let error = write_model(&nowhere, &good).unwrap_err();
    assert!(matches!(error, IoError::Write { .. }), "{error}");
    let error = write_model(folder.path(), &good).unwrap_err();
    assert!(matches!(error, IoError::Write { .. }), "{error}");
}
