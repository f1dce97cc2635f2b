use super::Symbol;

/// Hamming distance of two configurations: the number of sites at which they differ, up to the end of the shorter one.
///
/// # Cost
/// A pass that vectorizes.
#[inline]
#[must_use]
pub fn hamming<S: Symbol>(a: &[S], b: &[S]) -> usize {
    // Blocks of fewer than 256 sites, so that a byte can count.
    let blocks = a.chunks(128).zip(b.chunks(128));
    let count = |(a, b): (&[S], &[S])| a.iter().zip(b).map(|(a, b)| u8::from(a != b)).sum::<u8>();
    blocks.map(|pair| usize::from(count(pair))).sum()
}
