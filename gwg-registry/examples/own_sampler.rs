//! A sampler of one's own on models of the registry: any `Kernel` runs on a model whose type is erased, as the registry's own do.
//!
//! (The names that `SamplerSpec` parses are a fixed table: a sampler with a name of its own there is an entry in `gwg-registry`.)

use gwg_chains::{ChainSpec, Chains};
use gwg_core::kernel::{Cycle, Gibbs, LocallyBalanced};
use gwg_core::{Barker, Exact};
use gwg_registry::ModelSpec;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let spec = ModelSpec::parse("potts-lattice:side=6,states=3,theta=0.3")?;
    let model = spec.build::<f64>()?;
    // The model as a target with exact differences: what the kernel below requires of it.
    let target = model
        .as_delta()
        .ok_or("a model with exact differences is needed")?;
    let target = Exact(&**target);
    // Ten locally informed moves, then one Gibbs step.
    let kernel = Cycle::new(
        LocallyBalanced::evaluated(Barker),
        Gibbs::default(),
        (10, 1),
    )?;
    let mut chains = Chains::new(&target, &kernel, &ChainSpec::default())?;
    chains.advance(&target, &kernel, 1000)?;
    let counts = chains.total_counts();
    println!("{} steps, {} accepted", counts.steps, counts.accepted);
    assert_eq!(counts.steps, 4 * 1000 * 11);
    for chain in 0..chains.len() {
        let (kept, computed) = (chains.log_prob(chain), model.log_prob(chains.state(chain)));
        assert!((kept - computed).abs() < 1e-9);
    }
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
