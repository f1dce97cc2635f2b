//! Names of chains, which have their weights.

use super::number::push;

/// What stands before the log-weight in the name of a chain.
const WEIGHT: &str = "|log_weight=";

/// The names that adabmDCA gives to chains: `chain_0|log_weight=-15.5`, ...
#[must_use]
pub fn chain_names(log_weights: &[f64]) -> Vec<String> {
    let name = |(k, &weight): (usize, &f64)| {
        let mut name = format!("chain_{k}{WEIGHT}");
        push(&mut name, weight);
        name
    };
    log_weights.iter().enumerate().map(name).collect()
}

/// The log-weights in the names of chains; `None` if a name has none.
#[must_use]
pub fn log_weights<N: AsRef<str>>(names: &[N]) -> Option<Vec<f64>> {
    let weight = |name: &N| {
        let (_, after) = name.as_ref().rsplit_once(WEIGHT)?;
        after.split('|').next()?.trim().parse().ok()
    };
    names.iter().map(weight).collect()
}
