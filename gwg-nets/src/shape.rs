//! Shapes of what layers pass on.

use std::fmt;

/// The shape of the numbers of one state between two layers: `height x width` positions with `channels` numbers each.
///
/// Stored row-major in the order (height, width, channels). A sequence has height 1; after a [pool](crate::Layer::MeanPool) or
/// [`Flatten`](crate::Layer::Flatten) there is one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Rows of positions; 1 for a sequence.
    pub height: usize,
    /// Positions in a row.
    pub width: usize,
    /// Numbers at each position.
    pub channels: usize,
}

impl Shape {
    /// One position.
    #[must_use]
    pub const fn vector(channels: usize) -> Self {
        Self {
            height: 1,
            width: 1,
            channels,
        }
    }

    /// The number of positions.
    #[must_use]
    pub const fn positions(&self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// The number of numbers.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.positions().saturating_mul(self.channels)
    }
}

/// Formats as `28 x 28 x 16`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {} x {}", self.height, self.width, self.channels)
    }
}
