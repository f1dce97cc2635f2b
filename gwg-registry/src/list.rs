//! Several samplers in one word: `gwg,gwg:flips=3,acs:largest=1,smallest=0.2,20*gwg+gibbs`.

use crate::error::SamplerSpecError;
use crate::spec::{SamplerSpec, operators};

/// The samplers of a comma-separated list, in its order; one may stand in it more than once.
///
/// The keys of a sampler have commas between them too: a piece `key=value`, with no `:` before its `=`, belongs to
/// the sampler before it, of two made into one to the second. Blanks around a piece are dropped.
///
/// # Errors
/// [`SamplerSpecError`] with the first piece that is no sampler, or the key or value that a sampler refuses.
pub fn parse_list(list: &str) -> Result<Vec<SamplerSpec>, SamplerSpecError> {
    let mut specs: Vec<String> = Vec::new();
    for (k, piece) in list.split(',').map(str::trim).enumerate() {
        let refused = |why: &str| SamplerSpecError::List {
            list: list.to_owned(),
            piece: k + 1,
            found: piece.to_owned(),
            why: why.to_owned(),
        };
        if piece.is_empty() {
            return Err(refused(
                "allowed is a sampler name[:key=value,...] (see `gwg samplers`)",
            ));
        }
        if !is_setting(piece) {
            specs.push(piece.to_owned());
            continue;
        }
        match specs.last_mut() {
            Some(spec) if last(spec).contains(':') => *spec = format!("{spec},{piece}"),
            Some(spec) => {
                return Err(refused(&format!(
                    "but the keys of a sampler begin after a colon: write `{}:{piece}`",
                    last(spec)
                )));
            }
            None => {
                return Err(refused(
                    "but a list begins with a sampler, its keys after a colon: name:key=value",
                ));
            }
        }
    }
    specs.iter().map(|spec| SamplerSpec::parse(spec)).collect()
}

/// The sampler that a spec ends with.
fn last(spec: &str) -> &str {
    let last = ['+', '|'].map(|operator| operators(spec, operator).last().copied());
    let from = last.into_iter().flatten().max();
    from.map_or(spec, |at| &spec[at + 1..])
}

/// True for `key=value`, false for a name and for `name:key=value`.
fn is_setting(piece: &str) -> bool {
    match (piece.find('='), piece.find(':')) {
        (Some(equals), colon) => colon.is_none_or(|colon| equals < colon),
        (None, _) => false,
    }
}
