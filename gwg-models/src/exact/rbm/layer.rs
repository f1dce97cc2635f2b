//! The sum over all states of one layer.

use super::others::{Others, Weights};
use crate::Rbm;
use crate::exact::stream::Stream;
use gwg_linalg::Scalar;

/// Maximum number of parts of the sum, each computed independently.
const PARTS: u32 = 64;
/// Number of states after which the running sums are recomputed, to limit the accumulation of rounding errors.
const REFRESH: u64 = 1024;
/// States whose log-weight is more than this below the largest are omitted from the means.
const NEGLIGIBLE: f64 = -50.0;

/// Returns true to stop the computation.
pub(super) type Stop<'s> = dyn Fn() -> bool + Sync + 's;

/// The layer to be enumerated, in f64.
#[derive(Debug)]
pub(super) struct Layer {
    /// Whether it is the hidden layer.
    pub(super) hidden: bool,
    /// Its biases.
    bias: Vec<f64>,
    weights: Weights,
}

/// The result of a sum.
#[derive(Debug)]
pub(super) struct Sum {
    pub(super) log_z: f64,
    /// Means of the layer's own units.
    pub(super) own: Vec<f64>,
    /// Means of the other layer's units.
    pub(super) others: Vec<f64>,
}

/// A part of the sum.
struct Part {
    stream: Stream,
    own: Vec<f64>,
    others: Vec<f64>,
}

impl Layer {
    /// Returns the smaller layer of a machine.
    pub(super) fn of<R: Scalar>(model: &Rbm<R>) -> Self {
        let wide = |numbers: &[R]| numbers.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
        let weights = wide(model.weights());
        let (b, c) = (wide(model.visible_bias()), wide(model.hidden_bias()));
        if b.len() <= c.len() {
            return Self {
                hidden: false,
                bias: b,
                weights: Weights::new(weights, c),
            };
        }
        let column = |j: usize| weights.iter().skip(j).step_by(c.len()).copied();
        let columns = (0..c.len()).flat_map(column).collect();
        Self {
            hidden: true,
            bias: c,
            weights: Weights::new(columns, b),
        }
    }

    /// Computes the sum, optionally with means; `None` if `stop` returns true between two parts.
    pub(super) fn sum(&self, means: bool, stop: &Stop<'_>) -> Option<Sum> {
        let states = 1u64 << self.bias.len();
        let parts = u64::from(PARTS).min(states);
        let size = states / parts;
        let part = |k: u64| (!stop()).then(|| self.part(k * size, size, means));
        let parts = in_threads(parts, &part);
        let mut all = Part::new(self.bias.len(), self.weights.width());
        for part in &parts {
            all.merge(part.as_ref()?);
        }
        let total = all.stream.total();
        let mean = |sums: Vec<f64>| sums.into_iter().map(|s| s / total).collect();
        Some(Sum {
            log_z: all.stream.log_sum(),
            own: mean(all.own),
            others: mean(all.others),
        })
    }

    /// Sums over the states with numbers `first..first + size` of the Gray code.
    fn part(&self, first: u64, size: u64, means: bool) -> Part {
        pulp::Arch::new().dispatch(Walk {
            layer: self,
            first,
            size,
            means,
        })
    }

    /// The layer's bias term of a state.
    fn own(&self, gray: u64) -> f64 {
        let on = self.bias.iter().enumerate();
        on.map(|(unit, b)| (gray >> unit & 1) as f64 * b).sum()
    }
}

struct Walk<'s> {
    layer: &'s Layer,
    first: u64,
    size: u64,
    means: bool,
}

impl pulp::WithSimd for Walk<'_> {
    type Output = Part;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Part {
        let layer = self.layer;
        let mut part = Part::new(layer.bias.len(), layer.weights.width());
        let mut others = Others::new(&layer.weights);
        let mut own = 0.0;
        for k in self.first..self.first + self.size {
            let gray = k ^ k >> 1;
            if (k - self.first).is_multiple_of(REFRESH) {
                own = layer.own(gray);
                others.set(gray);
            } else {
                let unit = k.trailing_zeros() as usize;
                let on = gray >> unit & 1 == 1;
                own += if on {
                    layer.bias[unit]
                } else {
                    -layer.bias[unit]
                };
                others.turn(unit, on);
            }
            let f = own + others.log_sum();
            let counts = self.means && f - part.stream.largest() > NEGLIGIBLE;
            let (rescale, weight) = part.stream.push(f, f);
            if let Some(scale) = rescale {
                part.scale(scale);
            }
            if counts {
                others.add_probabilities(weight, &mut part.others);
                for (unit, sum) in part.own.iter_mut().enumerate() {
                    *sum += weight * (gray >> unit & 1) as f64;
                }
            }
        }
        part
    }
}

impl Part {
    fn new(own: usize, others: usize) -> Self {
        Self {
            stream: Stream::new(),
            own: vec![0.0; own],
            others: vec![0.0; others],
        }
    }

    fn scale(&mut self, scale: f64) {
        for sum in self.own.iter_mut().chain(&mut self.others) {
            *sum *= scale;
        }
    }

    fn merge(&mut self, other: &Self) {
        let (mine, theirs) = self.stream.merge(&other.stream);
        self.scale(mine);
        let sums = self.own.iter_mut().chain(&mut self.others);
        for (sum, more) in sums.zip(other.own.iter().chain(&other.others)) {
            *sum += theirs * more;
        }
    }
}

/// Computes all parts on the machine's cores, and returns them in order.
pub(super) fn in_threads<P: Send>(parts: u64, make: &(impl Fn(u64) -> P + Sync)) -> Vec<P> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let threads = cores.min(parts).max(1);
    let mut made: Vec<(u64, P)> = Vec::new();
    std::thread::scope(|scope| {
        let worker = |t: u64| {
            scope.spawn(move || {
                (t..parts)
                    .step_by(threads as usize)
                    .map(|k| (k, make(k)))
                    .collect::<Vec<_>>()
            })
        };
        let workers: Vec<_> = (1..threads).map(worker).collect();
        made.extend((0..parts).step_by(threads as usize).map(|k| (k, make(k))));
        for worker in workers {
            match worker.join() {
                Ok(parts) => made.extend(parts),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    made.sort_by_key(|(k, _)| *k);
    made.into_iter().map(|(_, part)| part).collect()
}
