//! Models from specs and files: built, described, saved, and compared with published values.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

use gwg_chains::{Plan, run_with};
use gwg_core::{Space, Target};
use gwg_models::LatticeIsing;
use gwg_models::io::{IoError, Kind};
use gwg_registry::{
    BuildError, Describe, Model, ModelEntry, ModelSpec, SamplerSpec, SaveError, Width, models,
};

fn spec(text: &str) -> ModelSpec {
    ModelSpec::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

fn build(text: &str) -> Model<f64> {
    spec(text).build().unwrap_or_else(|e| panic!("{e}"))
}

fn build_error(text: &str) -> BuildError {
    spec(text).build::<f32>().expect_err("refused")
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn value(facts: &[(String, String)], label: &str) -> String {
    let found = facts.iter().find(|(found, _)| found == label);
    found
        .unwrap_or_else(|| panic!("no {label} in {facts:?}"))
        .1
        .clone()
}

#[test]
fn every_spec_builds_and_describes_itself() {
    let folder = tempfile::tempdir().unwrap();
    let edges = folder.path().join("edges.txt");
    fs::write(&edges, "3 2\n1 2 0.5\n2 3 -1\n").unwrap();
    for entry in models() {
        let text = match entry.name {
            "ising-file" => format!("ising-file:path={},scale=2", edges.display()),
            "potts-file" => format!("potts-file:path={},states=3", edges.display()),
            "potts-dense" => "potts-dense:sites=5,states=3".to_owned(),
            name => name.to_owned(),
        };
        let spec = spec(&text);
        if spec.is_wide() {
            describes_itself::<u16>(&spec, entry);
        } else {
            describes_itself::<u8>(&spec, entry);
        }
    }
}

fn describes_itself<S: Width>(spec: &ModelSpec, entry: &ModelEntry) {
    let model: Model<f64, S> = spec.build_with().unwrap_or_else(|e| panic!("{e}"));
    let facts = model.facts();
    assert_eq!(value(&facts, "sites"), model.sites().to_string());
    assert_eq!(value(&facts, "states"), model.states().to_string());
    let x = vec![S::from_index(1); model.sites()];
    assert!(
        model.space().contains(&x) && model.log_prob(&x).is_finite(),
        "{spec}"
    );
    assert_eq!(model.has_sweeps(), entry.sweeps, "{spec}");
    assert!(
        facts
            .iter()
            .all(|(label, value)| !label.is_empty() && !value.is_empty())
    );
}

#[test]
fn facts_are_those_of_the_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let edges = folder.path().join("edges.txt");
    fs::write(&edges, "4 2\n1 2 0.5\n2 3 -1\n").unwrap();
    let model = build(&format!("ising-file:path={},scale=3", edges.display()));
    let facts = model.facts();
    assert_eq!(value(&facts, "kind"), "ising-sparse");
    assert_eq!(value(&facts, "edges"), "2");
    assert_eq!(value(&facts, "mean degree"), "1.00");
    assert_eq!(value(&facts, "couplings"), "-3 to 1.5");
    // Each edge counts twice: 2 (1.5 - 3) with all spins up.
    assert_eq!(model.log_prob(&[1; 4]), -3.0);
    assert_eq!(model.log_prob(&[1, 0, 1, 1]), 3.0);

    let facts = build("rbm:visible=16,hidden=3").facts();
    assert_eq!(value(&facts, "grid"), "4 x 4");
    assert_eq!(value(&facts, "parameters"), (16 * 3 + 16 + 3).to_string());
    assert_eq!(value(&facts, "memory"), "536 B");
    assert_eq!(value(&facts, "precision"), "f64");
    let facts = build("fhmm:length=20,factors=3,keep=0.9,extension=quadratic").facts();
    assert_eq!(value(&facts, "grid"), "20 x 3");
    assert_eq!(value(&facts, "keep"), "0.9");
    assert_eq!(value(&facts, "extension"), "quadratic");
    assert_eq!(value(&facts, "parameters"), "7");
    let facts = build("potts-dense:sites=3,states=2").facts();
    assert_eq!(value(&facts, "parameters"), (3 * 4 + 6).to_string());
}

/// `log_prob` of all states that a graph of two or three sites has, by a formula.
fn assert_log_prob(spec: &str, f: impl Fn(&[f64]) -> f64) {
    let model = build(spec);
    for k in 0..1_u32 << model.sites() {
        let x: Vec<u8> = (0..model.sites()).map(|i| (k >> i & 1) as u8).collect();
        let s: Vec<f64> = x.iter().map(|&x| 2.0 * f64::from(x) - 1.0).collect();
        assert!((model.log_prob(&x) - f(&s)).abs() < 1e-12, "{spec} {x:?}");
    }
}

#[test]
fn graphs_of_every_format_have_the_stated_law() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph");
    let name = path.display();
    let write = |text: &str| fs::write(&path, text).unwrap();

    write("p edge 3 2\ne 1 2\ne 2 3\n");
    // s'Js has each edge twice.
    assert_log_prob(&format!("ising-file:path={name},scale=0.5"), |s| {
        s[0] * s[1] + s[1] * s[2]
    });
    write("%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n2 1 0.5\n3 2 -1\n");
    assert_log_prob(&format!("ising-file:path={name}"), |s| {
        s[0] * s[1] - 2.0 * s[1] * s[2]
    });
    let equal = |a: f64, b: f64| f64::from(u8::from(a == b));
    assert_log_prob(&format!("potts-file:path={name},states=2"), |s| {
        0.5 * equal(s[0], s[1]) - equal(s[1], s[2])
    });

    // -E of dimod, and the fields of a file on top.
    write("# vartype=SPIN\n0 0 1.5\n0 2 -0.5\n1 2 2\n");
    let minus_energy = |s: &[f64]| -(1.5 * s[0] - 0.5 * s[0] * s[2] + 2.0 * s[1] * s[2]);
    assert_log_prob(&format!("ising-file:path={name}"), minus_energy);
    let fields = folder.path().join("h.txt");
    fs::write(&fields, "1 2 3").unwrap();
    let spec = format!("ising-file:path={name},fields={}", fields.display());
    assert_log_prob(&spec, |s| minus_energy(s) + s[0] + 2.0 * s[1] + 3.0 * s[2]);
    let error = build_error(&format!("potts-file:path={name},states=2")).to_string();
    assert!(
        error.contains("it is read by the model `ising-file`"),
        "{error}"
    );
}

