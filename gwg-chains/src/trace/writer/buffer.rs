//! Draws that wait until their chunks are full.

use crate::trace::layout::{Column, Fill};

/// The draws of one column that are not in a full chunk yet.
#[derive(Debug)]
pub(super) struct Buffer {
    column: usize,
    chains: usize,
    /// Draws of a chunk.
    draws: usize,
    /// Of one draw of one chain.
    bytes: usize,
    fill: Fill,
    /// (chain, draw), padded; empty as long as there are no draws.
    raw: Vec<u8>,
    filled: usize,
    row: usize,
}

/// The chunks of all chains for the same draws, padded: row-major (chain, draw).
#[derive(Debug)]
pub(super) struct Slab {
    /// Which of the columns.
    pub(super) column: usize,
    /// Index of the chunks along the draws.
    pub(super) row: usize,
    pub(super) raw: Vec<u8>,
}

impl Buffer {
    /// Of the column with this index in a trace of so many chains, after `done` draws.
    pub(super) fn new(column: usize, of: &Column, chains: usize, done: usize) -> Self {
        Self {
            column,
            chains,
            draws: of.draws,
            bytes: of.bytes,
            fill: of.fill,
            raw: Vec::new(),
            filled: 0,
            row: done / of.draws,
        }
    }

    /// Appends draws: `write(chain, first, to)` puts those of a chain from `first` on, of those to be appended, into the bytes `to`.
    pub(super) fn push<E>(
        &mut self,
        draws: usize,
        write: impl Fn(usize, usize, &mut [u8]),
        mut full: impl FnMut(Slab) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut first = 0;
        while first < draws {
            if self.raw.is_empty() {
                self.raw = padding(self.chains * self.draws * self.bytes, self.fill);
            }
            let count = (self.draws - self.filled).min(draws - first);
            for chain in 0..self.chains {
                let at = (chain * self.draws + self.filled) * self.bytes;
                write(chain, first, &mut self.raw[at..at + count * self.bytes]);
            }
            self.filled += count;
            first += count;
            if self.filled == self.draws {
                full(Slab {
                    column: self.column,
                    row: self.row,
                    raw: std::mem::take(&mut self.raw),
                })?;
                self.filled = 0;
                self.row += 1;
            }
        }
        Ok(())
    }

    /// What there is of the next chunks.
    pub(super) fn partial(&self) -> Option<Slab> {
        (self.filled > 0).then(|| Slab {
            column: self.column,
            row: self.row,
            raw: self.raw.clone(),
        })
    }
}

/// So many bytes of padding.
pub(super) fn padding(bytes: usize, fill: Fill) -> Vec<u8> {
    match fill {
        Fill::Zeros => vec![0; bytes],
        Fill::NaN => {
            let nan = f64::NAN.to_le_bytes();
            nan.into_iter().cycle().take(bytes).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slabs_are_the_same_for_any_batches() {
        let column = Column {
            path: String::new(),
            chains: 1,
            draws: 4,
            bytes: 1,
            inner: 0,
            fill: Fill::Zeros,
        };
        for batches in [vec![10], vec![1; 10], vec![3, 7], vec![4, 4, 2]] {
            let mut buffer = Buffer::new(0, &column, 2, 8);
            let (mut slabs, mut done) = (Vec::new(), 0);
            for draws in batches {
                let write = |chain: usize, first: usize, to: &mut [u8]| {
                    for (k, byte) in to.iter_mut().enumerate() {
                        *byte = (100 * chain + done + first + k + 1) as u8;
                    }
                };
                let full = |slab: Slab| {
                    slabs.push((slab.row, slab.raw));
                    Ok::<(), ()>(())
                };
                buffer.push(draws, write, full).unwrap();
                done += draws;
            }
            let rest = buffer.partial().unwrap();
            slabs.push((rest.row, rest.raw));
            let expected = [
                (2, vec![1, 2, 3, 4, 101, 102, 103, 104]),
                (3, vec![5, 6, 7, 8, 105, 106, 107, 108]),
                (4, vec![9, 10, 0, 0, 109, 110, 0, 0]),
            ];
            assert_eq!(slabs, expected);
        }
    }

    #[test]
    fn floats_are_padded_with_nan() {
        let bytes = padding(16, Fill::NaN);
        let (values, rest) = bytes.as_chunks::<8>();
        assert!(rest.is_empty() && values.iter().all(|&b| f64::from_le_bytes(b).is_nan()));
    }
}
