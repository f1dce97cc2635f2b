use gwg_core::Real;

/// Dual averaging of the logarithm of a step size toward a rate of acceptance (Hoffman, Gelman 2014, section 3.2).
///
/// With `a` the mean deviation from the target so far, the next step size is `exp(m - sqrt(t) a / gamma)`; the result is a
/// weighted average over the iterations. `gamma = .05`, `t_0 = 10`, `kappa = .75`, as in the paper and in Stan.
#[derive(Clone, Debug, PartialEq)]
pub struct DualAveraging {
    target: f64,
    center: f64,
    deviation: f64,
    log_average: f64,
    iteration: f64,
}

impl DualAveraging {
    /// Begins at the step size `initial`; values that are not positive are those of the smallest positive number.
    #[must_use]
    pub fn new(initial: f64, target: f64) -> Self {
        let log_initial = Real::ln(initial.max(f64::MIN_POSITIVE));
        Self {
            target,
            center: log_initial + Real::ln(10.0),
            deviation: 0.0,
            log_average: log_initial,
            iteration: 0.0,
        }
    }

    /// Takes the probability of acceptance of a step and returns the next step size. NaN counts as 0.
    pub fn update(&mut self, probability: f64) -> f64 {
        let probability = if probability.is_nan() {
            0.0
        } else {
            probability
        };
        self.iteration += 1.0;
        let t = self.iteration;
        let share = 1.0 / (t + 10.0);
        self.deviation += share * (self.target - probability - self.deviation);
        let log_step = self.center - t.sqrt() / 0.05 * self.deviation;
        let share = Real::exp(-0.75 * Real::ln(t));
        self.log_average += share * (log_step - self.log_average);
        Real::exp(log_step)
    }

    /// The averaged step size: that of the run after the warm-up.
    #[must_use]
    pub fn average(&self) -> f64 {
        Real::exp(self.log_average)
    }
}
