//! The parts of a composition, and what each has seen of a chain.

use crate::model::DynStepper;
use arrayvec::ArrayVec;
use gwg_chains::{BlockMut, Extent, Generator, Pending};
use gwg_core::{Error, MemoryLayout, Move, MoveLog, Real, SplitMix64, StepCounts, Symbol, Walker};
use std::ops::Range;
use std::slice::from_mut;

/// More moves than this, or than so large a share of the sites, and reevaluating is taken to be cheaper than following.
const MOST_CHANGES: usize = MoveLog::MOVES;
const SHARE: usize = 16;

/// One stepper of several.
struct Part<R, S> {
    stepper: Box<DynStepper<R, S>>,
    /// How much memory comes before its own.
    before: Extent,
}

/// Several steppers on one model, with the memory of all of them.
///
/// A walker's memory is that of the parts, one behind the other. Its words begin with a log of the moves that the parts made
/// ([`MoveLog`]), and which part stepped last; then there is for each part how many of those moves it has seen, and what has to happen to it before its
/// next step.
pub(super) struct Parts<R, S> {
    parts: Vec<Part<R, S>>,
    total: Extent,
    /// What all parts keep of a walker that has not begun yet.
    fresh: Vec<u64>,
}

/// Words before those of the parts: the log, and the number of the part that stepped last.
const LAST: usize = MoveLog::WORDS;
const COMMON: usize = LAST + 1;
/// Words of each part: what is pending, and how many moves it has seen.
const OWN: usize = 2;
/// The numbers of the running sum of `f`, which a part finds as the one before left them.
const LOG_PROB: usize = Walker::<f64, ()>::LOG_PROB_WORDS;

