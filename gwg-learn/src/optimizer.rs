//! Gradient ascent.

use gwg_chains::Threads;

/// How parameters follow a gradient of the log-likelihood.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Optimizer {
    /// `p += rate g`.
    Sgd,
    /// `m = momentum m + g; p += rate m`.
    Momentum {
        /// The part of the last direction that is kept, in `[0, 1)`.
        momentum: f32,
    },
    /// Adam (Kingma and Ba 2015): `m` and `v` are running means of `g` and `g^2`, `p += rate m' / (sqrt(v') + 1e-8)` with both corrected for their start.
    Adam {
        /// The decay of the mean of `g`, in `[0, 1)`.
        beta1: f32,
        /// The decay of the mean of `g^2`, in `[0, 1)`.
        beta2: f32,
    },
}

impl Optimizer {
    /// Adam with its authors' values.
    #[must_use]
    pub const fn adam() -> Self {
        Self::Adam {
            beta1: 0.9,
            beta2: 0.999,
        }
    }

    /// The numbers that are kept for each parameter.
    #[must_use]
    pub const fn memory(&self) -> usize {
        match self {
            Self::Sgd => 0,
            Self::Momentum { .. } => 1,
            Self::Adam { .. } => 2,
        }
    }

    /// True if steps are sums of gradients, so that a linear change of variables may be applied to either.
    pub(crate) const fn is_linear(&self) -> bool {
        !matches!(self, Self::Adam { .. })
    }

    /// One update of parameters by the gradient; `update` counts from 1.
    ///
    /// `memory` has [`memory`](Self::memory) numbers for each parameter, 0 before the first update.
    ///
    /// # Cost
    /// One pass over the slices; nothing is allocated.
    ///
    /// # Panics
    /// If `memory` is shorter than that.
    pub fn ascend(
        &self,
        update: u64,
        rate: f32,
        parameters: &mut [f32],
        gradient: &[f32],
        memory: &mut [f32],
    ) {
        let n = parameters.len();
        let pairs = parameters.iter_mut().zip(gradient);
        match *self {
            Self::Sgd => pairs.for_each(|(p, &g)| *p += rate * g),
            Self::Momentum { momentum } => {
                pairs.zip(&mut memory[..n]).for_each(|((p, &g), m)| {
                    *m = momentum * *m + g;
                    *p += rate * *m;
                });
            }
            Self::Adam { beta1, beta2 } => {
                let (first, second) = memory.split_at_mut(n);
                let update = i32::try_from(update).unwrap_or(i32::MAX);
                let correction = |beta: f32| 1.0 / (1.0 - f64::from(beta).powi(update)) as f32;
                let (c1, c2) = (correction(beta1), correction(beta2));
                let kept = first.iter_mut().zip(&mut second[..n]);
                pairs.zip(kept).for_each(|((p, &g), (m, v))| {
                    *m = beta1 * *m + (1.0 - beta1) * g;
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    *p += rate * (*m * c1) / ((*v * c2).sqrt() + 1e-8);
                });
            }
        }
    }
}

/// The learning rate of each update: a linear rise, a constant, and a decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// The rate after the rise.
    pub rate: f64,
    /// Updates of the rise.
    pub warmup: u64,
    /// The update after which the rate falls as `rate decay_after / update`; 0: never.
    pub decay_after: u64,
}

impl Schedule {
    /// A constant rate.
    #[must_use]
    pub const fn constant(rate: f64) -> Self {
        Self {
            rate,
            warmup: 0,
            decay_after: 0,
        }
    }

    /// The rate of an update, which counts from 1.
    #[must_use]
    pub fn at(&self, update: u64) -> f64 {
        let update = update.max(1);
        let rise = if update < self.warmup {
            update as f64 / self.warmup as f64
        } else {
            1.0
        };
        let fall = if self.decay_after > 0 && update > self.decay_after {
            self.decay_after as f64 / update as f64
        } else {
            1.0
        };
        self.rate * rise * fall
    }
}

/// What is taken from parameters at each update besides the gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Penalty {
    /// `l2 / 2 sum p^2`.
    pub l2: f64,
    /// `l1 sum |p|`, by soft thresholds: parameters become exactly 0.
    pub l1: f64,
    /// `block sum_ij |J_ij|` of the Euclidean norms of the blocks of pairs, by their shrinkage: whole pairs become exactly 0. Of Potts models only.
    pub block: f64,
}

