//! Products of tables, summed over a variable.

mod input;

use super::algebra::Algebra;
use input::{Input, Read};

/// Entries of the innermost loops at least, where a table has as many.
const LOW: usize = 256;
/// A table: row-major over the variables of `scope`, which ascend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand<'t> {
    pub(super) scope: &'t [u32],
    pub(super) table: &'t [f64],
}

/// The number of entries of a table over a scope.
pub(super) fn entries(scope: &[u32], states: &[u32]) -> usize {
    scope.iter().fold(1, |all: usize, &v| {
        all.saturating_mul(states[v as usize] as usize)
    })
}

/// The distance between entries whose symbols of a variable differ by one; 0 where the table is not over it.
pub(super) fn stride(scope: &[u32], states: &[u32], v: u32) -> usize {
    match scope.binary_search(&v) {
        Ok(place) => entries(&scope[place + 1..], states),
        Err(_) => 0,
    }
}

/// For all symbols of the variables of `over`, the last fastest: the offset in a table over `scope`.
pub(super) fn offsets(over: &[u32], scope: &[u32], states: &[u32]) -> Vec<u32> {
    let mut all = vec![0];
    for &v in over {
        let step = stride(scope, states, v) as u32;
        let symbols = 0..states[v as usize];
        all = all
            .iter()
            .flat_map(|&from: &u32| symbols.clone().map(move |s| from + s * step))
            .collect();
    }
    all
}

/// The product of tables as a table over `scope`, summed over one more variable where `summed` is one; and its largest entry.
///
/// # Cost
/// One product per entry, symbol of the summed variable, and operand. Memory: the result.
pub(super) fn product<A: Algebra>(
    algebra: A,
    scope: &[u32],
    summed: Option<u32>,
    operands: &[Operand<'_>],
    states: &[u32],
) -> (Vec<f64>, f64) {
    let mut cut = scope.len();
    while cut > 0 && entries(&scope[cut..], states) < LOW {
        cut -= 1;
    }
    let (outer, inner) = scope.split_at(cut);
    let mut inputs: Vec<Input<'_>> = operands
        .iter()
        .map(|&of| Input::new(of, summed, (outer, inner), states))
        .collect();
    inputs.sort_by_key(|input| std::cmp::Reverse(input.size()));
    let work = Work {
        algebra,
        inputs,
        symbols: summed.map_or(1, |v| states[v as usize] as usize),
        sizes: outer.iter().map(|&u| states[u as usize]).collect(),
        low: entries(inner, states),
        out: vec![A::ZERO; entries(scope, states)],
    };
    #[cfg(feature = "dense")]
    return pulp::Arch::new().dispatch(work);
    #[cfg(not(feature = "dense"))]
    work.run()
}

struct Work<'t, A> {
    algebra: A,
    inputs: Vec<Input<'t>>,
    symbols: usize,
    sizes: Vec<u32>,
    low: usize,
    out: Vec<f64>,
}

#[cfg(feature = "dense")]
impl<A: Algebra> pulp::NullaryFnOnce for Work<'_, A> {
    type Output = (Vec<f64>, f64);

    #[inline(always)]
    fn call(self) -> Self::Output {
        self.run()
    }
}

impl<A: Algebra> Work<'_, A> {
    #[inline(always)]
    fn run(mut self) -> (Vec<f64>, f64) {
        let _ = self.algebra;
        let mut digits = vec![0_u32; self.sizes.len()];
        let mut bases = vec![0_usize; self.inputs.len()];
        let mut buffer = vec![A::ONE; self.low];
        let mut largest = [f64::NEG_INFINITY; 4];
        for out in self.out.chunks_exact_mut(self.low) {
            for symbol in 0..self.symbols {
                row::<A>(&self.inputs, &bases, symbol, &mut buffer, out);
            }
            let (fours, rest) = out.as_chunks::<4>();
            for four in fours {
                for (largest, &value) in largest.iter_mut().zip(four) {
                    *largest = if value > *largest { value } else { *largest };
                }
            }
            largest[0] = rest
                .iter()
                .fold(largest[0], |a, &b| if b > a { b } else { a });
            next(&self.inputs, &self.sizes, &mut digits, &mut bases);
        }
        let largest = largest.into_iter().fold(f64::NEG_INFINITY, f64::max);
        (self.out, largest)
    }
}

