//! Steps made in one call or in many are the same steps: runs look at the clock between calls.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains, Tempering};
use gwg_registry::{Model, ModelSpec, SamplerSpec, samplers};

const COMPOSITIONS: [&str; 6] = [
    "3*gwg+gibbs",
    "gwg+pas+jump",
    "gwg|jump",
    "gwg|gibbs|random-walk",
    "0.999*gwg|0.001*gibbs",
    "0.5*dmala|0.5*lb",
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
