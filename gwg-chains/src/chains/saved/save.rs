use super::bytes::Writer;
use super::header::{Header, precision};
use super::{SavedChains, VERSION};
use crate::chains::Chains;
use crate::chains::block::Block;
use crate::chains::ladder::{End, ReplicaLadder};
use gwg_core::{Real, StepCounts, Symbol};

/// Everything of the chains, one after the other, however they are divided into blocks.
pub(super) fn save<R: Real, S: Symbol>(chains: &Chains<R, S>) -> SavedChains {
    let mut out = Writer::default();
    for fraction in &chains.fractions {
        out.f64(*fraction);
    }
    let mut header = Header {
        version: VERSION,
        kernel: chains.label.clone(),
        precision: precision::<R>().into(),
        symbol_bytes: size_of::<S>(),
        sites: chains.sites,
        states: chains.states,
        memory: [0; 5],
        first_chain: chains.first_chain,
        chains: chains.chains,
        replicas: chains.replicas(),
        swap_every: 0,
        until_swap: 0,
    };
    for chain in 0..chains.chains {
        let (block, own) = chains.place(chain);
        header.swap_every = block.swap_every;
        header.until_swap = block.until_swap;
        header.memory = block.memory();
        for walker in own * block.replicas..(own + 1) * block.replicas {
            save_walker(&mut out, block, walker);
        }
        if let Some(ladder) = block.ladders.get(own) {
            save_ladder(&mut out, ladder);
        }
    }
    SavedChains::new(header, out.done())
}

fn save_walker<R: Real, S: Symbol>(out: &mut Writer, block: &Block<R, S>, walker: usize) {
    let [reals, words, indices, moves, saved] = block.memory();
    for symbol in block.state(walker) {
        out.symbol(*symbol);
    }
    out.u128(block.bits[walker].state());
    out.f64(block.betas[walker].to_f64());
    out.f64(block.log_prob[walker]);
    out.u64(block.pending[walker] as u64);
    save_counts(out, &block.counts[walker]);
    for number in &block.saved[walker * saved..(walker + 1) * saved] {
        out.u64(*number);
    }
    for number in &block.reals[walker * reals..(walker + 1) * reals] {
        out.real(*number);
    }
    for number in &block.words[walker * words..(walker + 1) * words] {
        out.u64(*number);
    }
    for number in &block.indices[walker * indices..(walker + 1) * indices] {
        out.u32(*number);
    }
    for mv in &block.moves[walker * moves..(walker + 1) * moves] {
        out.u64(mv.site as u64);
        out.u32(u32::from(mv.from) << 16 | u32::from(mv.to));
    }
}

fn save_counts(out: &mut Writer, counts: &StepCounts) {
    for count in numbers(counts) {
        out.u64(count);
    }
}

/// The counts in the order in which they are saved.
pub(crate) fn numbers(counts: &StepCounts) -> [u64; 6] {
    let StepCounts {
        steps,
        accepted,
        sites_changed,
        values,
        gradients,
        invalid,
    } = *counts;
    [steps, accepted, sites_changed, values, gradients, invalid]
}

fn save_ladder(out: &mut Writer, ladder: &ReplicaLadder) {
    let ReplicaLadder {
        betas,
        walker_at,
        pairs,
        rounds,
        bits,
        last_end,
        round_trips,
        cold,
        before: _,
    } = ladder;
    for level in 0..betas.len() {
        out.f64(betas[level]);
        out.u32(walker_at[level]);
        out.u32(match last_end[level] {
            End::Neither => 0,
            End::Coldest => 1,
            End::Hottest => 2,
        });
    }
    for pair in pairs {
        out.u64(pair.tried);
        out.u64(pair.swapped);
    }
    out.u64(*rounds);
    out.u128(bits.state());
    out.u64(*round_trips);
    save_counts(out, cold);
}
