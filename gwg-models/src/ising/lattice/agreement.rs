//! Bonds between unequal spins, counted many at a time.

/// Bytes whose sum is taken in a byte: short enough that it fits, long enough for vector registers.
const RUN: usize = 128;

/// The sum of a run of zeros and ones, `term(i)` for each.
#[inline(always)]
fn short_sum(terms: impl Iterator<Item = u8>) -> u64 {
    u64::from(terms.fold(0u8, |sum, term| sum + (term & 1)))
}

/// In how many places two slices of zeros and ones differ, over the shorter of their lengths.
#[inline(always)]
fn differing(a: &[u8], b: &[u8]) -> u64 {
    let len = a.len().min(b.len());
    let (a, b) = (a.get(..len).unwrap_or(&[]), b.get(..len).unwrap_or(&[]));
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<RUN>(), b.as_chunks::<RUN>());
    let mut total = short_sum(a_tail.iter().zip(b_tail).map(|(a, b)| a ^ b));
    for (a, b) in a.iter().zip(b) {
        total += short_sum(a.iter().zip(b).map(|(a, b)| a ^ b));
    }
    total
}

#[inline(always)]
fn ones(x: &[u8]) -> u64 {
    let (runs, tail) = x.as_chunks::<RUN>();
    let mut total = short_sum(tail.iter().copied());
    for run in runs {
        total += short_sum(run.iter().copied());
    }
    total
}

/// The number of bonds between unequal spins of a torus, and the number of ones.
#[inline(always)]
pub(super) fn unequal_bonds(x: &[u8], dims: usize, side: usize) -> (u64, u64) {
    let (mut unequal, mut stride) = (0u64, 1);
    for _ in 0..dims {
        let span = (side - 1) * stride;
        if stride == 1 {
            unequal = along_rows(x, side);
        } else {
            for block in x.chunks_exact(span + stride) {
                let (down, up) = (block.get(..span), block.get(stride..));
                unequal += differing(down.unwrap_or(&[]), up.unwrap_or(&[]));
                unequal += differing(block, block.get(span..).unwrap_or(&[]));
            }
        }
        stride *= side;
    }
    (unequal, ones(x))
}

/// Rows are short: all of them at once as one long row, and then their ends put right.
#[inline(always)]
fn along_rows(x: &[u8], side: usize) -> u64 {
    let mut unequal = differing(x, x.get(1..).unwrap_or(&[]));
    let mut end = None;
    for row in x.chunks_exact(side) {
        if let ([first, ..], [.., last]) = (row, row) {
            unequal += u64::from((first ^ last) & 1);
            unequal -= end.map_or(0, |end: u8| u64::from((end ^ first) & 1));
            end = Some(*last);
        }
    }
    unequal
}
