//! Functions of single numbers.

use gwg_core::{Real, math};

/// Numbers computed together on the stack.
const CHUNK: usize = 256;

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
        let all = [self.slope()];
        forward(self, self.slopes(parameters, &all), from, to);
    }

    /// Adds the gradient before the function, from that after it.
    pub(crate) fn back<R: Real>(self, parameters: &[R], from: &[R], after: &[R], before: &mut [R]) {
        let all = [self.slope()];
        back(self, self.slopes(parameters, &all), from, after, before);
    }

    /// Adds the gradient of the parameters.
    pub(crate) fn learn<R: Real>(
        self,
        parameters: &[R],
        from: &[R],
        after: &[R],
        gradient: &mut [R],
    ) {
        if self == Self::LearnedSwish {
            learn(parameters, from, after, gradient);
        }
    }

    /// What numbers are multiplied by before the logistic function: for each channel, or for all.
    fn slopes<'p, R>(self, parameters: &'p [R], all: &'p [R; 1]) -> &'p [R] {
        match self {
            Self::LearnedSwish => parameters,
            _ => all,
        }
    }

    fn slope<R: Real>(self) -> R {
        match self {
            Self::Tanh => R::TWO,
            _ => R::ONE,
        }
    }
}

vectors! {
    fn forward<R: Real>(what: Activation, slopes: &'v [R], from: &'v [R], to: &'v mut [R]) {
        let mut logistic = Logistic::new(slopes);
        for (at, count, first) in parts(from.len(), slopes.len()) {
            let (x, to) = (&from[at..at + count], &mut to[at..at + count]);
            match what {
                Activation::Swish | Activation::LearnedSwish => {
                    let s = logistic.of(x, first, slopes);
                    for ((to, &x), &s) in to.iter_mut().zip(x).zip(s) {
                        *to = x * s;
                    }
                }
                Activation::Relu => {
                    for (to, &x) in to.iter_mut().zip(x) {
                        *to = if x > R::ZERO { x } else { R::ZERO };
                    }
                }
                Activation::Tanh => {
                    let s = logistic.of(x, first, slopes);
                    for (to, &s) in to.iter_mut().zip(s) {
                        *to = R::TWO * s - R::ONE;
                    }
                }
                Activation::Softplus => math::softplus_slice(x, to),
            }
        }
    }

    fn back<R: Real>(
        what: Activation,
        slopes: &'v [R],
        from: &'v [R],
        after: &'v [R],
        before: &'v mut [R],
    ) {
        let mut logistic = Logistic::new(slopes);
        for (at, count, first) in parts(from.len(), slopes.len()) {
            let (x, after) = (&from[at..at + count], &after[at..at + count]);
            let before = &mut before[at..at + count];
            if what == Activation::Relu {
                for ((before, &x), &after) in before.iter_mut().zip(x).zip(after) {
                    *before += if x > R::ZERO { after } else { R::ZERO };
                }
                continue;
            }
            let s = logistic.of(x, first, slopes);
            match what {
                Activation::Swish | Activation::LearnedSwish | Activation::Relu => {
                    // `scaled` is the slope times x.
                    let scaled = logistic.scaled[..count].iter();
                    let values = after.iter().zip(&logistic.sigmoid).zip(scaled);
                    for (before, ((&after, &s), &scaled)) in before.iter_mut().zip(values) {
                        *before += after * (s + scaled * s * (R::ONE - s));
                    }
                }
                Activation::Tanh => {
                    for ((before, &after), &s) in before.iter_mut().zip(after).zip(s) {
                        *before += after * (R::TWO * R::TWO * s * (R::ONE - s));
                    }
                }
                Activation::Softplus => {
                    for ((before, &after), &s) in before.iter_mut().zip(after).zip(s) {
                        *before += after * s;
                    }
                }
            }
        }
    }

    /// Of the slopes of swish.
    fn learn<R: Real>(slopes: &'v [R], from: &'v [R], after: &'v [R], gradient: &'v mut [R]) {
        let mut logistic = Logistic::new(slopes);
        let mut sums = [R::ZERO; CHUNK];
        for (at, count, first) in parts(from.len(), slopes.len()) {
            let (x, after) = (&from[at..at + count], &after[at..at + count]);
            let s = logistic.of(x, first, slopes);
            let sums = match slopes.len() > CHUNK {
                true => &mut gradient[first..first + count],
                false => &mut sums[..count],
            };
            for (((sum, &after), &x), &s) in sums.iter_mut().zip(after).zip(x).zip(s) {
                *sum += after * (x * x * s * (R::ONE - s));
            }
        }
        if slopes.len() <= CHUNK {
            for sums in sums.chunks_exact(slopes.len()) {
                gradient.iter_mut().zip(sums).for_each(|(g, &sum)| *g += sum);
            }
        }
    }
}

/// Parts of `len` numbers: their place, how many, and the channel of the first: whole positions, as many as fit in a chunk, or parts of one.
fn parts(len: usize, channels: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let (step, part) = if channels > CHUNK {
        (channels, CHUNK)
    } else {
        let whole = CHUNK / channels * channels;
        (whole, whole)
    };
    (0..len).step_by(step).flat_map(move |at| {
        let several = step.min(len - at);
        (0..several)
            .step_by(part)
            .map(move |first| (at + first, part.min(several - first), first))
    })
}

/// The logistic function of a part of the numbers.
struct Logistic<R> {
    /// The slopes of whole positions, where they fit.
    repeated: [R; CHUNK],
    scaled: [R; CHUNK],
    sigmoid: [R; CHUNK],
}

impl<R: Real> Logistic<R> {
    #[inline(always)]
    fn new(slopes: &[R]) -> Self {
        let zeros = [R::ZERO; CHUNK];
        let mut repeated = zeros;
        for to in repeated.chunks_exact_mut(slopes.len()) {
            to.copy_from_slice(slopes);
        }
        Self {
            repeated,
            scaled: zeros,
            sigmoid: zeros,
        }
    }

    /// Of numbers, the first of which is of channel `first`.
    #[inline(always)]
    fn of(&mut self, x: &[R], first: usize, slopes: &[R]) -> &[R] {
        let slopes = if slopes.len() > CHUNK {
            &slopes[first..first + x.len()]
        } else {
            &self.repeated[..x.len()]
        };
        let scaled = &mut self.scaled[..x.len()];
        for ((scaled, &slope), &x) in scaled.iter_mut().zip(slopes).zip(x) {
            *scaled = slope * x;
        }
        let sigmoid = &mut self.sigmoid[..x.len()];
        math::sigmoid_slice(scaled, sigmoid);
        sigmoid
    }
}
