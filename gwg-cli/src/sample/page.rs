//! The page of a run.

use super::RunResult;
use crate::report::{Picture, Report, Series, render};
use gwg_chains::Outcome;

/// Chains whose last states are shown.
const SHOWN: usize = 4;

/// Renders the page of a run; `grid` is the shape of the model's lattice, if it has one.
pub(super) fn page(result: &RunResult, outcome: &Outcome, grid: Option<&[usize]>) -> String {
    let sites = result.settings.sites;
    let chains: Vec<&[u8]> = outcome.last.chunks(sites).take(SHOWN).collect();
    let picture = match grid {
        Some(&[rows, columns]) => Some(Picture {
            states: result.settings.states,
            rows,
            columns,
            chains: &chains,
            means: result.means.as_ref().map(|means| &means.shares[..]),
        }),
        _ => None,
    };
    let quantities = outcome.quantities.iter();
    let series: Vec<Series<'_>> = quantities
        .map(|(name, values)| Series { name, values })
        .collect();
    render(&Report {
        result,
        series: &series,
        picture,
    })
}
