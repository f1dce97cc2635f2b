//! Functions of single numbers.

use super::vectors;
use gwg_core::{Real, math};

/// Numbers computed together on the stack.
const CHUNK: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    Swish,
    /// With one parameter for each channel.
    LearnedSwish,
    Relu,
    Tanh,
    Softplus,
}

impl Activation {
    /// Writes the function of every number.
    pub(crate) fn forward<R: Real>(self, parameters: &[R], from: &[R], to: &mut [R]) {
        vectors(|| match self {
            Self::LearnedSwish => {
                let rows = from.chunks_exact(parameters.len());
                for (to, from) in to.chunks_exact_mut(parameters.len()).zip(rows) {
                    by_sigmoid(from, |k| parameters[k], |k, x, s| to[k] = x * s);
                }
            }
            Self::Swish => by_sigmoid(from, |_| R::ONE, |k, x, s| to[k] = x * s),
            Self::Relu => {
                for (to, &x) in to.iter_mut().zip(from) {
                    *to = if x > R::ZERO { x } else { R::ZERO };
                }
            }
            Self::Tanh => by_sigmoid(from, |_| R::TWO, |k, _, s| to[k] = R::TWO * s - R::ONE),
            Self::Softplus => math::softplus_slice(from, to),
        });
    }

    /// Adds the gradient before the function, from that after it.
    pub(crate) fn back<R: Real>(self, parameters: &[R], from: &[R], after: &[R], before: &mut [R]) {
        vectors(|| match self {
            Self::LearnedSwish => {
                let channels = parameters.len();
                let rows = from
                    .chunks_exact(channels)
                    .zip(after.chunks_exact(channels));
                for (before, (from, after)) in before.chunks_exact_mut(channels).zip(rows) {
                    by_sigmoid(
                        from,
                        |k| parameters[k],
                        |k, x, s| {
                            before[k] += after[k] * (s + parameters[k] * x * s * (R::ONE - s))
                        },
                    );
                }
            }
            Self::Swish => by_sigmoid(
                from,
                |_| R::ONE,
                |k, x, s| before[k] += after[k] * (s + x * s * (R::ONE - s)),
            ),
            Self::Relu => {
                for ((before, &x), &after) in before.iter_mut().zip(from).zip(after) {
                    *before += if x > R::ZERO { after } else { R::ZERO };
                }
            }
            Self::Tanh => by_sigmoid(
                from,
                |_| R::TWO,
                |k, _, s| before[k] += after[k] * (R::TWO * R::TWO * s * (R::ONE - s)),
            ),
            Self::Softplus => by_sigmoid(from, |_| R::ONE, |k, _, s| before[k] += after[k] * s),
        });
    }

    /// Adds the gradient of the parameters.
    pub(crate) fn learn<R: Real>(
        self,
        parameters: &[R],
        from: &[R],
        after: &[R],
        gradient: &mut [R],
    ) {
        if self != Self::LearnedSwish {
            return;
        }
        let channels = parameters.len();
        vectors(|| {
            let rows = from
                .chunks_exact(channels)
                .zip(after.chunks_exact(channels));
            for (from, after) in rows {
                by_sigmoid(
                    from,
                    |k| parameters[k],
                    |k, x, s| gradient[k] += after[k] * (x * x * s * (R::ONE - s)),
                );
            }
        });
    }
}

/// Calls `each` with every place `k`, the number `x` there and `sigmoid(slope(k) x)`.
#[inline(always)]
fn by_sigmoid<R: Real>(from: &[R], slope: impl Fn(usize) -> R, mut each: impl FnMut(usize, R, R)) {
    for (chunk, from) in from.chunks(CHUNK).enumerate() {
        let first = chunk * CHUNK;
        let (mut scaled, mut sigmoid) = ([R::ZERO; CHUNK], [R::ZERO; CHUNK]);
        for (k, (scaled, &x)) in scaled.iter_mut().zip(from).enumerate() {
            *scaled = slope(first + k) * x;
        }
        math::sigmoid_slice(&scaled[..from.len()], &mut sigmoid);
        for (k, (&x, s)) in from.iter().zip(sigmoid).enumerate() {
            each(first + k, x, s);
        }
    }
}
