//! Chains as plain data.

mod bytes;
mod error;
mod header;
mod restore;
mod save;

use super::Chains;
use crate::stepper::{Bound, Stepper};
use crate::threads::Threads;
pub use error::RestoreError;
use gwg_core::{Kernel, Real, Symbol, Target};
use header::Header;
use restore::restore;
pub(crate) use save::numbers;
use save::save;
use serde::{Deserialize, Serialize};

/// The version of the format. Chains of another version are refused.
const VERSION: u32 = 1;

/// The first bytes of a file of saved chains.
const MAGIC: &[u8; 8] = b"gwgchain";

/// Everything that the paths of some chains depend on: states, generators, what is tuned, schedules, caches.
///
/// Plain data: a header, and numbers in little-endian order on every machine, with a checksum of both. [`to_bytes`](Self::to_bytes) encodes
/// it for a file; with serde it has any format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedChains {
    header: Header,
    #[serde(with = "serde_bytes")]
    numbers: Vec<u8>,
    checksum: u32,
}

impl SavedChains {
    fn new(header: Header, numbers: Vec<u8>) -> Self {
        let checksum = checksum(&header, &numbers);
        Self {
            header,
            numbers,
            checksum,
        }
    }

    /// How many chains were saved.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.header.chains
    }

    /// The kernel, by the name of its type or the spec that it was made from.
    #[must_use]
    pub fn kernel(&self) -> &str {
        &self.header.kernel
    }

    /// All of it as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`RestoreError::Damaged`] where the header cannot be written: never.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RestoreError> {
        let what = "header";
        let header =
            serde_json::to_vec(&self.header).map_err(|_| RestoreError::Damaged { what })?;
        let mut all = MAGIC.to_vec();
        all.extend((header.len() as u64).to_le_bytes());
        all.extend(header);
        all.extend(&self.numbers);
        all.extend(self.checksum.to_le_bytes());
        Ok(all)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    /// [`RestoreError::NotSaved`], [`RestoreError::Version`], [`RestoreError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RestoreError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(RestoreError::NotSaved)?;
        let damaged = |what| RestoreError::Damaged { what };
        let (len, rest) = rest
            .split_first_chunk::<8>()
            .ok_or_else(|| damaged("they end early"))?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok();
        let (header, rest) = len
            .and_then(|len| rest.split_at_checked(len))
            .ok_or_else(|| damaged("they end early"))?;
        let found: serde_json::Value =
            serde_json::from_slice(header).map_err(|_| damaged("header"))?;
        let version = found["version"].as_u64().ok_or_else(|| damaged("header"))?;
        if version != u64::from(VERSION) {
            let found = u32::try_from(version).unwrap_or(u32::MAX);
            return Err(RestoreError::Version { found });
        }
        let header = serde_json::from_value(found).map_err(|_| damaged("header"))?;
        let (numbers, checksum) = rest
            .split_last_chunk::<4>()
            .ok_or_else(|| damaged("they end early"))?;
        let saved = Self {
            header,
            numbers: numbers.to_vec(),
            checksum: u32::from_le_bytes(*checksum),
        };
        saved.check()?;
        Ok(saved)
    }

    fn check(&self) -> Result<(), RestoreError> {
        if self.header.version != VERSION {
            let found = self.header.version;
            return Err(RestoreError::Version { found });
        }
        if checksum(&self.header, &self.numbers) == self.checksum {
            Ok(())
        } else {
            let what = "the checksum differs";
            Err(RestoreError::Damaged { what })
        }
    }
}

impl<R: Real, S: Symbol> Chains<R, S> {
    /// Everything that the chains' paths depend on, as plain data.
    #[must_use]
    pub fn save(&self) -> SavedChains {
        save(self)
    }

    /// Restores saved chains: they go on with the same bits, on any number of threads.
    ///
    /// The caller builds the target and the kernel again as they were. The kernel's type and the sizes of what it keeps
    /// are compared with the saved ones, its parameters are not: chains saved with a systematic scan go on with a random one.
    ///
    /// # Errors
    /// [`RestoreError`]: the chains were saved with another target shape, kernel, precision or version, have a state that is not in the
    /// target's space, or are damaged.
    pub fn restore<T, K>(
        saved: &SavedChains,
        target: &T,
        kernel: &K,
        threads: Threads,
    ) -> Result<Self, RestoreError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        Self::restore_with(saved, &Bound { target, kernel }, threads)
    }

    /// [`restore`](Self::restore), by kernel and target behind one `dyn`.
    ///
    /// # Errors
    /// Those of [`restore`](Self::restore).
    pub fn restore_with(
        saved: &SavedChains,
        stepper: &dyn Stepper<R, S>,
        threads: Threads,
    ) -> Result<Self, RestoreError> {
        restore(saved, stepper, threads)
    }
}

fn checksum(header: &Header, numbers: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(&serde_json::to_vec(header).unwrap_or_default());
    crc.update(numbers);
    crc.sum()
}
