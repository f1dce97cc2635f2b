//! Every case of `msa_formats`.

use std::path::Path;

use gwg_learn::{
    Alignment, AlignmentFormat, AlignmentOptions, Alphabet, UnknownLetters, fasta_text,
    parse_alignment, read_alignment,
};
use serde_json::Value;

use super::shared_data::shared_data;
use super::{json, list, symbol, text};

/// Files that are no alignment.
const OTHER: [&str; 1] = ["weights.txt"];

/// Files that may be refused, and the word of the reason.
const REFUSED: [(&str, &str); 2] = [
    ("two_alignments.sto", "line 22: a second alignment begins"),
    ("no_terminator.sto", "`//`"),
];

/// What a message says about a file that must be refused.
const REASONS: [(&str, &[&str]); 7] = [
    ("ragged.fasta", &["sequence 5", "seq5", "9 columns", "10"]),
    ("empty_sequence.fasta", &["sequence 2", "seq2", "empty"]),
    ("header_at_end.fasta", &["sequence 2", "seq2", "empty"]),
    ("empty.fasta", &["no sequence"]),
    ("only_blank.fasta", &["no sequence"]),
    (
        "text_before_header.fasta",
        &["line 1", "MKV-LAYGHW", "before the first header"],
    ),
    ("truncated.fasta.gz", &["gzip", "copy it again"]),
];

fn options(unknown: UnknownLetters) -> AlignmentOptions {
    AlignmentOptions {
        unknown,
        ..AlignmentOptions::default()
    }
}

fn indices(alignment: &Alignment) -> Vec<Vec<u8>> {
    alignment.rows().map(<[u8]>::to_vec).collect()
}

fn matches(alignment: &Alignment, expected: &Value, file: &str) {
    assert_eq!(alignment.names(), list(&expected["names"], text), "{file}");
    let wanted = list(&expected["indices"], |row| list(row, symbol));
    assert_eq!(indices(alignment), wanted, "{file}");
    let sequences: Vec<_> = alignment.sequences().collect();
    assert_eq!(sequences, list(&expected["sequences"], text), "{file}");
    assert_eq!(
        alignment.sites() as u64,
        expected["length"].as_u64().unwrap(),
        "{file}"
    );
    let alphabet = match expected["alphabet"].as_str() {
        Some(name) => Alphabet::named(name).unwrap(),
        None => Alphabet::protein(),
    };
    assert_eq!(alignment.alphabet(), &alphabet, "{file}");
    let data = alignment.data().unwrap();
    assert_eq!(data.states(), alphabet.states(), "{file}");
}

fn refused(path: &Path, words: &[&str]) {
    let message = read_alignment(path, &options(UnknownLetters::Refuse)).unwrap_err();
    let message = message.to_string();
    assert!(message.contains(path.file_name().unwrap().to_str().unwrap()));
    for word in words {
        assert!(message.contains(word), "{message}: {word}");
    }
}

#[test]
fn every_case_of_awkward_formats_is_read_or_refused() {
    let Some(folder) = shared_data("msa_formats") else {
        return;
    };
    let expected = json(&folder.join("expected.json"));
    let (mut read, mut refusals) = (0, 0);
    for (file, expected) in expected["files"].as_object().unwrap() {
        let path = folder.join(file);
        if OTHER.contains(&file.as_str()) || expected.get("rows_valid_as_they_stand").is_some() {
            continue;
        }
        if let Some((_, word)) = REFUSED.iter().find(|(name, _)| name == file) {
            refused(&path, &[word]);
        } else if expected.get("error").is_some() {
            let reason = REASONS.iter().find(|(name, _)| name == file);
            refused(&path, reason.expect(file).1);
            refusals += 1;
        } else {
            let found = read_alignment(&path, &options(UnknownLetters::Refuse));
            matches(&found.unwrap_or_else(|e| panic!("{e}")), expected, file);
            read += 1;
        }
    }
    assert_eq!((read, refusals), (25, REASONS.len()));
}

#[test]
fn unknown_letters_are_refused_dropped_or_gaps() {
    let Some(folder) = shared_data("msa_formats") else {
        return;
    };
    let all = &json(&folder.join("expected.json"))["files"];
    let expected = &all["nonstandard.fasta"];
    let path = folder.join("nonstandard.fasta");
    refused(
        &path,
        &[
            "line 3",
            "sequence 2",
            "s1",
            "column 2",
            "`B`",
            "-ACDEFGHIKLMNPQRSTVWY",
        ],
    );

    let gaps = read_alignment(&path, &options(UnknownLetters::Gap)).unwrap();
    let wanted = list(&expected["indices_if_unknown_is_gap"], |row| {
        list(row, symbol)
    });
    assert_eq!(indices(&gaps), wanted);
    assert_eq!(gaps.replaced(), 3 + 3 + 1 + 1 + 2 + 1);
    assert!((gaps.gap_fractions()[1] - 0.3).abs() < 1e-15);

    let names = list(&expected["names"], text);
    for (key, dot_is_gap, upper_case) in [
        ("rows_valid_as_they_stand", false, false),
        ("rows_valid_if_dot_is_gap", true, false),
        ("rows_valid_if_also_upper_cased", true, true),
    ] {
        let mut drop = options(UnknownLetters::Drop);
        (drop.dot_is_gap, drop.upper_case) = (dot_is_gap, upper_case);
        let kept = read_alignment(&path, &drop).unwrap();
        let valid = list(&expected[key], |row| {
            names[usize::from(symbol(row))].clone()
        });
        assert_eq!(kept.names(), valid, "{key}");
        assert_eq!(kept.dropped().len(), names.len() - valid.len());
    }

    let rna = folder.join("rna_iupac.fasta");
    let kept = read_alignment(&rna, &options(UnknownLetters::Drop)).unwrap();
    assert_eq!(kept.alphabet(), &Alphabet::rna());
    assert_eq!(kept.dropped(), [1]);
    assert_eq!(
        all["rna_iupac.fasta"]["rows_valid_as_they_stand"],
        serde_json::json!([0, 2])
    );
}

