//! The specs of samplers: how they are read and written, what is refused and how.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_registry::grammar::closest;
use gwg_registry::{BindError, ModelSpec, SamplerSpec, parse_list, samplers};

#[test]
fn compositions_are_read_and_written() {
    for (spec, canonical) in [
        ("gibbs", "gibbs:scan=systematic"),
        (
            "dmala:step=1e+3",
            "dmala:balance=sqrt,temperature=auto,step=1000",
        ),
        (
            "20*gwg + gibbs",
            "20*gwg:balance=sqrt,temperature=2,flips=1+1*gibbs:scan=systematic",
        ),
        (
            "random-walk:flips=1e+0+3*gibbs",
            "1*random-walk:flips=1+3*gibbs:scan=systematic",
        ),
        (
            "9*gwg|window2",
            "0.9*gwg:balance=sqrt,temperature=2,flips=1|0.1*window2:balance=sqrt,temperature=2",
        ),
        (
            "7*gibbs|2*random-walk|jump:balance=min",
            "0.7*gibbs:scan=systematic|0.2*random-walk:flips=auto|0.1*jump:balance=min,interval=auto",
        ),
        (
            "3*random-walk|gibbs",
            "0.75*random-walk:flips=auto|0.25*gibbs:scan=systematic",
        ),
        (
            "20*gwg+gibbs+2*pas:path=3",
            "20*gwg:balance=sqrt,temperature=2,flips=1+1*gibbs:scan=systematic+2*pas:balance=sqrt,temperature=2,path=3",
        ),
        (
            "2*gibbs|jump|structured",
            "0.5*gibbs:scan=systematic|0.25*jump:balance=sqrt,interval=auto|0.25*sweep",
        ),
    ] {
        let found = SamplerSpec::parse(spec).unwrap();
        assert_eq!(found.to_string(), canonical);
        assert_eq!(SamplerSpec::parse(canonical).unwrap(), found);
    }
}

#[test]
fn tuned_keys_are_named_by_the_place_of_their_sampler() {
    let tuned = |spec| SamplerSpec::parse(spec).unwrap().tuned();
    assert_eq!(tuned("pas"), ["path"]);
    assert_eq!(tuned("gibbs+pas"), ["second.path"]);
    assert_eq!(tuned("pas|random-walk"), ["first.path", "second.flips"]);
    assert_eq!(
        tuned("gibbs+gwg+dmala"),
        ["third.step", "third.temperature"]
    );
    assert!(tuned("gwg+gibbs").is_empty() && tuned("gwg").is_empty());
}

#[test]
fn wrong_specs_are_refused_with_what_is_allowed() {
    for (spec, said) in [
        ("gwg+gibbs|pas", "found both + and |"),
        ("0*gwg+gibbs", "found `0` before `*`, allowed is an integer"),
        ("1.5*gwg+gibbs", "found `1.5`"),
        ("-1*gwg|gibbs", "found `-1`"),
        ("gwg|dula", "`dula` cannot be one of several: it is biased"),
        ("gwg+", "gwg+: a sampler is missing next to"),
        ("|gwg", "|gwg: a sampler is missing"),
        ("3*+gwg", "3*+gwg: a sampler is missing"),
        ("0.5*gwg|0.6*gibbs", "0.5 and 0.6 add up to 1.1"),
        ("0.9*gwg|gibbs", "0.9 and 1 add up to 1.9"),
        ("-3*gwg+gibbs", "found `-3` before `*`"),
        ("gwg|gibs", "did you mean `gibbs`"),
        ("structurd", "did you mean `structured`"),
        ("gwgg", "did you mean `gwg`?; allowed are gwg, lb, pas"),
        (
            "hamming-ball:radius=11",
            "key `radius`: out of range: found `11`, allowed is an integer from 1 to 10",
        ),
        (
            "gwg:flips=0.5",
            "key `flips`: out of range: found `0.5`, allowed is a finite number, at least 1, or auto",
        ),
        ("dula:step=auto", "allowed is a finite number above 0"),
        (
            "acs:smallest=2",
            "key `smallest`: out of range: found `2`, allowed is a number above 0, at most 1",
        ),
        ("acs:period=0", "an integer from 1 to 65535"),
        ("acs:period=2.5", "not written as an integer"),
        ("acs:balance=sqrt", "unknown key `balance`"),
        ("structured:scan=random", "`sweep` takes no keys"),
        (
            "gwg:flip=3",
            "unknown key `flip`; did you mean `flips`?; `gwg` takes balance=sqrt, temperature=2, flips=1",
        ),
        ("gwg:balance", "key=value is expected"),
        (
            "gwg:balance=cosine",
            "key `balance`: unknown word: found `cosine`, allowed is sqrt, barker, min or max",
        ),
        ("lb:temperature=NaN", "not a finite number"),
        ("gibbs:scan=random,scan=random", "set twice"),
    ] {
        let message = SamplerSpec::parse(spec).unwrap_err().to_string();
        assert!(message.contains(said), "{spec}: {message}");
    }
}

