//! Huffman codes of few symbols, as deflate writes them.

/// Bits of a stream, the first in the least significant place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) bits: u32,
    /// At most 24.
    pub(super) length: u32,
}

impl Code {
    /// This and then another one.
    pub(super) fn then(self, next: Self) -> Self {
        Self {
            bits: self.bits | next.bits << self.length,
            length: self.length + next.length,
        }
    }
}

/// The lengths that have a code of 4 bits here, in the order of their codes: 0 to 12, and three for repeated lengths.
pub(super) const LENGTHS: [u32; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 17, 18];

/// Of 11 to 138 zeros.
pub(super) const ZEROS: u32 = 18;

/// The order in which deflate has the lengths of the codes of lengths.
pub(super) const LENGTHS_ORDER: [u32; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The code of a length.
pub(super) fn of_length(length: u32) -> Code {
    let place = LENGTHS.iter().position(|&l| l == length).unwrap_or(0);
    reversed(place as u32, 4)
}

/// The codes of symbols with these frequencies, of which at least two are positive; of length 0 where a symbol does not occur.
///
/// A symbol that is rarer than 1 in 256 has the code of one that is not, so that no code is longer than 12 bits: a tree of depth `d` whose least frequent
/// leaf has the weight `w` has a total of at least `w` times the Fibonacci number `F(d + 2)`.
pub(super) fn codes<const N: usize>(frequencies: &[usize; N]) -> [Code; N] {
    let least = frequencies.iter().sum::<usize>() / 256 + 1;
    let weights = frequencies.map(|n| if n == 0 { 0 } else { n.max(least) });
    canonical(&lengths(&weights))
}

/// The depths of the leaves of a Huffman tree; of equal weights those of the first symbols are merged first.
fn lengths<const N: usize>(weights: &[usize; N]) -> [u32; N] {
    let mut depths = [0; N];
    // Each tree: its weight, and the bits of its leaves.
    let leaves = weights.iter().enumerate().filter(|(_, w)| **w > 0);
    let mut trees: Vec<(usize, u32)> = leaves.map(|(i, &w)| (w, 1 << i)).collect();
    while trees.len() > 1 {
        // The lightest two last.
        trees.sort_by(|a, b| b.cmp(a));
        let (Some(a), Some(b)) = (trees.pop(), trees.pop()) else {
            break;
        };
        let leaves = a.1 | b.1;
        for (i, depth) in depths.iter_mut().enumerate() {
            *depth += leaves >> i & 1;
        }
        trees.push((a.0 + b.0, leaves));
    }
    depths
}

/// The codes of these lengths: in the order of lengths, then of symbols (RFC 1951, 3.2.2).
fn canonical<const N: usize>(lengths: &[u32; N]) -> [Code; N] {
    let mut codes = [Code::default(); N];
    let mut next = 0;
    for length in 1..=12 {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, l)| **l == length) {
            *code = reversed(next, length);
            next += 1;
        }
    }
    codes
}

/// Deflate has the first bit of a code in the lowest place.
fn reversed(code: u32, length: u32) -> Code {
    Code {
        bits: code.reverse_bits() >> (32 - length),
        length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_values_and_the_end_have_one_and_two_bits() {
        let lengths = codes(&[10, 20, 1]).map(|code| code.length);
        assert_eq!(lengths, [2, 1, 2]);
        let bits = codes(&[10, 20, 1]).map(|code| code.bits);
        assert_eq!(bits, [0b01, 0b0, 0b11]);
    }

    proptest! {
        #[test]
        fn codes_are_complete_and_short(exponents in prop::array::uniform17(prop::option::of(0_u32..40))) {
            let mut frequencies = exponents.map(|e| e.map_or(0, |e| 1 << e));
            (frequencies[0], frequencies[16]) = (1, 1);
            let codes = codes(&frequencies);
            let lengths = codes.map(|code| code.length);
            let sum: u32 = lengths.iter().filter(|&&l| l > 0).map(|l| 1 << (12 - l)).sum();
            prop_assert_eq!(sum, 1 << 12);
            for (n, length) in frequencies.iter().zip(lengths) {
                prop_assert_eq!(*n > 0, length > 0);
                prop_assert!(length <= 12);
            }
        }
    }
}
