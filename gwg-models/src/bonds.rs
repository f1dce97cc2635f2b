//! Counts of a torus's bonds between unequal symbols, vectorized.

use crate::torus::Torus;

/// Bytes per run whose count is accumulated in a byte: few enough that it does not overflow, enough for vector registers.
const RUN: usize = 128;

#[inline(always)]
fn short_count(terms: impl Iterator<Item = bool>) -> u64 {
    u64::from(terms.fold(0u8, |sum, term| sum + u8::from(term)))
}

/// The number of positions at which two slices differ, up to the shorter of their lengths.
#[inline(always)]
fn differing(a: &[u8], b: &[u8]) -> u64 {
    let len = a.len().min(b.len());
    let (a, b) = (a.get(..len).unwrap_or(&[]), b.get(..len).unwrap_or(&[]));
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<RUN>(), b.as_chunks::<RUN>());
    let mut total = short_count(a_tail.iter().zip(b_tail).map(|(a, b)| a != b));
    for (a, b) in a.iter().zip(b) {
        total += short_count(a.iter().zip(b).map(|(a, b)| a != b));
    }
    total
}

/// The number of symbols that are not 0.
#[inline(always)]
pub(crate) fn ones(x: &[u8]) -> u64 {
    let (runs, tail) = x.as_chunks::<RUN>();
    let mut total = short_count(tail.iter().map(|&x| x != 0));
    for run in runs {
        total += short_count(run.iter().map(|&x| x != 0));
    }
    total
}

/// The number of bonds between unequal symbols.
#[inline(always)]
pub(crate) fn unequal_bonds(x: &[u8], torus: &Torus) -> u64 {
    let side = torus.side();
    let (mut unequal, mut stride) = (0u64, 1);
    for _ in 0..torus.dims() {
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
    unequal
}

/// Rows are short: counts all of them as one long row, then corrects at their ends.
#[inline(always)]
fn along_rows(x: &[u8], side: usize) -> u64 {
    let mut unequal = differing(x, x.get(1..).unwrap_or(&[]));
    let mut end = None;
    for row in x.chunks_exact(side) {
        if let ([first, ..], [.., last]) = (row, row) {
            unequal += u64::from(first != last);
            unequal -= end.map_or(0, |end: u8| u64::from(end != *first));
            end = Some(*last);
        }
    }
    unequal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    #[test]
    fn bond_counts_match_their_definition() {
        let mut draws = Draws::new("bonds", 1);
        for (dims, side) in [
            (1, 300),
            (1, 3),
            (2, 3),
            (2, 4),
            (2, 17),
            (3, 5),
            (4, 3),
            (4, 6),
        ] {
            let torus = Torus::new(dims, side).unwrap();
            for states in [2.0, 5.0] {
                let x: Vec<u8> = (0..torus.sites())
                    .map(|_| (draws.uniform() * states) as u8)
                    .collect();
                let mut twice = 0;
                for (i, a) in x.iter().enumerate() {
                    torus.neighbors(i, |j| twice += u64::from(*a != x[j]));
                }
                assert_eq!(2 * unequal_bonds(&x, &torus), twice, "{dims} {side}");
                assert_eq!(ones(&x), x.iter().filter(|&&a| a != 0).count() as u64);
            }
        }
    }
}