#[test]
fn repeated_rows_are_found() {
    let Some(folder) = shared_data("msa_formats") else {
        return;
    };
    let expected = json(&folder.join("expected.json"));
    let file = "duplicates.fasta";
    let alignment = read_alignment(&folder.join(file), &AlignmentOptions::default()).unwrap();
    let kept = alignment.distinct_rows();
    let wanted = list(&expected["files"][file]["without_duplicates"], |v| {
        usize::from(symbol(v))
    });
    assert_eq!(kept, wanted);
    let distinct = alignment.select(&kept);
    assert_eq!(distinct.names().len(), 5);
    assert_eq!(distinct.select(&[4, 9, 0]).names(), ["seq5", "seq1"]);
    assert!(distinct.select(&[]).data().is_err());
}

#[test]
fn a2m_is_recognized_without_its_name() {
    let Some(folder) = shared_data("msa_formats") else {
        return;
    };
    let expected = json(&folder.join("expected.json"));
    for file in [
        "padded.a2m",
        "unpadded.a3m",
        "hhsuite.a3m",
        "wrapped_crlf.a2m",
    ] {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let found = parse_alignment(&bytes, &AlignmentOptions::default()).unwrap();
        matches(&found, &expected["files"][file], file);
    }
    let soft_masked = b">a\nACgt-T\n>b\nacGTCT\n";
    let found = parse_alignment(soft_masked, &AlignmentOptions::default()).unwrap();
    assert_eq!(found.sites(), 6);
    let forced = AlignmentOptions {
        format: Some(AlignmentFormat::A2m),
        ..AlignmentOptions::default()
    };
    assert_eq!(parse_alignment(soft_masked, &forced).unwrap().sites(), 4);
}

#[test]
fn a_family_is_read_whole_and_written_back() {
    let Some(folder) = shared_data("protein_rf00379") else {
        return;
    };
    let path = folder.join("RF00379.fasta");
    let alignment = read_alignment(&path, &AlignmentOptions::default()).unwrap();
    assert_eq!((alignment.names().len(), alignment.sites()), (3827, 136));
    assert_eq!(alignment.distinct_rows().len(), 3646);
    let alphabet = alignment.alphabet();
    let written = fasta_text(alignment.names(), alignment.symbols(), 136, alphabet);
    assert!(written.as_bytes() == std::fs::read(&path).unwrap());
}

#[test]
fn messages_of_other_formats_name_the_place() {
    let message = |text: &str, options: &AlignmentOptions| {
        parse_alignment(text.as_bytes(), options)
            .unwrap_err()
            .to_string()
    };
    let default = AlignmentOptions::default();
    assert!(message("# STOCKHOLM 1.0\nname\n//\n", &default).contains("line 2: found `name`"));
    assert!(message("2 3 21\n1 2 3\n", &default).contains("found 1 rows"));
    assert!(message("1 3 21\n1 2\n", &default).contains("line 2: found 2 numbers"));
    assert!(message("1 2 21\n1 21\n", &default).contains("a symbol from 0 to 20"));
    assert!(message("1 2 0\n1 21\n", &default).contains("0 states"));
    assert!(message("1 2 7\n1 2\n", &default).contains("7 states"));
    assert!(message(">a\n0123\n", &default).contains("0123"));
    assert!(message(">a\n\u{1b}[31m\n", &default).contains("\\u{1b}"));
    let binary = AlignmentOptions {
        alphabet: Some(Alphabet::binary()),
        unknown: UnknownLetters::Gap,
        ..default.clone()
    };
    assert!(message(">a\n0121\n", &binary).contains("no gap"));
    let dropped = AlignmentOptions {
        unknown: UnknownLetters::Drop,
        ..binary
    };
    assert!(message(">a\n0121\n", &dropped).contains("all 1 sequences"));
    let spin = AlignmentOptions {
        alphabet: Some(Alphabet::new("+-").unwrap()),
        ..default
    };
    assert_eq!(
        parse_alignment(b">a\n+-+\n", &spin).unwrap().symbols(),
        [0, 1, 0]
    );
}

#[test]
fn weights_are_a_list_of_numbers() {
    let Some(folder) = shared_data("msa_formats") else {
        return;
    };
    let expected = &json(&folder.join("expected.json"))["files"]["weights.txt"]["weights"];
    let read = gwg_models::io::read_numbers(&folder.join("weights.txt"), 5, "one per row");
    assert_eq!(read.unwrap(), list(expected, |w| w.as_f64().unwrap()));
}
