//! Networks as data.

use serde::{Deserialize, Serialize};

/// A network: what its states are, and its layers from the states to one number, `f(x)`.
///
/// With serde it has any format; in files of weights it is JSON:
///
/// ```
/// use gwg_nets::{Description, Layer, Symbols};
///
/// let text = r#"{
///     "shape": [8, 8],
///     "symbols": { "kind": "binary" },
///     "layers": [
///         { "type": "conv", "channels": 16, "kernel": [3, 3], "padding": 1 },
///         { "type": "swish" },
///         { "type": "mean_pool" },
///         { "type": "linear", "features": 1 }
///     ]
/// }"#;
/// let network: Description = serde_json::from_str(text)?;
/// assert_eq!(network.symbols, Symbols::Binary { low: 0.0, high: 1.0 });
/// assert_eq!(network.layers.len(), 4);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The sites: `[length]` of a sequence, or `[height, width]` of an image, whose sites are in row-major order.
    pub shape: Vec<usize>,
    /// What is at each site.
    pub symbols: Symbols,
    /// The layers, in order; the last one leaves one number.
    pub layers: Vec<Layer>,
}

/// What is at each site, and how the first layer receives it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Symbols {
    /// 0 or 1: one channel, `low` for 0 and `high` for 1.
    Binary {
        /// The number for symbol 0.
        #[serde(default)]
        low: f64,
        /// The number for symbol 1.
        #[serde(default = "one")]
        high: f64,
    },
    /// Symbols without an order: one channel for each, which is 1 for the symbol that is there.
    Categorical {
        /// How many symbols, 2 to 256.
        states: usize,
    },
    /// Integers, such as levels of gray: one channel, from `low` for 0 to `high` for the largest in equal steps.
    Ordinal {
        /// How many levels, 2 to 256.
        states: usize,
        /// The number for level 0.
        #[serde(default)]
        low: f64,
        /// The number for the highest level.
        #[serde(default = "one")]
        high: f64,
    },
}

/// A layer. Those with weights name the module of PyTorch that has the same ones, of the same names and shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Layer {
    /// A vector for each symbol of [`Symbols::Categorical`]: `torch.nn.Embedding`, `weight` (states, features). The first layer only.
    Embedding {
        /// Numbers of a vector.
        features: usize,
    },
    /// The same linear map at every position: `torch.nn.Linear` on channels, `weight` (features, channels), `bias` (features).
    Linear {
        /// Channels of the result.
        features: usize,
        /// Whether there is a `bias`.
        #[serde(default = "yes")]
        bias: bool,
    },
    /// A convolution, `torch.nn.Conv1d` for sequences and `Conv2d` for images: `weight` (channels, channels before, kernel...), `bias` (channels).
    Conv {
        /// Channels of the result.
        channels: usize,
        /// The extent: `[width]` for sequences, `[height, width]` for images.
        kernel: Vec<usize>,
        /// From one place of the kernel to the next, in every direction.
        #[serde(default = "one_step")]
        stride: usize,
        /// Zeros added on every side of every direction that the kernel extends in.
        #[serde(default)]
        padding: usize,
        /// Whether there is a `bias`.
        #[serde(default = "yes")]
        bias: bool,
    },
    /// `x sigmoid(b x)`: `torch.nn.SiLU` with b = 1; with `learned`, one `beta` (channels) for each channel.
    Swish {
        /// Whether b is a weight.
        #[serde(default)]
        learned: bool,
    },
    /// `max(x, 0)`: `torch.nn.ReLU`.
    Relu,
    /// The hyperbolic tangent: `torch.nn.Tanh`.
    Tanh,
    /// `ln(1 + e^x)`: `torch.nn.Softplus`.
    Softplus,
    /// Every channel times a number of its own, `weight` (channels): the layer scale of Touvron et al. 2021.
    Scale {
        /// The number that training begins with.
        initial: f64,
    },
    /// Every position less its mean over channels, divided by its standard deviation; then `weight` (channels) times it plus `bias` (channels):
    /// `torch.nn.LayerNorm` over channels. No statistics of a batch, so that `f(x)` is a function of x.
    Norm {
        /// Added to the variance.
        #[serde(default = "epsilon")]
        epsilon: f64,
    },
    /// The sum of two branches of the same input: names of weights begin with `body.` and `shortcut.`.
    Residual {
        /// The layers of one.
        body: Vec<Layer>,
        /// Those of the other; none for the input itself.
        #[serde(default)]
        shortcut: Vec<Layer>,
    },
    /// The mean over all positions.
    MeanPool,
    /// The sum over all positions.
    SumPool,
    /// All numbers as one position, in the order of `torch.nn.Flatten`: (channels, height, width).
    Flatten,
}

const fn yes() -> bool {
    true
}

const fn one() -> f64 {
    1.0
}

const fn one_step() -> usize {
    1
}

const fn epsilon() -> f64 {
    1e-5
}

impl Description {
    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.shape.iter().fold(1, |n, &k| n.saturating_mul(k))
    }
}

impl Symbols {
    /// The number of symbols of a site.
    #[must_use]
    pub const fn states(&self) -> usize {
        match *self {
            Self::Binary { .. } => 2,
            Self::Categorical { states } | Self::Ordinal { states, .. } => states,
        }
    }

    /// The number of channels that the first layer receives.
    #[must_use]
    pub const fn channels(&self) -> usize {
        match *self {
            Self::Categorical { states } => states,
            _ => 1,
        }
    }
}
