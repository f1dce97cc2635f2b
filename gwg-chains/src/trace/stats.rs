//! Statistics of each draw, collected into chunks of a useful size.

/// Draws a chunk of statistics should have at least, so that a million draws are a few hundred files.
const TARGET_DRAWS: usize = 4096;

/// Values a chunk of statistics should have at most, whatever the number of chains: 32 MiB.
const TARGET_VALUES: usize = 1 << 22;

/// Draws per chunk of statistics: a multiple of the batch.
pub(super) fn draws_per_chunk(chains: usize, batch: usize) -> usize {
    let wanted = TARGET_DRAWS.min(TARGET_VALUES / chains).div_ceil(batch);
    batch * wanted.max(1)
}

/// The draws of one statistic that have not been written yet.
#[derive(Debug)]
pub(super) struct Pending {
    /// One row per chain.
    rows: Vec<Vec<f64>>,
}

impl Pending {
    pub(super) fn new(chains: usize) -> Self {
        Self {
            rows: vec![Vec::new(); chains],
        }
    }

    pub(super) fn draws(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// Takes a row-major (chain, draw) slice.
    pub(super) fn push(&mut self, values: &[f64], draws: usize) {
        for (row, new) in self.rows.iter_mut().zip(values.chunks_exact(draws)) {
            row.extend_from_slice(new);
        }
    }

    /// All of it as the bytes of one chunk of `width` draws per chain, padded with NaN; then it is empty.
    pub(super) fn take(&mut self, width: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.rows.len() * width * size_of::<f64>());
        for row in &mut self.rows {
            let padded = row
                .iter()
                .copied()
                .chain(std::iter::repeat(f64::NAN))
                .take(width);
            bytes.extend(padded.flat_map(f64::to_le_bytes));
            row.clear();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_whole_batches_of_bounded_size() {
        assert_eq!(draws_per_chunk(4, 100), 4100);
        assert_eq!(draws_per_chunk(4, 10_000), 10_000);
        assert_eq!(draws_per_chunk(1 << 20, 1), 4);
        assert_eq!(draws_per_chunk(usize::MAX, 3), 3);
    }

    #[test]
    fn rows_grow_and_are_padded() {
        let mut pending = Pending::new(2);
        pending.push(&[1.0, 2.0, 5.0, 6.0], 2);
        pending.push(&[3.0, 7.0], 1);
        assert_eq!(pending.draws(), 3);
        let bytes = pending.take(4);
        let values: Vec<f64> = bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|b| f64::from_le_bytes(*b))
            .collect();
        assert_eq!(
            (&values[..3], &values[4..7]),
            (&[1.0, 2.0, 3.0][..], &[5.0, 6.0, 7.0][..])
        );
        assert!(values[3].is_nan() && values[7].is_nan());
        assert_eq!(pending.draws(), 0);
    }
}
