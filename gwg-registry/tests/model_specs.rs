//! Specs: what is read, what is refused and in which words.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use gwg_registry::grammar::{Allowed, Setting, ValueFault};
use gwg_registry::{ModelSpec, SpecError, models};
use proptest::prelude::*;
use std::path::PathBuf;

fn parse(spec: &str) -> ModelSpec {
    ModelSpec::parse(spec).unwrap_or_else(|e| panic!("{e}"))
}

fn message(spec: &str) -> String {
    match ModelSpec::parse(spec) {
        Ok(found) => panic!("{spec} was read as {found:?}"),
        Err(error) => error.to_string(),
    }
}

/// The message holds all of these.
fn assert_says(spec: &str, parts: &[&str]) {
    let message = message(spec);
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

/// Keys that have no default, set to something.
fn required(name: &str) -> &'static str {
    match name {
        "ising-file" | "potts-file" => ":path=G1.txt",
        _ => "",
    }
}

#[test]
fn defaults_are_those_of_the_contract() {
    for (spec, full) in [
        (
            "ising-lattice",
            "ising-lattice:side=40,theta=0.2,bias=0,dims=2",
        ),
        ("ising-er", "ising-er:sites=200,degree=4,seed=1"),
        ("ising-dense", "ising-dense:sites=64,scale=0.1,seed=1"),
        ("ising-file:path=F", "ising-file:path=F,scale=1,fields=none"),
        (
            "potts-file:path=F",
            "potts-file:path=F,states=auto,scale=1,fields=none",
        ),
        (
            "potts-lattice",
            "potts-lattice:side=10,states=3,theta=0.1,dims=2",
        ),
        (
            "potts-dense",
            "potts-dense:sites=100,states=21,scale=0.01,seed=1",
        ),
        (
            "ordinal-lattice",
            "ordinal-lattice:side=10,levels=8,coupling=0.2,field=0.05,dims=2",
        ),
        ("rbm", "rbm:visible=784,hidden=500,seed=1"),
        (
            "rbm-categorical",
            "rbm-categorical:sites=100,states=21,hidden=100,seed=1",
        ),
        ("bernoulli", "bernoulli:sites=100,seed=1"),
        ("categorical", "categorical:sites=100,states=4,seed=1"),
        (
            "fhmm",
            "fhmm:length=100,factors=10,sigma=0.5,keep=0.95,start=0.1,extension=multilinear,seed=1",
        ),
    ] {
        assert_eq!(parse(spec).to_string(), full);
    }
}

#[test]
fn every_entry_of_the_table_parses_with_its_defaults_and_with_each_key_set() {
    for entry in models() {
        let spec = parse(&format!("{}{}", entry.name, required(entry.name)));
        assert_eq!(spec.name(), entry.name);
        let settings = spec.settings();
        assert_eq!(settings.len(), entry.keys.len());
        for ((key, value), known) in settings.iter().zip(entry.keys) {
            assert_eq!(*key, known.name);
            if let Some(default) = known.default {
                assert_eq!(value, default, "{}: {key}", entry.name);
            }
        }
        assert!(!entry.meaning.is_empty() && entry.formula.starts_with("f("));
    }
}

#[test]
fn names_and_keys_of_the_table_are_unique() {
    for (i, entry) in models().iter().enumerate() {
        assert!(models()[..i].iter().all(|other| other.name != entry.name));
        for (k, key) in entry.keys.iter().enumerate() {
            assert!(entry.keys[..k].iter().all(|other| other.name != key.name));
        }
    }
}

#[test]
fn settings_are_read_in_any_order() {
    let spec = parse("ising-lattice: theta = -3e-1 ,side=12");
    let expected = "ising-lattice:side=12,theta=-0.3,bias=0,dims=2";
    assert_eq!(spec.to_string(), expected);
}

