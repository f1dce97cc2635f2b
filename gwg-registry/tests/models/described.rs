//! What a built model says of itself.

use crate::{build, data, spec, value};
use gwg_chains::{Plan, run_with};
use gwg_core::{Space, Target};
use gwg_models::LatticeIsing;
use gwg_registry::{Describe, Model, ModelEntry, ModelSpec, SamplerSpec, Width, models};
use std::fs;

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
