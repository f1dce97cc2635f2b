//! Builds compressed rows from factors.

use super::{Coupling, Edge, End, FactorGraph, PairFactor};
use crate::number::{self, all_finite, has_shape};
use crate::{EdgeFault, ModelError, OwnedSpace};
use gwg_core::{Real, Space};
use std::collections::HashMap;
use std::sync::OnceLock;

pub(super) fn build<R: Real>(
    states: &[u32],
    factors: &[PairFactor],
    field: Option<&[f64]>,
) -> Result<FactorGraph<R>, ModelError> {
    number::sites("sites", states.len())?;
    let space = OwnedSpace::nominal(states)?;
    let field = rounded_field(&space, field)?;
    check_edges(states.len(), factors)?;
    let (edges, tables) = edges(states, factors)?;
    let (starts, ends) = rows(states, &edges);
    let others = |site: usize| states.get(site).map_or(0, |&q| q as usize - 1);
    let affected = |site: usize| {
        let row = ends.get(starts[site]..starts[site + 1]).unwrap_or(&[]);
        let beside = row.iter().map(|end| others(end.neighbor as usize));
        others(site) + beside.sum::<usize>()
    };
    Ok(FactorGraph {
        max_affected: (0..states.len()).map(affected).max().unwrap_or(0),
        space,
        field,
        tables,
        edges,
        starts,
        ends,
        schedule: OnceLock::new(),
    })
}

fn rounded_field<R: Real>(space: &OwnedSpace, field: Option<&[f64]>) -> Result<Vec<R>, ModelError> {
    let cells = space.moves();
    let Some(field) = field else {
        return Ok(vec![R::ZERO; cells]);
    };
    if field.len() != cells {
        return Err(ModelError::Length {
            name: "h",
            found: field.len(),
            needed: cells,
            shape: "one per site and state".to_owned(),
        });
    }
    let field: Vec<R> = field.iter().map(|&h| R::from_f64(h)).collect();
    all_finite("h", &field, &[cells])?;
    Ok(field)
}

/// Rejects the first edge that is out of range, joins a site with itself, or repeats another.
fn check_edges(sites: usize, factors: &[PairFactor]) -> Result<(), ModelError> {
    let mut seen = HashMap::new();
    for (edge, factor) in factors.iter().enumerate() {
        let (i, j) = factor.sites;
        let fault = if i >= sites || j >= sites {
            Some(EdgeFault::OutOfRange { sites })
        } else if i == j {
            Some(EdgeFault::SelfEdge)
        } else {
            let earlier = seen.insert((i.min(j), i.max(j)), edge);
            earlier.map(|first| EdgeFault::Repeated { first })
        };
        if let Some(fault) = fault {
            return Err(ModelError::Edge { edge, i, j, fault });
        }
    }
    Ok(())
}

fn edges<R: Real>(
    states: &[u32],
    factors: &[PairFactor],
) -> Result<(Vec<Edge>, Vec<R>), ModelError> {
    let mut edges = Vec::with_capacity(factors.len());
    let mut tables: Vec<R> = Vec::new();
    for (edge, factor) in factors.iter().enumerate() {
        let (i, j) = factor.sites;
        let start = tables.len();
        let row = match &factor.coupling {
            Coupling::Equal(weight) => {
                let rounded = R::from_f64(*weight);
                if !rounded.is_finite() {
                    let fault = EdgeFault::Weight { found: *weight };
                    return Err(ModelError::Edge { edge, i, j, fault });
                }
                tables.push(rounded);
                0
            }
            Coupling::Table(table) => {
                let shape = [states[i] as usize, states[j] as usize];
                has_shape("t", table.len(), &shape)?;
                tables.extend(table.iter().map(|&t| R::from_f64(t)));
                all_finite("t", tables.get(start..).unwrap_or(&[]), &shape)?;
                shape[1]
            }
        };
        let sites = (i as u32, j as u32);
        edges.push(Edge { sites, start, row });
    }
    Ok((edges, tables))
}

/// Compressed rows of both ends of every edge.
fn rows(states: &[u32], edges: &[Edge]) -> (Vec<usize>, Vec<End>) {
    let sites = states.len();
    let mut starts = vec![0; sites + 1];
    for edge in edges {
        starts[edge.sites.0 as usize + 1] += 1;
        starts[edge.sites.1 as usize + 1] += 1;
    }
    for i in 0..sites {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut ends = vec![End::default(); 2 * edges.len()];
    let mut put = |site: u32, end: End| {
        let place = &mut next[site as usize];
        ends[*place] = end;
        *place += 1;
    };
    for &Edge { sites, start, row } in edges {
        let (i, j) = sites;
        // One number for all symbols has no strides.
        let strides = if row > 0 { (row as u32, 1) } else { (0, 0) };
        let end = |neighbor, (own, other)| End {
            neighbor,
            own,
            other,
            start,
        };
        put(i, end(j, strides));
        put(j, end(i, (strides.1, strides.0)));
    }
    for i in 0..sites {
        ends[starts[i]..starts[i + 1]].sort_unstable_by_key(|end| end.neighbor);
    }
    (starts, ends)
}
