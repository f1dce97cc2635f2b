//! Means of `f` from frequencies.

use gwg_core::math;

/// Sums of parameters, weighted by the frequencies of what they belong to: the means of `f`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MeanF {
    /// By the frequencies of the data, which are mixed with uniform ones.
    data: f64,
    /// By the frequencies of the chains.
    pub(super) model: f64,
    /// By uniform frequencies.
    uniform: f64,
}

impl MeanF {
    /// Adds the parameters of a site or a pair; the frequencies of each slice sum to 1.
    pub(super) fn push(&mut self, parameters: &[f32], data: &[f32], model: &[f32]) {
        self.data += f64::from(math::dot(parameters, data));
        self.model += f64::from(math::dot(parameters, model));
        self.uniform += math::sum_wide(parameters) / parameters.len() as f64;
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.data += other.data;
        self.model += other.model;
        self.uniform += other.uniform;
    }

    /// The mean over the data, without the uniform frequencies that have this weight in theirs.
    pub(super) fn of_data(&self, pseudocount: f64) -> f64 {
        let keep = 1.0 - pseudocount;
        if keep > 0.0 {
            (self.data - pseudocount * self.uniform) / keep
        } else {
            self.data
        }
    }
}
