#[cfg(test)]
mod tests;

use super::targets::{assert_close, random_configuration};
use crate::target::{Parametric, Symmetry, tensors};
use crate::{Bits, Real, Space, SplitMix64, Symbol, SymbolOf};
use std::{format, string::String, vec, vec::Vec};

/// The number of rows of the batches.
const ROWS: usize = 7;
/// The number of entries per tensor that are compared with finite differences.
const ENTRIES: usize = 24;

/// A batch of rows and their weights.
struct Batch<R, Y> {
    x: Vec<Y>,
    weights: Vec<R>,
}

impl<R: Real, Y: Symbol> Batch<R, Y> {
    fn random<P>(model: &P, bits: &mut SplitMix64) -> Self
    where
        P: Parametric<Real = R> + ?Sized,
        P::Space: Space<Symbol = Y>,
    {
        let mut row = || random_configuration(model.space(), bits);
        let x = (0..ROWS).flat_map(|_| row()).collect();
        let weight = |_| R::from_f64(2.0 * bits.unit::<f64>() - 1.0);
        Self {
            x,
            weights: (0..ROWS).map(weight).collect(),
        }
    }

    fn rows(&self) -> impl Iterator<Item = (&[Y], R)> {
        let sites = self.x.len() / self.weights.len();
        self.x.chunks_exact(sites).zip(self.weights.iter().copied())
    }

    /// `sum_b weights[b] f(x_b)`.
    fn value<P>(&self, model: &P) -> f64
    where
        P: Parametric<Real = R> + ?Sized,
        P::Space: Space<Symbol = Y>,
    {
        let terms = self.rows().map(|(x, w)| w.to_f64() * model.log_prob(x));
        terms.sum()
    }

    fn gradient<P>(&self, model: &P) -> Vec<R>
    where
        P: Parametric<Real = R> + ?Sized,
        P::Space: Space<Symbol = Y>,
    {
        let mut gradient = vec![R::ZERO; model.parameter_count()];
        add_gradient(model, &self.x, &self.weights, &mut gradient);
        gradient
    }
}

/// Adds the gradient of a batch, with scratch filled with NaN, so that reading an unwritten number is detected.
fn add_gradient<P: Parametric + ?Sized>(
    model: &P,
    x: &[SymbolOf<P>],
    weights: &[P::Real],
    gradient: &mut [P::Real],
) {
    let len = model.parameter_gradient_scratch_len(weights.len());
    let mut scratch = vec![P::Real::from_f64(f64::NAN); len];
    model
        .parameter_gradient(x, weights, gradient, &mut scratch)
        .expect("all lengths are as stated");
}

fn parameters<P: Parametric + ?Sized>(model: &P) -> Vec<P::Real> {
    let mut values = vec![P::Real::ZERO; model.parameter_count()];
    model
        .read_parameters(&mut values)
        .expect("one number per parameter");
    values
}

fn bits_of<R: Real>(values: &[R]) -> Vec<u64> {
    values.iter().map(|v| v.to_f64().to_bits()).collect()
}

/// Checks the parameters of a model: that they are read and written, that invalid ones are rejected, and that their
/// gradient agrees with central differences of `log_prob`.
///
/// Also checks that the gradient of a batch is the sum of those of its rows, is linear in the weights, is added to
/// the output, has the same bits in every call, and is an allowed direction. The model's parameters are restored.
/// `tolerance` is relative to `1 + |value|`; the step of the differences is the cube root of the precision.
///
/// # Panics
/// If a check fails.
pub fn parametric<P: Parametric + ?Sized>(model: &mut P, seed: u64, tolerance: f64) {
    let mut bits = SplitMix64::new(seed);
    let batch = Batch::random(model, &mut bits);
    tensors_are_listed(model);
    sums(model, &batch, tolerance);
    finite_differences(model, &batch, &mut bits, tolerance);
    lengths(model, &batch);
    refusals(model, &batch);
    allowed_direction(model, &batch);
}

