//! Exact results of models that are sums of terms of a few sites each, where they are narrow enough.

use crate::model::ExactMeans;
use crate::model::facts::fact;
use gwg_core::{SplitMix64, Symbol};
use gwg_models::exact::{Elimination, Factored, MAX_ENTRIES};

/// Sites up to which an order is looked for unasked.
const MOST_SITES: usize = 10_000;
/// Products of a pass that takes no time to speak of: about a tenth of a second.
const INSTANT: f64 = 6e7;
/// Products of a pass for means that a comparison waits for.
const PATIENT: f64 = 5e9;
/// Numbers of all tables of what is instant: 64 MiB.
const FEW: usize = 1 << 23;

/// The elimination, where a pass makes at most so many products in tables of at most so many numbers.
fn plan(
    model: &(impl Factored + ?Sized),
    sites: usize,
    (beta, cost): (f64, f64),
    entries: usize,
) -> Option<Elimination> {
    if sites > MOST_SITES || model.terms_len() > FEW {
        return None;
    }
    let found = Elimination::new(&model.log_factors(), |_| None, entries).ok()?;
    (found.cost(beta) <= cost).then_some(found)
}

/// Exact means, with draws where their tables fit.
pub(super) fn means<S: Symbol>(
    model: &impl Factored,
    sites: usize,
    beta: f64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<ExactMeans<S>> {
    let found = plan(model, sites, (beta, PATIENT), MAX_ENTRIES)?;
    let means = found.marginals(beta, &stop).ok()?;
    let exact = ExactMeans::new(means.cells(), "exact, by elimination");
    Some(match found.tables(beta, &stop) {
        Ok(tables) => exact.with_draws(Box::new(move |x: &mut [S], bits: &mut SplitMix64| {
            tables.draw(x, bits);
        })),
        Err(_) => exact,
    })
}

/// The exact mean of `f`, where it takes no time to speak of.
pub(super) fn mean_log_prob(
    model: &impl Factored,
    sites: usize,
    beta: f64,
) -> Option<(f64, &'static str)> {
    let found = plan(model, sites, (beta, INSTANT), FEW)?;
    let means = found.marginals(beta, &|| false).ok()?;
    Some((means.mean_log_prob, "elimination"))
}

/// The exact `log Z`, where it takes no time to speak of.
pub(super) fn log_z(model: &impl Factored, sites: usize) -> Option<(f64, &'static str)> {
    let found = plan(model, sites, (1.0, INSTANT), FEW)?;
    Some((found.log_z(1.0, &|| false).ok()?, "elimination"))
}

/// The width of the model's elimination and its `log Z`, where they are known at once.
pub(crate) fn facts(model: &(impl Factored + ?Sized), sites: usize) -> Vec<(String, String)> {
    let Some(found) = plan(model, sites, (1.0, f64::INFINITY), MAX_ENTRIES) else {
        return Vec::new();
    };
    let mut all = vec![fact(
        "elimination",
        format!(
            "tables over {} sites, {} numbers: --sampler exact makes independent draws",
            found.width(),
            found.largest_table()
        ),
    )];
    if found.cost(1.0) > INSTANT {
        return all;
    }
    if let Ok(log_z) = found.log_z(1.0, &|| false) {
        all.push(fact("log Z", format!("{log_z:.6}, exact")));
    }
    all
}