#[test]
fn aliases_are_read_and_written_as_the_name() {
    let names = samplers().iter().flat_map(|entry| {
        let aliases = entry.aliases.iter().copied();
        aliases.chain([entry.name]).map(|name| (name, entry.name))
    });
    let mut seen: Vec<&str> = Vec::new();
    for (name, canonical) in names {
        let written = SamplerSpec::parse(name).unwrap().samplers()[0].spec();
        assert_eq!(written.split(':').next(), Some(canonical), "{name}");
        assert!(!seen.contains(&name), "{name} names two samplers");
        seen.push(name);
    }
    assert!(seen.contains(&"structured"));
}

#[test]
fn every_entry_builds_by_its_defaults() {
    for entry in samplers() {
        let spec = SamplerSpec::parse(entry.name).unwrap();
        let sampler = &spec.samplers()[0];
        let keys: Vec<_> = entry.keys.iter().map(|key| Some(key.name)).collect();
        let set: Vec<_> = sampler.settings().iter().map(|s| Some(s.0)).collect();
        assert_eq!(set, keys);
        let defaults: Vec<_> = entry.keys.iter().map(|key| key.default).collect();
        let settings = sampler.settings();
        let set: Vec<_> = settings.iter().map(|s| Some(s.1.as_str())).collect();
        assert_eq!(set, defaults);
        assert_eq!(entry.bias.is_some(), entry.meaning.starts_with("BIASED"));
    }
}

#[test]
fn the_keys_of_a_sampler_stay_with_it() {
    for (list, specs) in [
        ("gwg", &["gwg"][..]),
        (
            "gwg,gwg:flips=3,acs:largest=1,smallest=0.2,pas",
            &["gwg", "gwg:flips=3", "acs:largest=1,smallest=0.2", "pas"],
        ),
        (
            " lb:balance=max , temperature=1.5 ,\tgibbs",
            &["lb:balance=max,temperature=1.5", "gibbs"],
        ),
        ("gwg,gwg", &["gwg", "gwg"]),
        (
            "20*gwg+gibbs,pas,0.9*gwg|0.1*window2",
            &["20*gwg+gibbs", "pas", "0.9*gwg|0.1*window2"],
        ),
        (
            "acs:largest=1,smallest=0.2+gwg:balance=max,flips=3,gibbs",
            &[
                "acs:largest=1,smallest=0.2+gwg:balance=max,flips=3",
                "gibbs",
            ],
        ),
        (
            "gwg|dmala:step=1e+3,balance=max",
            &["gwg|dmala:step=1e+3,balance=max"],
        ),
    ] {
        let wanted: Vec<_> = specs
            .iter()
            .map(|s| SamplerSpec::parse(s).unwrap())
            .collect();
        assert_eq!(parse_list(list).unwrap(), wanted, "{list}");
    }
}

#[test]
fn what_is_no_sampler_is_refused_with_its_place() {
    for (list, said) in [
        ("", "piece 1: found ``"),
        ("gwg,,pas", "piece 2: found ``"),
        ("gwg,", "piece 2: found ``"),
        ("flips=3,gwg", "piece 1: found `flips=3`"),
        ("pas,gwg,flips=3", "write `gwg:flips=3`"),
        ("gwg,gwgg", "unknown name `gwgg`"),
        ("gwg:flips=3+gibbs,scan=random", "write `gibbs:scan=random`"),
        ("pas,gwg+gibbs|pas", "found both + and |"),
        ("pas,gwg+dula", "`dula` cannot be one of several"),
        ("gwg|gwgg", "unknown name `gwgg`"),
        ("gwg:flips=3,flip=2", "unknown key `flip`"),
        ("acs:largest=1,smallest=2,pas", "found"),
    ] {
        let message = parse_list(list).unwrap_err().to_string();
        assert!(message.contains(said), "{list}: {message}");
    }
}

