//! The types that a model chosen at run time may have: numbers of `f32` or `f64`, symbols of `u8` or `u16`.
//!
//! Both traits only forward to methods that are not generic, so that samplers and models are compiled in this crate.

use crate::entry::Sampler;
use crate::error::BindError;
use crate::model::{BuildError, DynStepper, Model, ModelBuilder};
use gwg_core::Symbol;
use gwg_models::Scalar;

/// A sampler on a model, or why it does not run on it.
type Bound<R, S> = Result<Box<DynStepper<R, S>>, BindError>;

/// `f32` and `f64`: the precision of a model chosen at run time.
pub trait Precision: Scalar {
    /// Binds the sampler to a model.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind<S: Width>(sampler: &dyn Sampler, model: &Model<Self, S>) -> Bound<Self, S>
    where
        Self: Sized;

    /// Builds the model.
    ///
    /// # Errors
    /// [`BuildError`].
    fn build<S: Width>(builder: &dyn ModelBuilder) -> Result<Model<Self, S>, BuildError>
    where
        Self: Sized;
}

/// `u8` and `u16`: the symbols of a model chosen at run time.
pub trait Width: Symbol {
    /// True for `u16`.
    const IS_WIDE: bool = Self::MAX_STATES > 256;

    /// Binds the sampler to a model in `f32`.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind_f32(sampler: &dyn Sampler, model: &Model<f32, Self>) -> Bound<f32, Self>;

    /// Binds the sampler to a model in `f64`.
    ///
    /// # Errors
    /// [`BindError`].
    fn bind_f64(sampler: &dyn Sampler, model: &Model<f64, Self>) -> Bound<f64, Self>;

    /// Builds the model in `f32`.
    ///
    /// # Errors
    /// [`BuildError`].
    fn build_f32(builder: &dyn ModelBuilder) -> Result<Model<f32, Self>, BuildError>;

    /// Builds the model in `f64`.
    ///
    /// # Errors
    /// [`BuildError`].
    fn build_f64(builder: &dyn ModelBuilder) -> Result<Model<f64, Self>, BuildError>;
}

macro_rules! precision {
    ($real:ty, $bind:ident, $build:ident) => {
        impl Precision for $real {
            fn bind<S: Width>(sampler: &dyn Sampler, model: &Model<Self, S>) -> Bound<Self, S> {
                S::$bind(sampler, model)
            }

            fn build<S: Width>(builder: &dyn ModelBuilder) -> Result<Model<Self, S>, BuildError> {
                S::$build(builder)
            }
        }
    };
}

precision!(f32, bind_f32, build_f32);
precision!(f64, bind_f64, build_f64);

macro_rules! width {
    ($symbol:ty, $bind_f32:ident, $bind_f64:ident, $build_f32:ident, $build_f64:ident) => {
        impl Width for $symbol {
            fn bind_f32(sampler: &dyn Sampler, model: &Model<f32, Self>) -> Bound<f32, Self> {
                sampler.$bind_f32(model)
            }

            fn bind_f64(sampler: &dyn Sampler, model: &Model<f64, Self>) -> Bound<f64, Self> {
                sampler.$bind_f64(model)
            }

            fn build_f32(builder: &dyn ModelBuilder) -> Result<Model<f32, Self>, BuildError> {
                builder.$build_f32()
            }

            fn build_f64(builder: &dyn ModelBuilder) -> Result<Model<f64, Self>, BuildError> {
                builder.$build_f64()
            }
        }
    };
}

width!(u8, bind_f32, bind_f64, build_f32, build_f64);
width!(
    u16,
    bind_f32_wide,
    bind_f64_wide,
    build_f32_wide,
    build_f64_wide
);
