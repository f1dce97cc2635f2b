//! The partition function of a network, on a path from a Boltzmann machine whose own is known: shorter than one from independent sites, where
//! the network began at the machine (`gwg learn deep:..,base=MACHINE`).
//!
//! `log_z_from_machine MACHINE.safetensors LOG_Z NETWORK.safetensors [LEVELS [STEPS [PARTICLES [SWEEPS]]]]`: forward paths from states of the machine
//! after so many sweeps, reverse paths from states of the network that are ten times as many steps as a path from those, and both together.

use gwg_chains::{Bound, ChainSpec, Chains, Generator, Init, Threads};
use gwg_core::kernel::informed::DiscreteLangevin;
use gwg_core::{Bits, Bridge, Informed, Target, Taylor};
use gwg_learn::log_z::{Annealing, Base, GeometricPath, Origin, Schedule};
use gwg_learn::{RbmChains, RbmLayers};
use gwg_models::Rbm;
use gwg_models::io::{Parameters, read_model};
use gwg_nets::{Symbols, on_machine, perceptron, random, read_network};
use std::path::Path;

const BINARY: Symbols = Symbols::Binary {
    low: 0.0,
    high: 1.0,
};

/// A machine with states of its own, from which paths begin.
struct Known {
    machine: Rbm<f32>,
    states: Vec<u8>,
    log_z: f64,
}

impl Base for Known {
    fn sites(&self) -> usize {
        self.machine.visible()
    }

    fn states_at(&self, _: usize) -> usize {
        2
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.machine.log_prob(x)
    }

    fn log_z(&self) -> f64 {
        self.log_z
    }

    fn draw(&self, x: &mut [u8], bits: &mut Generator) {
        let row = bits.below(self.states.len() / x.len()) * x.len();
        x.copy_from_slice(&self.states[row..row + x.len()]);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [machine, log_z, network, rest @ ..] = &arguments[..] else {
        return Err(
            "log_z_from_machine MACHINE LOG_Z NETWORK [LEVELS [STEPS [PARTICLES [SWEEPS]]]]".into(),
        );
    };
    let number = |k: usize, default| {
        rest.get(k)
            .map_or(Ok(default), |text| text.parse::<usize>())
    };
    let (levels, steps, particles, sweeps) = (
        number(0, 100)?,
        number(1, 1)? as u64,
        number(2, 100)?,
        number(3, 2000)?,
    );
    let Parameters::Rbm {
        weights,
        visible_bias,
        hidden_bias,
    } = read_model::<f32>(Path::new(machine), None)?
    else {
        return Err(format!("{machine}: a Boltzmann machine of binary sites is needed").into());
    };
    let machine = Rbm::new(
        weights.into_owned(),
        visible_bias.into_owned(),
        hidden_bias.into_owned(),
    )?;
    let network = read_network::<f32>(Path::new(network))?;
    let threads = Threads::one();

    let layers = RbmLayers::from(&machine);
    let equal = vec![1.0; 2 * machine.visible()];
    let mut drawn = RbmChains::independent(&layers, 4 * particles, 1, &equal, &threads);
    drawn.sweep(&layers, sweeps);
    let base = Known {
        states: drawn.rows(),
        log_z: log_z.parse()?,
        machine,
    };

    // The machine on the network's kind of space: with a network that is 0.
    let nothing = random(perceptron(vec![base.sites()], BINARY, &[1]), 1)?;
    let begin = on_machine(&nothing, &base.machine)?;
    let kernel = Informed::new(DiscreteLangevin::dmala(0.2)?);
    let path = GeometricPath::new(
        &base,
        |x| network.log_prob(x),
        |t, with| {
            let bridge = Bridge::new(&begin, &network, t);
            let target = Taylor(bridge?);
            with(&Bound {
                target: &target,
                kernel: &kernel,
            })
        },
        threads.clone(),
    );
    let schedule = Schedule::linear(levels)?;
    let annealing = Annealing {
        steps,
        seed: 2,
        ..Annealing::new(&path, &schedule)
    };
    let forward = annealing.forward(particles)?;
    println!("forward {:?}", forward.estimate()?);

    let start = base.states[..particles * base.sites()]
        .iter()
        .map(|&s| u16::from(s));
    let spec = ChainSpec {
        chains: particles,
        seed: 3,
        init: Init::States(start.collect()),
        threads,
        ..ChainSpec::default()
    };
    let target = Taylor(&network);
    let mut chains = Chains::new(&target, &kernel, &spec)?;
    chains.warm_up(&target, &kernel, 10 * steps * levels as u64)?;
    let states: Vec<u8> = chains.states().flatten().copied().collect();
    let reverse = annealing.reverse(&states, Origin::Chains)?;
    println!("reverse {:?}", reverse.estimate()?);
    println!("both    {:?}", forward.bar(&reverse)?);
    Ok(())
}
