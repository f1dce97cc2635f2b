//! No bytes make a reader panic, and what is read is consistent.

use gwg_learn::{
    AlignmentOptions, Alphabet, UnknownLetters, parse_alignment, parse_contacts, parse_params,
};
use proptest::prelude::*;

/// Bytes made of pieces of the formats, so that parsers get beyond their first check.
fn pieces(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

const ALIGNMENT: &[&str] = &[
    "# STOCKHOLM 1.0\n",
    "CLUSTAL W\n\n",
    "#A3M#\n",
    ">",
    "a",
    "b ",
    "\n",
    "\r\n",
    "\r",
    "ACDEF",
    "acd",
    ".",
    "-",
    "//\n",
    "3 2 5\n",
    "1 2\n",
    "0 ",
    "255",
    "ACGU\n",
    " *.\n",
    "\u{feff}",
    ";x\n",
    ">ss_pred\n",
    "\t",
];

const PARAMS: &[&str] = &[
    "J ",
    "h ",
    "0 ",
    "1 ",
    "2 ",
    "4294967295 ",
    "99999999 ",
    "A ",
    "C ",
    "U ",
    "- ",
    "X ",
    "0.5\n",
    "-1e3\n",
    "1e308\n",
    "nan\n",
    "\n",
    "#",
    "J 0 1 A C 1\n",
    "J 1 0 A C 1\n",
    "h 0 A 1\n",
    "h 3 U 1\n",
    "h 0 2 1\n",
    "J 0 0 1 1 2\n",
    "\u{feff}",
    "12 ",
];

const CONTACTS: &[&str] = &[
    "1 2\n",
    "3 ",
    "0 ",
    "18446744073709551615 ",
    "7.5",
    "\n",
    "#",
    "x ",
    "\r\n",
    "-1 ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn alignments(bytes in pieces(ALIGNMENT), unknown in 0..3, named in any::<bool>()) {
        let options = AlignmentOptions {
            unknown: [UnknownLetters::Refuse, UnknownLetters::Gap, UnknownLetters::Drop][unknown as usize],
            alphabet: named.then(Alphabet::protein),
            ..AlignmentOptions::default()
        };
        match parse_alignment(&bytes, &options) {
            Ok(read) => {
                prop_assert!(read.sites() > 0 && !read.names().is_empty());
                let data = read.data().unwrap();
                prop_assert_eq!(data.rows(), read.names().len());
            }
            Err(fault) => {
                let message = fault.to_string();
                prop_assert!(!message.contains(|c: char| c.is_control()), "{}", message);
            }
        }
    }

    #[test]
    fn parameters(bytes in pieces(PARAMS)) {
        match parse_params(&bytes, None) {
            Ok(read) => {
                prop_assert_eq!(read.model.states(), read.alphabet.states());
                prop_assert!(read.model.coupling().iter().all(|v| v.is_finite()));
            }
            Err(fault) => {
                let message = fault.to_string();
                prop_assert!(!message.contains(|c: char| c.is_control()), "{}", message);
            }
        }
    }

    #[test]
    fn contacts(bytes in pieces(CONTACTS)) {
        if let Ok(read) = parse_contacts(&bytes) {
            prop_assert!(!read.is_empty() && read.iter().all(|(i, j)| i < j));
        }
    }
}