impl Penalty {
    /// The proximal step of one block of parameters, after an update at `rate`.
    pub fn shrink(&self, rate: f32, block: &mut [f32]) {
        if self.l2 > 0.0 {
            let keep = 1.0 / (1.0 + rate * self.l2 as f32);
            block.iter_mut().for_each(|p| *p *= keep);
        }
        if self.l1 > 0.0 {
            let threshold = rate * self.l1 as f32;
            for p in block.iter_mut() {
                *p = p.signum() * (p.abs() - threshold).max(0.0);
            }
        }
        if self.block > 0.0 {
            let norm = block.iter().map(|&p| f64::from(p).powi(2)).sum::<f64>();
            let keep = 1.0 - f64::from(rate) * self.block / norm.sqrt();
            let keep = keep.max(0.0) as f32;
            block.iter_mut().for_each(|p| *p *= keep);
        }
    }
}

/// The Euclidean norm.
pub(crate) fn norm(gradient: &[f32]) -> f64 {
    let squares = gradient.iter().map(|&g| f64::from(g).powi(2));
    squares.sum::<f64>().sqrt()
}

/// Numbers that one thread moves.
const SHARE: usize = 1 << 16;

/// `average = keep average + (1 - keep) parameters`.
pub(crate) fn move_average(average: &mut [f32], parameters: &[f32], keep: f32, threads: &Threads) {
    let parts = average.chunks_mut(SHARE).zip(parameters.chunks(SHARE));
    let mut parts: Vec<_> = parts.collect();
    threads.each(&mut parts, |(average, parameters)| {
        for (a, p) in average.iter_mut().zip(*parameters) {
            *a = keep * *a + (1.0 - keep) * p;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ascends `-(p - 3)^2 / 2`.
    fn ascended(optimizer: Optimizer, rate: f32, updates: u64) -> f32 {
        let (mut p, mut memory) = ([0.0_f32], vec![0.0; optimizer.memory()]);
        for update in 1..=updates {
            let gradient = [3.0 - p[0]];
            optimizer.ascend(update, rate, &mut p, &gradient, &mut memory);
        }
        p[0]
    }

    #[test]
    fn each_reaches_the_maximum() {
        assert_eq!(ascended(Optimizer::Sgd, 0.5, 1), 1.5);
        // Adam's first step has the length of the rate.
        assert!((ascended(Optimizer::adam(), 0.25, 1) - 0.25).abs() < 1e-6);
        let momentum = Optimizer::Momentum { momentum: 0.5 };
        assert_eq!(ascended(momentum, 0.5, 2), 1.5 + 0.5 * (1.5 + 0.5 * 3.0));
        for optimizer in [Optimizer::Sgd, momentum, Optimizer::adam()] {
            assert!((ascended(optimizer, 0.1, 500) - 3.0).abs() < 1e-2);
        }
    }

    #[test]
    fn rates_rise_and_fall() {
        let schedule = Schedule {
            rate: 1.0,
            warmup: 4,
            decay_after: 10,
        };
        let rates = [1, 2, 4, 10, 20].map(|update| schedule.at(update));
        assert_eq!(rates, [0.25, 0.5, 1.0, 1.0, 0.5]);
        assert_eq!(Schedule::constant(0.3).at(7), 0.3);
    }

    #[test]
    fn penalties_shrink_to_zero() {
        let mut block = [3.0, -4.0, 0.5];
        let of = |l2, l1, block| Penalty { l2, l1, block };
        of(1.0, 0.0, 0.0).shrink(1.0, &mut block);
        assert_eq!(block, [1.5, -2.0, 0.25]);
        of(0.0, 0.5, 0.0).shrink(1.0, &mut block);
        assert_eq!(block, [1.0, -1.5, 0.0]);
        let mut block = [3.0, -4.0];
        of(0.0, 0.0, 1.0).shrink(1.0, &mut block);
        assert!((block[0] - 2.4).abs() < 1e-6 && (block[1] + 3.2).abs() < 1e-6);
        of(0.0, 0.0, 9.0).shrink(1.0, &mut block);
        assert_eq!(block, [0.0, 0.0]);
    }
}
