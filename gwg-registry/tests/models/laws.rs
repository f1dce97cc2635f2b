//! The values of `f`, held against definitions and published numbers.

use crate::{build, build_error, data, spec, value};
use gwg_core::Space;
use gwg_models::io::Kind;
use gwg_registry::{BuildError, Model, ModelSpec, Width};
use std::fs;

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
