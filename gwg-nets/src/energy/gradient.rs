//! Batches of states.

use super::{NeuralEnergy, symbol};
use crate::Symbols;
use crate::network::{MOST, Pass};
use gwg_core::target::Batch;
use gwg_core::{Gradient, Real, Target};
use gwg_linalg::Scalar;

/// Writes what the first layer receives of the state that has symbol `x(i)` at site `i`.
pub(super) fn encode<R: Real>(symbols: &Symbols, x: impl Fn(usize) -> u8, input: &mut [R]) {
    match *symbols {
        Symbols::Binary { low, high } => {
            let numbers = [R::from_f64(low), R::from_f64(high)];
            for (site, number) in input.iter_mut().enumerate() {
                *number = numbers[usize::from(x(site) != 0)];
            }
        }
        Symbols::Categorical { states } => {
            for (site, numbers) in input.chunks_exact_mut(states).enumerate() {
                numbers.fill(R::ZERO);
                if let Some(number) = numbers.get_mut(usize::from(x(site))) {
                    *number = R::ONE;
                }
            }
        }
        Symbols::Ordinal { low, .. } => {
            let step = symbols.step();
            for (site, number) in input.iter_mut().enumerate() {
                *number = R::from_f64(low + step * f64::from(x(site)));
            }
        }
    }
}

impl Symbols {
    /// The number of symbol 0; 0 for nominal symbols.
    fn low(&self) -> f64 {
        match *self {
            Self::Binary { low, .. } | Self::Ordinal { low, .. } => low,
            Self::Categorical { .. } => 0.0,
        }
    }

    /// What the number of a site changes by from one symbol to the next; 1 for nominal symbols.
    fn step(&self) -> f64 {
        match *self {
            Self::Binary { low, high } => high - low,
            Self::Categorical { .. } => 1.0,
            Self::Ordinal { states, low, high } => (high - low) / (states - 1) as f64,
        }
    }
}

impl<R: Scalar> NeuralEnergy<R> {
    /// Computes values and gradients of the states of a pass, and calls `done(k, f, gradient)` for each.
    fn finish(mut pass: Pass<'_, '_, R>, mut done: impl FnMut(usize, f64, &[R])) {
        let count = pass.states();
        let mut values = [R::ZERO; MOST];
        let evaluated = pass
            .forward()
            .map(|f| values.iter_mut().zip(f).for_each(|(value, &f)| *value = f))
            .and_then(|()| pass.back(std::iter::repeat_n(R::ONE, count), None));
        if evaluated.is_err() {
            (0..count).for_each(|k| done(k, f64::NAN, &[]));
            return;
        }
        let gradients = pass.input_gradient().chunks_exact(pass.input_len());
        for (k, (gradient, f)) in gradients.zip(values).enumerate() {
            done(k, f.to_f64(), gradient);
        }
    }

    /// Writes the gradient of `f` by symbols from that by the numbers that the first layer receives.
    fn write_gradient(&self, x: &[u8], by_numbers: &[R], gradient: &mut [R]) {
        let step = R::from_f64(self.network.description().symbols.step());
        for (to, &from) in gradient.iter_mut().zip(by_numbers) {
            *to = from * step;
        }
        if let Some(base) = &self.base {
            base.add_gradient(x, gradient);
        }
    }

    /// The value of the network, without the base distribution, at a point between states, and its gradient there.
    ///
    /// `x` and `gradient` have one number for each site, or one for each symbol of each site where symbols are nominal: a state is 0 and 1, or the
    /// integers. NaN if a length is another, or `scratch` has fewer than [`gradient_scratch_len(1)`](Gradient::gradient_scratch_len) numbers.
    pub fn relaxed(&self, x: &[R], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        let symbols = &self.network.description().symbols;
        let (low, step) = (R::from_f64(symbols.low()), R::from_f64(symbols.step()));
        let Some(mut pass) = self.network.pass(1, scratch) else {
            return f64::NAN;
        };
        if (x.len(), gradient.len()) != (pass.input_len(), pass.input_len()) {
            return f64::NAN;
        }
        for (input, &x) in pass.input().iter_mut().zip(x) {
            *input = low + step * x;
        }
        let mut value = f64::NAN;
        Self::finish(pass, |_, f, by_numbers| {
            value = f;
            for (to, &from) in gradient.iter_mut().zip(by_numbers) {
                *to = from * step;
            }
        });
        value
    }

    fn base_log_prob(&self, x: &[u8]) -> f64 {
        let base = self.base.as_ref();
        base.map_or(0.0, |base| base.log_prob(|site| symbol(x, site)))
    }
}

impl<R: Scalar> Gradient for NeuralEnergy<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        let mut value = f64::NAN;
        let Some(mut pass) = self.network.pass(1, scratch) else {
            return value;
        };
        encode(
            &self.network.description().symbols,
            |site| symbol(x, site),
            pass.input(),
        );
        Self::finish(pass, |_, f, by_numbers| {
            value = f + self.base_log_prob(x);
            self.write_gradient(x, by_numbers, gradient);
        });
        value
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        self.network.scratch_len(rows)
    }

    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, scratch: &mut [R]) {
        let symbols = &self.network.description().symbols;
        let rows = batch.rows();
        let group = self.network.group(rows);
        for first in (0..rows).step_by(group) {
            let count = group.min(rows - first);
            let Some(mut pass) = self.network.pass(count, scratch) else {
                (first..first + count).for_each(|k| batch.row(k).set_log_prob(f64::NAN));
                continue;
            };
            let length = pass.input_len();
            for (k, input) in pass.input().chunks_exact_mut(length).enumerate() {
                let x = &*batch.row(first + k).x;
                encode(symbols, |site| symbol(x, site), input);
            }
            Self::finish(pass, |k, f, by_numbers| {
                let mut row = batch.row(first + k);
                row.set_log_prob(f + self.base_log_prob(row.x));
                self.write_gradient(row.x, by_numbers, row.differences);
                row.differences_from_gradient(self.space());
            });
        }
    }
}
