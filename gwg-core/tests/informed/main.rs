//! The kernels that change several sites per step: enumerated by their own code, compared with long runs, and wrong
//! ones that the checks must reject.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod invariance;
mod laws;
mod proposals;
mod saturation;
mod slopes;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the test of the other kernels")]
mod targets;

use gwg_core::*;

pub(crate) const EXACT: f64 = 1e-12;

// One type of space: a kernel is compiled once.
pub(crate) fn binary() -> AnySpace<'static> {
    Binary::new(4).into()
}

pub(crate) fn categorical() -> AnySpace<'static> {
    Categorical::new(3, 3).unwrap().into()
}
