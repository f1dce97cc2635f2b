//! The sizes of chunks.

/// Bytes of a chunk before compression, about: few files, and little to write again where the last one is not full.
const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of the states of all chains that wait for a chunk to be full, at most, if one draw of all chains takes less.
const BUFFER_BYTES: usize = 64 << 20;

/// A chunk of up to so many bytes may be larger than its array: traces that grow have such chunks from the beginning.
pub(super) const MAX_PADDED_BYTES: usize = 4 << 20;

/// Values of a coordinate in one chunk.
pub(super) const COORDINATE_CHUNK: usize = CHUNK_BYTES / 8;

/// How the arrays of a trace are divided into files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// Chains in one chunk of `x`, from 1 to all.
    pub chains: usize,
    /// Draws of each of these chains in one chunk of `x`, at least 1.
    pub draws: usize,
    /// Draws of all chains in one chunk of a statistic, at least 1.
    pub stat_draws: usize,
}

impl Chunks {
    /// For `chains` chains with states of `state_bytes` bytes: chunks of about 1 MiB. A chunk of `x` has one chain, and several where the draws of
    /// all chains that fill such chunks would take more than 64 MiB of memory.
    #[must_use]
    pub fn of(chains: usize, state_bytes: usize) -> Self {
        let (chains, state) = (chains.max(1), state_bytes.max(1));
        let all = chains.saturating_mul(state);
        let alone = CHUNK_BYTES / state;
        let draws = alone.min(BUFFER_BYTES / all).max(1);
        let together = CHUNK_BYTES / draws.saturating_mul(state);
        Self {
            chains: if draws < alone {
                together.clamp(1, chains)
            } else {
                1
            },
            draws,
            stat_draws: (CHUNK_BYTES / 8 / chains).max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chains: usize, state_bytes: usize) -> (usize, usize, usize) {
        let Chunks {
            chains,
            draws,
            stat_draws,
        } = Chunks::of(chains, state_bytes);
        (chains, draws, stat_draws)
    }

    #[test]
    fn chunks_of_a_mebibyte_in_buffers_of_64() {
        assert_eq!(of(4, 10), (1, 104_857, 32_768));
        assert_eq!(of(64, 1 << 10), (1, 1024, 2048));
        // Two chains of 512 KiB instead of one of 1 MiB.
        assert_eq!(of(128, 1 << 10), (2, 512, 1024));
        assert_eq!(of(1 << 20, 100), (10_485, 1, 1));
        assert_eq!(of(3, 2 << 20), (1, 1, 43_690));
        assert_eq!(of(usize::MAX, usize::MAX), (1, 1, 1));
        assert_eq!(of(0, 0), (1, 1 << 20, 1 << 17));
    }
}
