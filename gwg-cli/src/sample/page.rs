//! The page of a run.

use super::RunResult;
use crate::report::{Picture, Report, Series, render};
use crate::session::MoveHistory;
use crate::statistics::with_worst_projection;
use gwg_chains::{Outcome, Quantity};
use gwg_core::Symbol;

/// Chains whose last states are shown.
const SHOWN: usize = 4;

/// Renders the page of a run that recorded these quantities and moves; `grid` is the shape in which the model's sites are arranged, if
/// they are.
pub(super) fn page<S: Symbol>(
    result: &RunResult,
    outcome: &Outcome<S>,
    (quantities, moves): (&[Quantity<S>], &MoveHistory),
    grid: Option<&[usize]>,
) -> String {
    let sites = result.settings.sites;
    let shown = outcome.last.chunks(sites).take(SHOWN);
    let shown: Vec<Vec<u16>> = shown
        .map(|x| x.iter().map(|s| s.widen()).collect())
        .collect();
    let chains: Vec<&[u16]> = shown.iter().map(Vec::as_slice).collect();
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
    let is_shown = |name| with_worst_projection(&result.statistics).any(|(own, _)| own == name);
    let series: Vec<Series<'_>> = quantities
        .iter()
        .filter(|quantity| is_shown(quantity.name()))
        .map(|quantity| Series {
            name: quantity.name(),
            description: quantity.description(),
            values: outcome.quantity(quantity.name()).unwrap_or_default(),
        })
        .collect();
    render(&Report {
        result,
        series: &series,
        moves,
        grid,
        picture,
    })
}
