//! Chains that are saved, restored and continued have the bits of chains that were never interrupted; damaged and foreign
//! saves are refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "saved/forgetful.rs"]
mod forgetful;
#[path = "saved/interrupt.rs"]
mod interrupt;
#[path = "saved/process.rs"]
mod process;
#[path = "saved/refusals.rs"]
mod refusals;
#[path = "support/ring.rs"]
mod ring;
#[path = "saved/table.rs"]
mod table;
