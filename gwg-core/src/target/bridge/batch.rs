//! The batched evaluation of a [`Bridge`]: each target evaluates the batch with its own part of the cache, then both are combined.

use super::{Bridge, cut, cut_mut};
use crate::target::{Batch, Before, Gradient, Row, SymbolOf};
use crate::walker::RunningSum;
use crate::{Real, Space};

/// The size of a [`RunningSum`] in a cache, in numbers.
const SUM: usize = RunningSum::<f32>::PARTS;

/// The location of one target's numbers in the cache: its own cache, its differences and its `f`, one after the other.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    cache: usize,
    moves: usize,
}

impl Part {
    const fn len(self) -> usize {
        self.cache + self.moves + SUM
    }

    /// Its cache, its differences, and the stored `f`.
    #[inline(always)]
    fn of<R>(self, cache: &[R]) -> (&[R], &[R], &[R]) {
        let (_, own) = cut(cache, self.start);
        let (own, rest) = cut(own, self.cache);
        let (differences, rest) = cut(rest, self.moves);
        (own, differences, cut(rest, SUM).0)
    }

    /// The same, mutable.
    #[inline(always)]
    fn of_mut<R>(self, cache: &mut [R]) -> (&mut [R], &mut [R], &mut [R]) {
        let (_, own) = cut_mut(cache, self.start);
        let (own, rest) = cut_mut(own, self.cache);
        let (differences, rest) = cut_mut(rest, self.moves);
        (own, differences, cut_mut(rest, SUM).0)
    }
}

/// The batch as passed to one of the two targets.
struct PartBatch<'b, R, S> {
    batch: &'b mut dyn Batch<R, S>,
    part: Part,
    /// `f` of the last accessed row, until it is stored in the row's cache.
    sum: RunningSum<R>,
    row: Option<usize>,
}

impl<'b, R: Real, S> PartBatch<'b, R, S> {
    fn new(batch: &'b mut dyn Batch<R, S>, part: Part) -> Self {
        Self {
            batch,
            part,
            sum: 0.0.into(),
            row: None,
        }
    }

    /// Stores `f` of the last accessed row.
    #[inline(always)]
    fn keep(&mut self) {
        if let Some(k) = self.row.take() {
            let row = self.batch.row(k);
            self.sum.store(self.part.of_mut(row.cache).2);
        }
    }
}

impl<R: Real, S> Batch<R, S> for PartBatch<'_, R, S> {
    fn rows(&self) -> usize {
        self.batch.rows()
    }

    fn row(&mut self, k: usize) -> Row<'_, R, S> {
        self.keep();
        self.row = Some(k);
        let Row {
            x,
            changes,
            before,
            cache,
            ..
        } = self.batch.row(k);
        let before = before.map(|before| {
            let (cache, differences, sum) = self.part.of(before.cache);
            Before {
                cache,
                differences,
                log_prob: RunningSum::load(sum),
            }
        });
        let (cache, differences, sum) = self.part.of_mut(cache);
        self.sum = RunningSum::load(sum);
        Row {
            x,
            changes,
            before,
            cache,
            differences,
            log_prob: &mut self.sum,
        }
    }
}

impl<A, B> Bridge<A, B>
where
    A: Gradient,
    B: Gradient<Real = A::Real, Space = A::Space>,
{
    fn parts(&self) -> [Part; 2] {
        let moves = self.first.space().moves();
        let first = Part {
            start: 0,
            cache: self.first.gradient_cache_len(),
            moves,
        };
        let second = Part {
            start: first.len(),
            cache: self.second.gradient_cache_len(),
            moves,
        };
        [first, second]
    }

    /// Combines the differences and `f` of every row from those of both targets.
    #[inline(always)]
    fn combine_rows(&self, batch: &mut dyn Batch<A::Real, SymbolOf<A>>) {
        let [first, second] = self.parts();
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let (_, d0, f0) = first.of(row.cache);
            let (_, d1, f1) = second.of(row.cache);
            combine_slices(self.weights, d0, d1, row.differences);
            let f = self.combine_wide(
                || RunningSum::load(f0).value(),
                || RunningSum::load(f1).value(),
            );
            row.set_log_prob(f);
        }
    }
}

/// `to = a first + b second`, where a term with weight 0 is 0 for any number.
#[inline(always)]
fn combine_slices<R: Real>([a, b]: [R; 2], first: &[R], second: &[R], to: &mut [R]) {
    let scale = |by: R, from: &[R], to: &mut [R]| {
        for (to, &d) in to.iter_mut().zip(from) {
            *to = by * d;
        }
    };
    if b == R::ZERO {
        // A slice that no target has written has unspecified content.
        if a == R::ZERO {
            to.fill(R::ZERO);
        } else {
            scale(a, first, to);
        }
    } else if a == R::ZERO {
        scale(b, second, to);
    } else {
        for ((to, &d0), &d1) in to.iter_mut().zip(first).zip(second) {
            *to = a * d0 + b * d1;
        }
    }
}

impl<A, B> Gradient for Bridge<A, B>
where
    A: Gradient,
    B: Gradient<Real = A::Real, Space = A::Space>,
{
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<A>],
        gradient: &mut [A::Real],
        scratch: &mut [A::Real],
    ) -> f64 {
        let (second, scratch) = cut_mut(scratch, self.first.space().gradient_len());
        let (mut f0, mut f1) = (0.0, 0.0);
        let [use_first, use_second] = self.used();
        if use_second {
            f1 = self.second.value_and_gradient(x, second, scratch);
        }
        if use_first {
            f0 = self.first.value_and_gradient(x, gradient, scratch);
        }
        for (g, &other) in gradient.iter_mut().zip(&*second) {
            let own = *g;
            *g = self.combine(|| own, || other);
        }
        self.combine_wide(|| f0, || f1)
    }

    /// The caches of both, and the differences and `f` of each, from which their next evaluations start.
    fn gradient_cache_len(&self) -> usize {
        let [first, second] = self.parts();
        first.len() + second.len()
    }

    /// The larger of the two lengths, and a gradient.
    fn gradient_scratch_len(&self, rows: usize) -> usize {
        let own = self.first.gradient_scratch_len(rows);
        let larger = own.max(self.second.gradient_scratch_len(rows));
        larger + self.first.space().gradient_len()
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<A::Real, SymbolOf<A>>, scratch: &mut [A::Real]) {
        let ([first, second], [use_first, use_second]) = (self.parts(), self.used());
        if use_first {
            let len = self.first.gradient_scratch_len(batch.rows());
            let mut part = PartBatch::new(batch, first);
            self.first.evaluate(&mut part, cut_mut(scratch, len).0);
            part.keep();
        }
        if use_second {
            let len = self.second.gradient_scratch_len(batch.rows());
            let mut part = PartBatch::new(batch, second);
            self.second.evaluate(&mut part, cut_mut(scratch, len).0);
            part.keep();
        }
        self.combine_rows(batch);
    }
}
