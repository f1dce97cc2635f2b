//! Metropolis moves whose ratios are recomputed for every proposal.

use super::proposal;
use crate::potts::chains::{Block, GROUP};
use crate::potts::tables::PottsTables;
use gwg_chains::Stop;
use gwg_core::Bits;
use gwg_core::accept::lazy;
use gwg_core::math::exp_in_place;

/// Sites that are added at once.
const SITES: usize = 4;

/// Symbols before and after a move.
type Change = (u8, u8);

/// The sweeps of a block.
#[inline(always)]
pub(super) fn sweep<const W: usize>(
    block: &mut Block,
    tables: &PottsTables,
    (sweeps, stop): (usize, Stop<'_>),
) {
    let (mut changes, mut sums) = ([(0, 0); GROUP], [0.0; GROUP]);
    let chains = block.generators.len();
    for _ in 0..sweeps {
        for site in 0..tables.sites() {
            if stop.is_due() {
                return;
            }
            for first in (0..chains).step_by(GROUP) {
                let n = GROUP.min(chains - first);
                let (changes, sums) = (&mut changes[..n], &mut sums[..n]);
                propose(block, tables, (first, site), changes);
                log_ratios::<W>(block, tables, (first, site), changes, sums);
                decide(block, (first, site), changes, sums);
            }
        }
    }
}

/// The same for large alphabets, a chain at a time.
#[inline(always)]
pub(super) fn sweep_any(
    block: &mut Block,
    tables: &PottsTables,
    (sweeps, stop): (usize, Stop<'_>),
) {
    let mut changes = [(0, 0)];
    for _ in 0..sweeps {
        for site in 0..tables.sites() {
            if stop.is_due() {
                return;
            }
            for chain in 0..block.generators.len() {
                propose(block, tables, (chain, site), &mut changes);
                let mut sum = [log_ratio(block, tables, (chain, site), changes[0])];
                decide(block, (chain, site), &changes, &mut sum);
            }
        }
    }
}

/// Draws a change of a site for each chain from `first` on.
#[inline(always)]
fn propose(
    block: &mut Block,
    tables: &PottsTables,
    (first, site): (usize, usize),
    changes: &mut [Change],
) {
    let symbols = &block.symbols[site * block.lanes + first..];
    let chains = symbols.iter().zip(&mut block.generators[first..]);
    for (change, (&old, bits)) in changes.iter_mut().zip(chains) {
        let new = proposal(old.into(), bits.below(tables.states() - 1));
        *change = (old, new as u8);
    }
}

/// The differences of `f` by the changes: those of the fields, and of one row of couplings for each site.
#[inline(always)]
fn log_ratios<const W: usize>(
    block: &Block,
    tables: &PottsTables,
    (first, site): (usize, usize),
    changes: &[Change],
    sums: &mut [f32],
) {
    let (field, _) = tables.field(site).as_chunks::<W>();
    for (sum, change) in sums.iter_mut().zip(changes) {
        *sum = difference(&field[0], change);
    }
    let (rows, _) = tables.coupling(site).as_chunks::<W>();
    let (q, lanes, n) = (tables.states(), block.lanes, sums.len());
    let of = |j: usize| {
        let symbols = &block.symbols[j * lanes + first..][..n];
        (&rows[j * q..(j + 1) * q], symbols)
    };
    let sites = tables.sites();
    let mut j = 0;
    while j + SITES <= sites {
        let [(ta, xa), (tb, xb), (tc, xc), (td, xd)] = [of(j), of(j + 1), of(j + 2), of(j + 3)];
        let symbols = xa.iter().zip(xb).zip(xc.iter().zip(xd));
        let each = sums.iter_mut().zip(changes).zip(symbols);
        for ((sum, change), ((&a, &b), (&c, &d))) in each {
            let (a, b) = (&ta[usize::from(a)], &tb[usize::from(b)]);
            let (c, d) = (&tc[usize::from(c)], &td[usize::from(d)]);
            let first = difference(a, change) + difference(b, change);
            *sum += first + (difference(c, change) + difference(d, change));
        }
        j += SITES;
    }
    for j in j..sites {
        let (table, x) = of(j);
        for ((sum, change), &a) in sums.iter_mut().zip(changes).zip(x) {
            *sum += difference(&table[usize::from(a)], change);
        }
    }
}

#[inline(always)]
fn difference<const W: usize>(row: &[f32; W], &(old, new): &Change) -> f32 {
    row[usize::from(new)] - row[usize::from(old)]
}

/// The difference of `f` by the change of one chain.
#[inline(always)]
fn log_ratio(
    block: &Block,
    tables: &PottsTables,
    (chain, site): (usize, usize),
    (old, new): Change,
) -> f32 {
    let (q, width) = (tables.states(), tables.width());
    let of = |row: &[f32]| row[usize::from(new)] - row[usize::from(old)];
    let mut sum = of(tables.field(site));
    let symbols = block.symbols.iter().skip(chain).step_by(block.lanes);
    let tables = tables.coupling(site).chunks_exact(q * width);
    for (table, &b) in tables.zip(symbols) {
        sum += of(&table[usize::from(b) * width..]);
    }
    sum
}

/// Accepts changes or not; the sums become ratios.
#[inline(always)]
fn decide(block: &mut Block, (first, site): (usize, usize), changes: &[Change], sums: &mut [f32]) {
    exp_in_place(sums);
    let symbols = &mut block.symbols[site * block.lanes + first..];
    let chains = symbols.iter_mut().zip(&mut block.generators[first..]);
    for ((symbol, bits), (&(_, new), &ratio)) in chains.zip(changes.iter().zip(&*sums)) {
        if lazy(ratio, bits) {
            *symbol = new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::potts::metropolis::fixtures::{law, model, symbol};
    use crate::potts::tables::{LANES, PottsMoves};
    use gwg_chains::{Threads, generator};
    use gwg_core::accept::lazy_probability;

    const SITES: usize = 2;

    /// A block with a chain for each state.
    fn all_states(q: usize) -> Block {
        let states = q * q;
        let lanes = states.next_multiple_of(LANES);
        let mut symbols = vec![0; SITES * lanes];
        for x in 0..states {
            (0..SITES).for_each(|i| symbols[i * lanes + x] = symbol(x, i, q) as u8);
        }
        Block {
            lanes,
            symbols,
            generators: (0..states as u64).map(|x| generator(5, x)).collect(),
        }
    }

    /// The differences of `f` by the `k`-th proposal of each chain.
    fn proposed(
        block: &Block,
        tables: &PottsTables,
        site: usize,
        k: usize,
    ) -> (Vec<Change>, Vec<f32>) {
        let changed = |&old: &u8| (old, proposal(old.into(), k) as u8);
        let changes: Vec<Change> = block.site(site).iter().map(changed).collect();
        let mut sums = vec![0.0; changes.len()];
        match tables.width() {
            16 => log_ratios::<16>(block, tables, (0, site), &changes, &mut sums),
            24 => log_ratios::<24>(block, tables, (0, site), &changes, &mut sums),
            _ => {
                let each = sums.iter_mut().zip(&changes).enumerate();
                each.for_each(|(x, (sum, &change))| {
                    *sum = log_ratio(block, tables, (x, site), change);
                });
            }
        }
        (changes, sums)
    }

    /// The matrix of a sweep, a site at a time, from the probabilities of the decisions about all proposals.
    #[test]
    fn a_sweep_leaves_the_distribution_invariant() {
        for q in [9, 17, 33] {
            let model = model(SITES, q);
            let tables = PottsTables::with_moves(&model, PottsMoves::Metropolis, &Threads::one());
            let block = all_states(q);
            let law = law(&model);
            let mut now = law.clone();
            for site in 0..SITES {
                let mut next = now.clone();
                for k in 0..q - 1 {
                    let (changes, mut ratios) = proposed(&block, &tables, site, k);
                    exp_in_place(&mut ratios);
                    for (x, ((old, new), ratio)) in changes.into_iter().zip(ratios).enumerate() {
                        let step = q.pow(site as u32);
                        let y = x + usize::from(new) * step - usize::from(old) * step;
                        let moved = now[x] * f64::from(lazy_probability(ratio)) / (q - 1) as f64;
                        next[x] -= moved;
                        next[y] += moved;
                    }
                }
                now = next;
                for (now, law) in now.iter().zip(&law) {
                    // Differences of f are in single precision.
                    assert!((now - law).abs() < 1e-5 * law, "{q}: {now} {law}");
                }
            }
        }
    }

    /// Sweeps propose and decide as that matrix does, site after site.
    #[test]
    fn sweeps_are_the_moves_of_all_sites() {
        for q in [9, 17, 33] {
            let tables =
                PottsTables::with_moves(&model(SITES, q), PottsMoves::Metropolis, &Threads::one());
            let (mut block, mut expected) = (all_states(q), all_states(q));
            for site in (0..SITES).cycle().take(3 * SITES) {
                for x in 0..q * q {
                    let old = expected.site(site)[x];
                    let bits = &mut expected.generators[x];
                    let new = proposal(old.into(), bits.below(q - 1)) as u8;
                    let sum = log_ratio(&expected, &tables, (x, site), (old, new));
                    let mut ratio = [sum];
                    exp_in_place(&mut ratio);
                    if lazy(ratio[0], &mut expected.generators[x]) {
                        let at = site * expected.lanes + x;
                        expected.symbols[at] = new;
                    }
                }
            }
            match tables.width() {
                16 => sweep::<16>(&mut block, &tables, (3, Stop::never())),
                24 => sweep::<24>(&mut block, &tables, (3, Stop::never())),
                _ => sweep_any(&mut block, &tables, (3, Stop::never())),
            }
            for site in 0..SITES {
                assert_eq!(block.site(site), expected.site(site), "{q} states");
            }
        }
    }
}
