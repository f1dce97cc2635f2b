//! The normalizing constant of a model by annealed importance sampling (Neal 2001), over a bridge from a distribution whose constant is known.
//!
//! `f_t = (1 - t) f0 + t f1` leads from independent fair sites to an Ising model. Each chain begins with an exact draw at `t = 0`; before `t` is
//! raised, its log-weight grows by `f_(t + dt)(x) - f_t(x)`. The mean weight is `Z1 / Z0`, whatever the number of temperatures.

use gwg_chains::{ChainSpec, Chains};
use gwg_core::math::logsumexp;
use gwg_core::{Bridge, Exact, LocallyBalanced, Sqrt, Target};
use gwg_models::{Factorized, LatticeIsing};

const SITES: usize = 16;
const CHAINS: usize = 500;
const STEPS: u32 = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = Factorized::<f64>::bernoulli(vec![0.0; SITES])?;
    let model = LatticeIsing::<f64>::new(2, 4, 0.2, 0.1)?;
    let (log_z0, kernel) = (base.log_z(), LocallyBalanced::local(Sqrt));
    let mut bridge = Exact(Bridge::new(&base, &model, 0.0)?);
    // Uniform random starts are exact draws from the base.
    let spec = ChainSpec {
        chains: CHAINS,
        seed: 1,
        ..ChainSpec::default()
    };
    let mut chains = Chains::new(&bridge, &kernel, &spec)?;
    let mut log_weights = vec![0.0; CHAINS];
    for k in 1..=STEPS {
        for (log_weight, x) in log_weights.iter_mut().zip(chains.states()) {
            *log_weight += (model.log_prob(x) - base.log_prob(x)) / f64::from(STEPS);
        }
        bridge.0.set_t(f64::from(k) / f64::from(STEPS))?;
        // The model has changed: what the chains keep of it is computed again.
        chains.reevaluate(&bridge, &kernel)?;
        chains.advance(&bridge, &kernel, 2 * SITES as u64)?;
    }
    let log_z = log_z0 + logsumexp(&log_weights) - (CHAINS as f64).ln();

    let states =
        (0..1u32 << SITES).map(|k| (0..SITES).map(|i| (k >> i & 1) as u8).collect::<Vec<u8>>());
    let exact = logsumexp(&states.map(|x| model.log_prob(&x)).collect::<Vec<f64>>());
    println!("log Z {log_z:.3}, by enumeration {exact:.3}");
    assert!((log_z - exact).abs() < 0.05);
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
