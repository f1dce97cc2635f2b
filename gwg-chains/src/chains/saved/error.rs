use super::VERSION;
use crate::plan::RunError;

/// Why saved chains cannot be restored. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes begin as saved chains do.
    #[error(
        "saved chains: the bytes are not saved chains; pass what `SavedChains::to_bytes` returned"
    )]
    NotSaved,
    /// The bytes begin as a saved run does.
    #[error("saved run: the bytes are not those of a saved run; pass a checkpoint of this program")]
    NotARun,
    /// The version is the one of this program.
    #[error(
        "saved chains: version {found}, this program reads version {VERSION}; save them again with this program"
    )]
    Version {
        /// What was found.
        found: u32,
    },
    /// The bytes are those that were saved.
    #[error("saved chains: the bytes are damaged ({what}); take an earlier save")]
    Damaged {
        /// What is wrong with them.
        what: &'static str,
    },
    /// The chains have the kind of the target and the kernel.
    #[error(
        "saved chains: {what}: saved is {found}, needed here is {needed}; restore them with the model and the sampler that they were saved with"
    )]
    Other {
        /// What differs.
        what: &'static str,
        /// What was saved.
        found: String,
        /// What the target and the kernel have.
        needed: String,
    },
    /// The kernel accepts the target.
    #[error(transparent)]
    Run(#[from] RunError),
}
