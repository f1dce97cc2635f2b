use crate::entry::Sampler;
use crate::error::BindError;
use crate::model::{BuildError, DynStepper, Model, ModelBuilder};
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

    /// The model that is chosen.
    ///
    /// # Errors
    /// [`BuildError`].
    fn build(builder: &dyn ModelBuilder) -> Result<Model<Self>, BuildError>
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

    fn build(builder: &dyn ModelBuilder) -> Result<Model<Self>, BuildError> {
        builder.build_f32()
    }
}

impl Precision for f64 {
    fn bind(
        sampler: &dyn Sampler,
        model: &Model<Self>,
    ) -> Result<Box<DynStepper<Self>>, BindError> {
        sampler.bind_f64(model)
    }

    fn build(builder: &dyn ModelBuilder) -> Result<Model<Self>, BuildError> {
        builder.build_f64()
    }
}
