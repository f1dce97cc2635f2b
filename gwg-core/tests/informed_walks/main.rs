//! Chains of the kernels that change several sites per step: properties on any target, and committed first states.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../informed/proposals.rs"]
#[allow(dead_code, reason = "shared with the test of the laws")]
mod proposals;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the test of the other kernels")]
mod targets;
mod value_stability;
mod walks;
