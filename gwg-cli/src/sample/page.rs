//! The page of a run.

use super::RunResult;
use crate::report::{Picture, Report, Series, render};
use gwg_chains::{Outcome, Quantity};

/// Chains whose last states are shown.
const SHOWN: usize = 4;

/// Renders the page of a run that recorded these quantities; `grid` is the shape of the model's lattice, if it has one.
pub(super) fn page(
    result: &RunResult,
    outcome: &Outcome,
    quantities: &[Quantity],
    grid: Option<&[usize]>,
) -> String {
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
    let series: Vec<Series<'_>> = quantities
        .iter()
        .map(|quantity| Series {
            name: quantity.name(),
            description: quantity.description(),
            values: outcome.quantity(quantity.name()).unwrap_or_default(),
        })
        .collect();
    render(&Report {
        result,
        series: &series,
        picture,
    })
}
