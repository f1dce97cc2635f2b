//! Networks that are known by name.

use crate::{Description, Layer, Symbols};

/// The residual network of Grathwohl et al. 2021 for images: a convolution to `channels`, two blocks that halve the sides, six that do not,
/// the mean over positions, a linear map. Their networks are `resnet(28, 28, .., 64)` and 16 or 32 channels.
///
/// A block is the sum of its input (after a kernel of one position where it halves) and of two convolutions 3 x 3 with a learned swish between them, with
/// another swish after the sum.
#[must_use]
pub fn resnet(height: usize, width: usize, symbols: Symbols, channels: usize) -> Description {
    resnet_of(height, width, symbols, channels, 6)
}

/// The same with so many blocks after the two that halve the sides.
#[must_use]
pub fn resnet_of(
    height: usize,
    width: usize,
    symbols: Symbols,
    channels: usize,
    blocks: usize,
) -> Description {
    let mut layers = vec![conv(channels, 3, 1)];
    for stride in [2, 2].into_iter().chain(std::iter::repeat_n(1, blocks)) {
        let shortcut = match stride {
            1 => vec![],
            _ => vec![conv(channels, 1, stride)],
        };
        let body = vec![
            conv(channels, 3, stride),
            Layer::Swish { learned: true },
            conv(channels, 3, 1),
        ];
        layers.push(Layer::Residual { body, shortcut });
        layers.push(Layer::Swish { learned: true });
    }
    layers.push(Layer::MeanPool);
    layers.push(Layer::Linear {
        features: 1,
        bias: true,
    });
    Description {
        shape: vec![height, width],
        symbols,
        layers,
    }
}

/// A convolution that keeps the sides where its stride is 1.
fn conv(channels: usize, kernel: usize, stride: usize) -> Layer {
    Layer::Conv {
        channels,
        kernel: vec![kernel, kernel],
        stride,
        padding: kernel / 2,
        bias: true,
    }
}

/// Linear maps to these numbers of features with swish after each, then to one number.
#[must_use]
pub fn perceptron(shape: Vec<usize>, symbols: Symbols, hidden: &[usize]) -> Description {
    let mut layers = vec![Layer::Flatten];
    for &features in hidden {
        let bias = true;
        layers.push(Layer::Linear { features, bias });
        layers.push(Layer::Swish { learned: false });
    }
    let (features, bias) = (1, true);
    layers.push(Layer::Linear { features, bias });
    Description {
        shape,
        symbols,
        layers,
    }
}

/// Convolutions along a sequence, after vectors of symbols: the first to `channels`, then `blocks` residual ones of this width, all positions to
/// one number by a linear map.
#[must_use]
pub fn sequence(
    length: usize,
    states: usize,
    channels: usize,
    width: usize,
    blocks: usize,
) -> Description {
    let conv = || Layer::Conv {
        channels,
        kernel: vec![width],
        stride: 1,
        padding: width / 2,
        bias: true,
    };
    let swish = || Layer::Swish { learned: false };
    let mut layers = vec![Layer::Embedding { features: channels }, conv(), swish()];
    for _ in 0..blocks {
        let body = vec![conv(), swish(), conv()];
        let shortcut = vec![];
        layers.push(Layer::Residual { body, shortcut });
        layers.push(swish());
    }
    layers.push(Layer::Flatten);
    let (features, bias) = (1, true);
    layers.push(Layer::Linear { features, bias });
    Description {
        shape: vec![length],
        symbols: Symbols::Categorical { states },
        layers,
    }
}
