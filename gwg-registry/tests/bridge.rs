//! Bridges of models of any type: every sampler that they have the capabilities for draws from the distribution of the sum.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains};
use gwg_core::check::{chi_square, configurations, index};
use gwg_core::{Error, Space};
use gwg_registry::{Model, ModelSpec, SamplerSpec, samplers};

const CHAINS: usize = 1000;

const PAIRS: [[&str; 2]; 4] = [
    [
        "ising-lattice:side=6,dims=1,theta=0.3,bias=0.2",
        "ising-er:sites=6,degree=2",
    ],
    ["ising-dense:sites=5,scale=0.4", "rbm:visible=5,hidden=3"],
    [
        "potts-lattice:side=4,dims=1",
        "potts-dense:sites=4,states=3,scale=0.3",
    ],
    [
        "ordinal-lattice:side=4,dims=1,levels=3",
        "ordinal-lattice:side=4,dims=1,levels=3,coupling=0.8",
    ],
];

fn model(spec: &str) -> Model<f64> {
    ModelSpec::parse(spec).unwrap().build().unwrap()
}

/// How the ends of independent chains agree with the enumerated `exp(f) / Z`, as a normal quantile; `None` where the sampler does not run.
fn agreement(model: &Model<f64>, log_prob: impl Fn(&[u8]) -> f64, sampler: &str) -> Option<f64> {
    let stepper = sampler.parse::<SamplerSpec>().unwrap().bind(model).ok()?;
    let space = model.space();
    let spec = ChainSpec {
        chains: CHAINS,
        seed: 11,
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(&*stepper, &spec).unwrap();
    chains.advance_with(&*stepper, 150, false).unwrap();
    let all = configurations(space);
    let weights: Vec<f64> = all.iter().map(|x| log_prob(x).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut counts = vec![0; all.len()];
    for x in chains.states() {
        counts[index(space, x)] += 1;
    }
    let p: Vec<f64> = weights.iter().map(|w| w / total).collect();
    Some(chi_square(&counts, &p).z)
}

#[test]
fn every_sampler_draws_from_the_sum() {
    let mut ran = 0;
    for pair in PAIRS {
        let [first, second] = pair.map(model);
        let bridge = Model::bridge(&first, &second, 0.4).unwrap();
        let sum = |x: &[u8]| 0.6 * first.log_prob(x) + 0.4 * second.log_prob(x);
        let mut observed = vec![None; bridge.space().sites()];
        observed[1] = Some(1);
        let clamped = bridge.clamped(&observed).unwrap();
        for entry in samplers().iter().filter(|entry| entry.bias.is_none()) {
            let sampler = match entry.name {
                "block-gibbs" | "hamming-ball" => &format!("{}:block=2", entry.name),
                "dlmc" => "dlmc:moves=1",
                name => name,
            };
            for model in [&bridge, &clamped] {
                let Some(z) = agreement(model, sum, sampler) else {
                    continue;
                };
                ran += 1;
                // Of some hundred comparisons; the quantile 4.5 has probability 3.4e-6.
                assert!(z.abs() < 4.5, "{sampler} on {pair:?}: {z}");
            }
        }
    }
    assert!(ran > 80, "{ran} of the samplers ran");
}

#[test]
fn a_bridge_has_what_both_have() {
    let [lattice, graph, dense] = [
        "ising-lattice:side=6,dims=1",
        "ising-er:sites=6,degree=2",
        "ising-dense:sites=6",
    ]
    .map(model);
    let local = Model::bridge(&lattice, &graph, 0.5).unwrap();
    assert!(local.as_local().is_some() && local.is_multilinear());
    assert!(local.as_leveled().is_none() && !local.has_sweeps());
    let evaluated = Model::bridge(&lattice, &dense, 0.5).unwrap();
    assert!(evaluated.as_local().is_none() && evaluated.as_delta().is_some());
}

#[test]
fn models_that_do_not_fit_are_refused() {
    let [one, other, potts] = [
        "ising-dense:sites=5",
        "ising-dense:sites=6",
        "potts-dense:sites=5,states=2",
    ]
    .map(model);
    let found = Model::bridge(&one, &other, 0.5).err();
    assert_eq!(found, Some(Error::Spaces { site: None }));
    let found = Model::bridge(&one, &potts, 0.5).err();
    assert_eq!(found, Some(Error::Spaces { site: None }));
    let found = Model::bridge(&one, &one, 1.5).err();
    assert_eq!(found, Some(Error::Fraction));
}