#[test]
fn values_may_hold_colons_equal_signs_and_quoted_commas() {
    for (spec, path) in [
        ("ising-file:path=C:/a=b/G1.txt,scale=2", "C:/a=b/G1.txt"),
        (r#"ising-file:path="a, b.txt",scale=2"#, "a, b.txt"),
        (r#"ising-file:path=" a""b ""#, r#" a"b "#),
        ("ising-file:path=w.safetensors", "w.safetensors"),
    ] {
        // The builder says that no such file is there.
        let error = parse(spec).build::<f32>().unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{path}: cannot be read")),
            "{spec}: {error}"
        );
    }
}

#[test]
fn model_files_are_known_by_their_ending() {
    for path in [
        "w.safetensors",
        "../a:b,c=d.safetensors",
        "C:/W.SafeTensors",
    ] {
        assert_eq!(parse(path), ModelSpec::file(PathBuf::from(path)));
        assert!(parse(path).entry().is_none());
    }
    assert_says(".safetensors", &["unknown name"]);
    assert_says(
        "rbm:w.safetensors",
        &["found `w.safetensors` where key=value"],
    );
}

#[test]
fn unknown_names_get_the_nearest_one_and_the_list() {
    assert_says(
        "ising-latice:side=3",
        &[
            "`ising-latice:side=3`",
            "unknown name `ising-latice`",
            "did you mean `ising-lattice`?",
            "rbm",
        ],
    );
    assert!(!message("boltzmann").contains("did you mean"));
    assert_says("", &["unknown name ``"]);
}

#[test]
fn unknown_keys_get_the_nearest_one_and_the_list() {
    assert_says(
        "ising-lattice:sid=40",
        &[
            "unknown key `sid`",
            "did you mean `side`?",
            "side=40, theta=0.2, bias=0, dims=2",
        ],
    );
    assert_says(
        "ising-file:paht=x",
        &["did you mean `path`?", "path=..., scale=1"],
    );
}

#[test]
fn each_fault_is_told() {
    assert_says("rbm:seed=1,seed=2", &["key `seed` is set twice"]);
    assert_says("ising-file", &["key `path` is missing and has no default"]);
    assert_says("ising-file:path=", &["key `path`: the value is missing"]);
    assert_says("rbm:", &["found `` where key=value"]);
    assert_says("rbm:seed=1,", &["found `` where key=value"]);
    assert_says("rbm:seed,hidden=3", &["found `seed` where key=value"]);
    assert_says(
        r#"ising-file:path="a"#,
        &["key `path`", "quoted value must end"],
    );
    assert_says(r#"ising-file:path="a"b"#, &["quoted value must end"]);
}

#[test]
fn values_that_are_not_allowed_are_named_with_what_is() {
    for (spec, fault, found, allowed) in [
        (
            "rbm:hidden=many",
            ValueFault::NotANumber,
            "many",
            "an integer from 1 to",
        ),
        (
            "rbm:hidden=2.5",
            ValueFault::NotAnInteger,
            "2.5",
            "an integer from 1 to",
        ),
        (
            "rbm:hidden=1e3",
            ValueFault::NotAnInteger,
            "1e3",
            "an integer from 1 to",
        ),
        (
            "rbm:hidden=0",
            ValueFault::OutOfRange,
            "0",
            "an integer from 1 to 4294967295",
        ),
        (
            "rbm:hidden=-1",
            ValueFault::OutOfRange,
            "-1",
            "an integer from 1 to",
        ),
        (
            "rbm:seed=18446744073709551616",
            ValueFault::OutOfRange,
            "18446744073709551616",
            "18446744073709551615",
        ),
        (
            "rbm:seed=-1",
            ValueFault::OutOfRange,
            "-1",
            "an integer from 0",
        ),
        (
            "ising-lattice:side=2",
            ValueFault::OutOfRange,
            "2",
            "an integer from 3",
        ),
        (
            "ising-lattice:dims=5",
            ValueFault::OutOfRange,
            "5",
            "an integer from 1 to 4",
        ),
        (
            "potts-dense:states=1",
            ValueFault::OutOfRange,
            "1",
            "an integer from 2 to 256",
        ),
        (
            "potts-dense:states=257",
            ValueFault::OutOfRange,
            "257",
            "an integer from 2 to 256",
        ),
        (
            "ising-lattice:theta=nan",
            ValueFault::NotFinite,
            "nan",
            "a finite number",
        ),
        (
            "ising-lattice:theta=-inf",
            ValueFault::NotFinite,
            "-inf",
            "a finite number",
        ),
        (
            "ising-lattice:theta=1e999",
            ValueFault::NotFinite,
            "1e999",
            "a finite number",
        ),
        (
            "ising-lattice:theta=hot",
            ValueFault::NotANumber,
            "hot",
            "a finite number",
        ),
        (
            "ising-er:degree=0",
            ValueFault::OutOfRange,
            "0",
            "a finite number above 0",
        ),
        (
            "ising-dense:scale=-1",
            ValueFault::OutOfRange,
            "-1",
            "a finite number, at least 0",
        ),
    ] {
        match ModelSpec::parse(spec) {
            Err(SpecError::Value { fault: found, .. }) => assert_eq!(found, fault, "{spec}"),
            other => panic!("{spec}: {other:?}"),
        }
        assert_says(
            spec,
            &[&format!("`{spec}`"), &format!("found `{found}`"), allowed],
        );
    }
}

#[test]
fn infinite_ranges_are_told_in_words() {
    let anything = Allowed::Number {
        min: f64::MIN,
        max: f64::MAX,
    };
    assert_eq!(anything.to_string(), "a finite number");
}

fn finite() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO
}

/// Canonical specs.
fn spec() -> impl Strategy<Value = String> {
    let text = prop_oneof!["[a-z,\"=: ./#]{1,12}", "\\PC{1,12}"];
    let name = text.prop_filter("a path", |path| !path.is_empty());
    prop_oneof![
        (3usize..100_000, finite(), finite(), 1usize..=4).prop_map(|(side, theta, bias, dims)| {
            let (theta, bias) = (theta.write(), bias.write());
            format!("ising-lattice:side={side},theta={theta},bias={bias},dims={dims}")
        }),
        (name, finite()).prop_map(|(path, scale)| {
            let (path, scale) = (PathBuf::from(path).write(), scale.write());
            format!("ising-file:path={path},scale={scale},fields={path}")
        }),
        (1usize..=u32::MAX as usize, 2usize..=256, any::<u64>()).prop_map(
            |(sites, states, seed)| format!(
                "categorical:sites={sites},states={states},seed={seed}"
            )
        ),
        "[a-z/:,= ]{1,9}".prop_map(|stem| format!("./{stem}.safetensors")),
    ]
}

proptest! {
    #[test]
    fn what_is_displayed_is_read_back(spec in spec()) {
        prop_assert_eq!(ModelSpec::parse(&spec).map(|read| read.to_string()), Ok(spec));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _ = ModelSpec::parse(&text);
    }

    #[test]
    fn no_setting_makes_the_parser_panic(entry in 0..models().len(), text in "[a-z=,:\" 0-9.é-]{0,40}") {
        if let Err(error) = ModelSpec::parse(&format!("{}:{text}", models()[entry].name)) {
            prop_assert!(error.to_string().starts_with("model `"));
        }
    }

    #[test]
    fn numbers_keep_their_bits(theta in finite()) {
        let spec = parse(&format!("ising-lattice:theta={theta:e}"));
        let settings = spec.settings();
        let written = settings.iter().find(|(key, _)| *key == "theta").map(|(_, value)| value);
        let read: f64 = written.unwrap().parse().unwrap();
        prop_assert_eq!(read.to_bits(), theta.to_bits());
    }
}

#[test]
fn words_and_probabilities_say_what_is_allowed() {
    let spec = parse("fhmm:extension=quadratic,keep=0.5");
    assert_eq!(
        spec.to_string(),
        "fhmm:length=100,factors=10,sigma=0.5,keep=0.5,start=0.1,extension=quadratic,seed=1"
    );
    assert_says(
        "fhmm:extension=cubic",
        &[
            "`extension`",
            "unknown word",
            "found `cubic`",
            "multilinear or quadratic",
        ],
    );
    assert_says("fhmm:extension=", &["`extension`", "the value is missing"]);
    for p in ["0", "1", "-0.1", "2"] {
        let found = format!("found `{p}`");
        let said = ["`keep`", "out of range", &found, "between 0 and 1"];
        assert_says(&format!("fhmm:keep={p}"), &said);
    }
    assert_says("fhmm:sigma=0", &["`sigma`", "out of range", "above 0"]);
    assert_says("fhmm:factors=0", &["`factors`", "out of range"]);
    assert_says("fhm:length=3", &["did you mean `fhmm`"]);
}

#[cfg(unix)]
#[test]
fn paths_need_not_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"g\xff, \"\xe9\".txt");
    let path = folder.path().join(name);
    std::fs::write(&path, "2 1\n1 2 0.5\n").unwrap();
    let [spec] = &ModelSpec::of_file(&path)[..1] else {
        panic!("no model is read from a file");
    };
    let spec = parse(spec.trim_matches('`'));
    assert_eq!(spec.build::<f64>().unwrap().log_prob(&[1, 1]), 1.0);
    // The canonical spec is text, and reads back to the same path.
    let again = parse(&spec.to_string());
    assert_eq!(again.to_string(), spec.to_string());
    assert_eq!(again.build::<f64>().unwrap().sites(), 2);

    let mut typed = b"ising-file:scale=2,path=\"".to_vec();
    typed.extend(folder.path().as_os_str().as_bytes());
    typed.extend(b"/g\xff, \"\"\xe9\"\".txt\"");
    let typed = ModelSpec::parse_os(OsStr::from_bytes(&typed)).unwrap();
    assert_eq!(typed.build::<f64>().unwrap().log_prob(&[1, 1]), 2.0);

    let file = ModelSpec::parse_os(OsStr::from_bytes(b"/no/\xff.safetensors")).unwrap();
    assert_eq!(
        file,
        ModelSpec::file(OsStr::from_bytes(b"/no/\xff.safetensors"))
    );
    let error = file.build::<f32>().unwrap_err().to_string();
    assert!(
        error.starts_with("/no/\\xff.safetensors: cannot be read"),
        "{error}"
    );
}

#[test]
fn a_packed_model_file_is_one_by_its_name() {
    assert_eq!(parse("a.safetensors.gz").name(), "file");
    assert_says("graph.mtx.gz", &["write `ising-file:path=graph.mtx.gz`"]);
}
