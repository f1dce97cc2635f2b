//! Whether a Potts model has the correlations of its data when newly started chains are sampled: persistent chains can follow a model that they do not sample.
//!
//! `cargo run --release -p gwg-learn --example potts_resample ALIGNMENT MODEL.dat CHAINS SWEEPS THREADS`

use gwg_chains::Threads;
use gwg_learn::{
    AlignmentOptions, Correlations, DEFAULT_IDENTITY, Data, Moments, PairPotts, PottsChains,
    PottsTables, UnknownLetters, read_alignment, read_params, sequence_weights,
};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [alignment, model, chains, sweeps, threads] = &words[..] else {
        return Err("needs ALIGNMENT MODEL.dat CHAINS SWEEPS THREADS".into());
    };
    let threads = Threads::new(threads.parse()?)?;
    let params = read_params(model.as_ref(), None)?;
    let options = AlignmentOptions {
        alphabet: Some(params.alphabet),
        unknown: UnknownLetters::Drop,
        ..AlignmentOptions::default()
    };
    let data = read_alignment(alignment.as_ref(), &options)?.data()?;
    let weights = sequence_weights(&data, DEFAULT_IDENTITY, &threads);
    let data = data.with_weights(weights)?;
    let target = Moments::new(&data, 1.0 / data.effective_rows(), &threads);
    let (sites, states) = (params.model.sites(), params.model.states());
    let narrow = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
    let (field, coupling) = (params.model.field(), params.model.coupling());
    let model = PairPotts::new(sites, states, narrow(field), narrow(coupling))?;

    let tables = PottsTables::new(&model, &threads);
    let uniform = vec![1.0; sites * states];
    let mut all = PottsChains::new((sites, states), chains.parse()?, 99, &uniform, &threads);
    let (mut done, last) = (0, sweeps.parse::<usize>()?);
    while done < last {
        let next = (2 * done).max(10).min(last);
        all.sweep(&tables, next - done);
        done = next;
        let found = Moments::new(&Data::new(all.rows(), sites, states)?, 0.0, &threads);
        let found = Correlations::of(&target, &found, sites, states);
        println!(
            "{done} sweeps from uniform states: Pearson {:.4}, slope {:.4}",
            found.pearson(),
            found.slope()
        );
    }
    Ok(())
}
