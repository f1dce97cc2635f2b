//! Every sampler of the registry, alone and composed, on every kind of model, free and clamped: its distribution is the model's, and its bits
//! depend neither on threads and blocks nor on a save in the middle.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains, Init, Tempering, Threads};
use gwg_core::Space;
use gwg_core::check::{chi_square, configurations, index};
use gwg_registry::{DynStepper, Model, ModelSpec, Precision, SamplerSpec, samplers};
use std::num::NonZeroUsize;

const MODELS: [&str; 9] = [
    "ising-lattice:side=6,dims=1,theta=0.3,bias=0.2",
    "ising-er:sites=6,degree=2",
    "ising-dense:sites=5,scale=0.2",
    "potts-lattice:side=4,dims=1",
    "potts-dense:sites=3,states=3,scale=0.3",
    "ordinal-lattice:side=4,dims=1,levels=3",
    "rbm:visible=5,hidden=3",
    "rbm-categorical:sites=4,states=3,hidden=3",
    MIXED,
];

/// Four sites of 2, 4, 3 and 2 states, in a ring.
const MIXED: &str = concat!(
    "potts-file:path=\"",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/mixed.uai\""
);

const CHAINS: usize = 2000;

const COMPOSED: [&str; 10] = [
    "gwg+gibbs",
    "3*gibbs+gwg+2*pas",
    "lb+dmala+random-walk+block-gibbs:block=2",
    "sweep+gwg+gibbs:scan=random",
    "acs+window2+jump",
    "gwg|gibbs",
    "0.5*lb|0.3*gibbs|0.2*dlmc",
    "hamming-ball:block=2|gwg:flips=2|metropolized-gibbs",
    "sw+gwg+wolff",
    "0.1*wolff|0.2*sw|0.7*gwg",
];

fn model<R: Precision>(spec: &str) -> Model<R> {
    ModelSpec::parse(spec).unwrap().build().unwrap()
}

/// The stepper; `None` where the model lacks what the sampler requires.
fn bound<R: Precision>(sampler: &str, model: &Model<R>) -> Option<Box<DynStepper<R>>> {
    let spec: SamplerSpec = sampler.parse().unwrap();
    spec.bind(model).ok()
}

fn all_samplers() -> Vec<String> {
    let unbiased = samplers().iter().filter(|entry| entry.bias.is_none());
    let single = unbiased.map(|entry| match entry.name {
        // Blocks that are no larger than the models.
        "block-gibbs" | "hamming-ball" => format!("{}:block=2", entry.name),
        "dlmc" => "dlmc:moves=1".into(),
        name => name.to_owned(),
    });
    single.chain(COMPOSED.map(str::to_owned)).collect()
}

