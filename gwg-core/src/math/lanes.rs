//! Sixteen fixed lanes: the one order in which this crate sums a slice.
//!
//! A slice is processed in blocks of 16, the last one padded, so that the tail uses the same vector code as the rest.
//! The operation on a block is a trait method and not a closure, because a closure may not be inlined and would then
//! be compiled without the vector instructions of the caller.

use crate::real::Real;

/// The number of accumulators of every reduction, regardless of the machine's vector width.
pub(crate) const LANES: usize = 16;

/// The number of elements to compute together: a block, or one on machines without vectors, where computing unused
/// elements costs time.
pub(crate) const AT_ONCE: usize = if VECTORS { LANES } else { 1 };

/// True if the machine has vector instructions.
pub(super) const VECTORS: bool = cfg!(any(
    target_pointer_width = "64",
    target_feature = "neon",
    target_feature = "simd128",
    target_feature = "sse2",
));

/// The elements of a slice that are processed together.
pub(crate) type Block<R> = [R; LANES];

/// Combines 16 lanes by halves: 0 with 8, 1 with 9, ..., then 0 with 4, and so on.
#[inline(always)]
pub(crate) fn fold<T: Copy>(lanes: [T; LANES], op: impl Fn(T, T) -> T) -> T {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = lanes;
    let [a, b, c, d] = [
        op(op(a, i), op(e, m)),
        op(op(b, j), op(f, n)),
        op(op(c, k), op(g, o)),
        op(op(d, l), op(h, p)),
    ];
    op(op(a, c), op(b, d))
}

/// `tail`, at most 16 elements, followed by copies of `filler`.
#[inline(always)]
pub(crate) fn pad<R: Real>(tail: &[R], filler: R) -> Block<R> {
    let mut padded = [filler; LANES];
    copy(tail, &mut padded);
    padded
}

/// Copies up to the shorter of the two lengths.
#[inline(always)]
fn copy<R: Real>(from: &[R], to: &mut [R]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Both slices, truncated to the shorter length.
#[inline(always)]
pub(crate) fn common<'a, R>(a: &'a [R], b: &'a [R]) -> (&'a [R], &'a [R]) {
    let n = Ord::min(a.len(), b.len());
    (a.get(..n).unwrap_or(&[]), b.get(..n).unwrap_or(&[]))
}

/// An operation on a block; `map` is always inlined.
pub(crate) trait Map<R> {
    fn map(&mut self, x: &Block<R>) -> Block<R>;
}

/// A map of each element on its own.
pub(crate) trait Elementwise<R>: Map<R> {
    fn one(&mut self, x: R) -> R;
}

/// Calls `map` for each block of `x`, for its effect on `map` only.
#[inline(always)]
pub(crate) fn visit_blocks<R: Real>(x: &[R], filler: R, map: &mut impl Map<R>) {
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        map.map(block);
    }
    if !tail.is_empty() {
        map.map(&pad(tail, filler));
    }
}

/// Writes the map of each element of `x` to `out`, up to the shorter of the two lengths.
#[inline(always)]
pub(crate) fn map_elements<R: Real>(x: &[R], out: &mut [R], map: &mut impl Elementwise<R>) {
    if VECTORS {
        map_blocks(x, out, R::ZERO, map);
    } else {
        for (to, &x) in out.iter_mut().zip(x) {
            *to = map.one(x);
        }
    }
}

/// Writes the map of each block of `x` to `out`, up to the shorter of the two lengths.
#[inline(always)]
pub(crate) fn map_blocks<R: Real>(x: &[R], out: &mut [R], filler: R, map: &mut impl Map<R>) {
    let n = Ord::min(x.len(), out.len());
    let (Some(x), Some(out)) = (x.get(..n), out.get_mut(..n)) else {
        return;
    };
    let (blocks, tail) = x.as_chunks::<LANES>();
    let (out_blocks, out_tail) = out.as_chunks_mut::<LANES>();
    for (to, block) in out_blocks.iter_mut().zip(blocks) {
        *to = map.map(block);
    }
    if !tail.is_empty() {
        copy(&map.map(&pad(tail, filler)), out_tail);
    }
}

/// Replaces each element of `x` by its map.
#[inline(always)]
pub(crate) fn map_in_place<R: Real>(x: &mut [R], map: &mut impl Elementwise<R>) {
    if !VECTORS {
        for x in x {
            *x = map.one(*x);
        }
        return;
    }
    let (blocks, tail) = x.as_chunks_mut::<LANES>();
    for block in blocks {
        *block = map.map(block);
    }
    if !tail.is_empty() {
        copy(&map.map(&pad(tail, R::ZERO)), tail);
    }
}
