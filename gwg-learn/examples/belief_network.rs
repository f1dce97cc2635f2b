//! A sigmoid belief network of 16 visible units below 6 and 2 hidden ones, learned by Monte Carlo EM from rows that a network of the same shape has drawn: exact
//! log-likelihoods, in nats per row, by enumeration of the 8 hidden units.
//!
//! `cargo run --release -p gwg-learn --example belief_network`
use gwg_chains::{Bound, Threads};
use gwg_core::{Gibbs, LocallyBalanced, Parametric, Taylor};
use gwg_learn::latent::{
    BindPosterior, EmOptions, MonteCarloEm, PosteriorAnnealing, SigmoidBelief,
    annealed_log_likelihood, exact_log_likelihood, mean_log_likelihood,
};
use gwg_learn::{Data, Schedule, log_z};
use std::error::Error;
use std::time::Instant;

const UNITS: [usize; 3] = [16, 6, 2];
const ROWS: usize = 2000;

type Model = SigmoidBelief<f32>;

/// The visible units of independent draws.
fn rows(truth: &Model, seed: u64) -> Result<Data, Box<dyn Error>> {
    let states = truth.draw(ROWS, seed);
    let visible = states
        .chunks_exact(UNITS.iter().sum())
        .flat_map(|x| &x[..UNITS[0]]);
    Ok(Data::new(visible.copied().collect(), UNITS[0], 2)?)
}

/// Learns from one set of rows, and prints log-likelihoods of it and of the other.
fn train(
    name: &str,
    (learned, held_out): (&Data, &Data),
    bind: &BindPosterior<'_, Model>,
) -> Result<Model, Box<dyn Error>> {
    let (start, threads) = (Instant::now(), Threads::all()?);
    let mut model = Model::random(&UNITS, 0.5, 1)?;
    let options = EmOptions {
        chains: 2,
        steps: 16,
        batch: 200,
        schedule: Schedule {
            rate: 0.02,
            warmup: 1,
            decay_after: 500,
        },
        average: 0.99,
        ..EmOptions::default()
    };
    let mut em = MonteCarloEm::new(model.clone(), &model.observe(learned)?, options, &threads)?;
    for _ in 0..1500 {
        em.update(bind)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    model.write_parameters(em.parameters())?;
    let of = |data| {
        mean_log_likelihood(&model, &model.observe(data)?, &threads).map_err(Box::<dyn Error>::from)
    };
    println!(
        "{name}: {:.3}, of other rows {:.3}, {seconds:.1} s",
        of(learned)?,
        of(held_out)?
    );
    Ok(model)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (truth, threads) = (Model::random(&UNITS, 2.0, 7)?, Threads::all()?);
    let (learned, held_out) = (rows(&truth, 1)?, rows(&truth, 2)?);
    let of = |data| {
        mean_log_likelihood(&truth, &truth.observe(data)?, &threads).map_err(Box::<dyn Error>::from)
    };
    println!(
        "truth: {:.3}, of other rows {:.3}",
        of(&learned)?,
        of(&held_out)?
    );
    let entropy = |f: &f64| if *f > 0.0 { -f * f.ln() } else { 0.0 };
    let independent: f64 = learned.frequencies().iter().map(entropy).sum();
    println!("independent sites: {:.3}", -independent);
    let (gwg, gibbs) = (LocallyBalanced::gwg(), Gibbs::default());
    train("Gibbs", (&learned, &held_out), &|target, with| {
        with(&Bound {
            target,
            kernel: &gibbs,
        })
    })?;
    let model = train("GWG", (&learned, &held_out), &|target, with| {
        with(&Bound {
            target: &Taylor(target),
            kernel: &gwg,
        })
    })?;
    // Where there are too many hidden units for enumeration.
    let observed = model.observe(&held_out)?.row(0);
    let settings = PosteriorAnnealing {
        schedule: log_z::Schedule::linear(100)?,
        steps: 4,
        particles: 200,
        seed: 1,
    };
    let found = annealed_log_likelihood(
        &model,
        &observed,
        &settings,
        &|target, with| {
            with(&Bound {
                target: &Taylor(target),
                kernel: &gwg,
            })
        },
        &threads,
    )?;
    let exact = exact_log_likelihood(&model, &observed)?;
    println!(
        "one row: {exact:.3}, by annealing {:.3} +- {:.3}",
        found.value, found.standard_error
    );
    Ok(())
}
