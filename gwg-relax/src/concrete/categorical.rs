use crate::density::Schedule;
use crate::error::{has_length, positive};
use crate::noise::gumbel;
use crate::{RelaxError, Relaxed};
use gwg_core::{Bits, Real, math};

/// Gumbel-softmax (concrete) variables: `y = softmax((theta + G) / T)` per site with Gumbel noise `G`, rounded to the one-hot
/// vector of the largest entry (Jang, Gu, Poole 2017; Maddison, Mnih, Teh 2017).
///
/// The rounded state is distributed as `Categorical(softmax(theta))` exactly, for every `T` (the Gumbel-max trick). `theta` has
/// `states` numbers per site, one site after the other. The estimates of `d E f / d theta` are those of
/// [`BinaryConcrete`](super::BinaryConcrete) with the derivative of softmax: biased and of low variance at high `T`, nearly
/// unbiased and of high variance at low `T`; straight-through with the derivative of the probabilities is exact for `f`
/// with terms of different sites (Potts models).
#[derive(Clone, Debug)]
pub struct GumbelSoftmax<R> {
    states: usize,
    temperature: R,
    soft: Vec<R>,
    hard: Vec<R>,
    probability: Vec<R>,
    gradient: Vec<R>,
    scratch: Vec<R>,
}

impl<R: Real> GumbelSoftmax<R> {
    /// Creates variables of sites with `states` states at a temperature.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `states` is at least 1 and the temperature is positive and finite.
    pub fn new(states: usize, temperature: f64) -> Result<Self, RelaxError> {
        positive("states", states as f64)?;
        Ok(Self {
            states,
            temperature: R::from_f64(positive("temperature", temperature)?),
            soft: Vec::new(),
            hard: Vec::new(),
            probability: Vec::new(),
            gradient: Vec::new(),
            scratch: Vec::new(),
        })
    }

    /// Sets the temperature to that of step `step` of `steps`.
    pub fn anneal(&mut self, schedule: &Schedule, step: u64, steps: u64) {
        self.temperature = R::from_f64(schedule.at(step, steps));
    }

    /// Draws the variables of all sites.
    ///
    /// # Errors
    /// [`RelaxError::Length`] unless `theta` has a multiple of `states` numbers.
    pub fn draw<B: Bits + ?Sized>(&mut self, theta: &[R], bits: &mut B) -> Result<(), RelaxError> {
        let whole = theta.len() / self.states * self.states;
        has_length("theta", theta.len(), whole)?;
        self.soft.clear();
        self.soft.extend(theta.iter().map(|&t| t + gumbel(bits)));
        self.hard.clear();
        for y in self.soft.chunks_exact_mut(self.states) {
            let mut largest = 0;
            for (k, value) in y.iter().enumerate() {
                if *value > y.get(largest).copied().unwrap_or(R::NEG_INFINITY) {
                    largest = k;
                }
            }
            let states = 0..self.states;
            let one_hot = states.map(|k| if k == largest { R::ONE } else { R::ZERO });
            self.hard.extend(one_hot);
            for value in &mut *y {
                *value = *value / self.temperature;
            }
            softmax(y);
        }
        Ok(())
    }

    /// The relaxed variables of the last draw.
    #[must_use]
    pub fn soft(&self) -> &[R] {
        &self.soft
    }

    /// The one-hot vectors of the last draw.
    #[must_use]
    pub fn hard(&self) -> &[R] {
        &self.hard
    }

    /// Writes the gradient of `f(y)` with respect to `theta` and returns `f(y)`. Biased: by the relaxation.
    ///
    /// # Errors
    /// [`RelaxError::Length`] unless the model, the last draw and `out` have the same length.
    pub fn relaxed<M>(&mut self, model: &M, out: &mut [R]) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        let f = self.evaluate(model, true, out.len())?;
        through_softmax(
            self.states,
            &self.gradient,
            &self.soft,
            self.temperature,
            out,
        );
        Ok(f)
    }

    /// Writes the gradient of `f` at the one-hot vectors, through the derivative of `softmax(theta)`, and returns `f` there.
    /// Unbiased if `f` has no terms of two states of one site and is linear in each site.
    ///
    /// # Errors
    /// Those of [`relaxed`](Self::relaxed).
    pub fn straight_through<M>(
        &mut self,
        model: &M,
        theta: &[R],
        out: &mut [R],
    ) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        has_length("theta", theta.len(), out.len())?;
        let f = self.evaluate(model, false, out.len())?;
        self.probability.clear();
        self.probability.extend_from_slice(theta);
        for p in self.probability.chunks_exact_mut(self.states) {
            softmax(p);
        }
        through_softmax(self.states, &self.gradient, &self.probability, R::ONE, out);
        Ok(f)
    }

    fn evaluate<M>(&mut self, model: &M, soft: bool, out: usize) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        let n = model.weights();
        has_length("the last draw", self.soft.len(), n)?;
        has_length("out", out, n)?;
        self.gradient.resize(n, R::ZERO);
        self.scratch.resize(model.scratch_len(), R::ZERO);
        let x = if soft { &self.soft } else { &self.hard };
        Ok(model.value_and_gradient(x, &mut self.gradient, &mut self.scratch))
    }
}

/// Replaces logits by probabilities.
fn softmax<R: Real>(logit: &mut [R]) {
    let largest = math::max(logit);
    for l in logit.iter_mut() {
        *l = (*l - largest).exp();
    }
    let total = math::sum(logit);
    for l in logit {
        *l = *l / total;
    }
}

/// Writes `sum_a g_a y_a ([a = b] - y_b) / T` for every site and state `b`.
fn through_softmax<R: Real>(states: usize, g: &[R], y: &[R], temperature: R, out: &mut [R]) {
    let sites = g.chunks_exact(states).zip(y.chunks_exact(states));
    for ((g, y), out) in sites.zip(out.chunks_exact_mut(states)) {
        let mean = math::dot(g, y);
        for ((out, &g), &y) in out.iter_mut().zip(g).zip(y) {
            *out = y * (g - mean) / temperature;
        }
    }
}
