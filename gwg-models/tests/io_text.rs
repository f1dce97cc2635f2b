//! What all readers of text do alike: a byte order mark is skipped, and words of the file are shown without control characters.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use gwg_core::Binary;
use gwg_models::io::edges::parse_edges;
use gwg_models::io::numbers::parse_numbers;
use gwg_models::io::observed::parse_observed;
use gwg_models::io::uai::parse_uai;
use gwg_models::io::{GraphFile, read_graph, read_model, read_states};
use std::fs;

/// What was found, or why it was refused, as text.
type Read = fn(&[u8]) -> Result<String, String>;

/// A valid text of each reader, and the reader.
fn readers() -> [(&'static str, Read); 4] {
    let edges: Read = |bytes| {
        let list = parse_edges(bytes).map_err(|(line, fault)| format!("{line}: {fault}"))?;
        Ok(format!("{list:?}"))
    };
    let uai: Read = |bytes| {
        let list = parse_uai(bytes).map_err(|(line, fault)| format!("{line}: {fault}"))?;
        Ok(format!("{list:?}"))
    };
    let numbers: Read = |bytes| {
        let numbers = parse_numbers(bytes).map_err(|fault| fault.to_string())?;
        Ok(format!("{numbers:?}"))
    };
    let observed: Read = |bytes| {
        let space = Binary::new(4);
        let observed =
            parse_observed(bytes, &space).map_err(|(line, fault)| format!("{line}: {fault}"))?;
        Ok(format!("{observed:?}"))
    };
    [
        ("2 1\n1 2 0.5", edges),
        ("MARKOV\n2\n2 2\n1\n1 0\n2 1 3", uai),
        ("1 2.5", numbers),
        ("0 1\n3 0", observed),
    ]
}

#[test]
fn a_byte_order_mark_is_skipped() {
    for (text, read) in readers() {
        let plain = read(text.as_bytes()).unwrap();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(read(&marked).unwrap(), plain);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), b"\xef\xbb\xbfMARKOV\n1\n2\n0").unwrap();
    assert!(matches!(read_graph(file.path()), Ok(GraphFile::Factors(_))));
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    for (text, read) in readers() {
        // In place of the first word, and of the last.
        let (first, rest) = text.split_at(text.find([' ', '\n']).unwrap());
        let (before, _) = text.split_at(text.rfind([' ', '\n']).unwrap() + 1);
        assert!(!first.is_empty() && !rest.is_empty() && !before.is_empty());
        for hostile in ["\u{1b}[2J\u{1b}[31mred", "\u{202e}x", "\u{8}\u{7f}"] {
            for text in [format!("{hostile}{rest}"), format!("{before}{hostile}")] {
                let message = read(text.as_bytes()).unwrap_err();
                let raw = |c: char| c.is_control() || c == '\u{202e}';
                assert!(!message.contains(raw), "{message:?}");
                assert!(message.contains("found `\\u{"), "{message}");
            }
        }
        let long = "9z".repeat(10_000);
        let message = read(format!("{before}{long}").as_bytes()).unwrap_err();
        assert!(message.len() < 300 && message.contains("..."), "{message}");
    }
}

#[test]
fn names_in_model_files_and_headers_of_arrays_are_escaped() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let header = r#"{"__metadata__":{"kind":"\u001b[2J"},"\u001b[31m\nerror":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let length = (header.len() as u64).to_le_bytes();
    let bytes = [&length[..], header.as_bytes(), &[0; 4]].concat();
    fs::write(file.path(), bytes).unwrap();
    let message = read_model::<f32>(file.path(), None)
        .unwrap_err()
        .to_string();
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.contains("\\u{1b}[2J") && message.contains("\\u{1b}[31m\\nerror"));

    let header = "{'descr': '\u{1b}[2J', 'fortran_order': False, 'shape': (1,), }\n";
    let length = (header.len() as u16).to_le_bytes();
    let bytes = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &[0]].concat();
    fs::write(file.path(), bytes).unwrap();
    let message = read_states(file.path(), 3).unwrap_err().to_string();
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.contains("astype('int32')"), "{message}");
}
