//! The sampler of independent draws: its distribution, what it refuses, and exact results of sparse models.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains};
use gwg_models::exact::enumerate;
use gwg_models::{LatticeIsing, LatticePotts};
use gwg_registry::{Model, ModelSpec, SamplerSpec};

fn model(spec: &str) -> Model<f64> {
    ModelSpec::parse(spec).unwrap().build_with().unwrap()
}

fn refusal(sampler: &str, model: &Model<f64>) -> String {
    let sampler: SamplerSpec = sampler.parse().unwrap();
    sampler.bind(model).err().unwrap().to_string()
}

/// Counts of states after each step of some chains.
fn counts(
    sampler: &str,
    model: &Model<f64>,
    steps: usize,
) -> std::collections::HashMap<Vec<u8>, f64> {
    let stepper = sampler.parse::<SamplerSpec>().unwrap().bind(model).unwrap();
    let spec = ChainSpec {
        chains: 50,
        seed: 3,
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(&*stepper, &spec).unwrap();
    let mut counts = std::collections::HashMap::new();
    for _ in 0..steps {
        chains.advance_with(&*stepper, 1, false).unwrap();
        for x in chains.states() {
            *counts.entry(x.to_vec()).or_default() += 1.0;
        }
    }
    assert_eq!(chains.counts(7).steps, steps as u64);
    assert_eq!(chains.counts(7).accepted, steps as u64);
    counts
}

/// A chi-square of the drawn states.
fn have_the_law(sampler: &str, model: &Model<f64>, log_z: f64) {
    const STEPS: usize = 2000;
    let counts = counts(sampler, model, STEPS);
    let draws = (50 * STEPS) as f64;
    let (mut chi, mut cells, mut rest) = (0.0, 0.0, [0.0, draws]);
    for (x, count) in &counts {
        let wanted = draws * (model.log_prob(x) - log_z).exp();
        if wanted < 10.0 {
            rest[0] += count;
            continue;
        }
        rest[1] -= wanted;
        chi += (count - wanted).powi(2) / wanted;
        cells += 1.0;
    }
    assert!(cells > 40.0, "{cells}");
    if rest[1] > 10.0 {
        chi += (rest[0] - rest[1]).powi(2) / rest[1];
    }
    // Six standard deviations of a chi-square.
    assert!(
        chi < cells + 6.0 * f64::sqrt(2.0 * cells),
        "{sampler}: {chi} of {cells}"
    );
}

#[test]
fn each_step_is_a_draw_from_the_model() {
    let wanted = enumerate(&LatticeIsing::<f64>::new(2, 3, 0.12, 0.1).unwrap(), 1.0).unwrap();
    let ising = model("ising-lattice:side=3,theta=0.12,bias=0.1");
    for sampler in ["exact", "exact:method=elimination", "exact:method=coupling"] {
        have_the_law(sampler, &ising, wanted.log_z);
    }
    let wanted = enumerate(&LatticePotts::<f64>::new(1, 5, 3, 0.2).unwrap(), 1.0).unwrap();
    have_the_law(
        "exact",
        &model("potts-lattice:side=5,dims=1,states=3,theta=0.2"),
        wanted.log_z,
    );
}

#[test]
fn observed_sites_are_kept() {
    let mut observed = vec![None; 16];
    (observed[3], observed[8]) = (Some(1), Some(0));
    let clamped = model("ising-lattice:side=4,theta=0.2")
        .clamped(&observed)
        .unwrap();
    for sampler in ["exact:method=elimination", "exact:method=coupling"] {
        let counts = counts(sampler, &clamped, 20);
        assert!(counts.len() > 100 && counts.keys().all(|x| (x[3], x[8]) == (1, 0)));
    }
}

#[test]
fn what_is_too_wide_is_refused_with_the_width_and_what_to_use() {
    let glass = model("ising-lattice:side=25,theta=-0.2");
    let text = refusal("exact", &glass);
    assert!(
        text.contains("tables over")
            && text.contains("frustrated")
            && text.contains("choose sweep"),
        "{text}"
    );
    let small = model("ising-lattice:side=8");
    let text = refusal("exact:method=elimination,width=10", &small);
    assert!(text.contains("tables over 15 sites"), "{text}");
    let text = refusal("exact:method=coupling", &model("potts-lattice:side=4"));
    assert!(text.contains("allowed are Ising models"), "{text}");
    let text = refusal("exact", &model("rbm:visible=10,hidden=5"));
    assert!(text.contains("no sum of terms"), "{text}");
}

/// A coupling that does not happen ends the run with an error.
#[test]
fn failures_are_errors_and_no_draws() {
    let cold = model("ising-lattice:side=24,theta=0.6");
    let stepper = "exact:method=coupling"
        .parse::<SamplerSpec>()
        .unwrap()
        .bind(&cold)
        .unwrap();
    let mut chains = Chains::with(
        &*stepper,
        &ChainSpec {
            chains: 1,
            ..ChainSpec::default()
        },
    )
    .unwrap();
    let failed = chains.advance_with(&*stepper, 1, false);
    assert!(
        failed
            .unwrap_err()
            .to_string()
            .contains("did not lead all starts")
    );
}

#[test]
fn sparse_models_have_exact_results() {
    let never = || false;
    for (spec, means, log_z) in [
        ("ising-lattice:side=3,dims=3,theta=0.05,bias=0.1", 27, true),
        ("ising-er:sites=40,seed=2", 40, true),
        ("potts-lattice:side=4,states=3", 48, true),
        ("potts-lattice:side=30,states=3", 0, false),
    ] {
        let model = model(spec);
        let about = model.about().unwrap();
        assert_eq!(about.exact_log_z().is_some(), log_z, "{spec}");
        let exact = about.exact(1.0, &never);
        assert_eq!(
            exact.as_ref().map_or(0, |exact| exact.means.len()),
            means,
            "{spec}"
        );
        let facts = model.facts();
        assert_eq!(
            facts.iter().any(|(label, _)| label == "log Z"),
            log_z,
            "{spec}"
        );
        assert!(exact.is_none_or(|exact| exact.draw.is_some()));
    }
}
