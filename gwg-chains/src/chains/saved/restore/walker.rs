use crate::chains::block::Block;
use crate::chains::ladder::{End, ReplicaLadder};
use crate::chains::saved::RestoreError;
use crate::chains::saved::bytes::Reader;
use crate::generator::Generator;
use crate::stepper::Pending;
use gwg_core::temper::Pair;
use gwg_core::{Move, Real, StepCounts, Symbol};

pub(super) fn restore_walker<R: Real, S: Symbol>(
    input: &mut Reader<'_>,
    block: &mut Block<R, S>,
    walker: usize,
) -> Result<(), RestoreError> {
    let [reals, words, indices, moves, saved] = block.memory();
    let sites = block.state(walker).len();
    for symbol in &mut block.x[walker * sites..(walker + 1) * sites] {
        *symbol = input.symbol()?;
    }
    block.bits.push(Generator::new(input.u128()?));
    block.betas[walker] = R::from_f64(input.f64()?);
    block.log_prob[walker] = input.f64()?;
    block.pending[walker] = match input.u64()? {
        0 => Pending::Nothing,
        1 => Pending::Follow,
        2 => Pending::Reweight,
        3 => Pending::Reevaluate,
        _ => Pending::Init,
    };
    block.counts[walker] = restore_counts(input)?;
    for number in &mut block.saved[walker * saved..(walker + 1) * saved] {
        *number = input.u64()?;
    }
    for number in &mut block.reals[walker * reals..(walker + 1) * reals] {
        *number = input.real()?;
    }
    for number in &mut block.words[walker * words..(walker + 1) * words] {
        *number = input.u64()?;
    }
    for number in &mut block.indices[walker * indices..(walker + 1) * indices] {
        *number = input.u32()?;
    }
    for mv in &mut block.moves[walker * moves..(walker + 1) * moves] {
        let site = input.u64()? as usize;
        let symbols = input.u32()?;
        let (from, to) = ((symbols >> 16) as u16, symbols as u16);
        *mv = Move { site, from, to };
    }
    Ok(())
}

/// More than any run has counted; the sum over the replicas of a chain does not overflow.
const MOST: u64 = 1 << 51;

fn restore_count(input: &mut Reader<'_>) -> Result<u64, RestoreError> {
    let what = "a count is larger than that of any run";
    let count = input.u64()?;
    (count <= MOST)
        .then_some(count)
        .ok_or(RestoreError::Damaged { what })
}

fn restore_counts(input: &mut Reader<'_>) -> Result<StepCounts, RestoreError> {
    Ok(StepCounts {
        steps: restore_count(input)?,
        accepted: restore_count(input)?,
        sites_changed: restore_count(input)?,
        values: restore_count(input)?,
        gradients: restore_count(input)?,
        invalid: restore_count(input)?,
    })
}

pub(super) fn restore_ladder(
    input: &mut Reader<'_>,
    levels: usize,
) -> Result<ReplicaLadder, RestoreError> {
    let mut ladder = ReplicaLadder {
        betas: Vec::new(),
        walker_at: Vec::new(),
        pairs: Vec::new(),
        rounds: 0,
        bits: Generator::new(0),
        last_end: Vec::new(),
        round_trips: 0,
        cold: StepCounts::default(),
        before: StepCounts::default(),
    };
    for _ in 0..levels {
        ladder.betas.push(input.f64()?);
        ladder.walker_at.push(input.u32()?);
        ladder.last_end.push(match input.u32()? {
            0 => End::Neither,
            1 => End::Coldest,
            _ => End::Hottest,
        });
    }
    let mut named = ladder.walker_at.clone();
    named.sort_unstable();
    if !named.into_iter().eq(0..levels as u32) {
        let what = "a ladder does not name each replica once";
        return Err(RestoreError::Damaged { what });
    }
    for _ in 1..levels {
        let (tried, swapped) = (restore_count(input)?, restore_count(input)?);
        ladder.pairs.push(Pair { tried, swapped });
    }
    ladder.rounds = restore_count(input)?;
    ladder.bits = Generator::new(input.u128()?);
    ladder.round_trips = restore_count(input)?;
    ladder.cold = restore_counts(input)?;
    Ok(ladder)
}
