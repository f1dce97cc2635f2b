//! Every position less its mean, divided by its standard deviation.

use gwg_core::{Real, math};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Norm<'p, R> {
    weight: &'p [R],
    bias: &'p [R],
    epsilon: R,
}

impl<'p, R: Real> Norm<'p, R> {
    pub(crate) fn new(parameters: &'p [R], epsilon: f64) -> Self {
        let (weight, bias) = parameters.split_at(parameters.len() / 2);
        Self {
            weight,
            bias,
            epsilon: R::from_f64(epsilon),
        }
    }

    /// `scratch` has a number for each channel, here and below.
    pub(crate) fn forward(&self, from: &[R], to: &mut [R], scratch: &mut [R]) {
        forward(self.weight, self.bias, self.epsilon, from, to, scratch);
    }

    pub(crate) fn back(&self, from: &[R], after: &[R], before: &mut [R], scratch: &mut [R]) {
        back(self.weight, self.epsilon, from, after, before, scratch);
    }

    pub(crate) fn learn(&self, from: &[R], after: &[R], gradient: &mut [R], scratch: &mut [R]) {
        let (weight, bias) = gradient.split_at_mut(self.weight.len());
        learn(weight, bias, self.epsilon, from, after, scratch);
    }
}

vectors! {
    fn forward<R: Real>(
        weight: &'v [R],
        bias: &'v [R],
        epsilon: R,
        from: &'v [R],
        to: &'v mut [R],
        scratch: &'v mut [R],
    ) {
        let channels = weight.len();
        let rows = from.chunks_exact(channels);
        for (to, from) in to.chunks_exact_mut(channels).zip(rows) {
            let (mean, scale) = moments(from, epsilon, scratch);
            let weights = weight.iter().zip(bias);
            for ((to, &x), (&weight, &bias)) in to.iter_mut().zip(from).zip(weights) {
                *to = (x - mean) * scale * weight + bias;
            }
        }
    }

    fn back<R: Real>(
        weight: &'v [R],
        epsilon: R,
        from: &'v [R],
        after: &'v [R],
        before: &'v mut [R],
        scratch: &'v mut [R],
    ) {
        let channels = weight.len();
        let count = R::from_f64(channels as f64);
        let rows = from.chunks_exact(channels).zip(after.chunks_exact(channels));
        for (before, (from, after)) in before.chunks_exact_mut(channels).zip(rows) {
            let (mean, scale) = moments(from, epsilon, scratch);
            let scratch = &mut scratch[..channels];
            for ((scratch, &after), &weight) in scratch.iter_mut().zip(after).zip(weight) {
                *scratch = after * weight;
            }
            let first = math::sum(scratch) / count;
            for (scratch, &x) in scratch.iter_mut().zip(from) {
                *scratch *= (x - mean) * scale;
            }
            let second = math::sum(scratch) / count;
            let given = after.iter().zip(weight);
            for ((before, &x), (&after, &weight)) in before.iter_mut().zip(from).zip(given) {
                let slope = after * weight - first - (x - mean) * scale * second;
                *before += scale * slope;
            }
        }
    }

    fn learn<R: Real>(
        weight: &'v mut [R],
        bias: &'v mut [R],
        epsilon: R,
        from: &'v [R],
        after: &'v [R],
        scratch: &'v mut [R],
    ) {
        let channels = weight.len();
        let rows = from.chunks_exact(channels).zip(after.chunks_exact(channels));
        for (from, after) in rows {
            let (mean, scale) = moments(from, epsilon, scratch);
            let sums = weight.iter_mut().zip(bias.iter_mut());
            for ((weight, bias), (&x, &after)) in sums.zip(from.iter().zip(after)) {
                *weight += after * (x - mean) * scale;
                *bias += after;
            }
        }
    }
}

/// The mean, and 1 over the standard deviation.
#[inline(always)]
fn moments<R: Real>(x: &[R], epsilon: R, scratch: &mut [R]) -> (R, R) {
    let count = R::from_f64(x.len() as f64);
    let mean = math::sum(x) / count;
    let scratch = &mut scratch[..x.len()];
    for (scratch, &x) in scratch.iter_mut().zip(x) {
        *scratch = (x - mean) * (x - mean);
    }
    let variance = math::sum(scratch) / count;
    let deviation = (variance + epsilon).to_f64().sqrt();
    (mean, R::from_f64(1.0 / deviation))
}
