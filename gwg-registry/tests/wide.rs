//! Models of 16-bit symbols: every sampler of the registry draws from the exact distribution.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains, Plan, Quantity, run_with};
use gwg_core::check::chi_square;
use gwg_registry::{BuildError, Model, ModelSpec, Precision, SamplerSpec, samplers};

const STATES: usize = 300;

fn wide<R: Precision>(spec: &str) -> Model<R, u16> {
    let spec = ModelSpec::parse(spec).unwrap();
    assert!(spec.is_wide());
    spec.build_with().unwrap()
}

/// The exact distribution of two sites, as `[first * STATES + second]`.
fn joint(model: &Model<f64, u16>) -> Vec<f64> {
    let states = 0..STATES as u16;
    let pairs = states
        .clone()
        .flat_map(|a| states.clone().map(move |b| [a, b]));
    let f: Vec<f64> = pairs.map(|x| model.log_prob(&x)).collect();
    let log_z = gwg_core::math::logsumexp(&f);
    f.iter().map(|f| (f - log_z).exp()).collect()
}

/// The states of each site in five groups, the last one beyond 8 bits.
fn group(first: usize, second: usize) -> usize {
    let of = |state: usize| if state < 256 { state / 64 } else { 4 };
    5 * of(first) + of(second)
}

/// How the ends of independent chains agree with the exact distribution, as a normal quantile.
fn agreement<R: Precision>(
    model: &Model<R, u16>,
    exact: &[f64],
    sampler: &str,
    chains: usize,
) -> Option<f64> {
    let stepper = sampler.parse::<SamplerSpec>().unwrap().bind(model).ok()?;
    let spec = ChainSpec {
        chains,
        seed: 5,
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(&*stepper, &spec).unwrap();
    // Most proposals of a random walk on so many states are rejected.
    let steps = if sampler == "random-walk" { 2000 } else { 50 };
    chains.advance_with(&*stepper, steps, true).unwrap();
    chains.advance_with(&*stepper, steps, false).unwrap();
    let (mut counts, mut p) = (vec![0; 25], vec![0.0; 25]);
    for x in chains.states() {
        counts[group(x[0].into(), x[1].into())] += 1;
    }
    for (k, exact) in exact.iter().enumerate() {
        p[group(k / STATES, k % STATES)] += exact;
    }
    Some(chi_square(&counts, &p).z)
}

#[test]
fn every_sampler_draws_from_the_exact_distribution() {
    let mut ran = 0;
    for (name, chains) in [
        ("categorical:sites=2,states=300,seed=4", 1000),
        (
            "log-bilinear:sites=2,words=300,dim=4,window=1,scale=0.7",
            300,
        ),
    ] {
        let exact = joint(&wide(name));
        let (single, double) = (wide::<f32>(name), wide::<f64>(name));
        for entry in samplers().iter().filter(|entry| entry.bias.is_none()) {
            let sampler = match entry.name {
                "block-gibbs" | "hamming-ball" => &format!("{}:block=1", entry.name),
                "dlmc" => "dlmc:moves=1",
                name => name,
            };
            let both = [
                agreement(&single, &exact, sampler, chains),
                agreement(&double, &exact, sampler, chains),
            ];
            for z in both.into_iter().flatten() {
                ran += 1;
                assert!(z.abs() < 4.5, "{sampler} on {name}: {z}");
            }
        }
    }
    assert!(ran > 40, "{ran} of the samplers ran");
}

#[test]
fn a_run_records_the_quantities_of_a_wide_model() {
    let model = wide::<f32>("log-bilinear:sites=6,words=700,dim=3");
    let stepper = "20*gwg+gibbs"
        .parse::<SamplerSpec>()
        .unwrap()
        .bind(&model)
        .unwrap();
    let mut quantities = model.quantities();
    quantities.push(Quantity::log_prob());
    let plan = Plan {
        draws: 50,
        warmup: 20,
        quantities,
        ..Plan::default()
    };
    let run = run_with(&*stepper, &plan, &mut ()).unwrap();
    let order = run.quantity("order").unwrap();
    assert!(order.iter().all(|share| (1.0 / 6.0..=1.0).contains(share)));
    assert!(run.last.iter().any(|&word| word > 255));
}

#[test]
fn symbols_of_the_wrong_width_are_refused() {
    for (spec, is_wide) in [
        ("categorical:states=256", false),
        ("categorical:states=257", true),
        ("log-bilinear", true),
        ("potts-lattice", false),
    ] {
        let spec = ModelSpec::parse(spec).unwrap();
        assert_eq!(spec.is_wide(), is_wide);
        let narrow = spec.build::<f32>().map(|_| ());
        let wide = spec.build_with::<f32, u16>().map(|_| ());
        let (fits, refused) = if is_wide {
            (wide, narrow)
        } else {
            (narrow, wide)
        };
        assert!(fits.is_ok(), "{spec}");
        assert!(matches!(refused, Err(BuildError::Width { .. })), "{spec}");
    }
    assert!(ModelSpec::parse("categorical:states=65537").is_err());
}
