//! Short names of samplers: the name with the keys that are not at their defaults, and with block sizes.

use gwg_registry::{Sampler, SamplerSpec, samplers};

/// Keys that are always shown.
const ALWAYS: [&str; 2] = ["block", "radius"];

/// Returns a short name that [`SamplerSpec::parse`] accepts.
pub(super) fn short(spec: &SamplerSpec) -> String {
    spec.to_spec(one)
}

fn one(sampler: &dyn Sampler) -> String {
    let full = sampler.spec();
    let Some((name, keys)) = full.split_once(':') else {
        return full;
    };
    let entry = samplers().iter().find(|entry| entry.name == name);
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

/// Returns distinct names: a number is added to a sampler that occurs again in the list.
pub(super) fn all(samplers: &[SamplerSpec]) -> Vec<String> {
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
    fn default_keys_are_omitted() {
        for (spec, name) in [
            ("gwg", "gwg"),
            ("gwg:flips=3,balance=sqrt", "gwg:flips=3"),
            ("block-gibbs", "block-gibbs:block=2"),
            ("hamming-ball", "hamming-ball:block=10,radius=1"),
            ("pas:path=auto", "pas"),
            ("structured", "sweep"),
            ("acs:largest=3", "acs:largest=3"),
            ("20*gwg:flips=1 + gibbs", "20*gwg+gibbs"),
            ("gibbs+3*pas:path=5", "gibbs+3*pas:path=5"),
            ("0.9*gwg|0.1*window2", "0.9*gwg|0.1*window2"),
            (
                "2*gwg | block-gibbs",
                "0.6666666666666666*gwg|0.33333333333333337*block-gibbs:block=2",
            ),
        ] {
            let sampler = SamplerSpec::parse(spec).unwrap();
            assert_eq!(short(&sampler), name);
            assert_eq!(SamplerSpec::parse(name).unwrap(), sampler);
        }
        for entry in samplers() {
            let sampler = SamplerSpec::parse(entry.name).unwrap();
            assert_eq!(SamplerSpec::parse(&short(&sampler)).unwrap(), sampler);
        }
    }

    #[test]
    fn repeated_samplers_are_numbered() {
        let list = ["gwg", "gibbs", "gwg", "gwg", "gwg+gibbs", "1*gwg+gibbs"];
        let samplers = list.map(|spec| SamplerSpec::parse(spec).unwrap());
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