impl<R: Real, S: Symbol> Parts<R, S> {
    pub(super) fn new(steppers: Vec<Box<DynStepper<R, S>>>) -> Result<Self, Error> {
        let own = COMMON + OWN * steppers.len();
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
        })
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn first(&self) -> Option<&DynStepper<R, S>> {
        self.parts.first().map(|part| &*part.stepper)
    }

    pub(super) fn lockstep(&self) -> bool {
        self.parts.iter().any(|part| part.stepper.lockstep())
    }

    /// The most chains that any part wants together; all parts' numbers divide it.
    pub(super) fn together(&self) -> usize {
        let each = self.parts.iter().map(|part| part.stepper.together());
        each.max().unwrap_or(1)
    }

    pub(super) fn number(&self, seed: u64, chain: u64, replica: u64, saved: &mut [u64]) {
        for (number, part) in (0_u64..).zip(&self.parts) {
            let own = &mut saved[part.before.saved..];
            // Two parts of one kind have random numbers of their own.
            let seed = seed ^ SplitMix64::mix(number);
            part.stepper.number(seed, chain, replica, own);
        }
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
    pub(super) fn note(&self, block: &mut BlockMut<'_, R, S>) {
        let each = block.each.layout.words;
        let start = block.offset.layout.words;
        for (k, pending) in block.pending.iter_mut().enumerate() {
            let pending = std::mem::take(pending);
            if pending == Pending::Nothing {
                continue;
            }
            let own = &mut block.words[k * each + start..];
            for part in 0..self.parts.len() {
                let word = &mut own[COMMON + OWN * part];
                *word = (*word).max(pending as u64);
            }
        }
    }

    /// Steps of one part, for some walkers of the block; afterwards it has seen where they are.
    #[expect(clippy::too_many_arguments, reason = "those of a step, and whose")]
    pub(super) fn advance(
        &self,
        part: usize,
        block: &mut BlockMut<'_, R, S>,
        range: Range<usize>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        let Part { stepper, before } = &self.parts[part];
        let mut changes = Changes::new();
        let mut pending = ArrayVec::<Pending, MOST_WALKERS>::new();
        if range.len() > MOST_WALKERS {
            return self.advance_in_pieces(part, block, range, bits, counts, steps, adapt);
        }
        for walker in range.clone() {
            changes.clear();
            let mut first = self.pending(part, block, walker, &mut changes);
            // The changes are one walker's: it follows alone, in blocks of any size.
            if first == Pending::Follow && range.len() > 1 {
                let sub = block.walkers(walker..walker + 1, from_mut(&mut first), &changes);
                stepper.advance(sub.later(*before), &mut [], &mut [], 0, false);
                changes.clear();
            }
            pending.push(first);
        }
        let (own_bits, own_counts) = if steps == 0 {
            (&mut bits[..0], &mut counts[..0])
        } else {
            (&mut bits[range.clone()], &mut counts[range.clone()])
        };
        let mut sub = block.walkers(range.clone(), &mut pending, &changes);
        sub.log = Some(sub.offset.layout.words);
        stepper.advance(sub.later(*before), own_bits, own_counts, steps, adapt);
        for walker in range {
            self.stepped(part, block, walker, steps);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "those of a step, and whose")]
    fn advance_in_pieces(
        &self,
        part: usize,
        block: &mut BlockMut<'_, R, S>,
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

    /// The words of a walker that are the composition's own.
    fn own<'w>(&self, block: &'w mut BlockMut<'_, R, S>, walker: usize) -> &'w mut [u64] {
        let start = walker * block.each.layout.words + block.offset.layout.words;
        &mut block.words[start..][..COMMON + OWN * self.parts.len()]
    }

    /// What has to happen to a part's state, and the moves that led to where the walker is now. What the part has saved of `f` is
    /// brought up to date.
    fn pending(
        &self,
        part: usize,
        block: &mut BlockMut<'_, R, S>,
        walker: usize,
        changes: &mut Changes,
    ) -> Pending {
        let sites = block.x.len() / block.betas.len();
        let own = self.own(block, walker);
        let [noted, seen] = [own[COMMON + OWN * part], own[COMMON + OWN * part + 1]];
        let last = (own[LAST] as usize).min(self.parts.len() - 1);
        let noted = match noted {
            0 => Pending::Nothing,
            1 => Pending::Follow,
            2 => Pending::Reweight,
            3 => Pending::Reevaluate,
            _ => Pending::Init,
        };
        if noted > Pending::Reweight {
            return noted;
        }
        match MoveLog::since(own, seen, MOST_CHANGES.min(sites / SHARE + 1)) {
            Some(moves) => changes.extend(moves),
            None => return Pending::Reevaluate,
        }
        let saved = walker * block.each.saved + block.offset.saved;
        let from = saved + self.parts[last].before.saved;
        let to = saved + self.parts[part].before.saved;
        block.saved.copy_within(from..from + LOG_PROB, to);
        match (changes.is_empty(), noted) {
            (true, noted) => noted,
            (false, Pending::Reweight) => Pending::Reevaluate,
            (false, _) => Pending::Follow,
        }
    }

    /// The part has made its steps, and has seen the state that the walker is in now.
    fn stepped(&self, part: usize, block: &mut BlockMut<'_, R, S>, walker: usize, steps: u64) {
        let own = self.own(block, walker);
        if steps > 0 && !self.parts[part].stepper.logs_moves() {
            MoveLog::lose(own);
        }
        own[LAST] = part as u64;
        let seen = MoveLog::count(own);
        own[COMMON + OWN * part..][..OWN].copy_from_slice(&[Pending::Nothing as u64, seen]);
    }

    /// What each walker tunes, part after part.
    pub(super) fn tuning(&self, block: &mut BlockMut<'_, R, S>, all: &mut Vec<f64>) {
        for walker in 0..block.betas.len() {
            for part in &self.parts {
                let mut pending = [Pending::Nothing];
                let sub = block.walkers(walker..walker + 1, &mut pending, &[]);
                part.stepper.tuning(sub.later(part.before), all);
            }
        }
    }
}

/// Walkers that a part steps at once at most: those of a block.
const MOST_WALKERS: usize = 128;

/// Moves that a part has not seen yet.
type Changes = ArrayVec<Move, MOST_CHANGES>;
