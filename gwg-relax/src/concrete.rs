//! Gradients of `E f` with respect to the logits of independent sites, through relaxed draws.
//!
//! For `x_i ~ Bernoulli(sigma(theta_i))` or `x_i ~ Categorical(softmax(theta_i))`, independently.

mod binary;
mod categorical;

pub use binary::BinaryConcrete;
pub use categorical::GumbelSoftmax;
