//! A walker whose temperature has changed: the cost, and that it continues as if it had always had the new one.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod continues;
mod cost;
mod counted;
mod groups;
#[path = "../stability/ising.rs"]
mod ising;
mod kernels;
mod moves;
mod network;
mod phases;
#[path = "../informed/proposals.rs"]
#[allow(dead_code, reason = "shared with the test of the laws")]
mod proposals;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the test of the other kernels")]
mod targets;
mod walk;
