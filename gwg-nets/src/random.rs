//! Weights that training begins with.

use crate::plan::{Layout, Plan};
use crate::{Description, Layer, NetError, Network};
use gwg_core::{Bits, SplitMix64};
use gwg_linalg::Scalar;
use gwg_relax::Normal;
use std::collections::HashMap;

/// A network with random weights, as PyTorch draws those of the same modules: linear maps and kernels, with their biases, uniformly below 1 over the
/// square root of the numbers that an output sees; vectors of symbols from the standard normal distribution. Scales, norms and slopes of
/// swish are what their layers say.
///
/// # Errors
/// A description that is not one of a network.
pub fn random<R: Scalar>(description: Description, seed: u64) -> Result<Network<R>, NetError> {
    let plan = Plan::new(&description)?;
    let mut scales = HashMap::new();
    find_scales(&description.layers, "", &mut scales);
    let mut normal = Normal::default();
    let mut bits = SplitMix64::new(SplitMix64::mix(seed));
    let mut parameters = Vec::with_capacity(plan.parameters);
    let mut bound = 0.0;
    for tensor in &plan.tensors {
        let (layer, kind) = tensor.name.rsplit_once('.').unwrap_or_default();
        if let Some(inner) = inner(tensor.layout) {
            bound = 1.0 / (inner as f64).sqrt();
        }
        for _ in tensor.range.clone() {
            let number = match (tensor.layout, kind) {
                (Layout::Embedding { .. }, _) => normal.draw(&mut bits),
                (Layout::Vector, "beta") => 1.0,
                (Layout::Vector, _) if scales.contains_key(layer) => match kind {
                    "weight" => scales[layer],
                    _ => 0.0,
                },
                _ => bound * (2.0 * bits.unit::<f64>() - 1.0),
            };
            parameters.push(R::from_f64(number));
        }
    }
    Network::new(description, parameters)
}

/// The numbers that an output sees.
fn inner(layout: Layout) -> Option<usize> {
    match layout {
        Layout::Matrix { channels, .. } => Some(channels),
        Layout::Kernel {
            channels,
            height,
            width,
            ..
        } => Some(channels * height * width),
        Layout::Vector | Layout::Embedding { .. } => None,
    }
}

/// The weights of layers that scale, by their names.
fn find_scales(layers: &[Layer], prefix: &str, scales: &mut HashMap<String, f64>) {
    for (k, layer) in layers.iter().enumerate() {
        let name = format!("{prefix}{k}");
        match layer {
            Layer::Scale { initial } => drop(scales.insert(name, *initial)),
            Layer::Norm { .. } => drop(scales.insert(name, 1.0)),
            Layer::Residual { body, shortcut } => {
                find_scales(body, &format!("{name}.body."), scales);
                find_scales(shortcut, &format!("{name}.shortcut."), scales);
            }
            _ => {}
        }
    }
}