#[test]
fn fields_of_an_edge_list_are_added() {
    let folder = tempfile::tempdir().unwrap();
    let [edges, fields] = ["edges.txt", "h.txt"].map(|name| folder.path().join(name));
    fs::write(&edges, "3 2\n1 2 0.5\n2 3 -1\n").unwrap();
    fs::write(&fields, "0.25 -1\n2\n").unwrap();
    let text = |name: &str, more: &str| {
        let (edges, fields) = (edges.display(), fields.display());
        format!("{name}:path={edges},scale=3,fields={fields}{more}")
    };
    let ising = build(&text("ising-file", ""));
    // 2 (1.5 - 3) from the edges, 1.25 from the fields.
    assert_eq!(ising.log_prob(&[1; 3]), -1.75);
    assert_eq!(ising.log_prob(&[1, 0, 1]), 3.0 + 3.25);
    let facts = ising.facts();
    assert!(value(&facts, "law").contains("h.s"));
    assert_eq!(value(&facts, "field"), "-1 to 2");

    let error = build_error(&text("potts-file", ",states=2")).to_string();
    assert!(
        error.ends_with(
            "h.txt: found 3 numbers, needed are 6: one per site and state, site after site"
        ),
        "{error}"
    );
    fs::write(&fields, "0 0.25 0 -1 0 2").unwrap();
    let potts = build(&text("potts-file", ",states=2"));
    assert_eq!(potts.log_prob(&[1; 3]), 1.5 - 3.0 + 1.25);
    assert_eq!(potts.log_prob(&[1, 0, 1]), 2.25);
    assert_eq!(value(&potts.facts(), "states"), "2");
    let error = build_error(&text("ising-file", "")).to_string();
    assert!(
        error.ends_with("h.txt: found 6 numbers, needed are 3: one per site"),
        "{error}"
    );
}

#[test]
fn a_factor_graph_states_its_alphabets_and_an_edge_list_does_not() {
    let path = data("mixed.uai");
    let model = build(&format!("potts-file:path={}", path.display()));
    assert_eq!(value(&model.facts(), "states"), "2 to 4");
    assert_eq!(value(&model.facts(), "edges"), "4");
    let states: Vec<usize> = (0..4).map(|i| model.space().states_at(i)).collect();
    assert_eq!(states, [2, 4, 3, 2]);
    // Entries [0, 3], [2, 3], [2, 1], [1, 0] and [3] of the tables.
    let f = f64::ln(1.5 * 0.9 * 1.7 * 0.9 * 0.8);
    assert!((model.log_prob(&[0, 3, 2, 1]) - f).abs() < 1e-12);
    let error = build_error(&format!("potts-file:path={},states=4", path.display()));
    assert!(
        matches!(error, BuildError::Key { key: "states", .. }),
        "{error}"
    );
    let edges = data("graph.txt");
    let error = build_error(&format!("potts-file:path={}", edges.display())).to_string();
    assert!(
        error.contains("key `states`: found auto, but an edge list"),
        "{error}"
    );
}

