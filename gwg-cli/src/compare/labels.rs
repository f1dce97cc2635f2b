//! Short names of samplers: the keys that are not at their defaults, and the sizes of blocks.

use crate::samplers::{Sampler, TABLE};

/// Keys that are part of how a sampler is spoken of.
const ALWAYS: [&str; 2] = ["block", "radius"];

/// A name that [`Sampler::parse`] reads back.
pub(super) fn short(sampler: &Sampler) -> String {
    let full = sampler.to_string();
    let Some((name, keys)) = full.split_once(':') else {
        return full;
    };
    let entry = TABLE.iter().find(|entry| entry.name == name);
    let default = |key: &str| {
        let keys = entry.map_or(&[][..], |e| e.keys);
        keys.iter()
            .find(|k| k.name == key)
            .and_then(|k| k.default)
            .unwrap_or("")
    };
    let kept: Vec<&str> = keys
        .split(',')
        .filter(|setting| {
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            ALWAYS.contains(&key) || value != default(key)
        })
        .collect();
    if kept.is_empty() {
        return name.to_owned();
    }
    format!("{name}:{}", kept.join(","))
}

/// Names that are all different: a sampler that stands in the list again gets a number.
pub(super) fn all(samplers: &[Sampler]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for sampler in samplers {
        let name = short(sampler);
        let again = names
            .iter()
            .filter(|n| n.split(" #").next() == Some(&name))
            .count();
        names.push(if again == 0 {
            name
        } else {
            format!("{name} #{}", again + 1)
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_not_said() {
        for (spec, name) in [
            ("gwg", "gwg"),
            ("gwg:flips=3,balance=sqrt", "gwg:flips=3"),
            ("block-gibbs", "block-gibbs:block=2"),
            ("hamming-ball", "hamming-ball:block=10,radius=1"),
            ("pas:path=auto", "pas"),
            ("structured", "structured"),
            ("acs:largest=3", "acs:largest=3"),
        ] {
            let sampler = Sampler::parse(spec).unwrap();
            assert_eq!(short(&sampler), name);
            assert_eq!(Sampler::parse(name).unwrap(), sampler);
        }
        for entry in TABLE {
            let sampler = Sampler::parse(entry.name).unwrap();
            assert_eq!(Sampler::parse(&short(&sampler)).unwrap(), sampler);
        }
    }

    #[test]
    fn twins_are_numbered() {
        let gwg = Sampler::parse("gwg").unwrap();
        let gibbs = Sampler::parse("gibbs").unwrap();
        assert_eq!(
            all(&[gwg, gibbs, gwg, gwg]),
            ["gwg", "gibbs", "gwg #2", "gwg #3"]
        );
    }
}
