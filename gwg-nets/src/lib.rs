//! Neural energies: `f(x)` is the value of a network at a state, with its gradient, for samplers and for training.
//!
//! | item | what it does |
//! |---|---|
//! | [`Description`], [`Layer`], [`Symbols`] | a network as data |
//! | [`Network`] | a network with its weights |
//! | [`NeuralEnergy`] | a network as a model: values, gradients, exact differences, gradients of the weights |
//! | [`Base`] | a distribution of independent sites that is added to it |
//! | [`resnet`], [`perceptron`], [`sequence`] | descriptions that are known by name |
//! | [`on_machine`] | the sum of a network and a Boltzmann machine |
//! | [`RelaxedEnergy`] | the same between states, for the relaxations of gwg-relax |
//! | [`random`] | weights that training begins with |
//! | [`read_network`], [`write_network`] | files of weights that PyTorch reads and writes |
//!
//! Values and gradients of a state have the same bits in a batch of any size and on any number of threads.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod description;
mod energy;
mod error;
mod file;
mod layer;
mod machine;
mod network;
mod plan;
mod presets;
mod random;
mod shape;

pub use description::{Description, Layer, Symbols};
pub use energy::{Base, NeuralEnergy, RelaxedEnergy};
pub use error::NetError;
pub use file::{ENTRY, KIND, network_to_bytes, parse_network, read_network, write_network};
pub use machine::on_machine;
pub use network::Network;
pub use presets::{perceptron, resnet, resnet_of, sequence};
pub use random::random;
pub use shape::Shape;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
