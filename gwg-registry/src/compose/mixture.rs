use super::cycle::forward;
use super::parts::Parts;
use crate::model::DynStepper;
use gwg_chains::{BlockMut, Generator, Stepper};
use gwg_core::{Bits, Error, MemoryLayout, Real, StepCounts, Symbol};

/// Steps of the same stepper that are drawn at once at most.
const LONGEST_ROW: u64 = 1 << 16;

/// Steps of the same stepper in a row: how many are left, and which stepper comes after them.
struct Row {
    part: usize,
    left: u64,
    next: usize,
}

impl Row {
    /// As one number, which is not 0.
    const fn word(&self) -> u64 {
        self.left << 32 | (self.part as u64) << 16 | (self.next as u64 + 1)
    }

    fn of_word(word: u64, last: usize) -> Self {
        let part = |bits: u64| usize::from(bits as u16).min(last);
        Self {
            part: part(word >> 16),
            left: word >> 32,
            next: part((word & 0xffff).saturating_sub(1)),
        }
    }
}

/// Several steppers at random: each step is one of them, with a fixed probability each.
///
/// Leaves invariant what all do, and is reversible where all are. Steps of the same stepper in a row are drawn and made at once, so that the
/// choice after them is drawn before them: the same distribution.
pub(crate) struct Mixture<R, S> {
    parts: Parts<R, S>,
    /// Probabilities, added up; the last is 1.
    up_to: Vec<f64>,
    label: String,
}

impl<R: Real, S: Symbol> Mixture<R, S> {
    /// The `k`-th stepper with the probability `weights[k]` over the sum of all.
    pub(crate) fn new(
        steppers: Vec<Box<DynStepper<R, S>>>,
        weights: &[f64],
        label: String,
    ) -> Result<Self, Error> {
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let up_to = weights.iter().map(|w| {
            sum += w;
            sum / total
        });
        Ok(Self {
            up_to: up_to.collect(),
            parts: Parts::new(steppers)?,
            label,
        })
    }

    /// Which stepper makes the next step.
    fn choose(&self, bits: &mut Generator) -> usize {
        let unit = bits.unit::<f64>();
        let part = self.up_to.partition_point(|&up_to| up_to <= unit);
        part.min(self.parts.len() - 1)
    }
}

impl<R: Real, S: Symbol> Stepper<R, S> for Mixture<R, S> {
    forward!();

    fn layout(&self) -> MemoryLayout {
        self.parts.total().layout
    }

    /// One more: the row that was drawn, and what comes after it.
    fn fresh(&self) -> Result<Vec<u64>, Error> {
        let mut fresh = self.parts.fresh().to_vec();
        fresh.push(0);
        Ok(fresh)
    }

    fn advance(
        &self,
        mut block: BlockMut<'_, R, S>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        self.parts.note(&mut block);
        for walker in 0..block.betas.len() {
            let here = walker..walker + 1;
            let place = walker * block.each.saved + block.offset.saved + self.parts.total().saved;
            if steps == 0 {
                let (none, nothing) = (&mut [][..], &mut [][..]);
                self.parts
                    .advance(0, &mut block, here, none, nothing, 0, false);
                continue;
            }
            let last = self.parts.len() - 1;
            let mut row = match block.saved[place] {
                0 => Row {
                    part: 0,
                    left: 0,
                    next: self.choose(&mut bits[walker]),
                },
                word => Row::of_word(word, last),
            };
            let mut left = steps;
            while left > 0 && !block.stop.is_due() {
                if row.left == 0 {
                    // All of a row is drawn before its first step, whatever is left of this call: paths do not depend on calls.
                    (row.part, row.left) = (row.next, 1);
                    row.next = self.choose(&mut bits[walker]);
                    while row.next == row.part && row.left < LONGEST_ROW {
                        row.left += 1;
                        row.next = self.choose(&mut bits[walker]);
                    }
                }
                let (range, now) = (here.clone(), row.left.min(left));
                self.parts
                    .advance(row.part, &mut block, range, bits, counts, now, adapt);
                row.left -= now;
                left -= now;
            }
            block.saved[place] = row.word();
        }
    }

    fn tuning(&self, mut block: BlockMut<'_, R, S>, all: &mut Vec<f64>) {
        self.parts.tuning(&mut block, all);
    }
}
