//! Problems whose value counts what is violated: colorings and formulas.

use super::{PATH, Problem, Read, only_auto, reading};
use crate::failure::Failure;
use crate::waiting;
use gwg_optimize::coloring::read_coloring;
use gwg_optimize::max_sat::read_max_sat;
use gwg_registry::grammar::{Allowed, KeyEntry, Keys, Settings};
use std::path::PathBuf;

pub(super) const COLORING: Problem = Problem {
    keys: Keys {
        name: "coloring",
        keys: &[
            PATH,
            KeyEntry::new(
                "colors",
                None,
                Allowed::Count { min: 1, max: 256 },
                "the number of colors",
            ),
        ],
    },
    meaning: "minimize the number of edges between vertices of one color; 0: a proper coloring",
    parse: |settings, method| {
        let path = settings.take::<PathBuf>().map_err(Failure::usage)?;
        let colors = settings.take::<usize>().map_err(Failure::usage)?;
        only_auto(method)?;
        Ok(reading(path, move |path| {
            let read = waiting::while_reading(path, || read_coloring(path, colors));
            Ok(Box::new(read.map_err(Failure::usage)?))
        }))
    },
};

pub(super) const MAX_SAT: Problem = Problem {
    keys: Keys {
        name: "max-sat",
        keys: &[KeyEntry::new(
            "path",
            None,
            Allowed::Path,
            "the formula: DIMACS .cnf, or .wcnf with a header (hard clauses have its weight `top`) or without (`h` before hard clauses); packed by gzip or not",
        )],
    },
    meaning: "minimize the weight of unsatisfied clauses, all hard ones satisfied",
    parse: formula,
};

fn formula(settings: &mut Settings<'_>, method: &str) -> Result<(PathBuf, Read), Failure> {
    let path = settings.take::<PathBuf>().map_err(Failure::usage)?;
    only_auto(method)?;
    Ok(reading(path, |path| {
        let read = waiting::while_reading(path, || read_max_sat(path));
        Ok(Box::new(read.map_err(Failure::usage)?))
    }))
}
