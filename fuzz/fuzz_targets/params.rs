//! Files of adabmDCA: parameters, read with every alphabet and written back to the same, and the weights in names of chains.
#![no_main]

use gwg_learn::{Alphabet, chain_names, log_weights, params_text, parse_params};
use libfuzzer_sys::{Corpus, fuzz_target};

/// Sites that a few bytes state and that take up to 1 GiB, as is documented: not what is looked for here.
fn is_large(bytes: &[u8]) -> bool {
    let words = bytes.split(|b| !b.is_ascii_digit());
    let numbers = words.filter_map(|word| str::from_utf8(word).ok()?.parse::<u64>().ok());
    numbers.into_iter().any(|n| (100..30_000).contains(&n))
}

fn alphabet(choice: u8) -> Option<Alphabet> {
    match choice % 6 {
        1 => Some(Alphabet::protein()),
        2 => Some(Alphabet::rna()),
        3 => Some(Alphabet::dna()),
        4 => Some(Alphabet::binary()),
        5 => Alphabet::new("-Ab12").ok(),
        _ => None,
    }
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    if is_large(bytes) {
        return Corpus::Reject;
    }
    match parse_params(bytes, alphabet(choice).as_ref()) {
        Ok(params) => {
            let letters = &params.alphabet;
            assert_eq!(letters.states(), params.model.states());
            assert!(params.skipped.len() <= 10);
            // All couplings of a large model are much text.
            let sparse = choice > 127 || params.model.coupling().len() > 1 << 14;
            let text = params_text(&params.model, letters, sparse);
            let again = parse_params(text.as_bytes(), Some(letters));
            assert_eq!(again.map(|read| read.model).as_ref(), Ok(&params.model));
        }
        Err(fault) => {
            let message = fault.to_string();
            assert!(message.len() < 4000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let names: Vec<&str> = text.lines().collect();
    if let Some(weights) = log_weights(&names) {
        assert_eq!(weights.len(), names.len());
        let finite: Vec<f64> = weights.into_iter().filter(|w| w.is_finite()).collect();
        assert_eq!(log_weights(&chain_names(&finite)), Some(finite));
    }
    Corpus::Keep
});
