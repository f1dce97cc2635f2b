//! From a description to steps on maps.

mod build;

use crate::layer::{Activation, Window};
use crate::{Description, NetError, Shape};
use std::ops::Range;

/// The most bytes of parameters, at 8 for each.
const MOST_OF_PARAMETERS: f64 = 4e9;

/// The most bytes of the numbers between layers of one state: 16 times as many are scratch of a group of 8.
const MOST_OF_MAPS: f64 = 2.5e8;

/// What is computed, in order. A map is what lies between two steps: map 0 is the input, and each step writes the next one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// The shapes of all maps.
    pub(crate) maps: Vec<Shape>,
    /// Where each map begins, of one state; one more, for the end.
    pub(crate) offsets: Vec<usize>,
    pub(crate) tensors: Vec<Weights>,
    pub(crate) parameters: usize,
}

/// One step, which writes map `to` from the map `from`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) what: What,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Its parameters.
    pub(crate) parameters: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A linear map of the numbers in a window.
    Conv(Window),
    Activation(Activation),
    Scale,
    Norm {
        epsilon: f64,
    },
    /// The sum over positions, times a factor.
    Pool {
        factor: f64,
    },
    /// To the order (channels, height, width).
    Flatten,
    /// The sum with another map.
    Add {
        other: usize,
    },
}

/// A tensor of parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    /// As in files, such as `3.body.0.weight`.
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
    pub(crate) layout: Layout,
}

/// How a tensor lies in memory, and in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As in files: a vector.
    Vector,
    /// As in files: (features, channels).
    Matrix { features: usize, channels: usize },
    /// In memory (features, states), in files (states, features).
    Embedding { features: usize, states: usize },
    /// In memory (out, height, width, in), in files (out, in, height, width), or without the height for sequences.
    Kernel {
        out: usize,
        channels: usize,
        height: usize,
        width: usize,
        sequence: bool,
    },
}

impl Plan {
    pub(crate) fn new(description: &Description) -> Result<Self, NetError> {
        build::plan(description)
    }

    /// The shape of the output.
    pub(crate) fn output(&self) -> Shape {
        self.maps.last().copied().unwrap_or(Shape::vector(0))
    }

    /// All numbers between layers, of one state.
    pub(crate) fn numbers(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// The length of the scratch of one tile.
    pub(crate) fn tile_len(&self) -> usize {
        let windows = self.steps.iter().filter_map(|step| match &step.what {
            What::Conv(window) => Some(window.tile_len()),
            _ => None,
        });
        windows.max().unwrap_or(0)
    }
}

impl Layout {
    /// The shape in files.
    pub(crate) fn shape(&self, count: usize) -> Vec<usize> {
        match *self {
            Self::Vector => vec![count],
            Self::Matrix { features, channels } => vec![features, channels],
            Self::Embedding { features, states } => vec![states, features],
            Self::Kernel {
                out,
                channels,
                height,
                width,
                sequence,
            } => {
                let mut shape = vec![out, channels, height, width];
                if sequence {
                    shape.remove(2);
                }
                shape
            }
        }
    }

    /// Where entry `k` of memory is in files.
    pub(crate) fn place(&self, k: usize) -> usize {
        match *self {
            Self::Vector | Self::Matrix { .. } => k,
            Self::Embedding { features, states } => k % states * features + k / states,
            Self::Kernel {
                channels,
                height,
                width,
                ..
            } => {
                let (place, channel) = (k / channels, k % channels);
                let (out, place) = (place / (height * width), place % (height * width));
                (out * channels + channel) * height * width + place
            }
        }
    }
}