/// How the ends of independent chains, all of which begin at zeros, agree with enumeration: a normal quantile.
fn agreement<R: Precision>(
    model: &Model<R>,
    stepper: &DynStepper<R>,
    beta: f64,
    steps: u64,
) -> f64 {
    let spec = ChainSpec {
        chains: CHAINS,
        beta,
        init: Init::Zeros,
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(stepper, &spec).unwrap();
    // In pieces: what a composition keeps between calls has part in it.
    for (steps, warm_up) in [(1, true), (60, true), (2, false), (steps, false)] {
        chains.advance_with(stepper, steps, warm_up).unwrap();
    }
    let all = configurations(model.space());
    let f: Vec<f64> = all.iter().map(|x| beta * model.log_prob(x)).collect();
    let log_z = gwg_core::math::logsumexp(&f);
    let p: Vec<f64> = f.iter().map(|f| (f - log_z).exp()).collect();
    let mut seen = vec![0; index_len(model.space())];
    chains
        .states()
        .for_each(|x| seen[index(model.space(), x)] += 1);
    let counts: Vec<u64> = all.iter().map(|x| seen[index(model.space(), x)]).collect();
    assert_eq!(
        counts.iter().sum::<u64>(),
        CHAINS as u64,
        "a state out of the space"
    );
    chi_square(&counts, &p).z
}

fn index_len(space: &impl Space<Symbol = u8>) -> usize {
    (0..space.sites()).map(|i| space.states_at(i)).product()
}

/// A quantile of 5.2 is passed by chance once in ten million.
fn all_agree(clamp: bool) {
    let (mut judged, mut swept) = (0, 0);
    for name in MODELS {
        let free = model::<f64>(name);
        let observed: Vec<Option<u8>> = (0..free.space().sites())
            .map(|i| (clamp && i == 1).then_some(1))
            .collect();
        let model = free.clamped(&observed).unwrap();
        for sampler in all_samplers() {
            let Some(stepper) = bound(&sampler, &model) else {
                continue;
            };
            // From zeros it takes this one many steps to reach both signs.
            let steps = if sampler.starts_with("dlmc") {
                1000
            } else {
                40
            };
            let z = agreement(&model, &*stepper, if clamp { 0.3 } else { 0.6 }, steps);
            assert!(z < 5.2, "{name}, {sampler}: z {z}");
            judged += 1;
            swept += usize::from(sampler == "sweep");
        }
    }
    println!("{judged} judged");
    assert!(judged > 100, "{judged}");
    assert_eq!(
        swept,
        MODELS.len() - 2,
        "all but the two dense models have sweeps"
    );
}

#[test]
fn every_sampler_and_composition_has_the_distribution_of_the_model() {
    all_agree(false);
}

#[test]
fn every_sampler_and_composition_conditions_on_what_is_observed() {
    all_agree(true);
}

/// Graphs of spins and of states, with couplings of either sign.
#[test]
fn clusters_on_graphs_have_the_distribution_of_the_model() {
    let graph = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/frustrated.txt");
    let models = [
        format!("ising-file:path=\"{graph}\",scale=0.3"),
        format!("ising-file:path=\"{graph}\",scale=-0.3"),
        format!("potts-file:path=\"{graph}\",states=3,scale=0.8"),
        format!("potts-file:path=\"{graph}\",states=3,scale=-0.8"),
        "potts-lattice:side=4,dims=1,theta=-0.3".to_owned(),
        "ising-lattice:side=3,theta=0.15,bias=-0.1".to_owned(),
    ];
    for name in models {
        let free = model::<f64>(&name);
        for clamp in [false, true] {
            let mut observed = vec![None; free.space().sites()];
            observed[1] = clamp.then_some(1);
            let model = free.clamped(&observed).unwrap();
            for sampler in ["sw", "wolff", "sw+sweep", "0.5*sw|0.5*gwg"] {
                let stepper = bound(sampler, &model).unwrap();
                let z = agreement(&model, &*stepper, 0.6, 40);
                assert!(z < 5.2, "{name}, {sampler}, clamped {clamp}: z {z}");
            }
        }
    }
}

#[test]
fn clusters_need_bonds() {
    for (name, sampler) in [
        (MIXED, "sw"),
        ("ordinal-lattice:side=4,dims=1,levels=3", "wolff"),
    ] {
        let spec: SamplerSpec = sampler.parse().unwrap();
        let refused = spec.bind(&model::<f64>(name)).err().unwrap().to_string();
        assert!(refused.contains("potts-lattice"), "{refused}");
    }
}

/// A sampler that is wrong is noticed: one at another temperature than it says.
#[test]
fn another_distribution_is_noticed() {
    let model = model::<f64>(MODELS[0]);
    let stepper = bound("gwg+gibbs", &model).unwrap();
    let mut spec = ChainSpec {
        chains: CHAINS,
        beta: 0.7,
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(&*stepper, &spec).unwrap();
    spec.beta = 1.0;
    chains.advance_with(&*stepper, 40, false).unwrap();
    let all = configurations(model.space());
    let f: Vec<f64> = all.iter().map(|x| model.log_prob(x)).collect();
    let log_z = gwg_core::math::logsumexp(&f);
    let p: Vec<f64> = f.iter().map(|f| (f - log_z).exp()).collect();
    let mut counts = vec![0; all.len()];
    chains
        .states()
        .for_each(|x| counts[index(model.space(), x)] += 1);
    assert!(chi_square(&counts, &p).z > 5.2);
}

type Numbers = (Vec<Vec<u8>>, Vec<u64>, Vec<u64>);

/// States, `f` and generators after the same steps.
fn path<R: Precision>(
    stepper: &DynStepper<R>,
    replicas: usize,
    (threads, block): (usize, Option<usize>),
    saved_at: Option<usize>,
) -> Numbers {
    let threads = || Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
    let spec = ChainSpec {
        chains: 7,
        seed: 3,
        tempering: (replicas > 1).then(|| Tempering::geometric(replicas, 0.5).unwrap()),
        threads: threads(),
        block: block.and_then(NonZeroUsize::new),
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(stepper, &spec).unwrap();
    for (k, (steps, warm_up)) in [(5, true), (1, true), (4, false), (1, false), (13, false)]
        .into_iter()
        .enumerate()
    {
        if saved_at == Some(k) {
            let bytes = chains.save().to_bytes().unwrap();
            drop(chains);
            let saved = gwg_chains::SavedChains::from_bytes(&bytes).unwrap();
            chains = Chains::restore_with(&saved, stepper, threads()).unwrap();
        }
        chains.advance_with(stepper, steps, warm_up).unwrap();
    }
    let f = |chains: &Chains<R, u8>| (0..7).map(|k| chains.log_prob(k).to_bits()).collect();
    let log_prob: Vec<u64> = f(&chains);
    let tuning = chains.tuning_with(stepper).unwrap();
    assert_eq!(log_prob, f(&chains), "asked for what is tuned");
    (
        chains.states().map(<[u8]>::to_vec).collect(),
        log_prob,
        tuning.into_iter().map(f64::to_bits).collect(),
    )
}

fn same_bits<R: Precision>() {
    for name in MODELS {
        let model = model::<R>(name);
        for sampler in all_samplers() {
            let Some(stepper) = bound(&sampler, &model) else {
                continue;
            };
            for replicas in [1, 3] {
                let alone = path(&*stepper, replicas, (1, None), None);
                let what = format!("{name}, {sampler}, {replicas} replicas");
                assert!(
                    alone == path(&*stepper, replicas, (2, Some(replicas)), None),
                    "{what}: threads"
                );
                for at in 0..5 {
                    let saved = path(&*stepper, replicas, (2, None), Some(at));
                    assert!(alone == saved, "{what}: saved before piece {at}");
                }
            }
        }
    }
}

#[test]
fn the_same_bits_for_threads_blocks_and_saves_in_f32() {
    same_bits::<f32>();
}

#[test]
fn the_same_bits_for_threads_blocks_and_saves_in_f64() {
    same_bits::<f64>();
}

#[test]
fn what_contradicts_an_observation_is_refused() {
    let model = model::<f64>("ising-er:sites=3,degree=2");
    let once = model.clamped(&[Some(1), None, None]).unwrap();
    let twice = once.clamped(&[None, None, Some(0)]).unwrap();
    let observed = |i| twice.space().observed(i);
    assert_eq!(
        (observed(0), observed(1), observed(2)),
        (Some(1), None, Some(0))
    );
    once.clamped(&[Some(1), None, None]).unwrap();
    once.clamped(&[Some(0), None, None]).unwrap_err();
    once.clamped(&[None, Some(0)]).unwrap_err();
}
