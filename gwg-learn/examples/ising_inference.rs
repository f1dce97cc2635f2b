//! Infers the couplings of Ising models from draws of them by persistent contrastive divergence with GWG and with Gibbs, at equal numbers of steps per
//! update: the experiment of Grathwohl et al. (2021), section 6.
//!
//! `cargo run --release -p gwg-learn --example ising_inference [UPDATES [ROWS]]` writes a CSV with the logarithm of the root mean square error of the
//! couplings. `steps` of 0 is the pseudo-likelihood estimate of the same rows, which needs no draws.
use gwg_chains::{Bound, ChainSpec, Chains, Generator, Stepper, Threads, generator};
use gwg_core::{Bits, Gibbs, LocallyBalanced, Taylor};
use gwg_learn::{
    BindModel, Data, Optimizer, Pcd, PcdError, PcdOptions, Schedule, SiteFitOptions,
    fit_pseudo_likelihood, zero_sum,
};
use gwg_models::{DenseIsing, SparseIsing};
use std::error::Error;

type Edges = Vec<(usize, usize, f64)>;
type With<'w> = dyn FnMut(&dyn Stepper<f32, u8>) -> Result<(), PcdError> + 'w;

/// A square lattice with periodic borders and equal couplings.
fn lattice(side: usize, coupling: f64) -> Edges {
    let site = |x: usize, y: usize| y % side * side + x % side;
    let all = (0..side * side).map(|k| (k % side, k / side));
    all.flat_map(|(x, y)| {
        let here = site(x, y);
        [
            (here, site(x + 1, y), coupling),
            (here, site(x, y + 1), coupling),
        ]
    })
    .collect()
}

/// A random graph of a mean degree, with couplings of both signs, uniform up to a largest one.
fn erdos_renyi(sites: usize, degree: f64, largest: f64, bits: &mut Generator) -> Edges {
    let mut edges = Vec::new();
    for i in 0..sites {
        for j in i + 1..sites {
            if bits.unit::<f64>() < degree / (sites - 1) as f64 {
                edges.push((i, j, largest * (2.0 * bits.unit::<f64>() - 1.0)));
            }
        }
    }
    edges
}

/// Draws of independent chains after 300 sweeps of Gibbs steps.
fn draws(model: &SparseIsing<f32>, sites: usize, rows: usize) -> Result<Data, Box<dyn Error>> {
    let spec = ChainSpec {
        chains: rows,
        seed: 1,
        threads: Threads::all()?,
        ..ChainSpec::default()
    };
    let kernel = Gibbs::default();
    let mut chains = Chains::<f32>::new(model, &kernel, &spec)?;
    chains.advance(model, &kernel, 300 * sites as u64)?;
    let symbols = chains.states().flatten().copied().collect();
    Ok(Data::new(symbols, sites, 2)?)
}

/// The logarithm of the root mean square error over all pairs.
fn log_rmse(found: &[f32], edges: &Edges, sites: usize) -> f64 {
    let mut wanted = vec![0.0; sites * sites];
    for &(i, j, coupling) in edges {
        wanted[i * sites + j] = coupling;
        wanted[j * sites + i] = coupling;
    }
    let pairs = found.iter().zip(&wanted);
    let squares: f64 = pairs.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
    (squares / (sites * (sites - 1)) as f64).sqrt().ln()
}

fn learned(
    data: &Data,
    steps: u64,
    updates: u64,
    bind: &BindModel<'_, DenseIsing<f32>>,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let sites = data.sites();
    let options = PcdOptions {
        buffer: 200,
        chains: 200,
        steps,
        batch: data.rows(),
        optimizer: Optimizer::adam(),
        schedule: Schedule {
            rate: 3e-3,
            warmup: 0,
            decay_after: updates / 3,
        },
        ..PcdOptions::default()
    };
    let model = DenseIsing::new(vec![0.0; sites * sites], vec![0.0; sites])?;
    let mut pcd = Pcd::new(model, data, options, &Threads::all()?)?;
    for _ in 0..updates {
        pcd.update(bind)?;
    }
    Ok(pcd.model().coupling().to_vec())
}

/// The pseudo-likelihood estimate, as couplings of spins.
fn by_sites(data: &Data) -> Result<Vec<f32>, Box<dyn Error>> {
    let options = SiteFitOptions {
        field_penalty: 0.0,
        coupling_penalty: 0.0,
        ..SiteFitOptions::default()
    };
    let mut model = fit_pseudo_likelihood(data, &options, &Threads::all()?)?.model;
    zero_sum(&mut model);
    let sites = data.sites();
    let mut couplings = vec![0.0; sites * sites];
    for (i, j) in model.pairs() {
        let value = 0.5 * model.block(i, j)[3] as f32;
        couplings[i * sites + j] = value;
        couplings[j * sites + i] = value;
    }
    Ok(couplings)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let updates = words.next().map_or(Ok(600), |word| word.parse())?;
    let rows = words.next().map_or(Ok(2000), |word| word.parse())?;
    let gwg = |model: &DenseIsing<f32>, with: &mut With<'_>| {
        with(&Bound {
            target: &Taylor(model),
            kernel: &LocallyBalanced::gwg(),
        })
    };
    let gibbs = |target: &DenseIsing<f32>, with: &mut With<'_>| {
        let kernel = Gibbs::default();
        with(&Bound {
            target,
            kernel: &kernel,
        })
    };
    let graphs = [
        ("lattice 10 x 10", 100, lattice(10, 0.15)),
        (
            "Erdos-Renyi 200",
            200,
            erdos_renyi(200, 4.0, 0.4, &mut generator(7, 0)),
        ),
    ];
    println!("graph,sampler,steps_per_update,log_rmse");
    for (name, sites, edges) in graphs {
        let model = SparseIsing::<f32>::new(sites, &edges, None)?;
        let data = draws(&model, sites, rows)?;
        let floor = log_rmse(&by_sites(&data)?, &edges, sites);
        println!("{name},pseudo-likelihood,0,{floor:.4}");
        for steps in [5, 10, 25, 50, 100] {
            let of_gwg = log_rmse(&learned(&data, steps, updates, &gwg)?, &edges, sites);
            let of_gibbs = log_rmse(&learned(&data, steps, updates, &gibbs)?, &edges, sites);
            println!("{name},gwg,{steps},{of_gwg:.4}");
            println!("{name},gibbs,{steps},{of_gibbs:.4}");
        }
    }
    Ok(())
}