fn tensors_are_listed<P: Parametric + ?Sized>(model: &P) {
    let all: Vec<_> = tensors(model).map(|(tensor, _)| tensor).collect();
    assert!(!all.is_empty(), "a model without parameters");
    for (k, tensor) in all.iter().enumerate() {
        assert!(!tensor.name.is_empty(), "tensor {k} has no name");
        assert_eq!(model.tensor(k), Some(*tensor));
    }
    let count: usize = all.iter().map(|t| t.shape.count()).sum();
    assert_eq!(model.parameter_count(), count, "parameter_count");
}

fn sums<P: Parametric + ?Sized>(model: &P, batch: &Batch<P::Real, SymbolOf<P>>, tolerance: f64) {
    let gradient = batch.gradient(model);
    assert_eq!(
        bits_of(&gradient),
        bits_of(&batch.gradient(model)),
        "the same batch gave different bits"
    );
    let mut twice = gradient.clone();
    add_gradient(model, &batch.x, &batch.weights, &mut twice);
    let mut rows = vec![P::Real::ZERO; gradient.len()];
    for (x, weight) in batch.rows() {
        add_gradient(model, x, &[weight], &mut rows);
    }
    let negative = Batch {
        x: batch.x.clone(),
        weights: batch.weights.iter().map(|&w| -(w + w)).collect(),
    }
    .gradient(model);
    for (k, g) in gradient.iter().map(|g| g.to_f64()).enumerate() {
        let close = |found: &[P::Real], wanted, what: &str| {
            assert_close(found[k].to_f64(), wanted, tolerance, || {
                format!("{what}, gradient[{k}]")
            });
        };
        close(&rows, g, "sum over single rows");
        close(&twice, 2.0 * g, "added to itself");
        close(&negative, -2.0 * g, "weights times -2");
    }
    let mut untouched = gradient.clone();
    add_gradient(model, &[], &[], &mut untouched);
    assert_eq!(bits_of(&untouched), bits_of(&gradient), "an empty batch");
}

/// The first and the last entry of a range, and some between.
fn sample(range: core::ops::Range<usize>, bits: &mut SplitMix64) -> Vec<usize> {
    if range.len() <= ENTRIES {
        return range.collect();
    }
    let inner = (2..ENTRIES).map(|_| range.start + bits.below(range.len()));
    inner.chain([range.start, range.end - 1]).collect()
}

fn finite_differences<P: Parametric + ?Sized>(
    model: &mut P,
    batch: &Batch<P::Real, SymbolOf<P>>,
    bits: &mut SplitMix64,
    tolerance: f64,
) {
    let (before, gradient) = (parameters(model), batch.gradient(model));
    let step = Real::exp(Real::ln(P::Real::EPSILON.to_f64()) / 3.0);
    let all: Vec<_> = tensors(model).collect();
    for (tensor, range) in all {
        for k in sample(range.clone(), bits) {
            let index = tensor.shape.index(k - range.start);
            let what = || format!("d log_prob / d {}{index}", tensor.name);
            let Some(mirror) = tensor.mirror(k - range.start) else {
                assert!(gradient[k] == P::Real::ZERO, "{}: not 0", what());
                continue;
            };
            let pair = [k, range.start + mirror];
            let difference = central_difference(model, batch, &before, pair, step);
            let [own, mirrored] = pair.map(|k| gradient[k].to_f64());
            assert!(own == mirrored, "{}: differs from its mirror image", what());
            let wanted = if pair[0] == pair[1] {
                own
            } else {
                own + mirrored
            };
            assert_close(difference, wanted, tolerance, what);
        }
    }
    write(model, &before);
}

fn write<P: Parametric + ?Sized>(model: &mut P, values: &[P::Real]) {
    if let Err(error) = model.write_parameters(values) {
        panic!("allowed parameters are rejected: {error}");
    }
    assert_eq!(
        bits_of(&parameters(model)),
        bits_of(values),
        "read after write"
    );
}

