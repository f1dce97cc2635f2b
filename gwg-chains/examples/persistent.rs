//! A restricted Boltzmann machine learned by persistent contrastive divergence on four patterns: the chains outlive every change of the model.
//!
//! `cargo run --release -p gwg-chains --example persistent [THREADS [SAVE-AT FILE | FROM FILE]]` prints a hash of the parameters: the same for any
//! number of threads, and where the chains are saved in the middle and restored in another process.

use gwg_chains::{ChainSpec, Chains, SavedChains, Threads};
use gwg_core::{LocallyBalanced, Parametric, Space, Target, Taylor};
use gwg_models::Rbm;
use std::error::Error;
use std::num::NonZeroUsize;

const UPDATES: usize = 300;
const RATE: f32 = 0.02;
const FOREIGN: &str = "the file was not written by this example";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let threads: NonZeroUsize = words.first().map_or(Ok(NonZeroUsize::MIN), |n| n.parse())?;
    let threads = Threads::new(threads)?;
    let (kernel, mut model) = (LocallyBalanced::gwg(), Rbm::<f32>::random(100, 25, 1)?);
    let data: Vec<u8> = (0..400)
        .map(|k| u8::from(k % 100 / 25 == k / 100))
        .collect();
    let spec = ChainSpec {
        chains: 100,
        threads: threads.clone(),
        ..ChainSpec::default()
    };
    let (mut chains, mut first) = (Chains::new(&Taylor(&model), &kernel, &spec)?, 0);
    if let [_, "from", file] = words[..] {
        let (saved, parameters, update) = read(&std::fs::read(file)?)?;
        model.write_parameters(&parameters)?;
        chains = Chains::restore(&saved, &Taylor(&model), &kernel, threads)?;
        first = update;
    }
    let mut parameters = vec![0.0; model.parameter_count()];
    let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(100)];
    for update in first..UPDATES {
        if let [_, "save-at", at, file] = words[..]
            && at.parse() == Ok(update)
        {
            model.read_parameters(&mut parameters)?;
            return Ok(std::fs::write(
                file,
                written(&chains.save(), &parameters, update)?,
            )?);
        }
        chains.advance(&Taylor(&model), &kernel, 10)?;
        let mut gradient = vec![0.0; parameters.len()];
        let states: Vec<u8> = chains.states().flatten().copied().collect();
        model.parameter_gradient(&data, &[1.0 / 4.0; 4], &mut gradient, &mut scratch)?;
        model.parameter_gradient(&states, &[-1.0 / 100.0; 100], &mut gradient, &mut scratch)?;
        model.read_parameters(&mut parameters)?;
        for (p, g) in parameters.iter_mut().zip(&gradient) {
            *p += RATE * g;
        }
        model.write_parameters(&parameters)?;
        chains.reevaluate(&Taylor(&model), &kernel)?;
    }
    let hash = parameters
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, p| {
            (hash ^ u64::from(p.to_bits())).wrapping_mul(0x0100_0000_01b3)
        });
    let mean = data
        .chunks(model.space().sites())
        .map(|x| model.log_prob(x))
        .sum::<f64>()
        / 4.0;
    println!("parameters {hash:016x}, mean f of the data {mean:.3}");
    Ok(())
}

/// The update, the parameters and the chains as bytes.
fn written(
    saved: &SavedChains,
    parameters: &[f32],
    update: usize,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = (update as u64).to_le_bytes().to_vec();
    bytes.extend((parameters.len() as u64).to_le_bytes());
    bytes.extend(parameters.iter().flat_map(|p| p.to_le_bytes()));
    bytes.extend(saved.to_bytes()?);
    Ok(bytes)
}

fn read(bytes: &[u8]) -> Result<(SavedChains, Vec<f32>, usize), Box<dyn Error>> {
    let (update, rest) = bytes.split_first_chunk().ok_or(FOREIGN)?;
    let (count, rest) = rest.split_first_chunk().ok_or(FOREIGN)?;
    let length = usize::try_from(u64::from_le_bytes(*count))?
        .checked_mul(4)
        .ok_or(FOREIGN)?;
    let (words, chains) = rest.split_at_checked(length).ok_or(FOREIGN)?;
    let parameters = words.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b));
    Ok((
        SavedChains::from_bytes(chains)?,
        parameters.collect(),
        usize::try_from(u64::from_le_bytes(*update))?,
    ))
}
