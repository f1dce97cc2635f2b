//! The sum of a network and a Boltzmann machine.

use crate::{Base, Description, Layer, NetError, Network, NeuralEnergy, Symbols};
use gwg_linalg::Scalar;
use gwg_models::Rbm;

/// The sum of a network of binary sites and a restricted Boltzmann machine, `f(x) = network(x) + b'x + sum_j ln(1 + exp(W_j'x + c_j))`, as one network, in
/// which the machine's hidden units are a branch, with the machine's visible biases as base distribution (so that `f` differs by a constant).
///
/// The last linear map of `network` becomes 0, if that is its last layer: training goes on from the machine, which a network of random weights would
/// disturb. All weights of both are trained, the visible biases are not.
///
/// # Errors
/// [`NetError::Base`] if the machine has other sites; [`NetError::Binary`] if the sites are not binary.
pub fn on_machine<R: Scalar>(
    network: &Network<R>,
    machine: &Rbm<R>,
) -> Result<NeuralEnergy<R>, NetError> {
    let description = network.description();
    let Symbols::Binary { low, high } = description.symbols else {
        return Err(NetError::Binary {
            found: description.symbols.states(),
        });
    };
    let (found, expected) = (machine.visible(), description.sites());
    if found != expected {
        let tensor = "visible biases of the machine";
        return Err(NetError::Base {
            tensor,
            found,
            expected,
        });
    }
    let (hidden, scale) = (machine.hidden(), 1.0 / (high - low));
    let branch = vec![
        Layer::Flatten,
        linear(hidden, true),
        Layer::Softplus,
        linear(1, false),
    ];
    let sum = Layer::Residual {
        body: branch,
        shortcut: description.layers.clone(),
    };
    let description = Description {
        layers: vec![sum],
        ..description.clone()
    };
    let weight = |j: usize, i: usize| machine.weights()[i * hidden + j].to_f64() * scale;
    let weights = (0..hidden).flat_map(|j| (0..found).map(move |i| weight(j, i)));
    // The numbers that the first layer receives are low and high, not 0 and 1.
    let biases = machine.hidden_bias().iter().enumerate().map(|(j, c)| {
        let shift: f64 = (0..found).map(|i| weight(j, i) * low).sum();
        c.to_f64() - shift
    });
    let machine_weights: [(&str, Vec<f64>); 3] = [
        ("0.body.1.weight", weights.collect()),
        ("0.body.1.bias", biases.collect()),
        ("0.body.3.weight", vec![1.0; hidden]),
    ];
    let plan = crate::plan::Plan::new(&description)?;
    let mut parameters = vec![R::ZERO; plan.parameters];
    let last = last_linear(network.description());
    for tensor in &plan.tensors {
        let to = &mut parameters[tensor.range.clone()];
        let of_network = tensor.name.strip_prefix("0.shortcut.").and_then(|name| {
            let own = network.plan.tensors.iter().find(|t| t.name == name)?;
            let zero = last.as_deref().is_some_and(|last| name.starts_with(last));
            (!zero).then(|| &network.parameters()[own.range.clone()])
        });
        if let Some(from) = of_network {
            to.copy_from_slice(from);
        }
        if let Some((_, from)) = machine_weights
            .iter()
            .find(|(name, _)| *name == tensor.name)
        {
            for (to, &from) in to.iter_mut().zip(from) {
                *to = R::from_f64(from);
            }
        }
    }
    let energy = NeuralEnergy::new(Network::new(description, parameters)?)?;
    energy.with_base(Base::binary(machine.visible_bias().to_vec()))
}

fn linear(features: usize, bias: bool) -> Layer {
    Layer::Linear { features, bias }
}

/// How the names of the tensors of the last layer begin, if it is a linear map.
fn last_linear(description: &Description) -> Option<String> {
    let last = description.layers.len().checked_sub(1)?;
    matches!(description.layers[last], Layer::Linear { .. }).then(|| format!("{last}."))
}
