//! Cluster moves: transition matrices over all sets of bonds, their spectral gaps, and steps drawn from them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod draws;
mod graph;
mod matrices;
mod spectrum;
mod wrong;
