//! The parts of a composition, and what each has seen of a chain.

use crate::model::DynStepper;
use gwg_chains::{BlockMut, Extent, Generator, Pending};
use gwg_core::{Error, MemoryLayout, Move, Real, StepCounts};
use std::ops::Range;
use std::slice::from_mut;

/// Symbols in a word.
const PACKED: usize = 8;
/// More changes than this, or than so large a share of the sites, and reevaluating is taken to be cheaper than following.
const MOST_CHANGES: usize = 64;
const SHARE: usize = 16;

/// One stepper of several.
struct Part<R> {
    stepper: Box<DynStepper<R>>,
    /// How much memory comes before its own.
    before: Extent,
}

/// Several steppers on one model, with the memory of all of them.
///
/// A walker's memory is that of the parts, one behind the other. In its words there is for each part the state that it saw last, eight
/// symbols per word, and what has to happen to it before its next step.
pub(super) struct Parts<R> {
    parts: Vec<Part<R>>,
    total: Extent,
    /// What all parts keep of a walker that has not begun yet.
    fresh: Vec<u64>,
    /// Words of a state.
    packed: usize,
}

impl<R: Real> Parts<R> {
    pub(super) fn new(steppers: Vec<Box<DynStepper<R>>>) -> Result<Self, Error> {
        let sites = steppers.first().map_or(0, |s| s.sites());
        let packed = sites.div_ceil(PACKED);
        // Before all: of each part a word for what is pending, and the state it saw.
        let own = steppers.len() * (packed + 1);
        let mut total = Extent {
            layout: MemoryLayout {
                words: own,
                ..MemoryLayout::default()
            },
            saved: 0,
        };
        let (mut parts, mut fresh) = (Vec::new(), Vec::new());
        for stepper in steppers {
            let saved = stepper.fresh()?;
            let own = Extent {
                layout: stepper.layout(),
                saved: saved.len(),
            };
            fresh.extend(saved);
            parts.push(Part {
                stepper,
                before: total,
            });
            total = total.plus(own);
        }
        Ok(Self {
            parts,
            total,
            fresh,
            packed,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn first(&self) -> Option<&DynStepper<R>> {
        self.parts.first().map(|part| &*part.stepper)
    }

    pub(super) fn lockstep(&self) -> bool {
        self.parts.iter().any(|part| part.stepper.lockstep())
    }

    pub(super) fn fresh(&self) -> &[u64] {
        &self.fresh
    }

    pub(super) fn total(&self) -> Extent {
        self.total
    }

    pub(super) fn scratch_len(&self, walkers: usize) -> usize {
        let each = self
            .parts
            .iter()
            .map(|part| part.stepper.scratch_len(walkers));
        each.max().unwrap_or(0)
    }

    /// Notes what is pending for the walkers: for each part, until its turn comes.
    pub(super) fn note(&self, block: &mut BlockMut<'_, R, u8>) {
        let each = block.each.layout.words;
        let start = block.offset.layout.words;
        for (k, pending) in block.pending.iter_mut().enumerate() {
            let pending = std::mem::take(pending);
            if pending == Pending::Nothing {
                continue;
            }
            let own = &mut block.words[k * each + start..];
            for part in 0..self.parts.len() {
                let word = &mut own[part * (self.packed + 1)];
                *word = (*word).max(pending as u64);
            }
        }
    }

    /// Steps of one part, for some walkers of the block; afterwards it has seen where they are.
    #[expect(clippy::too_many_arguments, reason = "those of a step, and whose")]
    pub(super) fn advance(
        &self,
        part: usize,
        block: &mut BlockMut<'_, R, u8>,
        range: Range<usize>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        let Part { stepper, before } = &self.parts[part];
        let mut changes = [Move::default(); MOST_CHANGES];
        let mut pending = [Pending::Nothing; MOST_WALKERS];
        let Some(pending) = pending.get_mut(..range.len()) else {
            return self.advance_in_pieces(part, block, range, bits, counts, steps, adapt);
        };
        let mut made = 0;
        for (pending, walker) in pending.iter_mut().zip(range.clone()) {
            (*pending, made) = self.pending(part, block, walker, &mut changes);
            // The changes are one walker's: it follows alone, in blocks of any size.
            if *pending == Pending::Follow && range.len() > 1 {
                let made = &changes[..made];
                let sub = block.walkers(walker..walker + 1, from_mut(pending), made);
                stepper.advance(sub.later(*before), &mut [], &mut [], 0, false);
            }
        }
        let made = if range.len() == 1 { made } else { 0 };
        let (own_bits, own_counts) = if steps == 0 {
            (&mut bits[..0], &mut counts[..0])
        } else {
            (&mut bits[range.clone()], &mut counts[range.clone()])
        };
        let sub = block
            .walkers(range.clone(), pending, &changes[..made])
            .later(*before);
        stepper.advance(sub, own_bits, own_counts, steps, adapt);
        for walker in range {
            self.seen(part, block, walker);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "those of a step, and whose")]
    fn advance_in_pieces(
        &self,
        part: usize,
        block: &mut BlockMut<'_, R, u8>,
        range: Range<usize>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        let mut first = range.start;
        while first < range.end {
            let end = range.end.min(first + MOST_WALKERS);
            self.advance(part, block, first..end, bits, counts, steps, adapt);
            first = end;
        }
    }

    fn own<'w>(&self, part: usize, block: &'w mut BlockMut<'_, R, u8>, walker: usize) -> Own<'w> {
        let sites = block.x.len() / block.betas.len();
        let start =
            walker * block.each.layout.words + block.offset.layout.words + part * (self.packed + 1);
        let words = &mut block.words[start..=start + self.packed];
        let (pending, seen) = words.split_at_mut(1);
        Own {
            pending: &mut pending[0],
            seen,
            x: &block.x[walker * sites..(walker + 1) * sites],
        }
    }

    /// What has to happen to a part's state, and how many moves led to where the walker is now.
    fn pending(
        &self,
        part: usize,
        block: &mut BlockMut<'_, R, u8>,
        walker: usize,
        changes: &mut [Move],
    ) -> (Pending, usize) {
        let own = self.own(part, block, walker);
        let noted = match *own.pending {
            0 => Pending::Nothing,
            1 => Pending::Follow,
            2 => Pending::Reweight,
            3 => Pending::Reevaluate,
            _ => Pending::Init,
        };
        if noted > Pending::Reweight {
            return (noted, 0);
        }
        let most = changes.len().min(own.x.len() / SHARE + 1);
        let Some(count) = own.changes(&mut changes[..most]) else {
            return (Pending::Reevaluate, 0);
        };
        match (count, noted) {
            (0, noted) => (noted, 0),
            (_, Pending::Reweight) => (Pending::Reevaluate, 0),
            _ => (Pending::Follow, count),
        }
    }

    /// The part has seen the state that the walker is in now.
    fn seen(&self, part: usize, block: &mut BlockMut<'_, R, u8>, walker: usize) {
        let own = self.own(part, block, walker);
        *own.pending = Pending::Nothing as u64;
        let (groups, rest) = own.x.as_chunks::<PACKED>();
        for (word, group) in own.seen.iter_mut().zip(groups) {
            *word = u64::from_le_bytes(*group);
        }
        if let (Some(word), false) = (own.seen.get_mut(groups.len()), rest.is_empty()) {
            *word = packed(rest);
        }
    }

    /// What each walker tunes, part after part.
    pub(super) fn tuning(&self, block: &mut BlockMut<'_, R, u8>, all: &mut Vec<f64>) {
        for walker in 0..block.betas.len() {
            // A part writes `f` of the state that it saw last.
            let log_prob = block.log_prob[walker];
            for part in &self.parts {
                let mut pending = [Pending::Nothing];
                let sub = block.walkers(walker..walker + 1, &mut pending, &[]);
                part.stepper.tuning(sub.later(part.before), all);
            }
            block.log_prob[walker] = log_prob;
        }
    }
}

/// Walkers that a part steps at once at most: those of a block.
const MOST_WALKERS: usize = 128;

/// What a part keeps of a walker, and where the walker is.
struct Own<'w> {
    pending: &'w mut u64,
    seen: &'w mut [u64],
    x: &'w [u8],
}

impl Own<'_> {
    /// Writes the moves from the state that was seen to the one now; `None` where they are too many.
    fn changes(&self, changes: &mut [Move]) -> Option<usize> {
        let mut count = 0;
        let (groups, rest) = self.x.as_chunks::<PACKED>();
        for (k, (seen, group)) in self.seen.iter().zip(groups).enumerate() {
            let now = u64::from_le_bytes(*group);
            if *seen != now {
                add(k, *seen, group, changes, &mut count)?;
            }
        }
        if let (Some(seen), false) = (self.seen.get(groups.len()), rest.is_empty())
            && *seen != packed(rest)
        {
            add(groups.len(), *seen, rest, changes, &mut count)?;
        }
        Some(count)
    }
}

/// Adds the moves within one word.
#[cold]
#[inline(never)]
fn add(word: usize, seen: u64, now: &[u8], changes: &mut [Move], count: &mut usize) -> Option<()> {
    for (k, (from, &to)) in seen.to_le_bytes().into_iter().zip(now).enumerate() {
        if from != to {
            *changes.get_mut(*count)? = Move {
                site: word * PACKED + k,
                from: from.into(),
                to: to.into(),
            };
            *count += 1;
        }
    }
    Some(())
}

fn packed(symbols: &[u8]) -> u64 {
    let mut bytes = [0; PACKED];
    bytes[..symbols.len()].copy_from_slice(symbols);
    u64::from_le_bytes(bytes)
}