#[test]
fn a_hidden_markov_model_is_reached_in_either_extension() {
    let means = |text: &str, beta| {
        let model = build(text);
        let exact = model.about()?.exact(beta, &|| false)?;
        let x = vec![1; model.sites()];
        Some((exact.means, model.about()?.residual(&x)))
    };
    let linear = means("fhmm:length=9,factors=2", 1.0);
    let quadratic = means("fhmm:length=9,factors=2,extension=quadratic", 1.0);
    assert!(
        linear
            .as_ref()
            .is_some_and(|(means, residual)| means.len() == 18 && residual.is_some())
    );
    assert_eq!(linear, quadratic);
    assert_eq!(means("fhmm:length=9,factors=2", 0.5), None);
    assert_eq!(
        means("bernoulli", 1.0).map(|(_, residual)| residual),
        Some(None)
    );
}

#[test]
fn grids_are_those_of_the_space() {
    for (text, grid) in [
        ("ising-lattice:side=5", Some(vec![5, 5])),
        ("potts-lattice:side=3,dims=3", Some(vec![3, 3, 3])),
        ("ordinal-lattice:side=4", Some(vec![4, 4])),
        ("rbm:hidden=2", Some(vec![28, 28])),
        ("bernoulli:sites=9", Some(vec![3, 3])),
        ("bernoulli:sites=10", None),
        ("bernoulli:sites=1", None),
        ("ising-dense", None),
        ("fhmm:length=7,factors=3", Some(vec![7, 3])),
    ] {
        assert_eq!(build(text).grid(), grid, "{text}");
    }
}

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

/// What each model can do, and the moves of its space: what decides which kernels it runs on.
#[test]
fn capabilities_are_those_of_the_model() {
    for (text, moves, can) in [
        (
            "ising-lattice:side=4",
            16,
            "gradient delta local leveled multilinear sweep",
        ),
        (
            "ising-er:sites=20",
            20,
            "gradient delta local multilinear sweep",
        ),
        (
            "potts-lattice:side=3,states=4",
            36,
            "gradient delta local multilinear sweep",
        ),
        (
            "bernoulli:sites=5",
            5,
            "gradient delta local multilinear sweep",
        ),
        (
            "categorical:sites=5,states=3",
            15,
            "gradient delta local multilinear sweep",
        ),
        (
            &format!("potts-file:path={}", data("mixed.uai").display()),
            11,
            "gradient delta local multilinear sweep",
        ),
        ("ising-dense:sites=6", 6, "gradient delta multilinear"),
        (
            "potts-dense:sites=4,states=3",
            12,
            "gradient delta multilinear",
        ),
        ("rbm:visible=7,hidden=2", 7, "gradient delta sweep"),
        (
            "ordinal-lattice:side=3,levels=5",
            45,
            "gradient delta local sweep",
        ),
        (
            "fhmm:length=4,factors=3",
            12,
            "gradient delta local multilinear sweep",
        ),
        (
            "fhmm:length=4,factors=3,extension=quadratic",
            12,
            "gradient delta local sweep",
        ),
    ] {
        let model = build(text);
        assert_eq!(model.space().moves(), moves, "{text}");
        let found = [
            (model.as_gradient().is_some(), "gradient"),
            (model.as_delta().is_some(), "delta"),
            (model.as_local().is_some(), "local"),
            (model.as_leveled().is_some(), "leveled"),
            (model.is_multilinear(), "multilinear"),
            (model.has_sweeps(), "sweep"),
        ];
        let found: Vec<_> = found
            .iter()
            .filter(|(has, _)| *has)
            .map(|(_, name)| *name)
            .collect();
        assert_eq!(found.join(" "), can, "{text}");
    }
}

#[test]
fn quantities_are_those_natural_to_the_model() {
    for (text, names) in [
        ("ising-lattice:side=3", "magnetization energy_per_site"),
        ("ising-er:sites=9", "magnetization energy_per_site"),
        ("ising-dense:sites=9", "magnetization energy_per_site"),
        ("potts-lattice:side=3", "order energy_per_site"),
        ("categorical:sites=9", "order energy_per_site"),
        ("ordinal-lattice:side=3", "mean_symbol energy_per_site"),
        ("rbm:visible=9,hidden=2", "mean_symbol energy_per_site"),
        (
            "fhmm:length=3,factors=3",
            "residual mean_symbol energy_per_site",
        ),
        (
            "fhmm:length=3,factors=3,extension=quadratic",
            "residual mean_symbol energy_per_site",
        ),
    ] {
        let quantities = build(text).quantities();
        let found: Vec<_> = quantities.iter().map(|quantity| quantity.name()).collect();
        assert_eq!(found.join(" "), names, "{text}");
    }
}

