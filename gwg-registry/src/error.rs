use crate::grammar::SpecError;

/// Why a spec is no sampler. The message is whole: it has no further source.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SamplerSpecError {
    /// One sampler's name, key or value is wrong.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Several samplers do not make one.
    #[error("{spec}: {why} (A+B: in turn, A|B: at random)")]
    Composition {
        /// The spec.
        spec: String,
        /// What is wrong.
        why: String,
    },
    /// A list of samplers has a piece that is none.
    #[error("`{list}`: piece {piece}: found `{found}`, {why}")]
    List {
        /// The list.
        list: String,
        /// The piece, from 1.
        piece: usize,
        /// What was found.
        found: String,
        /// What is wrong, and what is allowed.
        why: String,
    },
}

/// Why a sampler cannot run on a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The model lacks a capability that the sampler requires.
    #[error("{sampler}: {why}")]
    Requires {
        /// The sampler.
        sampler: String,
        /// What it requires, and what to do.
        why: String,
    },
    /// More joint states of a block than are weighed.
    #[error(
        "{sampler}: key `block`: found {found}, allowed with {states} states per site is 1 to {largest}: {weighed} are weighed, at most {most}"
    )]
    Block {
        /// The sampler.
        sampler: &'static str,
        /// The block.
        found: usize,
        /// The model's states.
        states: usize,
        /// The largest block that is allowed.
        largest: usize,
        /// What is weighed.
        weighed: String,
        /// How many at most.
        most: u64,
    },
    /// The kernel refuses its parameters.
    #[error(transparent)]
    Kernel(#[from] gwg_core::Error),
}
