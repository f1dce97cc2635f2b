//! Steps made in one call or in many are the same steps: runs look at the clock between calls.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains, Tempering, Threads};
use gwg_registry::{Model, ModelSpec, SamplerSpec, samplers};

const COMPOSITIONS: [&str; 10] = [
    "3*gwg+gibbs",
    "gwg+pas+jump",
    "gwg|jump",
    "gwg|gibbs|random-walk",
    "0.999*gwg|0.001*gibbs",
    "0.5*dmala|0.5*lb",
    "2*multispin+gwg",
    "multispin|gibbs",
    "exact|jump",
    "gwg+exact:method=elimination",
];

#[test]
fn paths_do_not_depend_on_calls() {
    let alone = samplers().iter().map(|entry| entry.name.to_owned());
    let all: Vec<String> = alone.chain(COMPOSITIONS.map(String::from)).collect();
    for model in ["ising-lattice:side=6,theta=0.3", "rbm:visible=12,hidden=5"] {
        let model: Model<f32> = ModelSpec::parse(model).unwrap().build_with().unwrap();
        let mut ran = 0;
        for (sampler, replicas) in all.iter().flat_map(|s| [(s, false), (s, true)]) {
            let Ok(stepper) = sampler.parse::<SamplerSpec>().unwrap().bind(&model) else {
                continue;
            };
            let tempering = Tempering {
                swap_every: 7,
                ..Tempering::geometric(3, 0.3).unwrap()
            };
            let spec = ChainSpec {
                chains: 3,
                seed: 8,
                tempering: replicas.then_some(tempering),
                ..ChainSpec::default()
            };
            let mut once = Chains::with(&*stepper, &spec).unwrap();
            let mut often = once.clone();
            for adapt in [true, false] {
                once.advance_with(&*stepper, 300, adapt).unwrap();
                for steps in [1, 2, 5, 92, 1, 1, 98, 50, 49, 1] {
                    often.advance_with(&*stepper, steps, adapt).unwrap();
                }
            }
            assert!(once.states().eq(often.states()), "{sampler}");
            for chain in 0..3 {
                assert_eq!(once.counts(chain), often.counts(chain), "{sampler}");
            }
            ran += 1;
        }
        assert!(ran > 25, "{ran}");
    }
}

/// The states of some chains after warm-up with temperatures that change, and steps.
fn ends(
    sampler: &str,
    chains: std::ops::Range<u64>,
    threads: usize,
    replicas: bool,
) -> Vec<Vec<u8>> {
    let model = "ising-lattice:side=16,theta=0.2";
    let model: Model<f32> = ModelSpec::parse(model).unwrap().build_with().unwrap();
    let stepper = sampler
        .parse::<SamplerSpec>()
        .unwrap()
        .bind(&model)
        .unwrap();
    let tempering = Tempering {
        swap_every: 3,
        ..Tempering::geometric(3, 0.3).unwrap()
    };
    let spec = ChainSpec {
        chains: (chains.end - chains.start) as usize,
        first_chain: chains.start,
        seed: 5,
        tempering: replicas.then_some(tempering),
        threads: Threads::new(threads.try_into().unwrap()).unwrap(),
        ..ChainSpec::default()
    };
    let mut all = Chains::with(&*stepper, &spec).unwrap();
    all.advance_with(&*stepper, 10, true).unwrap();
    let saved = all.save();
    let mut all = Chains::restore_with(&saved, &*stepper, spec.threads.clone()).unwrap();
    all.advance_with(&*stepper, 7, false).unwrap();
    all.states().map(<[u8]>::to_vec).collect()
}

/// Chains that share the words of others.
#[test]
fn a_chain_in_a_word_depends_on_its_number_alone() {
    for (sampler, replicas) in [
        ("multispin", false),
        ("multispin", true),
        ("multispin:bits=sites", false),
        ("multispin:bits=sites", true),
        ("multispin+gibbs", false),
        ("multispin|gwg", false),
        ("exact", false),
        ("exact", true),
        ("exact|gwg", false),
    ] {
        let all = ends(sampler, 0..130, 1, replicas);
        assert_eq!(all, ends(sampler, 0..130, 3, replicas), "{sampler}");
        assert_eq!(all[..70], ends(sampler, 0..70, 2, replicas), "{sampler}");
        assert_eq!(all[50..90], ends(sampler, 50..90, 2, replicas), "{sampler}");
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 130, "{sampler}");
    }
}
