//! Targets whose parameters can be read, written and fitted.

mod error;
mod tensor;

pub use error::ParameterError;
pub use tensor::{Dims, MAX_DIMENSIONS, Symmetry, Tensor};

use super::{SymbolOf, Target};
use crate::Space;
use core::ops::Range;

/// A target `f(x; theta)` whose parameters `theta` are named tensors, with the gradient that training requires.
///
/// All tensors together are one flat slice of [`parameter_count`](Self::parameter_count) numbers: tensor by tensor in
/// the order of [`tensor`](Self::tensor), each in row-major order. [`tensors`] gives the range of each one.
///
/// # The gradient
/// Entry `k` of the gradient is `df/dtheta_k` with every stored number treated as an independent variable, and 0 if
/// the [`Symmetry`] of the tensor requires the number to be 0. Two couplings that must be equal have the same
/// derivative, to the last bit: with `f = s'Js`, `df/dJ_ij = df/dJ_ji = s_i s_j`, and adding `epsilon` to both
/// changes `f` by `2 epsilon s_i s_j`. Hence `theta + step * gradient` satisfies the symmetry if `theta` does, and
/// `f(theta + d) - f(theta)` is `gradient . d` to first order for every allowed direction `d`.
///
/// # After writing
/// Whatever a kernel or a model has cached for a walker (differences, fields, levels) belongs to the old parameters:
/// call [`Kernel::reevaluate`](crate::Kernel::reevaluate). If the number of levels or the lengths of memory depend on
/// the parameters, create the states again, too.
///
/// The trait is object-safe: `&mut dyn Parametric<Real = f32, Space = Binary>`.
pub trait Parametric: Target {
    /// The name, shape and symmetry of tensor `k`, counted from 0; `None` past the last one.
    fn tensor(&self, k: usize) -> Option<Tensor>;

    /// The number of parameters: the sum of the entries of all tensors.
    fn parameter_count(&self) -> usize {
        tensors(self).last().map_or(0, |(_, range)| range.end)
    }

    /// Copies all parameters to `values`.
    ///
    /// # Errors
    /// [`ParameterError::Length`] unless `values` has [`parameter_count`](Self::parameter_count) numbers.
    fn read_parameters(&self, values: &mut [Self::Real]) -> Result<(), ParameterError>;

    /// Replaces all parameters, and updates everything that the model derives from them.
    ///
    /// # Errors
    /// Those of [`check_parameters`]; the model is unchanged in that case.
    fn write_parameters(&mut self, values: &[Self::Real]) -> Result<(), ParameterError>;

    /// The length of the scratch slice of [`parameter_gradient`](Self::parameter_gradient) for a batch of `rows` rows.
    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        let _ = rows;
        0
    }

    /// Adds `sum_b weights[b] * df(x_b)/dtheta` to `gradient`.
    ///
    /// `x` contains one row of `space().sites()` symbols per weight, row-major. The sums over the batch are computed
    /// on the calling thread in a fixed order: the same arguments give the same bits. Nothing is allocated per call.
    /// Symbols that are not in the space, and weights that are not finite, make the result meaningless but do not
    /// panic.
    ///
    /// # Errors
    /// Those of [`check_batch`]; `gradient` is unchanged in that case.
    fn parameter_gradient(
        &self,
        x: &[SymbolOf<Self>],
        weights: &[Self::Real],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> Result<(), ParameterError>;
}

/// Every tensor of a model, with its range in the flat slice of parameters.
///
/// ```
/// # use gwg_core::target::{Dims, ParameterError, Target, Tensor, tensors};
/// # use gwg_core::{Binary, Parametric};
/// # struct Model(Binary);
/// # impl Target for Model {
/// #     type Real = f64;
/// #     type Space = Binary;
/// #     fn space(&self) -> &Binary { &self.0 }
/// #     fn log_prob(&self, _: &[u8]) -> f64 { 0.0 }
/// # }
/// # impl Parametric for Model {
/// #     fn tensor(&self, k: usize) -> Option<Tensor> {
/// #         [Tensor::new("W", [3, 2]), Tensor::new("b", [3])].get(k).copied()
/// #     }
/// #     fn read_parameters(&self, _: &mut [f64]) -> Result<(), ParameterError> { Ok(()) }
/// #     fn write_parameters(&mut self, _: &[f64]) -> Result<(), ParameterError> { Ok(()) }
/// #     fn parameter_gradient(&self, _: &[u8], _: &[f64], _: &mut [f64], _: &mut [f64])
/// #         -> Result<(), ParameterError> { Ok(()) }
/// # }
/// # let model = Model(Binary::new(3));
/// let ranges: Vec<_> = tensors(&model).map(|(tensor, range)| (tensor.name, range)).collect();
/// assert_eq!(ranges, [("W", 0..6), ("b", 6..9)]);
/// assert_eq!(model.parameter_count(), 9);
/// ```
pub fn tensors<P: Parametric + ?Sized>(
    model: &P,
) -> impl Iterator<Item = (Tensor, Range<usize>)> + '_ {
    let mut start = 0usize;
    let all = (0..).map_while(|k| model.tensor(k));
    all.map(move |tensor| {
        let end = start.saturating_add(tensor.shape.count());
        (tensor, core::mem::replace(&mut start, end)..end)
    })
}

/// Checks the values of all parameters, as [`Parametric::write_parameters`] does before it changes anything.
///
/// # Errors
/// [`ParameterError::Length`] unless there are [`Parametric::parameter_count`] of them; otherwise those of
/// [`Tensor::check`], for the first invalid entry of the first invalid tensor.
pub fn check_parameters<P: Parametric + ?Sized>(
    model: &P,
    values: &[P::Real],
) -> Result<(), ParameterError> {
    has_length("values", values.len(), model.parameter_count())?;
    let mut all = tensors(model);
    all.try_for_each(|(tensor, range)| tensor.check(values.get(range).unwrap_or(&[])))
}

/// Checks the lengths of the arguments of [`Parametric::parameter_gradient`].
///
/// # Errors
/// [`ParameterError::Length`] unless `x` has `sites` symbols per weight, `gradient` one number per parameter, and
/// `scratch` at least [`Parametric::parameter_gradient_scratch_len`] numbers.
pub fn check_batch<P: Parametric + ?Sized>(
    model: &P,
    x: &[SymbolOf<P>],
    weights: &[P::Real],
    gradient: &[P::Real],
    scratch: &[P::Real],
) -> Result<(), ParameterError> {
    let rows = weights.len();
    has_length("x", x.len(), rows.saturating_mul(model.space().sites()))?;
    has_length("gradient", gradient.len(), model.parameter_count())?;
    let needed = model.parameter_gradient_scratch_len(rows);
    has_length("scratch", scratch.len().min(needed), needed)
}

fn has_length(slice: &'static str, found: usize, needed: usize) -> Result<(), ParameterError> {
    if found == needed {
        return Ok(());
    }
    Err(ParameterError::Length {
        slice,
        found,
        needed,
    })
}
