mod ground_truth;
mod layer;
mod others;

use super::OracleError;
use gwg_models::{Rbm, Scalar};
use layer::Layer;

pub use ground_truth::{GroundTruth, RHAT, ground_truth, ground_truth_of};

/// The most units that a layer may have to be enumerated.
pub const MAX_UNITS: usize = 25;

/// What a Boltzmann machine is, exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct RbmExact {
    /// `log sum_v exp(f(v))`, the log-partition function of the visible law.
    pub log_z: f64,
    /// `E[v_i]` of every visible unit.
    pub means: Vec<f64>,
}

/// `log Z` of a Boltzmann machine, by the sum over all states of its smaller layer, of which the other layer's units are independent
/// given it: `Z = sum_h exp(c.h) prod_i (1 + exp(b_i + (W h)_i))`, or the same with the layers exchanged.
///
/// States follow a Gray code, so that from one to the next the odds of the other layer are multiplied by a row, in f64, and made afresh
/// every 1024 states; in parts that are the same for any number of threads.
///
/// # Cost
/// `2^smaller * larger` times two multiplications, over the machine's cores, and a logarithm a state; where odds overflow (logits beyond
/// 600) an exponential each instead.
///
/// # Errors
/// [`OracleError::TooLarge`] where both layers have more than [`MAX_UNITS`] units.
pub fn rbm_log_z<R: Scalar>(model: &Rbm<R>) -> Result<f64, OracleError> {
    let sum = smaller(model)?.sum(false, &|| false);
    Ok(sum.ok_or(OracleError::Stopped)?.log_z)
}

/// `log Z` and the means of the visible units, by the same sum.
///
/// # Cost
/// That of [`rbm_log_z`] and up to as many divisions: states with less than `e^-50` of the weight of the best are left out of the means.
///
/// # Errors
/// Those of [`rbm_log_z`].
pub fn rbm_exact<R: Scalar>(model: &Rbm<R>) -> Result<RbmExact, OracleError> {
    rbm_exact_unless(model, &|| false)
}

/// [`rbm_exact`] unless `stop` becomes true, which is asked 64 times at most: every few tenths of a second of a long sum.
///
/// # Errors
/// Those of [`rbm_log_z`], and [`OracleError::Stopped`].
pub fn rbm_exact_unless<R: Scalar>(
    model: &Rbm<R>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<RbmExact, OracleError> {
    let layer = smaller(model)?;
    let sum = layer.sum(true, stop).ok_or(OracleError::Stopped)?;
    let means = if layer.hidden { sum.others } else { sum.own };
    Ok(RbmExact {
        log_z: sum.log_z,
        means,
    })
}

fn smaller<R: Scalar>(model: &Rbm<R>) -> Result<Layer, OracleError> {
    let units = model.visible().min(model.hidden());
    if units > MAX_UNITS {
        return Err(OracleError::TooLarge {
            what: "units of the smaller layer",
            found: units,
            allowed: MAX_UNITS,
        });
    }
    Ok(Layer::of(model))
}