#[test]
fn slips_are_recognized_and_strangers_are_not() {
    let names = ["ising-lattice", "ising-er", "rbm"];
    assert_eq!(closest("ising-latice", names), Some("ising-lattice"));
    assert_eq!(closest("isinger", names), Some("ising-er"));
    assert_eq!(closest("rmb", names), Some("rbm"));
    assert_eq!(closest("fhmm-with-more", names), None);
    assert_eq!(closest("xyz", names), None);
    assert_eq!(closest(&"a".repeat(100_000), names), None);
    // Three of a third of nine letters; a fourth is too many.
    assert_eq!(closest("sitting99", ["kitten99x"]), None);
    assert_eq!(closest("flaw", ["lawn"]), Some("lawn"));
}

/// The largest block that a sampler accepts on a model; `None` where it accepts the one asked for.
fn largest(sampler: &str, model: &str) -> Option<usize> {
    let model = ModelSpec::parse(model).unwrap().build::<f32>().unwrap();
    match SamplerSpec::parse(sampler).unwrap().bind(&model) {
        Ok(_) => None,
        Err(BindError::Block { largest, .. }) => Some(largest),
        Err(other) => panic!("{sampler}: {other}"),
    }
}

#[test]
fn blocks_have_at_most_as_many_joint_states_as_are_weighed() {
    let potts = "potts-dense:sites=20,states=21,scale=0.1";
    let binary = "ising-dense:sites=20";
    // 21^3 = 9261 states, and 21^4 = 194481.
    assert_eq!(largest("block-gibbs:block=3", potts), None);
    assert_eq!(largest("block-gibbs:block=4", potts), Some(3));
    // 2^16 = 65536, as many as there may be.
    assert_eq!(largest("block-gibbs:block=16", binary), None);
    // 1 + 10*20 + 45*20^2 = 18201; and with three sites 978201, of a block of four 34481, of five 84101.
    assert_eq!(largest("hamming-ball:block=10,radius=2", potts), None);
    assert_eq!(largest("hamming-ball:block=10,radius=3", potts), Some(4));
    // A block of all sites is no larger than the model.
    assert_eq!(largest("block-gibbs:block=16", "ising-dense:sites=5"), None);
}

/// Tests of this crate are here, and not in its sources, so that the kernels on all models are not compiled once more for them.
#[test]
fn sources_have_no_tests_that_would_not_run() {
    fn check(folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                check(&path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                let found = text.lines().any(|line| line.trim() == "#[test]");
                assert!(!found, "{}: move its tests to tests/", path.display());
            }
        }
    }
    check(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src"
    )));
}

#[test]
fn every_sampler_states_how_many_sites_a_step_updates() {
    for entry in samplers() {
        let sampler = SamplerSpec::parse(entry.name).unwrap();
        for (sites, states) in [(1, 2), (2, 400), (100, 2), (100, 21), (1_000_000, 2)] {
            let updated = sampler.sites_updated(sites, states);
            assert!(
                updated > 0.0 && updated <= sites as f64,
                "{} {sites}: {updated}",
                entry.name
            );
        }
    }
    let of = |spec: &str, sites| SamplerSpec::parse(spec).unwrap().sites_updated(sites, 2);
    for (spec, expected) in [
        ("gwg", 1.0),
        ("gwg:flips=3", 3.0),
        ("pas", 50.0),
        ("pas:path=5", 5.0),
        ("block-gibbs:block=2", 2.0),
        ("sweep", 1000.0),
        ("20*gwg+pas:path=4", 24.0),
        ("0.25*pas:path=5|0.75*gibbs", 2.0),
    ] {
        assert!((of(spec, 1000) - expected).abs() < 1e-9, "{spec}");
    }
    // Measured: 9.8 of 1600 sites of a lattice near infinite temperature, acceptance included.
    assert!((of("dula", 1600) - 10.7).abs() < 0.1);
}
