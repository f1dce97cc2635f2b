mod categorical;
mod layer;
mod others;

use super::ExactError;
use crate::Rbm;
pub use categorical::categorical_rbm_exact_unless;
use gwg_linalg::Scalar;
use layer::Layer;

/// Maximum number of units of an enumerated layer.
pub const MAX_UNITS: usize = 25;

/// Exact expectations of a Boltzmann machine.
#[derive(Clone, Debug, PartialEq)]
pub struct RbmExact {
    /// `log sum_v exp(f(v))`, the log-partition function of the visible distribution.
    pub log_z: f64,
    /// `E[v_i]` of every visible unit; of categorical sites, the frequencies of their states, shape (sites, states).
    pub means: Vec<f64>,
}

/// Computes `log Z` of a Boltzmann machine by summing over all states of its smaller layer, given which the units of the other
/// layer are independent: `Z = sum_h exp(c.h) prod_i (1 + exp(b_i + (W h)_i))`, or the same with the layers exchanged.
///
/// States follow a Gray code, so that each step multiplies the odds of the other layer by a row, in f64; the odds are recomputed
/// every 1024 states. The sum is split into parts that are the same for any number of threads.
///
/// # Cost
/// `2^smaller * larger` times two multiplications, over the machine's cores, and a logarithm per state; if odds overflow (logits
/// above 600), an exponential instead of each multiplication.
///
/// # Errors
/// [`ExactError::TooLarge`] if both layers have more than [`MAX_UNITS`] units.
pub fn rbm_log_z<R: Scalar>(model: &Rbm<R>) -> Result<f64, ExactError> {
    let sum = smaller(model)?.sum(false, &|| false);
    Ok(sum.ok_or(ExactError::Stopped)?.log_z)
}

/// Computes `log Z` and the means of the visible units, by the same sum.
///
/// # Cost
/// That of [`rbm_log_z`] and up to as many divisions: states with less than `e^-50` of the largest weight are omitted from the means.
///
/// # Errors
/// Those of [`rbm_log_z`].
pub fn rbm_exact<R: Scalar>(model: &Rbm<R>) -> Result<RbmExact, ExactError> {
    rbm_exact_unless(model, &|| false)
}

/// Computes [`rbm_exact`] unless `stop` returns true. It is called at most 64 times: every few tenths of a second in a long sum.
///
/// # Errors
/// Those of [`rbm_log_z`], and [`ExactError::Stopped`].
pub fn rbm_exact_unless<R: Scalar>(
    model: &Rbm<R>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<RbmExact, ExactError> {
    let layer = smaller(model)?;
    let sum = layer.sum(true, stop).ok_or(ExactError::Stopped)?;
    let means = if layer.hidden { sum.others } else { sum.own };
    Ok(RbmExact {
        log_z: sum.log_z,
        means,
    })
}

fn smaller<R: Scalar>(model: &Rbm<R>) -> Result<Layer, ExactError> {
    let units = model.visible().min(model.hidden());
    if units > MAX_UNITS {
        return Err(ExactError::TooLarge {
            what: "units of the smaller layer",
            found: units,
            allowed: MAX_UNITS,
        });
    }
    Ok(Layer::of(model))
}
