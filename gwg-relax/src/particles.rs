//! Stein variational gradient descent: particles that are moved by a deterministic map.

mod discrete;
mod kernel;
mod svgd;

pub use discrete::DiscreteSvgd;
pub use kernel::RbfKernel;
pub use svgd::Svgd;