/// The change of the batch's value per change of the entries `pair`, which are changed by the same amount.
fn central_difference<P: Parametric + ?Sized>(
    model: &mut P,
    batch: &Batch<P::Real, SymbolOf<P>>,
    before: &[P::Real],
    pair: [usize; 2],
    step: f64,
) -> f64 {
    let mut at = |step: f64| {
        let mut values = before.to_vec();
        let moved = P::Real::from_f64(before[pair[0]].to_f64() + step);
        for k in pair {
            values[k] = moved;
        }
        write(model, &values);
        (batch.value(model), moved.to_f64())
    };
    let ((high, above), (low, below)) = (at(step), at(-step));
    (high - low) / (above - below)
}

fn lengths<P: Parametric + ?Sized>(model: &mut P, batch: &Batch<P::Real, SymbolOf<P>>) {
    let mut values = parameters(model);
    let refused: fn(&str) -> String = |what| format!("{what} of the wrong length is accepted");
    values.push(P::Real::ZERO);
    assert!(
        model.read_parameters(&mut values).is_err(),
        "{}",
        refused("values")
    );
    assert!(
        model.write_parameters(&values).is_err(),
        "{}",
        refused("values")
    );
    let count = model.parameter_count();
    let room = model.parameter_gradient_scratch_len(ROWS);
    let run = |x: &[SymbolOf<P>], gradient: usize, scratch: usize| {
        let mut gradient = vec![P::Real::ONE; gradient];
        let mut scratch = vec![P::Real::ZERO; scratch];
        let done = model.parameter_gradient(x, &batch.weights, &mut gradient, &mut scratch);
        let unchanged = gradient.iter().all(|&g| g == P::Real::ONE);
        done.is_err() && unchanged
    };
    assert!(run(&batch.x[1..], count, room), "{}", refused("x"));
    assert!(run(&batch.x, count - 1, room), "{}", refused("gradient"));
    assert!(run(&batch.x, count + 1, room), "{}", refused("gradient"));
    assert!(
        room == 0 || run(&batch.x, count, room - 1),
        "{}",
        refused("scratch")
    );
}

/// Checks that invalid values in every tensor are rejected and change nothing.
fn refusals<P: Parametric + ?Sized>(model: &mut P, batch: &Batch<P::Real, SymbolOf<P>>) {
    let (before, value) = (parameters(model), batch.value(model));
    let all: Vec<_> = tensors(model).collect();
    let mut wrong = Vec::new();
    for (tensor, range) in all.into_iter().filter(|(_, range)| !range.is_empty()) {
        let last = range.end - 1;
        wrong.push((last, P::Real::INFINITY));
        wrong.push((range.start, P::Real::from_f64(f64::NAN)));
        if tensor.symmetry != Symmetry::None {
            wrong.push((last, P::Real::ONE));
            let coupled = range
                .clone()
                .find(|&k| tensor.mirror(k - range.start).is_some());
            wrong.extend(coupled.map(|k| (k, before[k] + P::Real::ONE)));
        }
    }
    for (k, number) in wrong {
        let mut values = before.clone();
        values[k] = number;
        assert!(
            model.write_parameters(&values).is_err(),
            "values[{k}] = {number} is accepted"
        );
        assert_eq!(
            bits_of(&parameters(model)),
            bits_of(&before),
            "changed by a rejected write"
        );
        assert!(
            batch.value(model).to_bits() == value.to_bits(),
            "log_prob changed by a rejected write"
        );
    }
}

/// Checks that a step along the gradient satisfies every rule; the parameters are restored afterwards.
fn allowed_direction<P: Parametric + ?Sized>(model: &mut P, batch: &Batch<P::Real, SymbolOf<P>>) {
    let (before, value) = (parameters(model), batch.value(model));
    let step = P::Real::from_f64(0.01);
    let steps = before.iter().zip(batch.gradient(model));
    let values: Vec<P::Real> = steps.map(|(&theta, g)| theta + step * g).collect();
    write(model, &values);
    assert!(
        batch.value(model) > value,
        "a step along the gradient lowers the value"
    );
    write(model, &before);
    assert!(
        batch.value(model).to_bits() == value.to_bits(),
        "log_prob after writing back"
    );
}
