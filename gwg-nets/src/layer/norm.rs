//! Every position less its mean, divided by its standard deviation.

use super::vectors;
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

    pub(crate) fn forward(&self, from: &[R], to: &mut [R]) {
        let channels = self.weight.len();
        vectors(|| {
            let rows = from.chunks_exact(channels);
            for (to, from) in to.chunks_exact_mut(channels).zip(rows) {
                let (mean, scale) = self.moments(from, to);
                let weights = self.weight.iter().zip(self.bias);
                for ((to, &x), (&weight, &bias)) in to.iter_mut().zip(from).zip(weights) {
                    *to = (x - mean) * scale * weight + bias;
                }
            }
        });
    }

    /// `room` has a number for each channel.
    pub(crate) fn back(&self, from: &[R], after: &[R], before: &mut [R], room: &mut [R]) {
        let channels = self.weight.len();
        let room = &mut room[..channels];
        vectors(|| {
            let rows = from
                .chunks_exact(channels)
                .zip(after.chunks_exact(channels));
            for (before, (from, after)) in before.chunks_exact_mut(channels).zip(rows) {
                let (mean, scale) = self.moments(from, room);
                let count = R::from_f64(channels as f64);
                for ((room, &after), &weight) in room.iter_mut().zip(after).zip(self.weight) {
                    *room = after * weight;
                }
                let first = math::sum(room) / count;
                for (room, &x) in room.iter_mut().zip(from) {
                    *room *= (x - mean) * scale;
                }
                let second = math::sum(room) / count;
                let given = after.iter().zip(self.weight);
                for ((before, &x), (&after, &weight)) in before.iter_mut().zip(from).zip(given) {
                    let slope = after * weight - first - (x - mean) * scale * second;
                    *before += scale * slope;
                }
            }
        });
    }

    pub(crate) fn learn(&self, from: &[R], after: &[R], gradient: &mut [R], room: &mut [R]) {
        let channels = self.weight.len();
        let (weight, bias) = gradient.split_at_mut(channels);
        let room = &mut room[..channels];
        vectors(|| {
            let rows = from
                .chunks_exact(channels)
                .zip(after.chunks_exact(channels));
            for (from, after) in rows {
                let (mean, scale) = self.moments(from, room);
                let sums = weight.iter_mut().zip(bias.iter_mut());
                for ((weight, bias), (&x, &after)) in sums.zip(from.iter().zip(after)) {
                    *weight += after * (x - mean) * scale;
                    *bias += after;
                }
            }
        });
    }

    /// The mean, and 1 over the standard deviation.
    #[inline(always)]
    fn moments(&self, x: &[R], room: &mut [R]) -> (R, R) {
        let count = R::from_f64(x.len() as f64);
        let mean = math::sum(x) / count;
        for (room, &x) in room.iter_mut().zip(x) {
            *room = (x - mean) * (x - mean);
        }
        let variance = math::sum(room) / count;
        (
            mean,
            R::from_f64((variance + self.epsilon).to_f64().sqrt().recip()),
        )
    }
}
