//! Models that are saved, and specs and files that are refused.

use crate::{build, build_error, spec};
use gwg_models::io::{IoError, Kind, NamedTensor, named_with_metadata};
use gwg_registry::{BuildError, SaveError};

#[test]
fn dense_models_survive_a_file_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    for text in [
        "ising-dense:sites=7",
        "potts-dense:sites=4,states=3",
        "rbm:visible=6,hidden=4",
    ] {
        let model = build(text);
        model.save(&path).unwrap();
        let again = build(&path.display().to_string());
        assert_eq!(again.parameters().unwrap(), model.parameters().unwrap());
        assert!(model.parameters().unwrap().is_some());
        for code in 0..64usize {
            let symbol = |i| (code >> (2 * i)) % model.states();
            let x: Vec<u8> = (0..model.sites()).map(|i| symbol(i) as u8).collect();
            assert_eq!(
                again.log_prob(&x).to_bits(),
                model.log_prob(&x).to_bits(),
                "{text}"
            );
        }
    }
    let error = build("ising-lattice").save(&path).unwrap_err();
    assert!(
        matches!(
            error,
            SaveError::Io(IoError::NoKind {
                model: "ising-lattice",
                ..
            })
        ),
        "{error}"
    );
}

#[test]
fn errors_name_the_spec_or_the_file() {
    let error = build_error("ising-er:sites=3,degree=9");
    assert!(matches!(error, BuildError::Model { .. }));
    assert!(
        error
            .to_string()
            .contains("`ising-er:sites=3,degree=9,seed=1`"),
        "{error}"
    );
    let error = build_error("ising-lattice:side=70000");
    assert!(error.to_string().contains("4294967295 sites"), "{error}");
    let error = build_error("ising-lattice:theta=1e200");
    assert!(error.to_string().contains("theta"), "{error}");
    let error = build_error("ising-file:path=no-such-file.txt");
    assert!(
        error
            .to_string()
            .starts_with("no-such-file.txt: cannot be read"),
        "{error}"
    );
    let error = build_error("no-such-file.safetensors");
    assert!(
        error
            .to_string()
            .starts_with("no-such-file.safetensors: cannot be read"),
        "{error}"
    );
    let error = spec("rbm:hidden=2").with_kind(Kind::Rbm).unwrap_err();
    assert!(matches!(error, BuildError::Kind { .. }), "{error}");
}

/// Files of `gwg learn` that are no models with an energy say what they are for.
#[test]
fn files_without_an_energy_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    for (kind, part) in [
        ("vae", "`gwg evaluate MODEL DATA`"),
        ("rbm-ladder", "`--sampler ptt:ladder=FILE`"),
        ("potts-ladder", "`--sampler ptt:ladder=FILE`"),
    ] {
        let tensor = NamedTensor {
            name: "x".into(),
            shape: vec![1],
            numbers: vec![0.0].into(),
        };
        let bytes = named_with_metadata(&[("kind", kind)], &[tensor]).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let error = build_error(&path.display().to_string());
        assert!(matches!(error, BuildError::NoEnergy { .. }), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn sizes_beyond_memory_are_an_error() {
    for text in [
        "ising-dense:sites=4294967295",
        "potts-dense:sites=16777215,states=256",
        "rbm:visible=4294967295,hidden=4294967295",
        "ising-er:sites=4294967295,degree=4e9",
        "fhmm:length=4294967295,factors=4294967295",
    ] {
        let error = build_error(text);
        assert!(
            matches!(error, BuildError::Memory { .. }),
            "{text}: {error}"
        );
    }
}
