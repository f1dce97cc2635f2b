//! What is computed from each draw, in passes over symbols that vectorize: recording must not cost more than a step.

mod symbol_counts;

pub(crate) use symbol_counts::{Counting, SymbolCounts};