/// Adds the products for one symbol of the summed variable to a run of the result.
#[inline(always)]
fn row<A: Algebra>(
    inputs: &[Input<'_>],
    bases: &[usize],
    symbol: usize,
    buffer: &mut [f64],
    out: &mut [f64],
) {
    let from = |k: usize| bases[k] + symbol * inputs[k].step;
    let Some(last) = inputs.len().checked_sub(1) else {
        return;
    };
    if last == 0 {
        inputs[0].each(from(0), out, |out, value| *out = A::plus(*out, value));
        return;
    }
    // Both without a copy.
    if let (1, Read::Each, Read::Each) = (last, &inputs[0].read, &inputs[1].read) {
        let first = &inputs[0].table[from(0)..from(0) + out.len()];
        let second = &inputs[1].table[from(1)..from(1) + out.len()];
        for ((out, &a), &b) in out.iter_mut().zip(first).zip(second) {
            *out = A::plus(*out, A::times(a, b));
        }
        return;
    }
    inputs[0].each(from(0), buffer, |buffer, value| *buffer = value);
    for (k, input) in inputs.iter().enumerate().take(last).skip(1) {
        input.each(from(k), buffer, |buffer, value| {
            *buffer = A::times(*buffer, value);
        });
    }
    let scale = &inputs[last];
    match &scale.read {
        Read::Same => {
            let value = scale.table[from(last)];
            for (out, &a) in out.iter_mut().zip(&*buffer) {
                *out = A::plus(*out, A::times(a, value));
            }
        }
        Read::Each => {
            let table = &scale.table[from(last)..from(last) + out.len()];
            for ((out, &a), &b) in out.iter_mut().zip(&*buffer).zip(table) {
                *out = A::plus(*out, A::times(a, b));
            }
        }
        _ => {
            scale.each(from(last), buffer, |buffer, value| {
                *buffer = A::times(*buffer, value);
            });
            for (out, &a) in out.iter_mut().zip(&*buffer) {
                *out = A::plus(*out, a);
            }
        }
    }
}

/// Goes to the next run of the result.
#[inline(always)]
fn next(inputs: &[Input<'_>], sizes: &[u32], digits: &mut [u32], bases: &mut [usize]) {
    for axis in (0..digits.len()).rev() {
        digits[axis] += 1;
        if digits[axis] < sizes[axis] {
            for (base, input) in bases.iter_mut().zip(inputs) {
                *base += input.steps[axis];
            }
            return;
        }
        digits[axis] = 0;
        for (base, input) in bases.iter_mut().zip(inputs) {
            *base -= input.steps[axis] * (sizes[axis] as usize - 1);
        }
    }
}

/// The sum of a table over the variables that `target` has not.
pub(super) fn marginal<A: Algebra>(
    _: A,
    of: Operand<'_>,
    target: &[u32],
    states: &[u32],
) -> Vec<f64> {
    let mut cut = of.scope.len();
    while cut > 0 && entries(&of.scope[cut..], states) < LOW {
        cut -= 1;
    }
    let (outer, inner) = of.scope.split_at(cut);
    let map = offsets(inner, target, states);
    let steps: Vec<usize> = outer.iter().map(|&u| stride(target, states, u)).collect();
    let sizes: Vec<u32> = outer.iter().map(|&u| states[u as usize]).collect();
    let (mut digits, mut base) = (vec![0; outer.len()], 0);
    let mut out = vec![A::ZERO; entries(target, states)];
    for run in of.table.chunks_exact(map.len()) {
        for (&value, &at) in run.iter().zip(&map) {
            let sum = &mut out[base + at as usize];
            *sum = A::plus(*sum, value);
        }
        for axis in (0..digits.len()).rev() {
            digits[axis] += 1;
            if digits[axis] < sizes[axis] {
                base += steps[axis];
                break;
            }
            digits[axis] = 0;
            base -= steps[axis] * (sizes[axis] as usize - 1);
        }
    }
    out
}
