//! The numbers that a kernel sees at each place.

use crate::Shape;
use gwg_core::Real;
use gwg_linalg::tall_rows;

/// Numbers of a tile of patches: what stays in the second-level cache.
const TILE: usize = 1 << 17;

/// The places of a kernel on a map: at each one, the numbers below it are a patch of `inner()` numbers, in the order (height, width, channels).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Shape,
    pub(crate) to: Shape,
    kernel: (usize, usize),
    stride: usize,
    /// Zeros above and below, left and right.
    padding: (usize, usize),
}

impl Window {
    /// `None` where the kernel is larger than the padded map, or could lie on padding alone.
    pub(crate) fn new(
        from: Shape,
        channels: usize,
        kernel: (usize, usize),
        stride: usize,
        padding: (usize, usize),
    ) -> Option<Self> {
        let places = |length: usize, kernel: usize, padding: usize| {
            let padded = length.checked_add(padding.checked_mul(2)?)?;
            let fits = stride > 0 && kernel > 0 && (padding == 0 || padding < kernel);
            let last = padded.checked_sub(kernel)?;
            fits.then(|| last / stride + 1)
        };
        let to = Shape {
            height: places(from.height, kernel.0, padding.0)?,
            width: places(from.width, kernel.1, padding.1)?,
            channels,
        };
        Some(Self {
            from,
            to,
            kernel,
            stride,
            padding,
        })
    }

    /// A kernel of one position.
    pub(crate) const fn point(from: Shape, channels: usize) -> Self {
        Self {
            from,
            to: Shape { channels, ..from },
            kernel: (1, 1),
            stride: 1,
            padding: (0, 0),
        }
    }

    /// Numbers of a patch.
    pub(crate) const fn inner(&self) -> usize {
        self.kernel
            .0
            .saturating_mul(self.kernel.1)
            .saturating_mul(self.from.channels)
    }

    /// Places that are computed together.
    pub(crate) fn tile(&self) -> usize {
        let largest = self.inner().max(self.to.channels);
        (TILE / largest).clamp(32, 1024)
    }

    /// The scratch of a tile: patches and results, padded.
    pub(crate) fn tile_len(&self) -> usize {
        let (inner, out) = (self.inner(), self.to.channels);
        tall_rows(self.tile(), inner, out).saturating_mul(inner.saturating_add(out))
    }

    /// Copies the patches of the places from `first` on, counted over all states, to `patches`.
    #[inline(always)]
    pub(crate) fn gather<R: Real>(&self, maps: &[R], first: usize, patches: &mut [R]) {
        for (k, patch) in patches.chunks_exact_mut(self.inner()).enumerate() {
            for (at, to) in patch.chunks_exact_mut(self.row()).enumerate() {
                match self.overlap(first + k, at) {
                    Some((start, left, count)) => {
                        let (before, rest) = to.split_at_mut(left);
                        let (inside, after) = rest.split_at_mut(count);
                        before.fill(R::ZERO);
                        inside.copy_from_slice(&maps[start..start + count]);
                        after.fill(R::ZERO);
                    }
                    None => to.fill(R::ZERO),
                }
            }
        }
    }

    /// Adds patches to the numbers that they were copied from.
    #[inline(always)]
    pub(crate) fn scatter<R: Real>(&self, patches: &[R], first: usize, maps: &mut [R]) {
        for (k, patch) in patches.chunks_exact(self.inner()).enumerate() {
            for (at, from) in patch.chunks_exact(self.row()).enumerate() {
                if let Some((start, left, count)) = self.overlap(first + k, at) {
                    let to = &mut maps[start..start + count];
                    for (to, &from) in to.iter_mut().zip(&from[left..left + count]) {
                        *to += from;
                    }
                }
            }
        }
    }

    /// Numbers of a patch in one row of positions.
    #[inline(always)]
    const fn row(&self) -> usize {
        self.kernel.1 * self.from.channels
    }

    /// Where row `at` of a patch lies in the maps of all states: the first number, how many are left of it on padding, and how many inside.
    #[inline(always)]
    fn overlap(&self, place: usize, at: usize) -> Option<(usize, usize, usize)> {
        let (from, channels) = (&self.from, self.from.channels);
        let places = self.to.positions();
        let (state, place) = (place / places, place % places);
        let y = (place / self.to.width * self.stride + at).checked_sub(self.padding.0)?;
        if y >= from.height {
            return None;
        }
        let x = place % self.to.width * self.stride;
        let left = self.padding.1.saturating_sub(x);
        let begin = (x + left).checked_sub(self.padding.1)?;
        let end = (x + self.kernel.1).saturating_sub(self.padding.1);
        let end = end.min(from.width);
        if begin >= end {
            return None;
        }
        let start = state * from.count() + (y * from.width + begin) * channels;
        Some((start, left * channels, (end - begin) * channels))
    }
}
