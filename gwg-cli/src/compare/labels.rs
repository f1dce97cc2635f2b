//! Short names of samplers: the keys that are not at their defaults, and the sizes of blocks.

use crate::samplers::{Choice, Sampler, TABLE};

/// Keys that are part of how a sampler is spoken of.
const ALWAYS: [&str; 2] = ["block", "radius"];

/// A name that [`Choice::parse`] reads back.
pub(super) fn short(choice: &Choice) -> String {
    choice.written(one)
}

fn one(sampler: &Sampler) -> String {
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
pub(super) fn all(samplers: &[Choice]) -> Vec<String> {
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
            ("20*gwg:flips=1 + gibbs", "20*gwg+gibbs"),
            ("gibbs+3*pas:path=5", "gibbs+3*pas:path=5"),
            ("0.9*gwg|0.1*window2", "0.9*gwg|0.1*window2"),
            (
                "2*gwg | block-gibbs",
                "0.6666666666666666*gwg|0.33333333333333337*block-gibbs:block=2",
            ),
        ] {
            let sampler = Choice::parse(spec).unwrap();
            assert_eq!(short(&sampler), name);
            assert_eq!(Choice::parse(name).unwrap(), sampler);
        }
        for entry in TABLE {
            let sampler = Choice::parse(entry.name).unwrap();
            assert_eq!(Choice::parse(&short(&sampler)).unwrap(), sampler);
        }
    }

    #[test]
    fn twins_are_numbered() {
        let list = ["gwg", "gibbs", "gwg", "gwg", "gwg+gibbs", "1*gwg+gibbs"];
        let samplers = list.map(|spec| Choice::parse(spec).unwrap());
        let names = [
            "gwg",
            "gibbs",
            "gwg #2",
            "gwg #3",
            "gwg+gibbs",
            "gwg+gibbs #2",
        ];
        assert_eq!(all(&samplers), names);
    }
}