/// What a run records under the names of the model's own.
#[test]
fn quantities_of_the_model_are_recorded() {
    let record = |text: &str, name: &str| {
        let model = build(text);
        let plan = Plan {
            draws: 40,
            quantities: model.quantities(),
            ..Plan::default()
        };
        let sampler: SamplerSpec = "gibbs".parse().unwrap();
        let stepper = sampler.bind(&model).unwrap();
        let run = run_with(&*stepper, &plan, &mut ()).unwrap();
        let last = run.last.chunks(model.sites()).next().unwrap().to_vec();
        let draws = run.quantity(name).unwrap();
        (model, draws[39], last)
    };
    let (_, order, x) = record("potts-lattice:side=4,states=5", "order");
    let counts = (0..5).map(|a| x.iter().filter(|&&s| s == a).count());
    assert_eq!(order, counts.max().unwrap() as f64 / 16.0);
    let (model, residual, x) = record("fhmm:length=6,factors=2", "residual");
    assert_eq!(
        Some(residual),
        model.about().and_then(|about| about.residual(&x))
    );
}

/// A clamped model has the same description.
#[test]
fn a_clamped_model_is_still_described() {
    let model = build("rbm:visible=9,hidden=3");
    let mut observed = vec![None; 9];
    observed[2] = Some(1);
    let clamped = model.clamped(&observed).unwrap();
    assert_eq!(clamped.facts(), model.facts());
    assert!(clamped.about().and_then(Describe::machine).is_some());
}

#[test]
fn a_built_model_is_the_one_of_its_constructor() {
    let model = LatticeIsing::<f64>::new(3, 4, 0.3, -0.1).unwrap();
    let x: Vec<u8> = (0..64).map(|i| (i * i / 7 % 2) as u8).collect();
    let any = build("ising-lattice:side=4,theta=0.3,bias=-0.1,dims=3");
    assert_eq!(any.log_prob(&x), model.log_prob(&x));
}

/// Files that `gwg-bench/tests/data/make_reference.py` made.
fn facts(name: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(data(name)).unwrap()).unwrap()
}

#[test]
fn couplings_of_a_graph_give_the_cut_of_a_division() {
    let facts = facts("graph.json");
    let x: Vec<u8> = serde_json::from_value(facts["division"].clone()).unwrap();
    let path = data("graph.txt");
    let model = build(&format!("ising-file:path={},scale=-0.5", path.display()));
    // sum over edges of w = 2 cut + sum of w s s, and f is -1 times the latter.
    let total = -model.log_prob(&vec![1; x.len()]);
    let cut = (total + model.log_prob(&x)) / 2.0;
    assert_eq!(cut, facts["cut"].as_f64().unwrap());
}

#[test]
fn rbm_weights_from_python_give_the_values_stated_there() {
    let facts = facts("rbm.json");
    let file = ModelSpec::file(data("rbm.safetensors"));
    let single = file.build::<f32>().unwrap_or_else(|e| panic!("{e}"));
    let double = file.with_kind(Kind::Rbm).unwrap().build::<f64>().unwrap();
    assert_eq!(single.sites() as u64, facts["visible"].as_u64().unwrap());
    let states: Vec<Vec<u8>> = serde_json::from_value(facts["states"].clone()).unwrap();
    assert_eq!(states.len(), 5);
    for (k, state) in states.iter().enumerate() {
        let stated = facts["log_unnormalized"][k].as_f64().unwrap();
        let (single, double) = (single.log_prob(state), double.log_prob(state));
        assert!(
            (single - stated).abs() < 1e-4,
            "row {k}: {single}, stated {stated}"
        );
        assert!(
            (double - stated).abs() < 1e-11,
            "row {k}: {double}, stated {stated}"
        );
    }
}

#[test]
fn the_order_of_nominal_states_is_the_share_of_the_most_frequent() {
    fn order<S: Width>(states: usize, x: &[S]) -> f64 {
        let text = format!("categorical:sites={},states={states}", x.len());
        let model: Model<f64, S> = spec(&text).build_with().unwrap_or_else(|e| panic!("{e}"));
        let quantities = model.quantities();
        let order = quantities.iter().find(|q| q.name() == "order");
        order.and_then(|order| order.of_state(x)).unwrap()
    }
    let narrow = [3u8, 1, 3, 2, 3, 1, 0];
    assert_eq!(order(5, &narrow), 3.0 / 7.0);
    assert_eq!(order(5000, &narrow.map(u16::from)), 3.0 / 7.0);
    assert_eq!(order(5000, &[4000u16, 256, 4000]), 2.0 / 3.0);
}
