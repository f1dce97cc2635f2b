use crate::entry::Sampler;
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_models::Scalar;

/// `f32` and `f64`: a sampler chosen at run time is bound in the one that its model has.
pub trait Precision: Scalar {
    /// The sampler on a model.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind(sampler: &dyn Sampler, model: &Model<Self>) -> Result<Box<DynStepper<Self>>, BindError>
    where
        Self: Sized;
}

impl Precision for f32 {
    fn bind(
        sampler: &dyn Sampler,
        model: &Model<Self>,
    ) -> Result<Box<DynStepper<Self>>, BindError> {
        sampler.bind_f32(model)
    }
}

impl Precision for f64 {
    fn bind(
        sampler: &dyn Sampler,
        model: &Model<Self>,
    ) -> Result<Box<DynStepper<Self>>, BindError> {
        sampler.bind_f64(model)
    }
}
